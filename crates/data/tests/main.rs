//! The tests of the crate, tasks, readers and random streams, in one program: linking many takes longer than running them.

#![allow(clippy::unwrap_used)]

mod cifar10;
mod classification;
mod context;
mod digits;
mod finite;
mod mnist;
mod noise;
mod rng;
mod teacher;
