//! univ-alternative: wrong dynamics, one term altered at a time, fitted to the default network.
//!
//! The alterations are those of the authors' notebook (FOUND): y' doubled, h' doubled, the sign of the last term of w'
//! flipped, y' without its second term. If the two fitted constants could make up for any of them, a good fit would say little
//! of the theory.

mod claims;
mod plot;

use crate::chart::Chart;
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::universality::drawn::short;
use crate::universality::two_points::{default_data, rms_error};
use crate::universality::{Coverage, FitRow, Moment, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Estimate, Range, Section};

/// The figure. It uses fits of the setting `default` by their dynamics, and moments of settings `default` and
/// `default/DYNAMICS`.
#[derive(Debug, Clone, Copy)]
pub struct Alternative;

/// The name in tables, and in words.
const DYNAMICS: [(&str, &str); 5] = [
    ("original", "original"),
    ("output_doubled", "y′ doubled"),
    ("representation_doubled", "h′ doubled"),
    ("sign_flipped", "sign in w′ flipped"),
    ("term_dropped", "a term of y′ dropped"),
];

/// A fit's error over that of the original dynamics of the same seed, by seed.
fn ratios(fits: &[FitRow], dynamics: &str) -> Vec<f64> {
    let of = |name: &str| {
        fits.iter()
            .filter(move |fit| fit.dynamics == name)
            .collect::<Vec<&FitRow>>()
    };
    let originals = of("original");
    let ratios = of(dynamics).into_iter().filter_map(|fit| {
        let twin = originals
            .iter()
            .find(|original| original.seed == fit.seed)?;
        Some(fit.sse? / twin.sse?)
    });
    ratios
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
        .collect()
}

impl PairFigure for Alternative {
    fn id(&self) -> &'static str {
        "univ-alternative"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Fits
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let layer = 10;
        let fits: Vec<FitRow> = tables
            .fits
            .iter()
            .filter(|fit| {
                fit.setting == "default" && fit.layer == layer && default_data(fit.dx2, fit.dy2)
            })
            .cloned()
            .collect();
        let altered = |fit: &&FitRow| fit.dynamics != "original";
        // Originals of another mode than the altered ones are of other figures.
        let mode = fits
            .iter()
            .find(altered)
            .or(fits.first())
            .map(|fit| fit.mode.clone());
        let keep = |name: &str| mode.as_deref() == Some(name);
        let moments: Vec<Moment> = tables
            .moments
            .iter()
            .filter(|row| row.setting.split('/').next() == Some("default") && row.layer == layer)
            .filter(|row| keep(&row.mode) && default_data(row.dx2, row.dy2))
            .cloned()
            .collect();
        PairTables {
            fits: fits.into_iter().filter(|fit| keep(&fit.mode)).collect(),
            moments,
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let parts = DYNAMICS.map(|(name, words)| Coverage {
            name: format!("fit of: {words}"),
            measured: data
                .tables
                .fits
                .iter()
                .filter(|fit| fit.dynamics == name && fit.sse.is_some())
                .count(),
            of: data.runs.len(),
        });
        parts.into()
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(&data.tables.fits)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        let header = [
            "dynamics",
            "squared error over the original's",
            "RMS error",
            "eta_h",
            "eta_y",
        ];
        let seeds = data.seeds().len();
        let rows = DYNAMICS.map(|(name, words)| {
            let of = |number: fn(&FitRow) -> Option<f64>| {
                let fits = data.tables.fits.iter().filter(|fit| fit.dynamics == name);
                let values: Vec<f64> = fits.filter_map(number).collect();
                shown(seeds, Estimate::mean(&values, Range::NonNegative), short)
            };
            vec![
                words.to_owned(),
                shown(
                    seeds,
                    Estimate::geometric(&ratios(&data.tables.fits, name)),
                    decimals(2),
                ),
                of(rms_error),
                of(|fit| fit.eta_h),
                of(|fit| fit.eta_y),
            ]
        });
        let table = markdown_table(&header.map(str::to_owned), &rows);
        let text = "Mean over seeds [its 95 % interval]; ratios seed by seed, geometric mean. Rates are per epoch of this mode: \
                    where an alteration is absorbed, they have moved.";
        vec![Section::new(
            "Errors of altered dynamics",
            format!("{text}\n\n{table}"),
        )]
    }
}

#[cfg(test)]
mod tests;
