//! What the command line runs: experiments, which turn a configuration into cells and cells into tables, and figures.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use formant_figures::{FigureInput, Measured, Preset, Setting, Tag};
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::runner::{Context, Outlook};

/// Which reading of the settings table of two points is trained. The authors' figures of trajectories halve the learning
/// rate and double the epochs; their figure of depth takes both as they are. Fitted rates scale with the learning rate.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Learning rate and 3000 epochs as the table says.
    #[default]
    Table,
    /// Half the learning rate, 6000 epochs, as the notebooks do.
    Notebook,
}

impl Mode {
    /// Its name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Notebook => "notebook",
        }
    }

    /// What the learning rate is divided and the epochs are multiplied by.
    pub fn slower(self) -> u64 {
        match self {
            Self::Table => 1,
            Self::Notebook => 2,
        }
    }
}

/// Flags of `formant run` that stand for a configuration.
#[derive(Debug, Clone, Default, Args)]
pub struct RunFlags {
    /// two-points: a line of the settings table, or all; may be given several times [default: default]
    #[arg(long, value_name = "NAME", conflicts_with = "config")]
    pub setting: Vec<String>,
    /// two-points: networks of each setting [default: 3]
    #[arg(long, value_name = "N", conflicts_with = "config", value_parser = limits::parse_seeds)]
    pub seeds: Option<u64>,
    /// two-points: the table as it is, or half the learning rate and twice the epochs [default: table]
    #[arg(long, value_enum, conflicts_with = "config")]
    pub mode: Option<Mode>,
}

impl RunFlags {
    /// Whether any was given.
    pub fn any(&self) -> bool {
        !self.setting.is_empty() || self.seeds.is_some() || self.mode.is_some()
    }
}

/// An experiment that `formant run` knows: a configuration that expands into cells, whose tables it writes.
pub struct Experiment {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line on what it does.
    pub about: &'static str,
    /// A complete configuration, as TOML, to start from.
    pub example: fn() -> Result<String>,
    /// The configuration that flags of the command line stand for, if the experiment has flags.
    pub flags_as_config: Option<fn(&RunFlags) -> Result<String>>,
    /// Refuses a configuration that cannot run, before anything is read or made.
    pub check: fn(&str) -> Result<()>,
    /// Runs a configuration and writes its tables into the context's folder; returns what it wrote.
    pub run: fn(&str, &Context) -> Result<PathBuf>,
}

/// Flags of `formant figure` that say which cells a figure is made of.
#[derive(Debug, Clone, Copy, Args)]
pub struct FigureOptions {
    /// How much work: smoke, quick or paper
    #[arg(long, default_value_t = Preset::Quick)]
    pub preset: Preset,
    /// Number of seeds, at least 1 [default: the preset's]
    #[arg(long, value_name = "N", value_parser = limits::parse_seeds)]
    pub seeds: Option<u64>,
    /// univ-trajectories, -loss, -universality, -gain, -final-distance: the settings table as it is, or half the learning
    /// rate and twice the epochs [default: quick: table, paper: notebook]
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
}

impl FigureOptions {
    /// Refuses a mode for a figure whose networks train at one learning rate only.
    pub fn without_mode(&self, id: &str) -> Result<()> {
        ensure!(
            self.mode.is_none(),
            "{id} takes no --mode: its networks train at one learning rate; leave it out"
        );
        Ok(())
    }
}

/// Figures that are made alike.
pub struct FigureSet {
    /// Whether a figure is one of them.
    pub owns: fn(&str) -> bool,
    /// What would be done, and how long it would take.
    pub dry_run: fn(&str, FigureOptions, &Context) -> Result<Outlook>,
    /// Runs what is left of the figure's cells; what the figure is made of.
    pub measure: fn(&str, FigureOptions, &Context) -> Result<FigureInput<Measured>>,
}

/// A setting by way of its text, in which a number of single precision has no more digits than it needs.
pub fn as_written(setting: &impl Serialize) -> serde_json::Result<serde_json::Value> {
    serde_json::from_str(&serde_json::to_string(setting)?)
}

/// A setting as it stands in a configuration file.
pub fn setting_name(setting: &impl Serialize) -> String {
    match as_written(setting) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(fields)) => fields
            .iter()
            .map(|(key, value)| match value {
                serde_json::Value::String(text) if key == "name" => text.clone(),
                value => format!("{key} {}", value.to_string().replace('"', "")),
            })
            .collect::<Vec<_>>()
            .join(", "),
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// What a preset takes of three: smoke's, quick's, paper's.
pub fn by_preset<T>(preset: Preset, [smoke, quick, paper]: [T; 3]) -> T {
    match preset {
        Preset::Smoke => smoke,
        Preset::Quick => quick,
        Preset::Paper => paper,
    }
}

/// Where a setting comes from, and why.
pub type Origin<'a> = (Tag, &'a str);

/// What was set in the runs of a figure, and whose choice it is.
pub struct Choices<'a, R> {
    runs: &'a [R],
    /// In which order values are listed.
    order: fn(&mut Vec<String>),
    settings: Vec<Setting>,
}

impl<'a, R> Choices<'a, R> {
    /// Values are listed in the order of the runs.
    pub fn in_order(runs: &'a [R]) -> Self {
        Self {
            runs,
            order: |_| {},
            settings: Vec::new(),
        }
    }

    /// Values are listed in the order of their text.
    pub fn sorted(runs: &'a [R]) -> Self {
        Self {
            order: |values| values.sort(),
            ..Self::in_order(runs)
        }
    }

    /// Adds a setting with all its values over the runs.
    pub fn add(&mut self, name: &str, of: impl Fn(&R) -> String, origin: Origin<'_>) {
        let mut values: Vec<String> = Vec::new();
        for value in self.runs.iter().map(of) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        (self.order)(&mut values);
        self.note(name, values.join(", "), origin);
    }

    /// Adds a setting that is as given where that holds of every run, and else ours.
    pub fn add_given(
        &mut self,
        name: &str,
        of: impl Fn(&R) -> String,
        given: impl Fn(&R) -> bool,
        [theirs, ours]: [Origin<'_>; 2],
    ) {
        let all = self.runs.iter().all(given);
        self.add(name, of, if all { theirs } else { ours });
    }

    /// Adds a setting of all runs.
    pub fn note(&mut self, name: &str, value: impl Into<String>, (tag, why): Origin<'_>) {
        self.settings.push(Setting::new(name, value, tag, why));
    }

    /// All that was added.
    pub fn finish(self) -> Vec<Setting> {
        self.settings
    }
}
