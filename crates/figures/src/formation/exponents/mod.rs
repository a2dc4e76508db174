//! pah-exponents: which power of one matrix of a layer another one is, for all layers, over weight decay.
//!
//! That exponents lie in \\([-1, 3]\\), positive ones between \\(H\\) and \\(G\\) in \\([1/3, 3]\\), is FOUND (Theorem 2);
//! the paper reads three exponents (3, 2, 1) off a picture of transformer layers by eye. Here every layer has a fit with an
//! interval, and a fit counts as a power law only where it is one (see `fits`): two matrices without a common
//! eigenbasis have an exponent too, which means nothing. A matrix of one direction has none, so that there are networks of
//! one output and of ten: the former's gradients are of rank one from the third map on.

mod claims;
mod fits;
mod plot;
pub(super) mod synthetic;

use crate::Section;
use crate::claims::measures::mean;
use crate::claims::shown;
use crate::figure::{Data, Headline, SweepFigure, measured_everywhere};
use crate::table::by_weight_decay_and_map;
use crate::text::decimals;
use claims::counted;
use fits::{Fit, Fits, Fitted, PAIRS, trusted_exponent};

/// The figure `pah-exponents`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "pah-exponents",
    uses: |row| {
        let mut families = ["exponent_", "r2_", "commutator_", "delta_aic_"].into_iter();
        families.any(|family| row.statistic.starts_with(family))
    },
    soundness: |data| measured_everywhere(data, headline(data), Vec::new()),
    claims: |data| claims::of_exponents(&Fits::of_tasks(&data.table)),
    chart: |data| plot::main(&Fits::of_tasks(&data.table), data.subtitle(PICTURE)),
    sections: |data| sections(&Fits::of_tasks(&data.table), exponent),
    made_up: synthetic::sweep,
};

/// The figure `pah-fits`: how far the exponents of `pah-exponents` are exponents of power laws.
pub const FITS: SweepFigure = SweepFigure {
    id: "pah-fits",
    claims: |data| claims::of_fits(&Fits::of_tasks(&data.table)),
    chart: |data| {
        let tasks = Fits::of_tasks(&data.table);
        plot::all(&tasks, data.spectra, data.subtitle(PICTURE))
    },
    sections: |data| sections(&Fits::of_tasks(&data.table), quality),
    ..FIGURE
};

const PICTURE: &str = "F-llm of arXiv 2410.03006, for fully connected networks";

pub(super) fn headline<'t>(data: &'t Data<'_>) -> Headline<'t> {
    let headline = PAIRS.iter().map(|pair| {
        let rows = data.table.select().statistic(pair.statistic("exponent"));
        // A refusal is an answer: a layer of rank one has no exponent.
        let answered = rows.at_last_step().quantity(|_| Some(1.0));
        (
            format!("{}, a fit or too few eigenvalues for one", pair.name),
            answered,
        )
    });
    headline.collect()
}

/// What the fits of one layer and weight decay have, of so many seeds.
type Entry = fn(&[Fit], usize) -> String;

fn sections(tasks: &[Fits<'_>], entry: Entry) -> Vec<Section> {
    let counts = tasks
        .iter()
        .map(|fits| format!("{}: {}", fits.base.task(), counted(fits)));
    let counts = counts.collect::<Vec<_>>().join(".\n- ");
    let how = format!(
        "Each entry of pah-exponents: mean over seeds of the exponents of good fits [its 95 % interval over seeds] (number of good \
         fits where not all are). Each entry of pah-fits, over all fits: mean R², mean commutator residual, mean width of the 95 % \
         interval over eigenpairs, and mean AIC difference (above 0: the power law is better).\n\nOf all layers, weight decays and \
         seeds:\n\n- {counts}.\n"
    );
    let tables = tasks.iter().flat_map(|fits| {
        fits.pairs.iter().map(move |fitted| {
            let title = format!("{}: {}", fits.base.task(), fitted.pair.name);
            Section::new(title, table(fits, fitted, entry))
        })
    });
    let how = Section::new("How to read the tables", how);
    std::iter::once(how).chain(tables).collect()
}

fn table(fits: &Fits<'_>, fitted: &Fitted<'_>, entry: Entry) -> String {
    by_weight_decay_and_map(&fits.gammas, &fits.layers, |gamma, layer| {
        let here = fitted.at(gamma).filter(|fit| fit.layer == layer);
        match &here.collect::<Vec<Fit>>()[..] {
            [] => "no fit".to_owned(),
            here => entry(here, fits.seeds.len()),
        }
    })
}

fn exponent(fits: &[Fit], seeds: usize) -> String {
    shown(seeds, trusted_exponent(fits), decimals(2))
}

fn quality(fits: &[Fit], _: usize) -> String {
    let number = |of: &dyn Fn(&Fit) -> Option<f64>, digits: usize| {
        let mean = mean(fits.iter().filter_map(of));
        mean.map_or("-".to_owned(), decimals(digits))
    };
    format!(
        "R² {}, comm. {}, width {}, ΔAIC {}",
        number(&|fit| Some(fit.r2), 2),
        number(&|fit| Some(fit.commutator), 2),
        number(&|fit| fit.interval.map(|(low, high)| high - low), 2),
        number(&|fit| fit.delta_aic, 0),
    )
}

#[cfg(test)]
mod tests;
