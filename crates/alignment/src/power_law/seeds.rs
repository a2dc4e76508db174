//! One exponent from several seeds.

use super::PowerLawFit;
use crate::AlignmentError;
use crate::uncertainty::{
    BootstrapOptions, Interval, Location, bootstrap_interval, student_interval,
};

/// The mean exponent of one pair over independent seeds, with Student's 95 % interval. This is what a claim about a
/// kind of network rests on; the interval of a single fit says how well a line describes that one network.
///
/// Student's is the default because at the numbers of seeds that are usual it covers as it claims, 95 % for 5 and 10
/// normal values, where a [bootstrap](exponent_over_seeds_bootstrap) covers 84 % and 90 %; for skewed values neither does,
/// and Student's comes nearer ([`uncertainty`](crate::uncertainty) has the table).
///
/// # Errors
///
/// If there are fewer than 2 fits.
pub fn exponent_over_seeds(fits: &[PowerLawFit]) -> Result<Interval, AlignmentError> {
    student_interval(&exponents(fits), 0.95)
}

/// The same mean with a bootstrap interval over seeds, which assumes no normal distribution and is too narrow for few
/// seeds.
///
/// # Errors
///
/// If there are fewer than 3 fits, or as [`bootstrap_interval`].
pub fn exponent_over_seeds_bootstrap(
    fits: &[PowerLawFit],
    options: &BootstrapOptions,
) -> Result<Interval, AlignmentError> {
    bootstrap_interval(&exponents(fits), Location::Mean, options)
}

fn exponents(fits: &[PowerLawFit]) -> Vec<f64> {
    fits.iter().map(|fit| fit.exponent).collect()
}
