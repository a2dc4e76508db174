//! Where the loss of a run rests, and for how long.

use crate::universality::TrajectoryPoint;
use crate::universality::two_points::{crossing, line};

/// A loss within this share of a level rests there: narrow to find the level, wide to say for how long.
const NARROW: f64 = 0.05;
const WIDE: f64 = 0.1;

/// Epochs that each point stands for: half way to its neighbours.
fn stays(course: &[&TrajectoryPoint]) -> Vec<f64> {
    let at = |k: usize| course[k].epoch as f64;
    let stay = |k: usize| {
        let before = at(k.saturating_sub(1));
        (at((k + 1).min(course.len() - 1)) - before) / 2.0
    };
    (0..course.len()).map(stay).collect()
}

/// The level around which the loss stays longest, between four fifths of its initial value and half of dy²/8: the median
/// there. `None` where nothing lies between.
pub(super) fn level(course: &[&TrajectoryPoint]) -> Option<f64> {
    let (first, stays) = (course.first()?, stays(course));
    let (low, high) = (first.dy2 / 16.0, 0.8 * first.loss);
    let within = |level: f64| {
        let points = course.iter().zip(&stays);
        let near = points.filter(move |(m, _)| (m.loss / level).ln().abs() <= NARROW);
        let near = near.map(|(m, stay)| (m.loss, *stay));
        near.collect::<Vec<(f64, f64)>>()
    };
    let losses = course.iter().map(|m| m.loss);
    let candidates = losses.filter(|&loss| low <= loss && loss <= high);
    let longest = candidates.map(within);
    let longest = longest.max_by(|a, b| total(a).total_cmp(&total(b)))?;
    Some(median(longest))
}

/// The share of the time until ‖dy‖² passes half its target that the loss spends within a tenth of dy²/8; until the end where
/// it never passes.
pub(super) fn share(course: &[&TrajectoryPoint]) -> Option<f64> {
    let (first, last) = (course.first()?, course.last()?);
    let half = crossing(&line(course, |m| Some(m.y2)), first.dy2 / 2.0);
    let end = half.unwrap_or(last.epoch as f64);
    let near = |m: &TrajectoryPoint| (8.0 * m.loss / first.dy2 - 1.0).abs() <= WIDE;
    let stays = stays(course);
    let points = course.iter().zip(&stays);
    let rests = points.filter(|(m, _)| m.epoch as f64 <= end && near(m));
    let rested: f64 = rests.map(|(_, stay)| stay).sum();
    (end > 0.0).then(|| (rested / end).min(1.0))
}

fn total(points: &[(f64, f64)]) -> f64 {
    points.iter().map(|point| point.1).sum()
}

/// The median of values with weights.
fn median(mut points: Vec<(f64, f64)>) -> f64 {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = total(&points) / 2.0;
    let mut passed = 0.0;
    let middle = points.iter().find(|point| {
        passed += point.1;
        passed >= half
    });
    middle.map_or(f64::NAN, |point| point.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::universality::synthetic::Network;

    /// A run with this loss at each epoch of ten.
    fn course(loss: impl Fn(f64) -> f64) -> Vec<TrajectoryPoint> {
        let mut points = Network::of("default").trajectory(0);
        for (k, point) in points.iter_mut().enumerate() {
            (point.epoch, point.loss) = (10 * k as u64, loss(10.0 * k as f64));
            point.y2 = if k < 40 { 0.0 } else { 0.5 };
        }
        points
    }

    #[test]
    fn a_staircase_rests_on_its_step() {
        let points = course(|t| {
            if t < 50.0 {
                0.5 - 0.008 * t
            } else if t < 390.0 {
                0.06
            } else {
                1e-4
            }
        });
        let course: Vec<&TrajectoryPoint> = points.iter().collect();
        assert_eq!(level(&course), Some(0.06));
        let share = share(&course).unwrap();
        assert!((share - 340.0 / 395.0).abs() < 0.02, "{share}");
    }

    #[test]
    fn a_steady_fall_rests_nowhere() {
        let points = course(|t| 0.5 * (-t / 60.0).exp());
        let course: Vec<&TrajectoryPoint> = points.iter().collect();
        assert!(share(&course).unwrap() < 0.1);
        assert_eq!(level(&[]), None);
    }
}
