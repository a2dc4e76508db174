//! The invariants of the workspace, each held by a test of its own.
//!
//! [`circles`] and [`source`] read the text of the crates, [`metadata`] and [`one_build`] what cargo says of them,
//! [`tests_run`] both. Every check is a function that returns what it found wrong, so that it can be shown to fail as
//! well.

#![allow(clippy::unwrap_used)]

mod circles;
mod metadata;
mod one_build;
mod source;
mod tests_run;

/// Fails with every finding on a line of its own.
#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}
