//! One binary for all integration tests: burn's generic code is compiled anew in each.
#![allow(clippy::unwrap_used)]

mod descend;
mod gradients;
mod layers;
mod mlp;
mod representations;
mod resnet;
