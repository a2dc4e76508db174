//! Building the binary `formant` with a backend.

use std::path::PathBuf;

use anyhow::Result;
use formant_catalog::BackendName;
use xshell::Shell;

use crate::binary::{self, Binary};

/// What cargo must be told for `formant` to have a backend. Another feature builds a part anew the first time.
const fn cargo_args(backend: BackendName) -> &'static [&'static str] {
    match backend {
        BackendName::Flex => &[],
        BackendName::NdArray => &["--features", "ndarray"],
        BackendName::Cuda => &["--features", "cuda"],
    }
}

/// Builds `formant` with a backend and returns where it is.
pub fn build(sh: &Shell, backend: Option<BackendName>) -> Result<PathBuf> {
    let extra = backend.map_or(&[][..], cargo_args);
    binary::build(sh, &Binary::FORMANT, extra)
}
