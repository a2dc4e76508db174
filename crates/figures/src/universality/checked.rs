//! The checked tables of a figure.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;

use super::rows::{Distance, Embedded, FitRow, Moment, Value};
use super::tables::PairTables;
use crate::table::Outcome;
use crate::text::plural;
use crate::{FigureError, Preset};

/// One training run. Floats by their bits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Run {
    /// Name of the setting.
    pub setting: String,
    /// Seed of the network.
    pub seed: u64,
    /// Mode, bits of `dx2` and of `dy2`, where the run is one of two points.
    pair: Option<(String, u64, u64)>,
}

impl Run {
    fn of_moment(row: &Moment) -> Self {
        let setting = row.setting.split('/').next().unwrap_or_default();
        Self::of_pair(setting, &row.mode, row.seed, row.dx2, row.dy2)
    }

    fn of_fit(row: &FitRow) -> Self {
        Self::of_pair(&row.setting, &row.mode, row.seed, row.dx2, row.dy2)
    }

    fn of_pair(setting: &str, mode: &str, seed: u64, dx2: f64, dy2: f64) -> Self {
        Self {
            setting: setting.to_owned(),
            seed,
            pair: Some((mode.to_owned(), dx2.to_bits(), dy2.to_bits())),
        }
    }

    fn other(setting: &str, seed: u64) -> Self {
        Self {
            setting: setting.to_owned(),
            seed,
            pair: None,
        }
    }

    /// The run in words.
    pub fn in_words(&self) -> String {
        let pair = self
            .pair
            .as_ref()
            .map_or(String::new(), |(mode, dx2, dy2)| {
                let (dx2, dy2) = (f64::from_bits(*dx2), f64::from_bits(*dy2));
                format!(", mode {mode}, dx² {dx2}, dy² {dy2}")
            });
        format!("setting {}, seed {}{pair}", self.setting, self.seed)
    }
}

/// What a figure sees of its input: the rows of runs that finished, checked.
#[derive(Debug, Clone)]
pub struct PairData {
    /// The rows that the figure uses.
    pub tables: PairTables,
    /// The runs that they are of.
    pub runs: BTreeSet<Run>,
    /// The runs that diverged; none of their rows is in the tables.
    pub diverged: BTreeSet<Run>,
    /// How much work was done.
    pub preset: Preset,
}

impl PairData {
    /// Checks `tables` and takes the runs that diverged out of them.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`]: no rows, a row that occurs twice, or a number of a run that finished that is not finite or is
    /// negative where that has no meaning.
    pub fn new(tables: PairTables, preset: Preset) -> Result<Self, FigureError> {
        if tables.is_empty() {
            let reason = "there are no rows that this figure uses; expected the moments, fits or distances of at least one run";
            return Err(unusable(reason.to_owned()));
        }
        let of_outcome = |row: &&FitRow| row.outcome == Outcome::Diverged;
        let diverged: BTreeSet<Run> = tables
            .fits
            .iter()
            .filter(of_outcome)
            .map(Run::of_fit)
            .collect();
        let tables = without(tables, &diverged);
        check(&tables)?;
        Ok(Self {
            runs: runs(&tables),
            tables,
            diverged,
            preset,
        })
    }

    /// Seeds of all runs, those that diverged included, from the smallest.
    pub fn seeds(&self) -> Vec<u64> {
        let runs = self.runs.iter().chain(&self.diverged);
        let seeds: BTreeSet<u64> = runs.map(|run| run.seed).collect();
        seeds.into_iter().collect()
    }

    /// The settings of which some run finished, in the order of the paper's table, others after them.
    pub fn settings(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.runs.iter().map(|run| run.setting.as_str()).collect();
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        names.sort_by_key(|name| (super::settings::rank(name), name.clone()));
        names
    }

    /// The subtitle of a chart: figure and paper, settings, seeds, preset, divergence.
    pub fn subtitle(&self, paper_figure: &str) -> String {
        let diverged = match self.diverged.len() {
            0 => String::new(),
            n => format!("  ·  {n} diverged, not drawn"),
        };
        let mode = match self.modes().as_str() {
            "" => "",
            "table" => "  ·  learning rates of the table",
            "notebook" => "  ·  half the learning rates of the table, as the notebooks",
            _ => "  ·  learning rates of the table and half of them",
        };
        format!(
            "{paper_figure}  ·  {}, {}{mode}  ·  preset {}{diverged}",
            plural(self.settings().len(), "setting"),
            plural(self.seeds().len(), "seed"),
            self.preset
        )
    }

    /// The mode or modes of two-point runs, joined.
    pub fn modes(&self) -> String {
        let modes = self.runs.iter().filter_map(|run| run.pair.as_ref());
        let modes: BTreeSet<&str> = modes.map(|pair| pair.0.as_str()).collect();
        modes.into_iter().collect::<Vec<_>>().join(" and ")
    }
}

fn runs(tables: &PairTables) -> BTreeSet<Run> {
    let moments = tables.moments.iter().map(Run::of_moment);
    let mut runs: BTreeSet<Run> = moments.chain(tables.fits.iter().map(Run::of_fit)).collect();
    let pairs: BTreeSet<(String, u64)> = runs
        .iter()
        .map(|run| (run.setting.clone(), run.seed))
        .collect();
    let distances = tables.distances.iter().filter(|row| row.kind != "theory");
    let others = distances
        .map(|row| (&row.setting, row.seed))
        .chain(tables.embedded.iter().map(|row| (&row.setting, row.seed)))
        .chain(tables.values.iter().map(|row| (&row.setting, row.seed)));
    let others: BTreeSet<(&String, u64)> = others.collect();
    let others = others
        .into_iter()
        .filter(|(setting, seed)| !pairs.contains(&((*setting).clone(), *seed)));
    runs.extend(others.map(|(setting, seed)| Run::other(setting, seed)));
    runs
}

fn without(mut tables: PairTables, diverged: &BTreeSet<Run>) -> PairTables {
    if diverged.is_empty() {
        return tables;
    }
    let lost: HashSet<(&str, u64)> = diverged
        .iter()
        .map(|run| (run.setting.as_str(), run.seed))
        .collect();
    tables
        .moments
        .retain(|row| !diverged.contains(&Run::of_moment(row)));
    tables
        .fits
        .retain(|row| !diverged.contains(&Run::of_fit(row)));
    tables
        .distances
        .retain(|row| !lost.contains(&(row.setting.as_str(), row.seed)));
    tables
        .embedded
        .retain(|row| !lost.contains(&(row.setting.as_str(), row.seed)));
    tables
        .values
        .retain(|row| !lost.contains(&(row.setting.as_str(), row.seed)));
    tables
}

fn check(tables: &PairTables) -> Result<(), FigureError> {
    tables.moments.iter().try_for_each(check_moment)?;
    tables.fits.iter().try_for_each(check_fit)?;
    for row in &tables.distances {
        let place = || place_of_distance(row);
        at_least_zero(&place, &[("distance", row.distance)])?;
    }
    for row in &tables.embedded {
        let numbers = [
            ("x", row.x),
            ("y", row.y),
            ("axis1", row.axis1),
            ("axis2", row.axis2),
            ("axis3", row.axis3),
        ];
        finite(&|| place_of_embedded(row), &numbers)?;
    }
    for row in &tables.values {
        finite(
            &|| place_of_value(row),
            &known([("value", row.value), ("null_q95", row.null_q95)]),
        )?;
    }
    let moment = |r: &Moment| (Run::of_moment(r), r.setting.clone(), r.layer, r.epoch);
    once(&tables.moments, moment, place_of_moment)?;
    once(
        &tables.fits,
        |r| (Run::of_fit(r), r.layer, r.dynamics.clone()),
        place_of_fit,
    )?;
    once(
        &tables.distances,
        |r| (r.setting.clone(), r.seed, r.kind.clone(), r.i, r.j),
        place_of_distance,
    )?;
    once(
        &tables.embedded,
        |r| (r.setting.clone(), r.activation.clone(), r.seed, r.item),
        place_of_embedded,
    )?;
    once(&tables.values, place_of_value, place_of_value)
}

fn check_moment(row: &Moment) -> Result<(), FigureError> {
    let place = || place_of_moment(row);
    at_least_zero(
        &place,
        &[
            ("dx2", row.dx2),
            ("dy2", row.dy2),
            ("h2", row.h2),
            ("y2", row.y2),
            ("loss", row.loss),
        ],
    )?;
    finite(&place, &[("w", row.w)])?;
    let theory = known([
        ("h2_theory", row.h2_theory),
        ("y2_theory", row.y2_theory),
        ("w_theory", row.w_theory),
        ("loss_theory", row.loss_theory),
    ]);
    finite(&place, &theory)
}

fn check_fit(row: &FitRow) -> Result<(), FigureError> {
    let place = || place_of_fit(row);
    let squares = [
        ("dx2", row.dx2),
        ("dy2", row.dy2),
        ("learning_rate", row.learning_rate),
        ("h0", row.h0),
        ("y0", row.y0),
        ("h_end", row.h_end),
        ("y_end", row.y_end),
        ("loss_end", row.loss_end),
    ];
    at_least_zero(&place, &squares)?;
    finite(
        &place,
        &[("w0", row.w0), ("w_end", row.w_end), ("w_min", row.w_min)],
    )?;
    let errors = [
        ("sse", row.sse),
        ("rmse_h", row.rmse_h),
        ("rmse_y", row.rmse_y),
        ("rmse_w", row.rmse_w),
        ("loss_sse", row.loss_sse),
        ("h_inf", row.h_inf),
    ];
    at_least_zero(&place, &known(errors))?;
    let fitted = [
        ("eta_h", row.eta_h),
        ("eta_h_low", row.eta_h_low),
        ("eta_h_high", row.eta_h_high),
        ("eta_y", row.eta_y),
        ("eta_y_low", row.eta_y_low),
        ("eta_y_high", row.eta_y_high),
        ("eta_mean", row.eta_mean),
        ("a_high", row.a_high),
        ("a_low", row.a_low),
    ];
    finite(&place, &known(fitted))
}

fn known<const N: usize>(numbers: [(&'static str, Option<f64>); N]) -> Vec<(&'static str, f64)> {
    numbers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn finite(place: &dyn Fn() -> String, numbers: &[(&str, f64)]) -> Result<(), FigureError> {
    within(place, numbers, f64::NEG_INFINITY, "a finite number")
}

fn at_least_zero(place: &dyn Fn() -> String, numbers: &[(&str, f64)]) -> Result<(), FigureError> {
    within(place, numbers, 0.0, "a finite number of 0 or more")
}

fn within(
    place: &dyn Fn() -> String,
    numbers: &[(&str, f64)],
    least: f64,
    expected: &str,
) -> Result<(), FigureError> {
    for &(name, value) in numbers {
        if !(value.is_finite() && value >= least) {
            return Err(unusable(format!(
                "the row {} has {name} = {value:?}, expected {expected}",
                place()
            )));
        }
    }
    Ok(())
}

fn once<R, K: Hash + Eq>(
    rows: &[R],
    key: impl Fn(&R) -> K,
    place: impl Fn(&R) -> String,
) -> Result<(), FigureError> {
    let mut seen = HashSet::new();
    for row in rows {
        if !seen.insert(key(row)) {
            return Err(unusable(format!("the row {} occurs twice", place(row))));
        }
    }
    Ok(())
}

fn place_of_moment(row: &Moment) -> String {
    let run = Run::of_moment(row).in_words();
    format!(
        "{run}, layer {}, epoch {} ({})",
        row.layer, row.epoch, row.setting
    )
}

fn place_of_fit(row: &FitRow) -> String {
    let run = Run::of_fit(row).in_words();
    format!("{run}, layer {}, dynamics {}", row.layer, row.dynamics)
}

fn place_of_distance(row: &Distance) -> String {
    let Distance {
        setting,
        seed,
        kind,
        i,
        j,
        ..
    } = row;
    format!("setting {setting}, seed {seed}, {kind} distance of {i} and {j}")
}

fn place_of_embedded(row: &Embedded) -> String {
    let Embedded {
        setting,
        activation,
        seed,
        item,
        ..
    } = row;
    format!("setting {setting}, {activation}, seed {seed}, item {item}")
}

fn place_of_value(row: &Value) -> String {
    let Value {
        setting,
        activation,
        seed,
        epoch,
        layer,
        side,
        metric,
        ..
    } = row;
    format!(
        "setting {setting} {activation}, seed {seed}, epoch {epoch}, layer {layer}{side}, {metric}"
    )
}

fn unusable(reason: String) -> FigureError {
    FigureError::Table { line: None, reason }
}
