//! Why a prediction cannot be made.

/// Why a layer could not be constructed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TheoryError {
    /// There is no row of this number.
    #[error("there is no row {found}; rows are numbered 1 to {rows}")]
    NoSuchRow {
        /// The number that was asked for.
        found: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// More singular values than the weight has room for, or none.
    #[error(
        "{found} singular values for a weight of {d_b} x {d_a}; give between 1 and the smaller width"
    )]
    Directions {
        /// How many singular values were given.
        found: usize,
        /// Width of the output.
        d_b: usize,
        /// Width of the input.
        d_a: usize,
    },
    /// The free spectrum has another length than the singular values.
    #[error(
        "{found} values in the free spectrum, expected {expected}: one for each singular value"
    )]
    FreeLength {
        /// How many were given.
        found: usize,
        /// How many singular values there are.
        expected: usize,
    },
    /// A value of a spectrum is not a positive number.
    #[error("entry {index} of the {what} is {value}; expected a positive, finite number")]
    NotPositive {
        /// Which spectrum.
        what: &'static str,
        /// Position of the value.
        index: usize,
        /// The value.
        value: f64,
    },
    /// The relations of the row force all singular values to be equal, and these are not.
    #[error(
        "row {row} needs equal singular values, found {smallest} to {largest}; give the same value for all"
    )]
    NotFlat {
        /// Number of the row.
        row: usize,
        /// The smallest singular value.
        smallest: f64,
        /// The largest.
        largest: f64,
    },
    /// A matrix of the layer overflows or underflows.
    #[error(
        "a spectrum of row {row} leaves the range of f64; give singular values of a smaller spread"
    )]
    Overflow {
        /// Number of the row.
        row: usize,
    },
}
