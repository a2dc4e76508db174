//! What can go wrong when a backend is requested.

use crate::BackendName;

/// Why a backend cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
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
