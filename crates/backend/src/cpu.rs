//! The CPU backends.

use crate::{
    Availability, BackendName, BackendProvider, Capabilities, MemberExecution, TensorMemory,
};

/// A backend that any machine can run.
pub(crate) struct CpuProvider(pub(crate) BackendName);

impl BackendProvider for CpuProvider {
    fn name(&self) -> BackendName {
        self.0
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
            member_tolerance: self.0.member_tolerance(),
        })
    }
}
