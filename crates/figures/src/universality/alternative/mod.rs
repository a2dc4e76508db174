//! univ-alternative: wrong dynamics, one term altered at a time, fitted to the default network.
//!
//! The alterations are those of the authors' notebook (FOUND): y' doubled, h' doubled, the sign of the last term of w'
//! flipped, y' without its second term. If the two fitted constants could make up for any of them, a good fit would say little
//! of the theory.

mod claims;

use super::authors::ALTERED;
use super::curves::{CURVES, RunsOfSetting, short};
use super::two_points::{Fits, Number, courses_of, default_data, rms_error};
use super::{CheckedTables, Coverage, FitRow, TableKind, Tables, TablesFigure, synthetic};
use crate::chart::{Axis, Chart, Guide, Line, Panel, Series, palette};
use crate::claims::shown;
use crate::text::decimals;
use crate::{Estimate, Marker, Range, Section};

/// It uses fits of the setting `default` by their dynamics, and trajectories of settings `default` and `default/DYNAMICS`.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-alternative",
    main_table: TableKind::Fits,
    select,
    coverage,
    claims: |data| claims::claims(&data.tables.fits),
    chart,
    sections,
    made_up: synthetic::altered,
};

/// The name in tables, and in words; the first is the theory itself.
const DYNAMICS: [(&str, &str); 5] = [
    ("original", "original"),
    ("output_doubled", "y′ doubled"),
    ("representation_doubled", "h′ doubled"),
    ("sign_flipped", "sign in w′ flipped"),
    ("term_dropped", "a term of y′ dropped"),
];

/// A fit's error over that of the original dynamics of the same seed, by seed.
fn ratios(fits: &[FitRow], dynamics: &str) -> Vec<f64> {
    let original: Vec<&FitRow> = of(fits, "original").collect();
    let mut ratios = Fits::new(of(fits, dynamics)).over("default", &original, |fit| fit.sse);
    ratios.retain(|ratio| ratio.is_finite() && *ratio > 0.0);
    ratios
}

fn select(tables: &Tables) -> Tables {
    let own = |setting: &str, layer, dx2, dy2| {
        let default = setting.split('/').next() == Some("default");
        default && layer == 10 && default_data(dx2, dy2)
    };
    let tables = tables.on_two_points(
        |fit| own(&fit.setting, fit.layer, fit.dx2, fit.dy2),
        |row| own(&row.setting, row.layer, row.dx2, row.dy2),
    );
    // Originals of another mode than the altered ones are of other figures.
    let altered = tables.fits.iter().find(|fit| fit.dynamics != "original");
    let mode = altered.or(tables.fits.first()).map(|fit| fit.mode.clone());
    tables.in_mode(&mode.unwrap_or_default())
}

/// The fits of one dynamics.
fn of<'a>(fits: &'a [FitRow], dynamics: &str) -> impl Iterator<Item = &'a FitRow> + Clone {
    let dynamics = dynamics.to_owned();
    fits.iter().filter(move |fit| fit.dynamics == dynamics)
}

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let parts = DYNAMICS.map(|(name, words)| {
        let fitted = of(&data.tables.fits, name).filter(|fit| fit.sse.is_some());
        data.coverage(format!("fit of: {words}"), fitted.count())
    });
    parts.into()
}

fn chart(data: &CheckedTables) -> Chart {
    let originals = of(&data.tables.fits, "original");
    let seed = Fits::new(originals).representative("default");
    let panels = DYNAMICS.map(|(name, words)| panel(data, name, words, seed));
    let panels = panels.into_iter().chain([errors(data)]);
    Chart::new(
        "Wrong dynamics, fitted to the default network",
        data.subtitle("F10 of arXiv 2402.09142"),
    )
    .note("Solid: network, the seed of the median error; dashed: the dynamics of the panel's title, with two constants fitted to this seed.")
    .row_height(270.0)
    .tiles(3, panels.collect())
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let seeds = data.seeds().len();
    let mean = |name: &str, number: Number| {
        let values: Vec<f64> = of(&data.tables.fits, name).filter_map(number).collect();
        shown(seeds, Estimate::mean(&values, Range::NonNegative), short)
    };
    let ratio = |name: &str| Estimate::geometric(&ratios(&data.tables.fits, name));
    vec![Section::of_columns(
        "Errors of altered dynamics",
        "Mean over seeds [its 95 % interval]; ratios seed by seed, geometric mean. Rates are per epoch of this mode: \
         where an alteration is absorbed, they have moved.",
        DYNAMICS,
        &[
            ("dynamics", &|row| row.1.to_owned()),
            ("squared error over the original's", &|row| {
                shown(seeds, ratio(row.0), decimals(2))
            }),
            ("RMS error", &|row| mean(row.0, rms_error)),
            ("eta_h", &|row| mean(row.0, |fit| fit.eta_h)),
            ("eta_y", &|row| mean(row.0, |fit| fit.eta_y)),
        ],
    )]
}

fn panel(data: &CheckedTables, dynamics: &str, words: &str, seed: Option<u64>) -> Panel {
    let of = |setting: &str| {
        let mut courses = courses_of(&data.tables.trajectories, setting);
        seed.and_then(|seed| courses.remove(&seed))
            .unwrap_or_default()
    };
    let altered = match dynamics {
        "original" => of("default"),
        name => of(&format!("default/{name}")),
    };
    // The network is the same in every panel.
    let mut chosen = of("default");
    if chosen.is_empty() {
        chosen.clone_from(&altered);
    }
    let others = Vec::new();
    let network = RunsOfSetting { chosen, others };
    let theory = CURVES.iter();
    let theory = theory.filter_map(|curve| curve.of_theory("fitted", &altered, Some));
    let y = Axis::linear("").reaching([-0.15, 0.5]);
    Panel::new(words, Axis::linear("epoch"), y)
        .series(CURVES.iter().map(|curve| curve.of_network(&network, Some)))
        .series(theory)
}

fn errors(data: &CheckedTables) -> Panel {
    let altered = || (0..).map(f64::from).zip(&DYNAMICS[1..]);
    let of = |dynamics| ratios(&data.tables.fits, dynamics);
    let points = altered().filter_map(|(k, row)| Some((k, Estimate::geometric(&of(row.0))?)));
    let seeds = altered().flat_map(|(k, row)| of(row.0).into_iter().map(move |ratio| (k, ratio)));
    let ours = Series::new("error over the original's", palette::qualitative(0), points)
        .line(Line::Apart)
        .seeds([seeds.collect()]);
    let theirs = (0..).map(f64::from).zip(ALTERED);
    let theirs = theirs.map(|(k, row)| (k + 0.18, row.1));
    let theirs =
        Series::scatter("authors’ code, one run", "#2b2b2b", theirs).marker(Marker::Square);
    let names = altered().map(|(_, row)| row.1.to_owned());
    Panel::new(
        "squared error over the original's",
        Axis::categories("", names),
        Axis::log("").reaching([1.0, 10.0]),
    )
    .series([ours, theirs])
    .guides([Guide::horizontal("as the original", 1.0)])
}

#[cfg(test)]
mod tests;
