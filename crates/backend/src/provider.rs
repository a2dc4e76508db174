//! What backends there are, what each can do, and whether it can run here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::BackendError;
use crate::cpu::CpuProvider;

/// The backends that `formant` knows by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendName {
    /// burn-flex: the default, a CPU backend.
    Flex,
    /// burn-ndarray: a second CPU backend, slower, kept as an independent check.
    NdArray,
    /// burn-cuda: NVIDIA GPUs.
    Cuda,
}

impl BackendName {
    /// Every name, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Flex, Self::NdArray, Self::Cuda];

    /// Largest relative difference (in the Frobenius norm of each parameter, after the few steps of the
    /// conformance suite) between a member that runs alone and the same member inside a batched ensemble.
    /// Zero means bit-identical.
    pub const fn member_tolerance(self) -> f64 {
        match self {
            Self::Flex => 0.0,
            Self::NdArray => 1e-5,
            Self::Cuda => 1e-3, // products may run as TF32
        }
    }
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flex => "flex",
            Self::NdArray => "ndarray",
            Self::Cuda => "cuda",
        })
    }
}

impl FromStr for BackendName {
    type Err = BackendError;

    fn from_str(name: &str) -> Result<Self, BackendError> {
        Self::ALL
            .into_iter()
            .find(|known| known.to_string() == name)
            .ok_or_else(|| BackendError::Unknown {
                found: name.to_owned(),
            })
    }
}

/// How the members of an ensemble run on a backend. Their results do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberExecution {
    /// One single-threaded worker a member, as many workers as cores.
    Workers,
    /// All members as one batched model.
    Batched,
}

/// Where the numbers of a tensor live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TensorMemory {
    /// In host memory: reading a tensor costs at most a copy, and no synchronisation.
    Host,
    /// On a device: reading a tensor waits for all work in flight.
    Device,
}

/// What a backend can do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Whether tensors may hold `f64`.
    pub f64: bool,
    /// Where tensors live.
    pub memory: TensorMemory,
    /// How members run.
    pub members: MemberExecution,
    /// [`BackendName::member_tolerance`].
    pub member_tolerance: f64,
}

/// Whether a backend can run on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum Availability {
    /// It can; the devices it sees.
    Available {
        /// A line for each device.
        devices: Vec<String>,
    },
    /// It cannot.
    Unavailable {
        /// Why not, and what would change it.
        reason: String,
    },
}

/// One backend: its name, whether it can run here and why not, what it can do.
pub trait BackendProvider: Sync {
    /// The name by which users ask for it.
    fn name(&self) -> BackendName;
    /// Whether it can run here. Touches no device that may panic.
    fn availability(&self) -> Availability;
    /// What it can do, if it is compiled in.
    fn capabilities(&self) -> Option<Capabilities>;
}

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
