//! What a backend can do, and whether it can run here.

use serde::{Deserialize, Serialize};

use crate::BackendName;

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
