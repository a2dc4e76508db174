//! Model zoo: networks with a members axis.
//!
//! Every tensor carries the *members* axis first: an ensemble of seeds, or the points of a sweep, that share one
//! architecture. Members never mix, so that a member's numbers do not depend on how many others there are. Initial
//! weights are drawn on the host from counter-keyed streams and loaded as data: a member depends on its seed alone,
//! on every backend.
//!
//! A model is a [`Network`]; what it knows to be trained and measured faster are its [`FastPaths`].

mod activation;
mod cnn;
mod error;
mod fast_paths;
mod linear;
mod mlp;
mod network;
mod resnet;

pub use activation::{Activation, LEAK};
pub use cnn::{Cnn, CnnConfig};
pub use error::ModelError;
pub use fast_paths::{Descended, FastPaths};
pub use linear::{Bias, Init, Linear};
pub use mlp::{Mlp, MlpConfig, OutputTransform, Skip};
pub use network::{Network, Representations, representations};
pub use resnet::{ResNet, ResNetConfig};
