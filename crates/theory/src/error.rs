//! Reasons why a prediction cannot be made.

/// Why a layer could not be constructed, or a prediction could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TheoryError {
    /// No row has this number.
    #[error("there is no row {found}; rows are numbered 1 to {rows}")]
    NoSuchRow {
        /// The requested number.
        found: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// No singular values, or more than the weight can have.
    #[error(
        "{found} singular values for a weight of {d_b} x {d_a}; give between 1 and the smaller width"
    )]
    SingularValueCount {
        /// How many singular values were given.
        found: usize,
        /// Width of the output.
        d_b: usize,
        /// Width of the input.
        d_a: usize,
    },
    /// The free spectrum and the singular values differ in length.
    #[error(
        "{found} values in the free spectrum, expected {expected}: one for each singular value"
    )]
    FreeSpectrumLength {
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
    /// The relations of the row force all singular values to be equal, but the given ones differ.
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
    /// A number is impossible in the two-point theory.
    #[error("{what} is {}; expected {expected}", number(*.value))]
    Value {
        /// Name of the number.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The requirement that it violates.
        expected: &'static str,
    },
    /// The outputs overlap with their targets more than their lengths allow.
    #[error(
        "y2 {} and w {} are impossible: |y2 - w|, the overlap of outputs and targets, is {found:.3e}, above sqrt(y2 dy2) = {limit:.3e}; check dy2, and that y2 is squared",
        number(*.y2), number(*.w)
    )]
    Overlap {
        /// Squared distance of the outputs.
        y2: f64,
        /// The alignment variable.
        w: f64,
        /// Magnitude of the overlap.
        found: f64,
        /// The largest possible magnitude.
        limit: f64,
    },
    /// Times or epochs are not in ascending order.
    #[error(
        "time {index} is {} after {}; give finite times in ascending order",
        number(*.found), number(*.before)
    )]
    TimeOrder {
        /// Position of the time, from 0.
        index: usize,
        /// The time.
        found: f64,
        /// The preceding time, 0 for the first.
        before: f64,
    },
    /// The distance of the representations reached 0, and these dynamics divide by it.
    #[error(
        "the dynamics has no solution beyond epoch {}: the squared distance h2 is 0 there",
        number(*.time)
    )]
    DistanceVanished {
        /// The time when it did.
        time: f64,
    },
    /// The solution, or a number on the way to it, overflows or underflows.
    #[error(
        "the solution leaves the range of f64 at epoch {}; give rates, distances and times that are less extreme",
        number(*.time)
    )]
    OutOfRange {
        /// The time for which the state was requested.
        time: f64,
    },
    /// The integration needs too many steps.
    #[error(
        "{steps} steps reach epoch {} of {} only; give a shorter time, smaller rates or a larger tolerance",
        number(*.time), number(*.end)
    )]
    TooManySteps {
        /// Number of steps taken.
        steps: usize,
        /// The time that was reached.
        time: f64,
        /// The time that was requested.
        end: f64,
    },
    /// The curves of a trajectory differ in length.
    #[error("{found} samples of {curve} for {epochs} epochs; give one for each")]
    CurveLength {
        /// The curve.
        curve: &'static str,
        /// Its number of samples.
        found: usize,
        /// Number of epochs.
        epochs: usize,
    },
    /// A trajectory is too short.
    #[error("a trajectory of {found} samples, expected at least {fewest}")]
    TooFew {
        /// Number of samples.
        found: usize,
        /// How many are needed.
        fewest: usize,
    },
    /// A sample of a trajectory is not a finite number, or a squared distance below 0.
    #[error("{curve} of sample {sample} is {}; expected {expected}", number(*.value))]
    Sample {
        /// The curve.
        curve: &'static str,
        /// Position of the sample, from 0.
        sample: usize,
        /// Its value.
        value: f64,
        /// The requirement that it violates.
        expected: &'static str,
    },
    /// A sample of a trajectory is impossible for the pair.
    #[error("sample {sample}: {cause}")]
    AtSample {
        /// Position of the sample, from 0.
        sample: usize,
        /// What is wrong with it.
        cause: Box<TheoryError>,
    },
    /// There are no images, or they have no pixels.
    #[error("{images} images of {pixels} pixels; expected at least one of each")]
    NoPixels {
        /// Number of images.
        images: usize,
        /// Number of pixels in each.
        pixels: usize,
    },
    /// The numbers of images and labels differ.
    #[error("{found} labels for {images} images; give one for each")]
    LabelCount {
        /// Number of labels.
        found: usize,
        /// Number of images.
        images: usize,
    },
    /// A pixel is not a finite number.
    #[error("pixel {pixel} of image {image} is {value}; expected a finite number")]
    Pixel {
        /// Index of the image, from 0.
        image: usize,
        /// Index of the pixel, from 0.
        pixel: usize,
        /// Its value.
        value: f64,
    },
    /// All images have the same label.
    #[error("all {images} images have the same label; expected at least 2 classes")]
    OneClass {
        /// Number of images.
        images: usize,
    },
    /// The prediction needs matrices of size images x images, and there are too many images.
    #[error(
        "{found} images, and some of different classes are so near that exp(-A) is not 0; the prediction then needs n x n \
        matrices, for at most {limit} images; give fewer images"
    )]
    TooManyImages {
        /// Number of images.
        found: usize,
        /// Maximum number of images for which the matrices are formed.
        limit: usize,
    },
}

/// A number at most 24 characters long: `Display` writes 1e300 with all of its zeros.
pub(crate) fn number(value: f64) -> String {
    format!("{value:?}").trim_end_matches(".0").to_owned()
}
