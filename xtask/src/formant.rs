//! Building the binary `formant` with a backend.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use xshell::Shell;

use crate::binary::{self, Binary};

/// The backends that `formant` can be built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The CPU backend that is the default
    Flex,
    /// The CPU backend on ndarray, slower; switches a feature on, and so builds a part anew the first time
    Ndarray,
    /// NVIDIA GPUs; switches a feature on, and so builds anew the first time
    Cuda,
}

impl Backend {
    /// The name that `formant` knows it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            Self::Cuda => "cuda",
        }
    }

    /// What cargo must be told for `formant` to have it.
    const fn cargo_args(self) -> &'static [&'static str] {
        match self {
            Self::Flex => &[],
            Self::Ndarray => &["--features", "ndarray"],
            Self::Cuda => &["--features", "cuda"],
        }
    }
}

/// Builds `formant` with a backend and returns where it is.
pub fn build(sh: &Shell, backend: Option<Backend>) -> Result<PathBuf> {
    let extra = backend.map_or(&[][..], Backend::cargo_args);
    binary::build(sh, &Binary::FORMANT, extra)
}
