//! Synthetic rows of a network whose relations form one after another. **Not data.**

use crate::formation::relations::RELATIONS;
use crate::formation::synthetic::{Trained, over_training};
use crate::table::Row;

/// All six relations.
pub fn rows() -> Vec<Row> {
    rows_with(|alpha, _| alpha)
}

/// [`rows`] after a change of each alpha.
pub(crate) fn rows_with(change: impl Fn(f64, &Trained) -> f64) -> Vec<Row> {
    let relations = RELATIONS.map(|relation| (relation.side, relation.name()));
    over_training(&relations, |of| {
        let end = 0.35 + 0.09 * f64::from(of.map);
        change(of.rise(end, 2.5, 0.02), of)
    })
}
