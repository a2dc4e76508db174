//! What can go wrong when a backend is requested.

use std::str::FromStr;

use crate::BackendName;

/// Why a backend cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// No backend has that name.
    #[error("unknown backend '{found}': expected one of flex, ndarray, cuda")]
    Unknown {
        /// The name that was requested.
        found: String,
    },
    /// The backend exists but was left out when this program was compiled.
    #[error("backend '{0}' is not compiled into this program: rebuild with `--features {0}`")]
    NotCompiled(BackendName),
    /// The backend is compiled in, but this machine cannot run it.
    #[error("backend '{name}' is not available here: {reason}")]
    Unavailable {
        /// The backend.
        name: BackendName,
        /// What is missing.
        reason: String,
    },
}

impl FromStr for BackendName {
    type Err = BackendError;

    fn from_str(name: &str) -> Result<Self, BackendError> {
        Self::ALL
            .into_iter()
            .find(|known| known.to_string() == name)
            .ok_or_else(|| BackendError::Unknown {
                found: name.to_owned(),
            })
    }
}
