//! Intervals over seeds and rank correlation.

pub use formant_alignment::Range;
use formant_alignment::{
    BootstrapOptions, Location, Target, bonferroni_widening, bootstrap_interval,
    correlation_interval, student_interval_for,
};
use serde::Serialize;

/// That of every interval.
const LEVEL: f64 = 0.95;

/// A number with its uncertainty over seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean over seeds, or the number itself where seeds do not enter one by one.
    pub value: f64,
    /// Lower end of the 95 % interval; `None` when there is none (one seed, or not a mean over seeds).
    pub low: Option<f64>,
    /// Upper end of the 95 % interval; `None` when there is none.
    pub high: Option<f64>,
    /// How many seeds entered.
    pub n: usize,
}

/// How the values of seeds become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// The mean, with Student's t interval.
    Mean,
    /// The geometric mean, for logarithmic axes. Nothing where a seed's number is not above 0.
    Geometric,
    /// The mean without the extreme quarters of the seeds, with a bootstrap interval.
    Interquartile,
}

impl Estimate {
    /// The centre of one value a seed with its interval; only that of a plain mean is clipped to `range`.
    pub fn of(values: &[f64], centre: Centre, range: Range) -> Option<Self> {
        match centre {
            Centre::Mean => Self::mean(values, range),
            Centre::Geometric => Self::geometric(values),
            Centre::Interquartile => Self::interquartile(values),
        }
    }

    /// The mean of one value a seed, with a 95 % interval over seeds, which are taken as independent: for correlations
    /// [`correlation_interval`], which allows for the ends of their range, for anything else Student's
    ///
    /// \\[ \bar x \pm t_{0.975,\\,n-1}\\, s / \sqrt n, \\]
    ///
    /// clipped to `range`. One value has no interval, no value no estimate. Values that are all equal show no spread: of
    /// three or more the value stands for both ends, of two it has no interval.
    pub fn mean(values: &[f64], range: Range) -> Option<Self> {
        Self::with_interval(Target::Mean, values, range)
    }

    /// The mean with the 95 % prediction interval of one new run, such as the paper's: \\(s \sqrt{1 + 1/n}\\) in place of
    /// \\(s / \sqrt n\\).
    pub fn of_new_run(values: &[f64], range: Range) -> Option<Self> {
        Self::with_interval(Target::NewValue, values, range)
    }

    fn with_interval(target: Target, values: &[f64], range: Range) -> Option<Self> {
        let n = values.len();
        let value = (n > 0).then(|| values.iter().sum::<f64>() / n as f64)?;
        let interval = match range {
            Range::Correlation => correlation_interval(values, target, LEVEL),
            _ => student_interval_for(target, values, LEVEL),
        };
        let interval = interval
            .ok()
            .filter(|found| n > 2 || found.low < found.high);
        let (min, max) = range.bounds();
        Some(Self {
            value,
            low: interval.map(|interval| interval.low.max(min)),
            high: interval.map(|interval| interval.high.min(max)),
            n,
        })
    }

    /// The interquartile mean of one value a seed, with a 95 % bootstrap interval over seeds (BCa): outliers move neither.
    /// Up to three values it is the mean; fewer than three have no interval.
    pub fn interquartile(values: &[f64]) -> Option<Self> {
        let location = Location::InterquartileMean;
        let interval = bootstrap_interval(values, location, &BootstrapOptions::default()).ok();
        Some(Self {
            value: location.of(values)?,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            n: values.len(),
        })
    }

    /// The geometric mean of one value a seed, with the interval of the logarithms' mean. `None` where a value is not above
    /// 0, or there is none.
    pub fn geometric(values: &[f64]) -> Option<Self> {
        let values = values.iter();
        let logs = values.map(|value| (*value > 0.0).then(|| value.ln()));
        let logs: Option<Vec<f64>> = logs.collect();
        Some(Self::mean(&logs?, Range::Real)?.exp())
    }

    /// The estimate after a change that keeps the order of numbers.
    pub(crate) fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Self {
            value: rising(self.value),
            low: self.low.map(&rising),
            high: self.high.map(&rising),
            ..self
        }
    }

    /// The estimate less a number that is exact.
    pub(crate) fn less(self, number: f64) -> Self {
        self.map(|value| value - number)
    }

    /// The estimate whose logarithm this is.
    pub(crate) fn exp(self) -> Self {
        self.map(f64::exp)
    }

    /// A number made of `n` seeds that has no interval.
    pub const fn without_interval(value: f64, n: usize) -> Self {
        Self {
            value,
            low: None,
            high: None,
            n,
        }
    }

    /// The interval where it is to hold together with those of other comparisons, `comparisons` in all: each end is as many
    /// times further away as that of Student's interval of `n` values would be (Bonferroni).
    pub fn widened(&self, comparisons: usize) -> Option<(f64, f64)> {
        let (low, high) = self.interval()?;
        if comparisons < 2 {
            return Some((low, high));
        }
        let factor = bonferroni_widening(self.n, comparisons, LEVEL).ok()?;
        let away = |end: f64| self.value + factor * (end - self.value);
        Some((away(low), away(high)))
    }

    /// The interval, if there is one.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }
}

/// Spearman's rank correlation, in -1 to 1: Pearson's correlation of the ranks, ties sharing their mean rank.
///
/// `None` where it is undefined: fewer than two pairs, slices of different lengths, a constant side, or a NaN.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    formant_alignment::spearman(x, y).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Slow and obvious: the rank of a value is one more than how many are below, ties in the middle.
    fn slow_spearman(x: &[f64], y: &[f64]) -> f64 {
        let rank = |values: &[f64], v: f64| {
            let below = values.iter().filter(|&&w| w < v).count() as f64;
            let equal = values.iter().filter(|&&w| w == v).count() as f64;
            below + (equal + 1.0) / 2.0
        };
        let centre = (x.len() as f64 + 1.0) / 2.0;
        let product = |a: &[f64], b: &[f64]| -> f64 {
            (0..a.len())
                .map(|i| (rank(a, a[i]) - centre) * (rank(b, b[i]) - centre))
                .sum()
        };
        product(x, y) / (product(x, x) * product(y, y)).sqrt()
    }

    #[test]
    fn outliers_do_not_move_the_interquartile_mean() {
        assert_eq!(Estimate::interquartile(&[]), None);
        let two = Estimate::interquartile(&[1.0, 2.0]).unwrap();
        assert_eq!((two.value, two.interval(), two.n), (1.5, None, 2));
        let values = [0.90, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, -1.0];
        let estimate = Estimate::interquartile(&values).unwrap();
        assert!((estimate.value - 0.9350).abs() < 1e-12, "{estimate:?}");
        let (low, high) = estimate.interval().unwrap();
        assert!(low < estimate.value && estimate.value < high && high <= 0.97);
        assert!(Estimate::mean(&values, Range::Correlation).unwrap().value < 0.75);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn spearman_is_its_slow_twin(pairs in prop::collection::vec((0u8..6, 0u8..6), 2..15)) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&(a, b)| (f64::from(a), f64::from(b))).unzip();
            let slow = slow_spearman(&x, &y);
            match spearman(&x, &y) {
                Some(fast) => prop_assert!((fast - slow).abs() < 1e-12, "{fast} {slow}"),
                None => prop_assert!(slow.is_nan()),
            }
        }

        #[test]
        fn spearman_sees_order_only(x in prop::collection::vec(-3.0f64..3.0, 3..10)) {
            let grown: Vec<f64> = x.iter().map(|v| v.exp()).collect();
            let turned: Vec<f64> = x.iter().map(|v| -v.powi(3)).collect();
            prop_assert!((spearman(&x, &grown).unwrap() - 1.0).abs() < 1e-12);
            prop_assert!((spearman(&x, &turned).unwrap() + 1.0).abs() < 1e-12);
        }

        #[test]
        fn an_interval_holds_its_mean_and_stays_in_range(values in prop::collection::vec(0.0f64..1.0, 2..8)) {
            let estimate = Estimate::mean(&values, Range::Share).unwrap();
            let (low, high) = estimate.interval().unwrap();
            prop_assert!(0.0 <= low && low <= estimate.value && estimate.value <= high && high <= 1.0);
        }
    }

    #[test]
    fn the_interval_is_students() {
        // t(0.975, 2) = 4.302653 (any table); standard deviation of 1, 2, 3 is 1.
        let estimate = Estimate::mean(&[1.0, 2.0, 3.0], Range::Real).unwrap();
        let half = 4.302_653 / 3f64.sqrt();
        assert!((estimate.high.unwrap() - 2.0 - half).abs() < 1e-5);
        assert!((estimate.low.unwrap() - 2.0 + half).abs() < 1e-5);
        let clipped = Estimate::mean(&[1.0, 2.0, 3.0], Range::NonNegative).unwrap();
        assert_eq!(clipped.low, Some(0.0));
    }

    #[test]
    fn a_geometric_interval_is_that_of_logarithms_and_above_zero() {
        let values = [0.1, 1.0, 100.0];
        let geometric = Estimate::geometric(&values).unwrap();
        let logs = Estimate::mean(&values.map(f64::ln), Range::Real).unwrap();
        assert!((geometric.value - 10f64.powf(1.0 / 3.0)).abs() < 1e-12);
        assert_eq!(geometric.high, logs.high.map(f64::exp));
        assert!(geometric.low.unwrap() > 0.0);
        assert!(Estimate::mean(&values, Range::Real).unwrap().low.unwrap() < 0.0);
        for undefined in [&[][..], &[1.0, 0.0], &[-1.0]] {
            assert_eq!(Estimate::geometric(undefined), None);
        }
    }

    #[test]
    fn one_seed_has_no_interval_and_none_no_estimate() {
        let one = Estimate::mean(&[0.3], Range::Share).unwrap();
        assert_eq!((one.value, one.interval(), one.n), (0.3, None, 1));
        assert_eq!(Estimate::mean(&[], Range::Share), None);
    }

    #[test]
    fn undefined_correlations_are_none() {
        assert_eq!(spearman(&[1.0], &[2.0]), None);
        assert_eq!(spearman(&[1.0, 2.0], &[5.0, 5.0]), None);
        assert_eq!(spearman(&[1.0, f64::NAN], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[1.0, 2.0], &[1.0]), None);
    }
}
