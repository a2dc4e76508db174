//! Downloads of data sets. The one crate with HTTP and TLS: `cargo xtask fetch-data` builds it, and nothing else does.

mod archive;
mod download;
mod error;
mod mnist;

pub use archive::{Archive, CIFAR10, fetch_archive};
pub use download::Progress;
pub use error::FetchError;
pub use mnist::{fetch_mnist, fetch_mnist_with};
