//! Synthetic rows of a network whose cross term aligns. **Not data.**

use super::MATRICES;
use crate::formation::synthetic::{Trained, over_training};
use crate::table::{AVERAGED, ERROR, Row};

/// The cross term against every matrix.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _| alpha)
}

/// [`rows`] after a change of each alpha.
pub(crate) fn rows_with(change: impl Fn(f64, &Trained) -> f64) -> Vec<Row> {
    let relations = MATRICES.map(|matrix| (matrix.side, matrix.relation()));
    let mut rows = over_training(&relations, |of| {
        let end = 1.0 - 0.6 / f64::from(of.map);
        change(of.rise(end, 2.0, 0.01), of)
    });
    let last = rows.iter().map(|row| row.step).max();
    let alphas = rows
        .iter()
        .filter(|row| row.statistic.starts_with("alpha_"));
    let at_end: Vec<Row> = alphas
        .filter(|row| Some(row.step) == last)
        .cloned()
        .collect();
    rows.extend(at_end.iter().flat_map(averaged));
    rows
}

/// The mean over late iterates, aligned a little better than the last one, and its error.
fn averaged(row: &Row) -> [Row; 2] {
    let statistic = format!("{AVERAGED}{}", row.statistic);
    let error = Row {
        statistic: format!("{statistic}{ERROR}"),
        value: Some(0.01),
        null_mean: None,
        null_q95: None,
        ..row.clone()
    };
    let value = row.value.map(|alpha| alpha + 0.1 * (1.0 - alpha));
    let mean = Row {
        statistic,
        value,
        ..row.clone()
    };
    [error, mean]
}
