//! The null level of a panel, and the claim that alpha exceeds it.

use super::{Row, Select};
use crate::chart::NullPoint;
use crate::claims::Case;
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

/// By how much the 95 % quantile of a null exceeds its mean at most where it is too narrow to be drawn, its numerator
/// spreading by less than a tenth: of a normal distribution by 0.165 of the mean.
const NARROW: f64 = 1.2;

impl Row {
    /// The value less the 95 % quantile of its null; less a bound on it where the null is narrow and has a mean only, of
    /// which a value that is above the mean and not above the bound decides nothing.
    pub fn above_null(&self) -> Option<f64> {
        let (value, mean) = (self.value?, self.null_mean);
        let bound = mean
            .map(|mean| NARROW * mean)
            .filter(|bound| value > *bound);
        let level = self
            .null_q95
            .or(bound)
            .or(mean.filter(|mean| value <= *mean))?;
        Some(value - level)
    }
}

/// Mean and interval over seeds of the value less the null's 95 % quantile.
pub(crate) fn above_null_level(select: &Select<'_>) -> Option<Estimate> {
    let select = select.clone().range(Range::Real);
    select.quantity(Row::above_null).estimate()
}

/// The claim that alpha exceeds the 95 % quantile of its null, row by row of each named selection. A selection with rows
/// whose null was not measured is not tested.
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
        let rows = select.rows().into_iter();
        let without = rows.filter(|row| row.value.is_some() && row.null_mean.is_none());
        let without = without.count();
        let exceeds = select.clone().range(Range::Share);
        let exceeds = exceeds.quantity(|row| Some(f64::from(u8::from(row.above_null()? > 0.0))));
        let why = format!("{without} measurements have no null");
        Case::from((name.as_str(), exceeds.estimate())).untested((without > 0).then_some(why))
    });
    let quantity = "share of alphas above the 95 % quantile of their null, random rotations";
    Tag::Ours
        .claim(id, statement)
        .by_interval(quantity, Bound::AtLeast(0.9))
        .parts(cases)
}
