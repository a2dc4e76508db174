//! Every comparison as a table, a row each.

use anyhow::Result;
use formant_alignment::Kind;

use super::Pair;

const HEADER: [&str; 18] = [
    "network_x",
    "network_y",
    "layer_x",
    "layer_y",
    "measure",
    "kind",
    "value",
    "p_value",
    "null_mean",
    "null_95",
    "permutations",
    "tested_samples",
    "half_mean",
    "half_low",
    "half_high",
    "samples",
    "same_samples",
    "reason",
];

pub(super) fn table(pairs: &[Pair<'_>]) -> Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEADER)?;
    for pair in pairs {
        for found in &pair.compared.comparisons {
            let (compared, test, halves) = (&found.compared, found.chance, found.halves);
            let kind = match compared.kind {
                Kind::Distance => "distance",
                _ => "similarity",
            };
            let number =
                |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
            let count =
                |value: Option<usize>| value.map_or(String::new(), |value| value.to_string());
            let known = serde_json::to_value(pair.same_samples)?;
            out.write_record([
                pair.x,
                pair.y,
                &compared.x,
                &compared.y,
                compared.measure.name(),
                kind,
                &number(compared.value),
                &number(test.map(|test| test.p_value)),
                &number(test.map(|test| test.null_mean)),
                &number(test.map(|test| test.null_95)),
                &count(test.map(|test| test.permutations)),
                &count(test.map(|test| test.samples)),
                &number(halves.map(|halves| halves.mean)),
                &number(halves.map(|halves| halves.low)),
                &number(halves.map(|halves| halves.high)),
                &compared.samples.to_string(),
                known.as_str().unwrap_or_default(),
                compared.reason.as_deref().unwrap_or_default(),
            ])?;
        }
    }
    Ok(out.into_inner()?)
}
