//! Downloads of data sets. The one crate with HTTP and TLS: `cargo xtask fetch-data` builds it, and nothing else does.

mod error;
mod mnist;

pub use error::FetchError;
pub use mnist::{Progress, fetch_mnist, fetch_mnist_with};
