//! The null level of a panel, and the claim that alpha exceeds it.

use super::{Row, Select};
use crate::chart::NullPoint;
use crate::{Bound, Claim, Estimate, Range, Tag};

/// The null level of selections at each x: the mean of `null_mean` over all their rows, and the highest `null_q95` among
/// them. Rows without a null are passed over, and so are differences.
pub fn null_points<'t>(selections: &[Select<'t>], x: impl Fn(&Row) -> f64) -> Vec<NullPoint> {
    let selections = selections.iter().filter(|select| select.has_null());
    let rows: Vec<&Row> = selections.flat_map(Select::rows).collect();
    let points = rows.into_iter();
    let points = points.filter_map(|row| Some((x(row), row.null_mean?, row.null_q95?)));
    let mut points: Vec<(f64, f64, f64)> = points.collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let levels = points.chunk_by(|a, b| a.0 == b.0).map(|here| NullPoint {
        x: here[0].0,
        mean: here.iter().map(|point| point.1).sum::<f64>() / here.len() as f64,
        q95: here
            .iter()
            .fold(f64::NEG_INFINITY, |q95, point| q95.max(point.2)),
    });
    levels.collect()
}

/// Mean and interval over seeds of the value less the null's 95 % quantile.
pub(crate) fn above_null_level(select: &Select<'_>) -> Option<Estimate> {
    let select = select.clone().range(Range::Real);
    let above = select.quantity(|row| Some(row.value? - row.null_q95?));
    above.estimate()
}

/// The claim that alpha exceeds the 95 % quantile of random rotations, cell by cell of each named selection. A cell whose
/// null was not measured counts as one that does not exceed it.
pub fn above_null(selections: &[(String, Select<'_>)]) -> Claim {
    let statement = "alpha is more than the two spectra alone would give";
    exceeds_null("above-null", statement, selections)
}

/// [`above_null`] for a figure that has a claim of that id already.
pub(crate) fn exceeds_null(
    id: &'static str,
    statement: &str,
    selections: &[(String, Select<'_>)],
) -> Claim {
    let cases = selections.iter().map(|(name, select)| {
        let measured = select.rows().iter().any(|row| row.null_q95.is_some());
        let exceeds = select.clone().range(Range::Share).quantity(|row| {
            let q95 = row.null_q95.unwrap_or(f64::INFINITY);
            Some(f64::from(u8::from(row.value? > q95)))
        });
        (name.as_str(), exceeds.estimate().filter(|_| measured))
    });
    let quantity = "share of cells whose alpha exceeds the 95 % quantile of random rotations";
    Tag::Ours
        .claim(id, statement)
        .by_interval(quantity, Bound::AtLeast(0.9))
        .parts(cases)
}
