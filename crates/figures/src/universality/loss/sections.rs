//! The table of univ-loss.

use super::plateau;
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::universality::PairData;
use crate::universality::drawn::short;
use crate::universality::two_points::{Fits, over_courses};
use crate::{Range, Section};

pub(super) fn section(data: &PairData) -> Section {
    let fits = Fits::new(&data.tables.fits);
    let header = [
        "setting",
        "level of rest",
        "share of time at dy²/8",
        "final loss",
        "rate of the mean",
        "RMS error of the theory",
    ];
    let rows = data.settings().into_iter().map(|setting| {
        let seeds = fits.of(&setting).len();
        let level = over_courses(
            &data.tables.moments,
            &setting,
            Range::NonNegative,
            plateau::level,
        );
        let share = over_courses(&data.tables.moments, &setting, Range::Share, plateau::share);
        let of_fits = |number: fn(&crate::universality::FitRow) -> Option<f64>| {
            shown(
                seeds,
                fits.mean(&setting, Range::NonNegative, number),
                short,
            )
        };
        vec![
            setting.clone(),
            shown(seeds, level, decimals(4)),
            shown(seeds, share, decimals(2)),
            of_fits(|fit| Some(fit.loss_end)),
            of_fits(|fit| fit.eta_mean),
            of_fits(|fit| Some((fit.loss_sse? / fit.epochs as f64).sqrt())),
        ]
    });
    let table = markdown_table(&header.map(str::to_owned), &rows.collect::<Vec<_>>());
    let text = "Mean over seeds [its 95 % interval]. The level of rest is the loss around which a run stays longest between its \
                start and convergence; dy²/8 is 0.0625. Rates are per epoch of this mode.";
    Section::new("Where the loss rests", format!("{text}\n\n{table}"))
}
