//! The CUDA backend, and the questions to ask before burn touches a device.

use cudarc::driver::{result, sys};

use crate::{
    Availability, BackendName, BackendProvider, Capabilities, MemberExecution, TensorMemory,
};

pub(crate) struct CudaProvider;

impl BackendProvider for CudaProvider {
    fn name(&self) -> BackendName {
        BackendName::Cuda
    }

    fn availability(&self) -> Availability {
        match devices() {
            Ok(devices) => Availability::Available { devices },
            Err(reason) => Availability::Unavailable { reason },
        }
    }

    fn capabilities(&self) -> Option<Capabilities> {
        Some(Capabilities {
            f64: false,
            memory: TensorMemory::Device,
            members: MemberExecution::Batched,
            member_tolerance: 1e-3, // products may run as TF32
        })
    }
}

/// The names of the GPUs that the driver sees, or why there are none. burn panics where this fails.
#[allow(unsafe_code)] // asks the dynamic loader only; nothing is dereferenced
fn devices() -> Result<Vec<String>, String> {
    // SAFETY: loads the driver library, if there is one, and runs no function of it.
    if !unsafe { sys::is_culib_present() } {
        return Err("no NVIDIA driver (libcuda.so) is installed on this machine".into());
    }
    let refused = |what: &str, error| format!("the NVIDIA driver refused {what}: {error:?}");
    result::init().map_err(|error| refused("to start", error))?;
    let count = result::device::get_count().map_err(|error| refused("to count devices", error))?;
    if count == 0 {
        return Err("the NVIDIA driver sees no GPU".into());
    }
    (0..count)
        .map(|index| {
            let device = result::device::get(index).map_err(|e| refused("a device", e))?;
            result::device::get_name(device).map_err(|e| refused("a device's name", e))
        })
        .collect()
}
