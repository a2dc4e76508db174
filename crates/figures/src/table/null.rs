//! The null level of a panel, and the claim that alpha exceeds it.

use super::{Row, Select, plain};
use crate::chart::NullPoint;
use crate::claims::Case;
use crate::{Bound, Claim, Estimate, Range, Tag};

/// The 95 % quantile of a row's null. One through the weight that is too narrow to be drawn has a mean only, which stands
/// for it.
fn q95(row: &Row) -> Option<f64> {
    let narrow = row
        .null_mean
        .filter(|_| plain(&row.statistic) != row.statistic);
    row.null_q95.or(narrow)
}

/// The null level of selections at each x: the mean of `null_mean` over all their rows, and the highest 95 % quantile among
/// them. Rows without a null are passed over, and so are differences.
pub fn null_points<'t>(selections: &[Select<'t>], x: impl Fn(&Row) -> f64) -> Vec<NullPoint> {
    let selections = selections.iter().filter(|select| select.has_null());
    let rows: Vec<&Row> = selections.flat_map(Select::rows).collect();
    let points = rows.into_iter();
    let points = points.filter_map(|row| Some((x(row), row.null_mean?, q95(row)?)));
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

#[cfg(test)]
mod tests {
    use crate::formation::synthetic::row;
    use crate::table::Row;

    #[test]
    fn a_narrow_null_decides_beyond_its_bound_and_below_its_mean() {
        let above = |value: f64, null_mean: f64, null_q95: Option<f64>| {
            let row = Row {
                value: Some(value),
                null_mean: Some(null_mean),
                null_q95,
                ..row()
            };
            row.above_null().map(|above| above > 0.0)
        };
        assert_eq!(above(0.5, 0.1, Some(0.4)), Some(true));
        assert_eq!(above(0.3, 0.1, Some(0.4)), Some(false));
        assert_eq!(above(0.95, 0.7, None), Some(true));
        assert_eq!(above(0.8, 0.7, None), None);
        assert_eq!(above(0.6, 0.7, None), Some(false));
        let without = Row {
            null_mean: None,
            ..row()
        };
        assert_eq!(without.above_null(), None);
    }
}
