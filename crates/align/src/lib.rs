//! The commands on networks that were trained elsewhere: reads dumps, measures and compares their layers, writes tables,
//! pictures and pages.
//!
//! **Invariant:** no burn in its tree, so that it compiles and is tested in seconds. Statistics are those of
//! `formant-alignment`; here is what reads files, selects layers, and lays numbers out.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod align;
pub mod compare;
mod made_up;
mod memory;
mod output;
mod page;
mod select;

pub use memory::system_memory;
pub use output::{exit_code, print};

/// Rotations of a null, at most: more is a slip of the pen.
pub const MOST_NULL_DRAWS: u64 = 10_000;
