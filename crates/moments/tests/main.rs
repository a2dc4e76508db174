//! The tests of the crate, the moments, their files, and dumps, in one program: linking many takes longer than running them.

#![allow(clippy::unwrap_used)]

mod common;
mod dump;
mod dump_layers;
mod file;
mod fuzz;
mod moments;
