//! From the report of one linear map to rows of a table.

use formant_alignment::{Kind, LayerReport, Reading, describe};
use formant_figures::table::Row;
use formant_moments::{Side, Variant};

use crate::limits::finite;

/// A row for each reading of a linear map. `row`: what they share.
pub fn of_layer<'a>(row: &'a Row, report: &'a LayerReport) -> impl Iterator<Item = Row> + 'a {
    let says_something = |reading: &&Reading| !compares_single_neurons(reading, report);
    let readings = report.readings.iter().filter(says_something);
    readings.map(|reading| Row {
        side: reading.side.map_or("", Side::name).into(),
        statistic: reading.statistic.clone(),
        variant: reading.variant.map_or("", Variant::name).into(),
        value: reading.value.and_then(finite),
        null_mean: reading.null.mean.and_then(finite),
        null_q95: reading.null.q95.and_then(finite),
        ..row.clone()
    })
}

/// One number has no correlation with another.
fn compares_single_neurons(reading: &Reading, report: &LayerReport) -> bool {
    let width = reading.side.map(|side| match side {
        Side::A => report.d_a,
        Side::B => report.d_b,
    });
    let kind = describe(&reading.statistic).map(|description| description.kind);
    width == Some(1) && kind == Some(Kind::Similarity)
}
