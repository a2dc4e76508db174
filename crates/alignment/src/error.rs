//! Why a statistic has no value.

/// Why a statistic could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// Two matrices that are compared differ in shape.
    #[error("matrices of shapes {left:?} and {right:?} cannot be compared; they must be equal")]
    ShapeMismatch {
        /// Shape of the first.
        left: [usize; 2],
        /// Shape of the second.
        right: [usize; 2],
    },
    /// A square matrix is needed.
    #[error("the matrix is {rows} x {columns}, expected a square one")]
    NotSquare {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A symmetric matrix is needed.
    #[error(
        "entries [{row}, {column}] and [{column}, {row}] differ by {difference}; expected a symmetric matrix"
    )]
    NotSymmetric {
        /// Row of the first pair that differs.
        row: usize,
        /// Its column.
        column: usize,
        /// By how much.
        difference: f64,
    },
    /// There are not enough entries.
    #[error("{found} entries, at least {needed} are needed")]
    TooFewEntries {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// An entry is NaN or infinite.
    #[error("{what} holds a NaN or an infinity; every entry must be finite")]
    NonFinite {
        /// What holds it.
        what: &'static str,
    },
    /// All entries are equal, so that the correlation with anything is undefined.
    #[error(
        "the entries of the {which} matrix are constant (relative deviation {deviation:.1e}), the correlation is undefined"
    )]
    Constant {
        /// `first` or `second`.
        which: &'static str,
        /// Standard deviation of the entries over their root mean square.
        deviation: f64,
    },
    /// All entries are zero, so that direction and spectrum are undefined.
    #[error("{what} is zero, the statistic is undefined")]
    Zero {
        /// What is zero.
        what: &'static str,
    },
    /// A matrix that has to be positive semi-definite is not.
    #[error(
        "eigenvalue {value} is negative beyond rounding (the largest is {largest}); expected a positive semi-definite matrix"
    )]
    NegativeEigenvalue {
        /// The most negative eigenvalue.
        value: f64,
        /// The largest one.
        largest: f64,
    },
    /// The decomposition's iteration did not converge.
    #[error("the decomposition of a {rows} x {columns} matrix did not converge")]
    NoConvergence {
        /// Rows of the matrix.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// A quantile of too few draws.
    #[error("{found} null draws, at least 2 are needed")]
    TooFewDraws {
        /// How many were asked for.
        found: usize,
    },
}
