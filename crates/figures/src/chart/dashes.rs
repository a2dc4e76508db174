//! Dashes of a line, cut by its length.

/// The dashes of a line, each with the corners that it turns.
pub(crate) fn dashes(points: &[(f64, f64)], dash: f64, gap: f64) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut left = dash;
    let mut inside = true;
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let on = |at: f64| {
            let share = at / length;
            (
                from.0 + share * (to.0 - from.0),
                from.1 + share * (to.1 - from.1),
            )
        };
        let mut at = 0.0;
        while at < length {
            let end = (at + left).min(length);
            if inside {
                match runs.last_mut() {
                    // A dash that goes round a corner.
                    Some(run) if at == 0.0 && left < dash => run.push(on(end)),
                    _ => runs.push(vec![on(at), on(end)]),
                }
            }
            left -= end - at;
            at = end;
            if left <= 1e-9 {
                inside = !inside;
                left = if inside { dash } else { gap };
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn length(line: &[(f64, f64)]) -> f64 {
        let steps = line.windows(2);
        steps
            .map(|s| (s[1].0 - s[0].0).hypot(s[1].1 - s[0].1))
            .sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn dashes_are_as_long_as_asked_however_dense_the_points(
            steps in prop::collection::vec((0.01f64..4.0, -2.0f64..2.0), 1..60),
            (dash, gap) in (1.0f64..9.0, 1.0f64..9.0),
        ) {
            let mut line = vec![(0.0, 0.0)];
            for (x, y) in steps {
                let last = line[line.len() - 1];
                line.push((last.0 + x, last.1 + y));
            }
            let runs = dashes(&line, dash, gap);
            let whole = length(&line) / (dash + gap);
            prop_assert_eq!(runs.len() as f64, (whole - 1e-9).ceil());
            for run in &runs[..runs.len() - 1] {
                prop_assert!((length(run) - dash).abs() < 1e-6);
            }
            prop_assert!(length(&runs[runs.len() - 1]) <= dash + 1e-6);
        }
    }

    #[test]
    fn a_point_has_no_dashes() {
        assert!(dashes(&[(1.0, 1.0)], 5.0, 3.0).is_empty());
        assert!(dashes(&[(1.0, 1.0), (1.0, 1.0)], 5.0, 3.0).is_empty());
    }
}
