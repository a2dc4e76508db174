//! The binary `formant`.
fn main() {}
