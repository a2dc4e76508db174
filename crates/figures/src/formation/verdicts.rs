//! For tests: the claims that a figure makes of made-up rows, without its picture.

#![cfg(test)]

use crate::figure::{Data, SweepFigure};
use crate::table::{Row, Spectrum, Table, is_loss};
use crate::{Claim, Preset, Verdict};

/// The figure's own claims at `quick`.
pub(crate) fn judged(figure: &dyn SweepFigure, rows: &[Row], spectra: &[Spectrum]) -> Vec<Claim> {
    let used = rows.iter().filter(|row| figure.uses(row) || is_loss(row));
    let table = Table::new(used).unwrap();
    let data = Data::new(table, spectra, Preset::Quick, &[]);
    figure.claims(&data)
}

/// The claim with this id.
pub(crate) fn claim(figure: &dyn SweepFigure, rows: &[Row], id: &str) -> Claim {
    let mut claims = judged(figure, rows, &[]).into_iter();
    claims.find(|claim| claim.id() == id).unwrap()
}

/// Its verdict.
pub(crate) fn verdict(figure: &dyn SweepFigure, rows: &[Row], id: &str) -> Verdict {
    claim(figure, rows, id).verdict()
}

/// `rows` after a change of each.
pub(crate) fn spoilt(mut rows: Vec<Row>, change: impl FnMut(&mut Row)) -> Vec<Row> {
    rows.iter_mut().for_each(change);
    rows
}

/// A text with numbers that are none.
pub(crate) fn shows_no_number(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| word == "NaN" || word == "inf")
}
