//! The CUDA backend, and the questions to ask before burn touches a device.

use std::path::{Path, PathBuf};

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
            member_tolerance: self.name().member_tolerance(),
        })
    }
}

/// The names of the GPUs that the driver sees, or why none can be used. burn panics where this fails.
fn devices() -> Result<Vec<String>, String> {
    let [driver, compiler] = libraries();
    if !driver {
        return Err("no NVIDIA driver (libcuda.so) is installed on this machine".into());
    }
    let refused = |what: &str, error| format!("the NVIDIA driver refused {what}: {error:?}");
    result::init().map_err(|error| refused("to start", error))?;
    let count = result::device::get_count().map_err(|error| refused("to count devices", error))?;
    if count == 0 {
        return Err("the NVIDIA driver sees no GPU".into());
    }
    if !compiler {
        return Err(
            "NVRTC (libnvrtc.so), which compiles kernels, is not found: install it, or add its \
                    folder to LD_LIBRARY_PATH"
                .into(),
        );
    }
    if !headers().any(|folder| folder.join("cuda_runtime.h").exists()) {
        return Err("the CUDA headers (cuda_runtime.h), which kernels include, are not found: set CUDA_PATH \
                    to a folder whose include/ has them"
            .into());
    }
    (0..count)
        .map(|index| {
            let device = result::device::get(index).map_err(|e| refused("a device", e))?;
            result::device::get_name(device).map_err(|e| refused("a device's name", e))
        })
        .collect()
}

/// Whether the driver's library and NVRTC can be loaded.
#[allow(unsafe_code)] // asks the dynamic loader only; nothing is dereferenced
fn libraries() -> [bool; 2] {
    // SAFETY: loads the libraries, if there are any, and runs no function of them.
    unsafe {
        [
            sys::is_culib_present(),
            cudarc::nvrtc::sys::is_culib_present(),
        ]
    }
}

/// Where cubecl looks for the headers: in the first of these folders that exists.
fn headers() -> impl Iterator<Item = PathBuf> {
    let toolkit = match std::env::var_os("CUDA_PATH") {
        Some(path) => Some(PathBuf::from(path)),
        None => ["/usr/local/cuda", "/opt/cuda"]
            .map(PathBuf::from)
            .into_iter()
            .find(|p| p.exists()),
    };
    let system = || {
        Path::new("/usr/bin/nvcc")
            .exists()
            .then(|| PathBuf::from("/usr"))
    };
    toolkit
        .or_else(system)
        .into_iter()
        .map(|path| path.join("include"))
}
