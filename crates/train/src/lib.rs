//! The training loop, optimisers and checkpoints.
