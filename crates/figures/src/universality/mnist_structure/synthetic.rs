//! Synthetic matrices with blocks of digits. **Not data.**

use super::{BALANCED, BETWEEN};
use crate::formation::synthetic::wobble;
use crate::universality::{Distance, Tables, Value};

/// How many images of each digit there are, roughly as in MNIST's first hundred.
const COUNTS: [u32; 10] = [13, 14, 6, 11, 11, 5, 11, 10, 8, 11];

fn digits() -> Vec<u32> {
    let digits = (0..10).flat_map(|digit| (0..COUNTS[digit as usize]).map(move |_| digit));
    digits.collect()
}

/// How far two digits are apart, about 1.
fn apart(a: u32, b: u32) -> f64 {
    let (low, high) = (a.min(b), a.max(b));
    1.0 + 0.3 * wobble(u64::from(low), high, 1)
}

/// Three networks of a hundred items, and the theory.
pub fn tables() -> Tables {
    tables_with(|_, _, distance| distance, 0.7)
}

/// [`tables`] with distances changed (kind, whether the digits are the same), and with this correlation without class counts.
pub fn tables_with(change: impl Fn(&str, bool, f64) -> f64, balanced: f64) -> Tables {
    let digits = digits();
    let n = digits.len();
    let mut tables = Tables::default();
    for (i, j) in (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))) {
        let (a, b) = (digits[i], digits[j]);
        let mut push = |kind: &str, seed: u64, distance: f64| {
            tables.distances.push(Distance {
                setting: "structure".to_owned(),
                seed,
                kind: kind.to_owned(),
                i: i as u32,
                j: j as u32,
                label_i: a.to_string(),
                label_j: b.to_string(),
                distance: change(kind, a == b, distance),
            });
        };
        for seed in 0..3 {
            let own = 1.0 + 0.2 * wobble(seed, i as u32, j);
            let base = if a == b { 1.4 } else { 9.0 * apart(a, b) };
            push("final", seed, base * own);
        }
        let counts = f64::from(COUNTS[a as usize] * COUNTS[b as usize]) / 100.0;
        let theory = 1e7 * apart(a, b) * counts.powf(0.3);
        push("theory", 0, if a == b { 0.0 } else { theory * theory });
    }
    for seed in 0..3 {
        for (metric, value) in [
            ("pearson_all", 0.75),
            (BETWEEN, 0.55),
            (BALANCED, balanced),
            ("within_over_between", 0.16),
        ] {
            let own = value + 0.02 * wobble(seed, 5, 0);
            let row = Value::new("structure", metric, (seed, 200), own);
            tables.values.push(Value { layer: 2, ..row });
        }
    }
    tables
}
