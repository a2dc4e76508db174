//! What can be wrong with a model's configuration.

/// Why a model cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A size that has to be positive is zero.
    #[error("model setting '{field}' is 0, expected at least 1")]
    Zero {
        /// The setting.
        field: &'static str,
    },
    /// A number out of range.
    #[error("model setting '{field}' is {found}, expected {expected}")]
    Setting {
        /// The setting.
        field: &'static str,
        /// What it is.
        found: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// An ensemble without members.
    #[error("a model needs at least one seed, one for each member; found none")]
    NoMembers,
    /// A network of no linear maps.
    #[error("a network needs at least {expected} linear maps; found {found}")]
    TooFewLayers {
        /// How many were given.
        found: usize,
        /// How many it needs.
        expected: usize,
    },
}
