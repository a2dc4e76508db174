//! End-to-end tests: the command line, and what reaches across crates. One program, which the crate of the binary builds.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests stop at the first surprise too

mod cli_align;
mod cli_backends;
mod cli_calibrate;
mod cli_compare;
mod cli_figure;
mod cli_pairs;
mod cli_run;
mod cli_signals;
mod cli_streams;
mod cli_theory;
mod common;
mod convolution;
mod family;
mod limits;
