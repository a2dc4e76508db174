//! One exponent from several seeds.

use super::PowerLawFit;
use crate::AlignmentError;
use crate::uncertainty::{Interval, student_interval};

/// The mean exponent of one pair over independent seeds, with Student's 95 % interval. This is what a claim about a
/// kind of network rests on; the interval of a single fit says how well a line describes that one network.
///
/// # Errors
///
/// If there are fewer than 2 fits.
pub fn exponent_over_seeds(fits: &[PowerLawFit]) -> Result<Interval, AlignmentError> {
    let exponents: Vec<f64> = fits.iter().map(|fit| fit.exponent).collect();
    student_interval(&exponents, 0.95)
}
