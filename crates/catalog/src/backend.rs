//! The names of backends.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::CatalogError;

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

    /// The name used on the command line and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::NdArray => "ndarray",
            Self::Cuda => "cuda",
        }
    }

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
        f.pad(self.name())
    }
}

impl FromStr for BackendName {
    type Err = CatalogError;

    fn from_str(name: &str) -> Result<Self, CatalogError> {
        let known = Self::ALL.into_iter().find(|known| known.name() == name);
        known.ok_or_else(|| CatalogError::UnknownBackend {
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_an_unknown_one_lists_them() {
        for backend in BackendName::ALL {
            assert_eq!(backend.to_string().parse::<BackendName>().unwrap(), backend);
        }
        let error = "tpu".parse::<BackendName>().unwrap_err().to_string();
        assert!(
            error.contains("tpu") && error.contains("flex, ndarray, cuda"),
            "{error}"
        );
    }
}
