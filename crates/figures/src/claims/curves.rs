//! How near our curves are to the paper's.

use crate::Estimate;

/// The root of the mean square; `None` without any error.
pub(crate) fn rmse(errors: &[f64]) -> Option<f64> {
    let mean_square = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
    (!errors.is_empty()).then(|| mean_square.sqrt())
}

/// How many of our intervals hold the paper's value, in words. A mean of many runs can come near in RMSE and still exclude
/// the paper's single run point by point.
pub(crate) fn inside_intervals(
    pairs: impl Iterator<Item = (f64, Estimate)>,
    precision: f64,
) -> String {
    let inside: Vec<bool> = pairs
        .filter_map(|(paper, ours)| {
            let (low, high) = ours.interval()?;
            Some((low - precision..=high + precision).contains(&paper))
        })
        .collect();
    format!(
        "of {} means with an interval, {} have the paper's value inside it (to {precision}, the precision of the digitisation)",
        inside.len(),
        inside.iter().filter(|&&inside| inside).count()
    )
}
