//! What is too small to be told from rounding, for the whole crate.
//!
//! Samples usually come in `f32`, whose roundings differ from sample to sample: what varies by less than about 1e-7 of the
//! samples' size is not data. A few operations make several such roundings, so that the line is drawn at 1e-6. Second
//! moments and distances between pairs follow: they are products of samples, or are linear in them. A quantity at or
//! below the line counts as zero, two values that close as equal.

/// Share of the size of samples, and of whatever is linear in them, that is rounding: 1e-6.
pub const ROUNDING_OF_SAMPLES: f64 = 1e-6;

/// Share of a second moment, and of any other number that is computed in `f64`, that is rounding: the square of
/// [`ROUNDING_OF_SAMPLES`].
pub const ROUNDING: f64 = 1e-12;

/// Least root mean square of `f64` samples whose second moments keep their digits. Below it squares come near the least
/// normal number, 2e-308, and lose digits or vanish.
pub const LEAST_SAMPLES: f64 = 1e-140;

/// How far a matrix that should be symmetric and positive semi-definite may be off, relative to its largest entry or
/// eigenvalue: a matter of who computed it, and in which precision.
pub(crate) const INPUT: f64 = 1e-10;

/// Whether two numbers are equal but for this share of the larger one.
pub(crate) fn equal(x: f64, y: f64, share: f64) -> bool {
    let difference = (x - y).abs();
    x == y || (difference.is_finite() && difference <= share * x.abs().max(y.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_lines_are_one() {
        assert!((ROUNDING_OF_SAMPLES * ROUNDING_OF_SAMPLES / ROUNDING - 1.0).abs() < 1e-15);
    }

    #[test]
    fn equality_is_relative_and_knows_infinities() {
        assert!(equal(1e-300, 1.0000005e-300, ROUNDING_OF_SAMPLES));
        assert!(!equal(1.0, 1.0 + 1e-11, ROUNDING));
        assert!(equal(f64::INFINITY, f64::INFINITY, ROUNDING));
        assert!(!equal(1.0, f64::INFINITY, ROUNDING) && !equal(-1.0, 1.0, ROUNDING));
    }
}
