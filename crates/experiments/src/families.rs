//! What the figures of all families share: the options, the line of `--dry-run`, and how settings are said.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use formant_figures::{Claims, Preset};

use crate::experiment::Context;
use crate::universality::few_points::{self, Mode};
use crate::universality::many_points;
use crate::formation::{gamma, sweeps};

/// What the user asked of a figure.
#[derive(Debug, Clone, Copy)]
pub struct FigureOptions {
    /// How much work.
    pub preset: Preset,
    /// How many seeds, instead of the preset's.
    pub seeds: Option<u64>,
    /// How the settings table of two points is read, instead of the preset's way.
    pub mode: Option<Mode>,
}

impl FigureOptions {
    /// Refuses a reading of the settings table for a figure that has only one.
    ///
    /// # Errors
    /// With the figure's name.
    pub fn without_mode(&self, id: &str) -> Result<()> {
        ensure!(
            self.mode.is_none(),
            "{id} takes no --mode: its settings have one reading; leave it out"
        );
        Ok(())
    }
}

/// Figures that are made alike.
pub struct Family {
    /// Whether a figure is one of them.
    pub owns: fn(&str) -> bool,
    /// What would be done, and how long it would take.
    pub dry_run: fn(&str, FigureOptions, &Context) -> Result<Outlook>,
    /// Makes the figure; its folder and its claims.
    pub reproduce: fn(&str, FigureOptions, &Context) -> Result<(PathBuf, Claims)>,
}

static FAMILIES: [Family; 4] = [
    gamma::FAMILY,
    sweeps::FAMILY,
    few_points::FAMILY,
    many_points::FAMILY,
];

/// The family of a figure.
pub fn family(id: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| (family.owns)(id))
}

/// What is left of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Cells in all.
    pub cells: usize,
    /// Of those, how many are to be run.
    pub to_run: usize,
    /// Seconds that their training takes here, from a few timed steps.
    pub seconds: f64,
    /// Whether networks may come to rest earlier.
    pub at_most: bool,
}

/// Seconds that `runs` take: for each how many steps, each as long as `time` finds for one run of its `kind`.
///
/// # Errors
/// If a timing fails.
pub fn seconds<'a, S: 'a, K: PartialEq>(
    runs: impl IntoIterator<Item = &'a S>,
    kind: impl Fn(&S) -> K,
    steps: impl Fn(&S) -> u64,
    mut time: impl FnMut(&'a S) -> Result<f64>,
) -> Result<f64> {
    let mut known: Vec<(K, f64)> = Vec::new();
    let mut seconds = 0.0;
    for run in runs {
        let kind = kind(run);
        let step = match known.iter().find(|(other, _)| *other == kind) {
            Some((_, step)) => *step,
            None => {
                let step = time(run)?;
                known.push((kind, step));
                step
            }
        };
        seconds += step * steps(run) as f64;
    }
    Ok(seconds)
}

impl Outlook {
    /// Of runs that take `seconds` on one thread; no run is spread over several.
    pub fn new(cells: usize, to_run: usize, seconds: f64, context: &Context) -> Self {
        Self {
            cells,
            to_run,
            seconds: seconds / context.threads.get().min(to_run.max(1)) as f64,
            at_most: false,
        }
    }

    /// One line for `--dry-run`.
    pub fn line(&self, id: &str, preset: Preset, context: &Context, out: &Path) -> String {
        format!(
            "{id} {preset}: {} cells, {} to run; {} {} of training on {} with {} threads; results in {}",
            self.cells,
            self.to_run,
            if self.at_most { "at most" } else { "about" },
            duration(self.seconds),
            context.backend.name(),
            context.threads,
            out.join(id).join(preset.name()).display()
        )
    }
}

/// Seconds as a person says them.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5_400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

/// A setting by way of its text, in which a number of single precision has no more digits than it needs.
pub fn as_written(setting: &impl serde::Serialize) -> serde_json::Result<serde_json::Value> {
    serde_json::from_str(&serde_json::to_string(setting)?)
}

/// A setting as it stands in a configuration file.
pub fn setting_name(setting: &impl serde::Serialize) -> String {
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
