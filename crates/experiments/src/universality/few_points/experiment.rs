//! `formant run two-points`.

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};
use formant_theory::two_point::{Dynamics, Pair};
use serde::{Deserialize, Serialize};

use super::family::{FewPoints, PointsCell, plan};
use super::rows::Named;
use super::settings::{EPOCHS, SETTINGS, Setting, find};
use super::spec::PointsSpec;
use crate::experiment::{Experiment, Mode, RunFlags};
use crate::limits::{self, Memory, count, finite, number, size};
use crate::message::read_toml;
use crate::runner::{Context, Outcome, note, provenance, write_atomically, write_json};

/// The configuration of `formant run two-points`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwoPointsConfig {
    /// Lines of the settings table, by name; `all` for every one.
    pub settings: Vec<String>,
    /// How many networks of each, with seeds from 0.
    pub seeds: u64,
    /// How the table is read.
    #[serde(default)]
    pub mode: Mode,
    /// Squared distance of the inputs.
    #[serde(default = "one")]
    pub dx2: f64,
    /// Squared distance of the targets.
    #[serde(default = "half")]
    pub dy2: f64,
    /// Epochs, instead of the mode's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<u64>,
}

/// The smallest squared distance of the inputs: in single precision, nearer ones are one.
const CLOSEST: f64 = 1e-12;

/// What an epoch of one network takes: curves of up to twenty layers and copies of them, and its line of the table.
const EPOCH_BYTES: f64 = 700.0;

fn one() -> f64 {
    1.0
}

fn half() -> f64 {
    0.5
}

impl Default for TwoPointsConfig {
    fn default() -> Self {
        Self {
            settings: vec!["default".into()],
            seeds: 3,
            mode: Mode::Table,
            dx2: one(),
            dy2: half(),
            epochs: None,
        }
    }
}

impl TwoPointsConfig {
    fn lines(&self) -> Result<Vec<&'static Setting>> {
        ensure!(
            !self.settings.is_empty(),
            "settings is empty: name at least one"
        );
        if self.settings.iter().any(|name| name == "all") {
            return Ok(SETTINGS.iter().collect());
        }
        let line = |name: &String| {
            find(name).ok_or_else(|| {
                let names: Vec<&str> = SETTINGS.iter().map(|line| line.name).collect();
                anyhow!(
                    "unknown setting '{name}': expected 'all' or one of {}",
                    names.join(", ")
                )
            })
        };
        self.settings.iter().map(line).collect()
    }

    fn check(&self) -> Result<()> {
        count("seeds", self.seeds, 1..=limits::SEEDS)?;
        number("dx2", self.dx2, CLOSEST..=limits::FACTOR)?;
        number("dy2", self.dy2, 0.0..=limits::FACTOR)?;
        let lines = self.lines()?;
        let epochs = self.epochs.unwrap_or(EPOCHS * self.mode.slower());
        let mut memory = Memory::default();
        memory.add(
            "epochs, seeds and settings",
            EPOCH_BYTES * epochs as f64 * self.seeds as f64 * lines.len() as f64,
        );
        size("epochs", epochs, 1..=limits::EPOCHS, &memory)?;
        memory.check()
    }

    /// Every run with its line of the table.
    fn runs(&self, context: &Context) -> Result<Vec<(&'static Setting, PointsSpec)>> {
        let backend = context.backend.name().to_string();
        let lines = self.lines()?;
        let run = |(line, seed): (&'static Setting, u64)| {
            let mut spec = PointsSpec::of(line, self.mode, [self.dx2, self.dy2], seed, &backend);
            spec.epochs = self.epochs.unwrap_or(spec.epochs);
            (line, spec)
        };
        let seeds = || 0..self.seeds;
        Ok(lines
            .into_iter()
            .flat_map(|line| seeds().map(move |seed| (line, seed)))
            .map(run)
            .collect())
    }
}

/// `formant run two-points`.
pub struct TwoPointsExperiment;

impl Experiment for TwoPointsExperiment {
    fn name(&self) -> &'static str {
        "two-points"
    }

    fn about(&self) -> &'static str {
        "networks that train on two points, and the effective theory fitted to each"
    }

    fn example(&self) -> Result<String> {
        Ok(toml::to_string(&TwoPointsConfig::default())?)
    }

    fn flags_as_config(&self, flags: &RunFlags) -> Result<Option<String>> {
        let plain = TwoPointsConfig::default();
        let config = TwoPointsConfig {
            settings: if flags.setting.is_empty() {
                plain.settings.clone()
            } else {
                flags.setting.clone()
            },
            seeds: flags.seeds.unwrap_or(plain.seeds),
            mode: flags.mode.unwrap_or(plain.mode),
            ..plain
        };
        Ok(Some(toml::to_string(&config)?))
    }

    fn check(&self, text: &str) -> Result<()> {
        read_toml::<TwoPointsConfig>(text)?.check()
    }

    fn run(&self, text: &str, context: &Context) -> Result<PathBuf> {
        let config: TwoPointsConfig = read_toml(text)?;
        config.check()?;
        let (lines, specs): (Vec<_>, Vec<_>) = config.runs(context)?.into_iter().unzip();
        let cells = plan(specs, context)?.run_asked(context)?;
        let runs: Vec<(&Setting, &PointsCell)> = lines.into_iter().zip(&cells).collect();
        write_atomically(&context.out.join("trajectories.csv"), &trajectories(&runs)?)?;
        write_atomically(
            &context.out.join("fits.csv"),
            &fits(&runs, &config, context)?,
        )?;
        let provenance = provenance(&FewPoints, &cells, &config, context)?;
        write_json(&context.out.join("provenance.json"), &provenance)?;
        Ok(context.out.clone())
    }
}

/// A line of `trajectories.csv`.
#[derive(Serialize)]
struct Epoch<'a> {
    setting: &'a str,
    seed: u64,
    epoch: usize,
    h2: Option<f64>,
    y2: Option<f64>,
    w: Option<f64>,
    loss: Option<f64>,
}

/// Every epoch of every run: the state before its update. A run that converged keeps its last state from then on.
fn trajectories(runs: &[(&Setting, &PointsCell)]) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for (setting, cell) in runs {
        let (spec, followed) = (&cell.record.spec, &cell.found);
        let place = spec.place_of(setting.layer).unwrap_or(0);
        let Some(last) = followed.loss.len().checked_sub(1) else {
            continue;
        };
        let rows = match cell.record.outcome {
            Outcome::Converged => spec.epochs as usize,
            Outcome::Finished | Outcome::Diverged(_) => last + 1,
        };
        for epoch in 0..rows {
            let at = epoch.min(last);
            csv.serialize(Epoch {
                setting: setting.name,
                seed: spec.seed,
                epoch,
                h2: finite(followed.h2[[at, 0, place]]),
                y2: finite(followed.y2[[at, 0]]),
                w: finite(followed.w[[at, 0]]),
                loss: finite(followed.loss[at]),
            })?;
        }
    }
    Ok(csv.into_inner()?)
}

/// A line of `fits.csv`; a run without a fit leaves its numbers empty.
#[derive(Serialize)]
struct FitLine {
    setting: String,
    seed: u64,
    eta_h: Option<f64>,
    eta_y: Option<f64>,
    sse: Option<f64>,
    h_inf_theory: Option<f64>,
    h_end: Option<f64>,
    fit_ok: bool,
}

fn fits(
    runs: &[(&Setting, &PointsCell)],
    config: &TwoPointsConfig,
    context: &Context,
) -> Result<Vec<u8>> {
    let of_run = |(setting, cell): &(&Setting, &PointsCell)| {
        let run = Named {
            setting,
            mode: config.mode,
            pair: Pair {
                dx2: config.dx2,
                dy2: config.dy2,
            },
            cell,
        };
        run.account(Dynamics::Original).row()
    };
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in formant_train::on_workers(context.threads, runs, of_run) {
        if let Some(why) = &row.refusal {
            note(&format!("{}, seed {}: {why}", row.setting, row.seed));
        }
        csv.serialize(FitLine {
            setting: row.setting,
            seed: row.seed,
            eta_h: row.eta_h,
            eta_y: row.eta_y,
            sse: row.sse,
            h_inf_theory: row.h_inf,
            h_end: finite(row.h_end),
            fit_ok: row.fit_ok,
        })?;
    }
    Ok(csv.into_inner()?)
}
