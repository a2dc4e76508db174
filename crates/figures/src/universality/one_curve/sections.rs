//! The table of univ-universality.

use super::claims::mean;
use super::rescaled::{Rescaled, between, rescaled, residual};
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::universality::PairData;
use crate::universality::drawn::short;
use crate::universality::two_points::Fits;
use crate::{Range, Section};

pub(super) fn section(data: &PairData) -> Section {
    let (runs, fits) = (rescaled(data), Fits::new(&data.tables.fits));
    let header = [
        "setting",
        "scaled units an epoch",
        "rise in epochs",
        "rise in scaled time",
        "residual of the network",
        "residual of its theory",
    ];
    let rows = fits.settings().into_iter().map(|setting| {
        let seeds = fits.of(setting).len();
        let of = |number: fn(&Rescaled<'_>) -> Option<f64>| {
            mean(&runs, setting, Range::NonNegative, number)
        };
        vec![
            setting.to_owned(),
            shown(seeds, of(|run| Some(run.rate)), short),
            shown(
                seeds,
                of(|run| Some(between(&run.network[1], 0.1, 0.9)? / run.rate)),
                decimals(0),
            ),
            shown(
                seeds,
                of(|run| between(&run.network[1], 0.1, 0.9)),
                decimals(2),
            ),
            shown(seeds, of(|run| residual(&run.network)), decimals(3)),
            shown(seeds, of(|run| residual(&run.theory)), decimals(3)),
        ]
    });
    let table = markdown_table(&header.map(str::to_owned), &rows.collect::<Vec<_>>());
    let text = "Mean over seeds [its 95 % interval]; - where the theory has no fit. The rise is that of ‖dy‖² from 0.1 to 0.9 of its \
                target: 3.69 of scaled time in the limit. Epochs are those of this mode.";
    Section::new("Architecture by architecture", format!("{text}\n\n{table}"))
}
