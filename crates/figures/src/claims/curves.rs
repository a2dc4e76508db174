//! How near our curves are to the paper's.

use crate::Estimate;

/// The root of the mean square; `None` without any error.
pub(crate) fn rmse(errors: &[f64]) -> Option<f64> {
    let mean_square = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
    (!errors.is_empty()).then(|| mean_square.sqrt())
}

/// How many prediction intervals hold the paper's value, in words. The paper shows one run, which scatters like one of ours
/// and not like their mean: `pairs` are its values beside our [`Estimate::of_new_run`].
pub(crate) fn inside_intervals(
    pairs: impl Iterator<Item = (f64, Estimate)>,
    precision: f64,
) -> String {
    let inside = are_inside(pairs, precision);
    format!(
        "of {} prediction intervals for one new run, {} hold the paper's value (to {precision}, the precision of the digitisation)",
        inside.len(),
        inside.iter().filter(|&&inside| inside).count()
    )
}
/// Of each value that has an interval whether it is inside, to a precision.
pub(crate) fn are_inside(
    pairs: impl Iterator<Item = (f64, Estimate)>,
    precision: f64,
) -> Vec<bool> {
    let inside = pairs.filter_map(|(paper, ours)| {
        let (low, high) = ours.interval()?;
        Some((low - precision..=high + precision).contains(&paper))
    });
    inside.collect()
}
