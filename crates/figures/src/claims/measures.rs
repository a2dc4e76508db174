//! Small measures that several figures' claims are made of.

use crate::{Estimate, spearman};

/// The slope of the least-squares line of `y` on `x`. `None` with fewer than two different `x`, slices of different
/// lengths, or a number that is not finite.
pub(crate) fn slope(x: &[f64], y: &[f64]) -> Option<f64> {
    let usable = x.len() == y.len() && x.iter().chain(y).all(|v| v.is_finite());
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let sxx: f64 = x.iter().map(|x| (x - mx).powi(2)).sum();
    let sxy: f64 = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum();
    (usable && sxx > 0.0).then(|| sxy / sxx)
}

/// The slope of a line per decade of x; `None` where [`slope`] is.
pub(crate) fn per_decade(line: &[(f64, f64)]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = line.iter().map(|(x, y)| (x.log10(), *y)).unzip();
    slope(&x, &y)
}

/// Highest less lowest of a line; `None` of a single point.
pub(crate) fn spread(line: &[(f64, f64)]) -> Option<f64> {
    let y = || line.iter().map(|point| point.1);
    let (low, high) = (y().reduce(f64::min)?, y().reduce(f64::max)?);
    (line.len() > 1).then_some(high - low)
}

/// Pearson's correlation, in -1 to 1. `None` with fewer than two pairs, slices of different lengths, a constant side, or a
/// number that is not finite.
pub(crate) fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let usable = x.len() == y.len() && x.len() >= 2;
    let centred = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let (x, y) = (centred(x), centred(y));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let r = dot(&x, &y) / (dot(&x, &x).sqrt() * dot(&y, &y).sqrt());
    (usable && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
}

/// What an estimate of a signed number says of its size: where zero is inside the interval, the smallest size is zero.
///
/// With a bound from above this is a test of equivalence: the whole interval of the signed number must be small.
pub(crate) fn size(signed: Estimate) -> Estimate {
    let interval = signed.interval().map(|(low, high)| {
        let smallest = if low <= 0.0 && high >= 0.0 {
            0.0
        } else {
            low.abs().min(high.abs())
        };
        (smallest, low.abs().max(high.abs()))
    });
    Estimate {
        value: signed.value.abs(),
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        n: signed.n,
    }
}

/// Last less first; `None` of a single point.
pub(crate) fn growth(line: &[(f64, f64)]) -> Option<f64> {
    let [first, .., last] = line else { return None };
    Some(last.1 - first.1)
}

/// How far the first of several numbers lies below the lowest other one; negative where it does not.
pub(crate) fn first_below_lowest(numbers: &[f64]) -> Option<f64> {
    let (first, others) = numbers.split_first()?;
    Some(others.iter().copied().reduce(f64::min)? - first)
}

/// Spearman's rho of a line of at least three points; 0 where y does not change at all.
pub(crate) fn trend(line: &[(f64, f64)]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = line.iter().copied().unzip();
    let changes = y.iter().any(|value| *value != y[0]);
    match (x.len() >= 3, changes) {
        (false, _) => None,
        (true, false) => Some(0.0),
        (true, true) => spearman(&x, &y),
    }
}

/// The mean; `None` of nothing.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values
        .into_iter()
        .fold((0.0, 0u32), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

/// The share of `items` for which `holds`; `None` of nothing.
pub(crate) fn share<T>(items: &[T], holds: impl Fn(&T) -> bool) -> Option<f64> {
    mean(items.iter().map(|item| f64::from(u8::from(holds(item)))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Range;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_slope_of_a_line_is_its_own(
            x in prop::collection::vec(-5.0f64..5.0, 2..9),
            (at, by) in (-3.0f64..3.0, -3.0f64..3.0),
        ) {
            prop_assume!(x.iter().any(|v| (v - x[0]).abs() > 0.1));
            let y: Vec<f64> = x.iter().map(|x| at + by * x).collect();
            prop_assert!((slope(&x, &y).unwrap() - by).abs() < 1e-9);
        }

        #[test]
        fn pearson_squared_is_the_product_of_both_slopes(
            pairs in prop::collection::vec((-5.0f64..5.0, -5.0f64..5.0), 3..9),
            (at, by) in (-3.0f64..3.0, 0.1f64..3.0),
        ) {
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            prop_assume!([&x, &y].iter().all(|v| v.iter().any(|a| (a - v[0]).abs() > 0.1)));
            let r = pearson(&x, &y).unwrap();
            prop_assert!((r * r - slope(&x, &y).unwrap() * slope(&y, &x).unwrap()).abs() < 1e-9);
            let moved: Vec<f64> = y.iter().map(|y| at + by * y).collect();
            prop_assert!((pearson(&x, &moved).unwrap() - r).abs() < 1e-9);
        }

        #[test]
        fn a_size_holds_what_the_signed_interval_holds(values in prop::collection::vec(-1.0f64..1.0, 2..8)) {
            let signed = Estimate::mean(&values, Range::Real).unwrap();
            let (low, high) = signed.interval().unwrap();
            let (smallest, largest) = size(signed).interval().unwrap();
            for k in 0..=20 {
                let inside = (low + (high - low) * f64::from(k) / 20.0).abs();
                prop_assert!(smallest - 1e-12 <= inside && inside <= largest + 1e-12);
            }
            prop_assert!(smallest == 0.0 || low * high > 0.0);
        }
    }

    #[test]
    fn nothing_has_no_measure() {
        assert_eq!(slope(&[1.0], &[2.0]), None);
        assert_eq!(slope(&[1.0, 1.0], &[2.0, 3.0]), None);
        assert_eq!(slope(&[1.0, 2.0], &[2.0, f64::NAN]), None);
        assert_eq!(slope(&[1.0, 2.0], &[2.0]), None);
        assert_eq!(pearson(&[1.0, 2.0], &[3.0, 3.0]), None);
        assert_eq!(pearson(&[1.0, 2.0], &[3.0]), None);
        assert_eq!(pearson(&[1.0, 2.0], &[3.0, f64::NAN]), None);
        assert_eq!((mean([]), share(&[] as &[f64], |_| true)), (None, None));
        assert_eq!(trend(&[(1.0, 2.0), (2.0, 3.0)]), None);
        assert_eq!(trend(&[(1.0, 2.0), (2.0, 2.0), (3.0, 2.0)]), Some(0.0));
        let falls = trend(&[(1.0, 2.0), (2.0, 1.0), (3.0, 0.0)]).unwrap();
        assert!((falls + 1.0).abs() < 1e-12, "{falls}");
        assert_eq!(share(&[1, 2, 3, 4], |&k| k > 3), Some(0.25));
        assert_eq!(first_below_lowest(&[0.25, 1.0, 0.75]), Some(0.5));
        assert_eq!(first_below_lowest(&[0.25]), None);
        assert_eq!(
            size(Estimate::without_interval(-2.0, 3)),
            Estimate::without_interval(2.0, 3)
        );
    }
}
