//! Shares of runs, and how far two groups of runs lie apart.

use crate::Estimate;

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_964;

/// The share of `n` runs that are so, with Wilson's 95 % interval
///
/// \\[ \frac{p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}, \\]
///
/// which has an extent where all runs, or none, are so. `None` of no runs.
pub(crate) fn share(are: usize, n: usize) -> Option<Estimate> {
    let (runs, p) = (n as f64, are as f64 / n as f64);
    let z2 = Z * Z / runs;
    let middle = p + z2 / 2.0;
    let half = Z * (p * (1.0 - p) / runs + z2 / (4.0 * runs)).sqrt();
    let end = |end: f64| (end / (1.0 + z2)).clamp(0.0, 1.0);
    (n > 0).then(|| Estimate {
        value: p,
        low: Some(end(middle - half)),
        high: Some(end(middle + half)),
        n,
    })
}

/// The first less the second, of independent groups. Its interval is made of both intervals, each to the side on which it
/// counts (Newcombe's method 10, MOVER):
/// \\(d - \sqrt{(a - l_a)^2 + (u_b - b)^2}\\) to \\(d + \sqrt{(u_a - a)^2 + (b - l_b)^2}\\). It counts the smaller group.
pub(crate) fn difference(a: Estimate, b: Estimate) -> Estimate {
    let ends = a.interval().zip(b.interval());
    let away = |x: f64, y: f64| x.hypot(y);
    let value = a.value - b.value;
    Estimate {
        value,
        low: ends.map(|(a_ends, b_ends)| value - away(a.value - a_ends.0, b_ends.1 - b.value)),
        high: ends.map(|(a_ends, b_ends)| value + away(a_ends.1 - a.value, b.value - b_ends.0)),
        n: a.n.min(b.n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<(f64, f64)>, expected: (f64, f64)) {
        let (low, high) = found.unwrap();
        let off = (low - expected.0).abs().max((high - expected.1).abs());
        assert!(off < 5e-5, "{found:?}");
    }

    /// Numbers of Newcombe (1998), Statistics in Medicine 17, 857 and 873.
    #[test]
    fn intervals_are_those_of_the_textbook() {
        close(share(81, 263).unwrap().interval(), (0.2553, 0.3662));
        close(share(0, 20).unwrap().interval(), (0.0, 0.1611));
        close(share(29, 29).unwrap().interval(), (0.8830, 1.0));
        assert_eq!(share(0, 0), None);
        let of = |are, n| share(are, n).unwrap();
        let apart = difference(of(56, 70), of(48, 80));
        close(apart.interval(), (0.0524, 0.3339));
        assert_eq!(apart.n, 70);
        close(
            difference(of(9, 10), of(3, 10)).interval(),
            (0.1705, 0.8090),
        );
    }

    #[test]
    fn without_an_interval_there_is_none_of_the_difference() {
        let bare = Estimate::without_interval(0.5, 1);
        let apart = difference(bare, share(1, 2).unwrap());
        assert_eq!((apart.value, apart.interval()), (0.0, None));
    }
}
