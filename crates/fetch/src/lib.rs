//! Downloads of data sets. The one crate with HTTP and TLS: `cargo xtask fetch-data` builds it, and nothing else does.

mod cifar10;
mod error;
mod mnist;

pub use cifar10::{Archive, CIFAR10, fetch_archive};
pub use error::FetchError;
pub use mnist::{Progress, fetch_mnist, fetch_mnist_with};
