//! The provider of each backend.

use crate::cpu::CpuProvider;
use crate::{Availability, BackendError, BackendName, BackendProvider, Capabilities};

/// Stands for a backend that was left out of this build.
struct NotCompiled(BackendName);

impl BackendProvider for NotCompiled {
    fn name(&self) -> BackendName {
        self.0
    }

    fn availability(&self) -> Availability {
        Availability::Unavailable {
            reason: BackendError::NotCompiled(self.0).to_string(),
        }
    }

    fn capabilities(&self) -> Option<Capabilities> {
        None
    }
}

/// The provider of one backend.
pub fn provider(name: BackendName) -> Box<dyn BackendProvider> {
    match name {
        #[cfg(feature = "flex")]
        BackendName::Flex => Box::new(CpuProvider(name)),
        #[cfg(feature = "ndarray")]
        BackendName::NdArray => Box::new(CpuProvider(name)),
        #[cfg(feature = "cuda")]
        BackendName::Cuda => Box::new(crate::cuda::CudaProvider),
        #[allow(unreachable_patterns)] // all three are compiled in with every feature on
        other => Box::new(NotCompiled(other)),
    }
}

/// Every backend, compiled in or not, in the order of [`BackendName::ALL`].
pub fn providers() -> Vec<Box<dyn BackendProvider>> {
    BackendName::ALL.into_iter().map(provider).collect()
}
