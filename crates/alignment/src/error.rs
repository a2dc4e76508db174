//! Why a statistic has no value.

/// Why a statistic could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// What it takes does not fit in memory.
    #[error("takes {needed} bytes of memory, more than the {memory} that it may")]
    Memory {
        /// Bytes that it takes, about.
        needed: u64,
        /// Bytes that it may take.
        memory: u64,
    },
    /// The samples of a dump cannot be read.
    #[error("{reason}")]
    Unreadable {
        /// What the reader met.
        reason: String,
    },
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
    /// A covariance in which nothing but rounding is left.
    #[error(
        "all {what} are equal up to rounding (relative deviation {deviation:.1e}), their covariance is undefined"
    )]
    Rounding {
        /// `samples of h_a` or `directions of g_b`, for example.
        what: &'static str,
        /// Root mean square distance from the mean over root mean square.
        deviation: f64,
    },
    /// Samples whose squares lose digits.
    #[error(
        "{what} has a root mean square of {size:.1e}, too small for its powers to keep their digits in f64; multiply it by a power of ten, which leaves relations as they are"
    )]
    Underflow {
        /// For example `g_b`.
        what: &'static str,
        /// The root mean square, or 0 where its square vanished.
        size: f64,
    },
    /// Samples whose squares are beyond the range of `f64`.
    #[error(
        "{what} has a root mean square of {size:.1e}, whose square overflows f64; divide it by a power of ten, which leaves relations as they are"
    )]
    Overflow {
        /// For example `g_b`.
        what: &'static str,
        /// The root mean square.
        size: f64,
    },
    /// A balance is requested of a training with momentum.
    #[error("the balance equations are those of plain SGD, training had a momentum of {momentum}")]
    Momentum {
        /// The momentum.
        momentum: f64,
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
    /// Rows of samples, or a weight, of the wrong shape.
    #[error("{what} is {found:?}, expected [samples, neurons] or [d_b, d_a] = {expected:?}")]
    Rows {
        /// For example `h_a`.
        what: &'static str,
        /// The shape that was given.
        found: [usize; 2],
        /// The shape that fits the rest.
        expected: [usize; 2],
    },
    /// There are not enough samples.
    #[error("{found} samples, at least {needed} are needed")]
    TooFewSamples {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A label that is not below the number of classes.
    #[error("label {label} of sample {row} is not below the number of classes, {classes}")]
    Label {
        /// The sample, counted from 0 within its block.
        row: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// Neural collapse compares classes.
    #[error("the labels make {found} class, at least 2 are needed")]
    TooFewClasses {
        /// How many there are.
        found: usize,
    },
    /// A class has no mean.
    #[error("class {class} of {classes} has no samples; number the classes from 0 without gaps")]
    EmptyClass {
        /// The first such class.
        class: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// The outputs of a layer are no class scores.
    #[error(
        "the layer has {d_b} outputs and the data {classes} classes; a classifier has one output a class"
    )]
    NotAClassifier {
        /// Width of the output.
        d_b: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// An output that does not exist.
    #[error("output {output} of {outputs}; they are counted from 0")]
    Output {
        /// Which one was asked for.
        output: usize,
        /// How many there are.
        outputs: usize,
    },
    /// The outputs have different numbers of gradients.
    #[error(
        "{found} gradients of output {output}, but {expected} of output 0; every sample needs one of each"
    )]
    UnevenOutputs {
        /// The first output that differs.
        output: usize,
        /// How many gradients it has.
        found: usize,
        /// How many output 0 has.
        expected: usize,
    },
    /// Two representations that are not of the same samples.
    #[error(
        "{left} and {right} samples cannot be paired; both representations need the same ones in the same order"
    )]
    Unpaired {
        /// Samples of the first.
        left: usize,
        /// Samples of the second.
        right: usize,
    },
    /// A representation that does not tell samples apart.
    #[error("all samples of the {which} representation are equal, the comparison is undefined")]
    ConstantSamples {
        /// `first` or `second`.
        which: &'static str,
    },
    /// A sample whose correlation with others is undefined.
    #[error("all neurons of sample {row} are equal, its correlation distance is undefined")]
    ConstantRow {
        /// Row, counted from 0.
        row: usize,
    },
    /// Something between networks that takes more of them.
    #[error("{found} networks, at least {needed} are needed")]
    TooFewNetworks {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The unbiased estimate of a representation with itself is zero.
    #[error(
        "the samples of the {which} representation are all equally far apart, its unbiased HSIC is zero"
    )]
    NoUnbiasedHsic {
        /// `first` or `second`.
        which: &'static str,
    },
    /// A measure that second moments do not determine.
    #[error("{measure} cannot be computed from moments; give paired samples")]
    NeedsSamples {
        /// Its name.
        measure: &'static str,
    },
    /// NaN has no rank.
    #[error("a list to be ranked holds a NaN")]
    Unranked,
    /// An interval of too few values.
    #[error("{found} values, at least {needed} are needed for an interval")]
    TooFewValues {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A confidence level outside the open interval from 0 to 1.
    #[error("confidence level {level}, expected one between 0 and 1, such as 0.95")]
    Level {
        /// The level.
        level: f64,
    },
    /// A correlation outside its range.
    #[error("{value} is no correlation, which is between -1 and 1")]
    NotACorrelation {
        /// What was given.
        value: f64,
    },
    /// Too few resamples for the tails of a bootstrap distribution.
    #[error("{found} bootstrap resamples, at least {needed} are needed at this level")]
    TooFewResamples {
        /// How many were asked for.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The weight has too few directions for a statement about its singular values.
    #[error(
        "the weight's support has {found} directions, at least {needed} are needed; smaller singular values do not count"
    )]
    TooFewDirections {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// Too few eigenvalues that are large enough for a power law.
    #[error(
        "{found} eigenvalue pairs are large enough, at least {needed} are needed for an exponent"
    )]
    TooFewPoints {
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The eigenvalues differ too little for a power law.
    #[error(
        "the logarithms of the eigenvalues have a standard deviation of {found:.3}, at least {needed:.3} is needed: any exponent fits a spectrum that is flat, or that sampling alone explains"
    )]
    FlatSpectrum {
        /// Their standard deviation.
        found: f64,
        /// The least that is enough.
        needed: f64,
    },
    /// A number whose logarithm is needed.
    #[error("{value} is not a positive number, its logarithm is undefined")]
    NotPositive {
        /// The number.
        value: f64,
    },
    /// A setting of the training that the equations divide by or multiply with.
    #[error("the {what} is {value}; expected a positive, finite number")]
    Setting {
        /// For example `weight decay`.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A slope needs points at different settings.
    #[error("the points of seed {seed} are all at one setting; a slope needs at least two")]
    OneSetting {
        /// The seed.
        seed: u64,
    },
    /// An embedding in no dimensions.
    #[error("an embedding in 0 dimensions was asked for, expected at least 1")]
    NoDimensions,
    /// A tolerance that no change can be below.
    #[error("a tolerance of {found}, expected a finite number of at least 0")]
    Tolerance {
        /// The tolerance.
        found: f64,
    },
    /// A regression on positions that do not tell x from y.
    #[error(
        "the positions of a context lie on a line; a regression on x and y needs them to spread in both directions"
    )]
    Collinear,
}

impl From<formant_moments::dump::DumpError> for AlignmentError {
    fn from(error: formant_moments::dump::DumpError) -> Self {
        Self::Unreadable {
            reason: error.to_string(),
        }
    }
}
