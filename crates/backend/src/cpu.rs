//! The CPU backends.

use crate::{
    Availability, BackendName, BackendProvider, Capabilities, MemberExecution, TensorMemory,
};

/// A backend that any machine can run.
pub(crate) struct CpuProvider {
    pub(crate) name: BackendName,
    pub(crate) member_tolerance: f64,
}

impl BackendProvider for CpuProvider {
    fn name(&self) -> BackendName {
        self.name
    }

    fn availability(&self) -> Availability {
        Availability::Available {
            devices: vec!["cpu".into()],
        }
    }

    fn capabilities(&self) -> Option<Capabilities> {
        Some(Capabilities {
            f64: true,
            memory: TensorMemory::Host,
            members: MemberExecution::Workers,
            member_tolerance: self.member_tolerance,
        })
    }
}
