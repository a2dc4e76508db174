//! The power of a hyper-parameter in a measured quantity, with its uncertainty over seeds.

use std::collections::BTreeMap;

use crate::uncertainty::{BootstrapOptions, Interval, Location, bootstrap_interval};
use crate::{AlignmentError, ROUNDING};

/// One run: for example \\(\gamma\\), \\(\operatorname{tr} G_b / \operatorname{tr} Z_b\\), and its seed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlopePoint {
    /// The setting, positive.
    pub x: f64,
    /// What was measured, positive.
    pub y: f64,
    /// Which seed. Points of one seed need not be independent of each other; seeds are.
    pub seed: u64,
}

/// The slope of \\(\ln y\\) against \\(\ln x\\), by least squares within each seed, averaged over seeds with a bootstrap
/// interval over them.
///
/// A seed needs two different `x`. With the same `x` in all seeds the mean is the slope of all points together. How
/// often such an interval covers with few seeds is told in [`uncertainty`](crate::uncertainty).
///
/// # Errors
///
/// If a number is not finite or not positive, a seed has fewer than two different `x`, or as [`bootstrap_interval`]
/// (fewer than 3 seeds, for example).
pub fn slope_over_seeds(
    points: &[SlopePoint],
    options: &BootstrapOptions,
) -> Result<Interval, AlignmentError> {
    let mut seeds: BTreeMap<u64, Vec<[f64; 2]>> = BTreeMap::new();
    for point in points {
        let logs = [logarithm(point.x)?, logarithm(point.y)?];
        seeds.entry(point.seed).or_default().push(logs);
    }
    let slopes: Vec<f64> = seeds
        .iter()
        .map(|(&seed, points)| slope(points).ok_or(AlignmentError::OneSetting { seed }))
        .collect::<Result<_, _>>()?;
    bootstrap_interval(&slopes, Location::Mean, options)
}

fn logarithm(value: f64) -> Result<f64, AlignmentError> {
    if value.is_finite() && value > 0.0 {
        Ok(value.ln())
    } else {
        Err(AlignmentError::NotPositive { value })
    }
}

/// `None` if all points are at one `x`.
fn slope(points: &[[f64; 2]]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |k: usize| points.iter().map(|point| point[k]).sum::<f64>() / count;
    let means = [mean(0), mean(1)];
    let (mut scatter, mut product) = (0.0, 0.0);
    for [x, y] in points {
        let x = x - means[0];
        scatter += x * x;
        product += x * (y - means[1]);
    }
    // Equal logarithms may differ from their mean by rounding.
    let rounding = count * (ROUNDING * (1.0 + means[0].abs())).powi(2);
    (scatter > rounding).then(|| product / scatter)
}
