//! Named devices, their capabilities, and the conformance suite that every backend passes.
//!
//! This is the one crate that names concrete burn backends. Everything else is generic over burn's
//! [`Backend`](burn::tensor::backend::Backend) traits (our own models over [`Kernels`], which adds a few
//! functions in a fast form) and receives its device from [`open`]:
//!
//! ```
//! use burn::tensor::{Tensor, backend::Backend};
//! use formant_backend::{BackendName, Job, KernelsAutodiff, open};
//!
//! struct Sum;
//! impl Job for Sum {
//!     type Output = f32;
//!     fn run<B: KernelsAutodiff>(self, device: &B::Device) -> f32 {
//!         Tensor::<B, 1>::from_floats([1.0, 2.0, 3.0], device).sum().into_data().iter::<f32>().sum()
//!     }
//! }
//! assert_eq!(open(BackendName::Flex).unwrap().run(Sum), 6.0);
//! ```
//!
//! A backend is always chosen by name: there is no default device that something in the environment
//! could change.

mod capabilities;
mod conformance;
mod error;
mod job;
mod kernels;
mod provider;

mod cpu;
#[cfg(feature = "cuda")]
mod cuda;

pub use capabilities::{
    Availability, BackendProvider, Capabilities, MemberExecution, TensorMemory,
};
pub use conformance::{Check, conformance};
pub use error::BackendError;
pub use formant_catalog::BackendName;
pub use job::{Job, Opened, open};
pub use kernels::{
    Descent, Kernels, KernelsAutodiff, NormBackward, NormForm, Normalized, Window, batch_norm,
    batch_norm_backward, conv2d, conv2d_backward, descend, matmul, patches, tanh, tanh_backward,
    unfold,
};
pub use provider::{provider, providers};

/// burn's autodiff decorator over the flex CPU backend, the default of the project.
#[cfg(feature = "flex")]
pub type Flex = burn::backend::Autodiff<burn::backend::Flex>;

/// burn's autodiff decorator over the ndarray CPU backend in single precision.
pub type NdArray = burn::backend::Autodiff<burn::backend::NdArray<f32>>;

/// The ndarray backend in double precision: for gradient checks.
pub type NdArray64 = burn::backend::Autodiff<burn::backend::NdArray<f64>>;

/// burn's autodiff decorator over the CUDA backend in single precision.
#[cfg(feature = "cuda")]
pub type Cuda = burn::backend::Autodiff<burn::backend::Cuda<f32>>;
