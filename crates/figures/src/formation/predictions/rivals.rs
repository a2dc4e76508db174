//! Rules that know nothing of networks: what a prediction has to beat to be worth a network.

use crate::claims::measures::mean;

/// The paper's values of one layer, by the logarithm (to base 10) of weight decay.
pub(super) type Line = [(f64, f64)];

/// A rule that predicts alpha of a layer from other values of that layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rival {
    pub name: &'static str,
    /// The value at a place; `None` without values to learn from.
    pub predict: fn(&Line, f64) -> Option<f64>,
}

/// The rules, the simplest first.
pub(super) const RIVALS: [Rival; 3] = [
    Rival {
        name: "a constant a layer",
        predict: |line, _| mean(line.iter().map(|point| point.1)),
    },
    Rival {
        name: "a logistic a layer",
        predict: logistic,
    },
    Rival {
        name: "a line between neighbours",
        predict: interpolate,
    },
];

/// The value on the straight line between the neighbours, beyond the ends that of the end.
fn interpolate(line: &Line, x: f64) -> Option<f64> {
    let (first, last) = (line.first()?, line.last()?);
    let inside = line.windows(2).find(|pair| x <= pair[1].0);
    let value = match inside {
        Some([(x0, y0), (x1, y1)]) if x >= first.0 => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        _ if x < first.0 => first.1,
        _ => last.1,
    };
    Some(value)
}

/// A logistic of two constants, by least squares.
fn logistic(line: &Line, x: f64) -> Option<f64> {
    if line.len() < 2 {
        return None;
    }
    let (middle, slope) = fit(line);
    Some(sigmoid(slope * (x - middle)))
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Half the width of the grid of slopes, per decade: steeper ones are steps.
const STEEPEST: f64 = 20.0;
/// How far beyond the values the middle may lie, in decades.
const BEYOND: f64 = 4.0;
const POINTS: i32 = 40;
const REFINEMENTS: i32 = 12;

/// Middle and slope of the logistic that is nearest, by a grid that is refined around its best point: with values at 1
/// there is no finite optimum, and the grid ends where the curve no longer changes.
fn fit(line: &Line) -> (f64, f64) {
    let (first, last) = (line[0].0, line[line.len() - 1].0);
    let mut best = (0.5 * (first + last), 0.0);
    let mut reach = (0.5 * (last - first) + BEYOND, STEEPEST);
    let error = |(middle, slope): (f64, f64)| -> f64 {
        let errors = line.iter().map(|(x, y)| y - sigmoid(slope * (x - middle)));
        errors.map(|error| error * error).sum()
    };
    for _ in 0..REFINEMENTS {
        let centre = best;
        for i in -POINTS..=POINTS {
            for j in -POINTS..=POINTS {
                let part = |k: i32| f64::from(k) / f64::from(POINTS);
                let slope = (centre.1 + part(j) * reach.1).clamp(-STEEPEST, STEEPEST);
                let point = (centre.0 + part(i) * reach.0, slope);
                if error(point) < error(best) {
                    best = point;
                }
            }
        }
        reach = (reach.0 / 4.0, reach.1 / 4.0);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logistic_is_found_again() {
        for (middle, slope) in [(-4.2, 1.7), (-3.0, 6.0), (-6.1, -0.8)] {
            let line = [-5.0, -4.5, -4.0, -3.5, -3.0].map(|x| (x, sigmoid(slope * (x - middle))));
            for x in [-4.7, -3.1, -2.0] {
                let found = logistic(&line, x).unwrap();
                assert!(
                    (found - sigmoid(slope * (x - middle))).abs() < 1e-4,
                    "{middle} {slope} {x}"
                );
            }
        }
        assert_eq!(logistic(&[(0.0, 0.5)], 1.0), None);
    }

    #[test]
    fn lines_join_neighbours_and_end_where_they_do() {
        let line = [(-5.0, 0.2), (-4.0, 0.6), (-3.0, 1.0)];
        let at = |x| interpolate(&line, x).unwrap();
        assert!((at(-4.5) - 0.4).abs() < 1e-12 && (at(-4.0) - 0.6).abs() < 1e-12);
        assert_eq!((at(-9.0), at(0.0)), (0.2, 1.0));
        assert_eq!(interpolate(&[], 0.0), None);
    }
}
