//! The ndarray CPU backend.

use crate::{
    Availability, BackendName, BackendProvider, Capabilities, MemberExecution, TensorMemory,
};

pub(crate) struct NdArrayProvider;

impl BackendProvider for NdArrayProvider {
    fn name(&self) -> BackendName {
        BackendName::NdArray
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
            member_tolerance: 1e-5,
        })
    }
}
