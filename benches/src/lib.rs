//! Criterion benches, and the PyTorch scripts that they are compared with.
