//! The checked tables of a figure.

use std::collections::BTreeSet;

use super::Coverage;
use super::record::{Record, unusable};
use super::tables::Tables;
use super::two_points::Fits;
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
    /// A run of two points, with its mode and the squared distances of inputs and targets. An altered theory,
    /// `default/sign_flipped`, is one of the same run.
    pub(super) fn of_pair(setting: &str, seed: u64, mode: &str, (dx2, dy2): (f64, f64)) -> Self {
        let setting = setting.split('/').next().unwrap_or_default();
        Self {
            pair: Some((mode.to_owned(), dx2.to_bits(), dy2.to_bits())),
            ..Self::of(setting, seed)
        }
    }

    /// Any other run.
    pub(super) fn of(setting: &str, seed: u64) -> Self {
        Self {
            setting: setting.to_owned(),
            seed,
            pair: None,
        }
    }

    /// Whether this is the other run, or names no pair and so any run of the setting and seed.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        let same = (&self.setting, self.seed) == (&other.setting, other.seed);
        same && (self.pair.is_none() || self.pair == other.pair)
    }

    /// The run in words.
    pub fn in_words(&self) -> String {
        let pair = self.pair.iter().map(|(mode, dx2, dy2)| {
            let (dx2, dy2) = (f64::from_bits(*dx2), f64::from_bits(*dy2));
            format!(", mode {mode}, dx² {dx2}, dy² {dy2}")
        });
        let pair: String = pair.collect();
        format!("setting {}, seed {}{pair}", self.setting, self.seed)
    }
}

/// What a figure sees of its input: the rows of runs that finished, checked.
#[derive(Debug, Clone)]
pub struct CheckedTables {
    /// The rows that the figure uses.
    pub tables: Tables,
    /// The runs that they are of.
    pub runs: BTreeSet<Run>,
    /// The runs that diverged; none of their rows is in the tables.
    pub diverged: BTreeSet<Run>,
    /// How much work was done.
    pub preset: Preset,
}

impl CheckedTables {
    /// Checks `tables` and takes the runs that diverged out of them.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`]: no rows, a row that occurs twice, or a number of a run that finished that is not finite or is
    /// negative where that has no meaning.
    pub fn new(mut tables: Tables, preset: Preset) -> Result<Self, FigureError> {
        if tables.is_empty() {
            let reason = "there are no rows that this figure uses; expected the trajectories, fits or distances of at least one run";
            return Err(unusable(reason.to_owned()));
        }
        let fits = tables.fits.iter();
        let diverged = fits.filter(|fit| fit.outcome == Outcome::Diverged);
        let diverged: BTreeSet<Run> = diverged.map(Record::run).collect();
        for table in tables.all_mut() {
            table.leave_out(&diverged);
            table.check()?;
        }
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

    /// The fits, by setting.
    pub(crate) fn fits(&self) -> Fits<'_> {
        Fits::new(&self.tables.fits)
    }

    /// How many of the runs have something.
    pub(crate) fn coverage(&self, name: impl Into<String>, measured: usize) -> Coverage {
        Coverage {
            name: name.into(),
            measured,
            of: self.runs.len(),
        }
    }

    /// The subtitle of a chart: figure and paper, settings, seeds, preset, divergence.
    pub fn subtitle(&self, paper_figure: &str) -> String {
        self.subtitle_of(paper_figure, &plural(self.seeds().len(), "seed"))
    }

    /// The same with other words on what was repeated than the number of seeds.
    pub fn subtitle_of(&self, paper_figure: &str, repeated: &str) -> String {
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
            "{paper_figure}  ·  {}, {repeated}{mode}  ·  preset {}{diverged}",
            plural(self.settings().len(), "setting"),
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

fn runs(tables: &Tables) -> BTreeSet<Run> {
    let points = tables.trajectories.iter().map(Record::run);
    let mut runs: BTreeSet<Run> = points.chain(tables.fits.iter().map(Record::run)).collect();
    let distances = tables.distances.iter().filter(|row| row.kind != "theory");
    let others = distances.map(Record::run);
    let others = others.chain(tables.embedded.iter().map(Record::run));
    let others = others.chain(tables.values.iter().map(Record::run));
    let mut others: BTreeSet<Run> = others.collect();
    others.retain(|other| !runs.iter().any(|run| other.is_of(run)));
    runs.extend(others);
    runs
}
