//! From a backend's name to code that is compiled for it.

use burn::tensor::backend::BackendTypes;

use crate::{Availability, BackendError, BackendName, Capabilities, KernelsAutodiff, provider};

/// Work that is generic over the backend it runs on.
pub trait Job {
    /// What comes of it.
    type Output;
    /// Does the work on `device`.
    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Self::Output;
}

/// A backend that was found available: the proof that [`Opened::run`] will not touch a missing device.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    name: BackendName,
    devices: Vec<String>,
    capabilities: Capabilities,
}

/// Opens a backend by name.
///
/// # Errors
/// [`BackendError::NotCompiled`] if this program was built without it, and
/// [`BackendError::Unavailable`], with the reason, if this machine cannot run it.
pub fn open(name: BackendName) -> Result<Opened, BackendError> {
    let provider = provider(name);
    let capabilities = provider
        .capabilities()
        .ok_or(BackendError::NotCompiled(name))?;
    match provider.availability() {
        Availability::Available { devices } => Ok(Opened {
            name,
            devices,
            capabilities,
        }),
        Availability::Unavailable { reason } => Err(BackendError::Unavailable { name, reason }),
    }
}

impl Opened {
    /// Its name.
    pub fn name(&self) -> BackendName {
        self.name
    }

    /// The device that jobs run on: the first that the backend sees.
    pub fn device(&self) -> &str {
        self.devices.first().map_or("cpu", String::as_str)
    }

    /// What it can do.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// Runs a job on the first device of this backend.
    pub fn run<J: Job>(&self, job: J) -> J::Output {
        match self.name {
            #[cfg(feature = "flex")]
            BackendName::Flex => on::<crate::Flex, J>(job, burn::backend::flex::FlexDevice),
            #[cfg(feature = "ndarray")]
            BackendName::NdArray => {
                on::<crate::NdArray, J>(job, burn::backend::ndarray::NdArrayDevice::Cpu)
            }
            #[cfg(feature = "cuda")]
            BackendName::Cuda => {
                on::<crate::Cuda, J>(job, burn::backend::cuda::CudaDevice { index: 0 })
            }
            #[allow(unreachable_patterns)] // all three are compiled in with every feature on
            // invariant: only `open` makes this type, and it refuses backends that are not compiled in.
            _ => unreachable!("`open` refuses backends that are not compiled in"),
        }
    }
}

#[inline(never)] // one copy of the generic code for each backend
fn on<B: KernelsAutodiff, J: Job>(job: J, device: <B as BackendTypes>::Device) -> J::Output {
    job.run::<B>(&device)
}
