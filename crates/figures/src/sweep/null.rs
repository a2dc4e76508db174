//! The null level of a panel.

use super::{Row, Select};
use crate::Estimate;
use crate::chart::NullPoint;

/// The null level of selections at each x: the mean of `null_mean` over all their rows, and the highest `null_q95` among
/// them. Rows without a null are passed over.
pub fn null_points<'t>(selections: &[Select<'t>], x: impl Fn(&Row) -> f64) -> Vec<NullPoint> {
    let rows: Vec<&Row> = selections.iter().flat_map(Select::rows).collect();
    let mut points: Vec<(f64, f64, f64)> = rows
        .into_iter()
        .filter_map(|row| Some((x(row), row.null_mean?, row.null_q95?)))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let levels = points.chunk_by(|a, b| a.0 == b.0).map(|here| NullPoint {
        x: here[0].0,
        mean: here.iter().map(|point| point.1).sum::<f64>() / here.len() as f64,
        q95: here
            .iter()
            .map(|point| point.2)
            .fold(f64::NEG_INFINITY, f64::max),
    });
    levels.collect()
}

/// Mean and interval over seeds of the null's 95 % quantile.
pub fn null_level(select: &Select<'_>) -> Option<Estimate> {
    select.clone().quantity(|row| row.null_q95).estimate()
}
