//! The tests of the crate, tasks, readers and random streams, in one program: linking many takes longer than running them.

#![allow(clippy::unwrap_used)]

mod augment;
mod cifar10;
mod classification;
mod context;
mod digits;
mod finite;
mod fuzz;
mod mnist;
mod noise;
mod prefetch;
mod rng;
mod teacher;
