//! Synthetic rows of a network whose cross term aligns. **Not data.**

use super::MATRICES;
use crate::formation::synthetic::{Trained, over_training};
use crate::table::Row;

/// The cross term against every matrix.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _| alpha)
}

/// [`rows`] after a change of each alpha.
pub(crate) fn rows_with(change: impl Fn(f64, &Trained) -> f64) -> Vec<Row> {
    let relations = MATRICES.map(|matrix| (matrix.side, matrix.relation()));
    over_training(&relations, |of| {
        let end = 1.0 - 0.6 / f64::from(of.map);
        change(of.rise(end, 2.0, 0.01), of)
    })
}
