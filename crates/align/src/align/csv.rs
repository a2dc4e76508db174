//! Every number of some dumps as a table, a row each.

use anyhow::Result;

use super::file::FileReport;

const HEADER: [&str; 13] = [
    "file",
    "layer",
    "samples",
    "d_a",
    "d_b",
    "statistic",
    "side",
    "variant",
    "value",
    "null_mean",
    "null_q95",
    "warnings",
    "reason",
];

/// The readings of every layer; layers that were refused have a row with the reason alone.
pub(super) fn table(files: &[&FileReport]) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEADER)?;
    for file in files {
        let path = file.path.display().to_string();
        for report in file
            .reports
            .iter()
            .filter_map(|report| report.layer.as_ref())
        {
            let (samples, d_a, d_b) = (report.samples, report.d_a, report.d_b);
            for reading in report.readings.iter() {
                let number = |value: Option<f64>| value.map(|value| value.to_string());
                out.write_record([
                    path.as_str(),
                    &report.name,
                    &samples.to_string(),
                    &d_a.to_string(),
                    &d_b.to_string(),
                    &reading.statistic,
                    reading.side.map_or("", |side| side.name()),
                    reading.variant.map_or("", |variant| variant.name()),
                    &number(reading.value).unwrap_or_default(),
                    &number(reading.null.mean).unwrap_or_default(),
                    &number(reading.null.q95).unwrap_or_default(),
                    &report.warnings.len().to_string(),
                    reading.reason.as_deref().unwrap_or_default(),
                ])?;
            }
        }
        for refused in &file.refused {
            let mut row = [""; HEADER.len()];
            (row[0], row[1], row[12]) = (&path, &refused.name, &refused.reason);
            out.write_record(row)?;
        }
    }
    Ok(out.into_inner()?)
}
