//! The flex CPU backend.

use crate::{
    Availability, BackendName, BackendProvider, Capabilities, MemberExecution, TensorMemory,
};

pub(crate) struct FlexProvider;

impl BackendProvider for FlexProvider {
    fn name(&self) -> BackendName {
        BackendName::Flex
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
            member_tolerance: 0.0,
        })
    }
}
