//! The invariants of the workspace, each held by a test of its own.
//!
//! [`metadata`] and [`one_build`] read what cargo says of the crates, [`source`] reads their text. Every check is a function that
//! returns what it found wrong, so that it can be shown to fail as well.

#![allow(clippy::unwrap_used)]

mod metadata;
mod one_build;
mod source;

/// Fails with every finding on a line of its own.
#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}
