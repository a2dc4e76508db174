//! Experiments, one module each, and the binary formant.
