//! What can go wrong with data.

/// Why data could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A configuration asks for something that does not exist.
    #[error("{field} is {found}, expected {expected}")]
    Config {
        /// The field, as it is written in a configuration file.
        field: &'static str,
        /// The value found there.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A batch or held-out set of no samples was asked for.
    #[error("{what} of 0 samples was asked for, expected at least 1")]
    Empty {
        /// What was asked for.
        what: &'static str,
    },
    /// More samples were asked for than there are.
    #[error(
        "{asked} samples of {set} were asked for in one {what}, but it has {available}; ask for {available} or fewer"
    )]
    TooMany {
        /// The set, for example `mnist test`.
        set: String,
        /// What was asked for.
        what: &'static str,
        /// How many samples were asked for.
        asked: usize,
        /// How many there are.
        available: usize,
    },
}
