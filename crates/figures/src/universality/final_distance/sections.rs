//! The table of univ-final-distance.

use super::{exponent, points};
use crate::Section;
use crate::claims::measures::{pearson, slope};
use crate::text::markdown_table;
use crate::universality::two_points::Fits;

pub(super) fn sections(fits: &Fits<'_>) -> Vec<Section> {
    let header = [
        "setting",
        "pairs",
        "converged",
        "Pearson's r",
        "slope of measured on closed form",
        "power of ‖dy*‖",
    ];
    let rows = fits.settings().into_iter().map(|setting| {
        let runs = fits.of(setting);
        let (x, y): (Vec<f64>, Vec<f64>) = points(runs).into_iter().unzip();
        let number =
            |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        vec![
            setting.to_owned(),
            runs.len().to_string(),
            x.len().to_string(),
            number(pearson(&x, &y)),
            number(slope(&x, &y)),
            number(exponent(runs)),
        ]
    });
    let table = markdown_table(&header.map(str::to_owned), &rows.collect::<Vec<_>>());
    let text = "The power is that with which the final ‖dh‖² grows with the distance of targets, inputs held fixed; 1 in the \
                closed form's rich limit, 0 in its lazy one. Each network has a pair of its own, so that there is no interval over seeds.";
    vec![Section::new(
        "Closed form and measurement",
        format!("{text}\n\n{table}"),
    )]
}
