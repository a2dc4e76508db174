//! `formant run two-points`.

use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};
use formant_theory::two_point::{Dynamics, Pair, State};
use serde::{Deserialize, Serialize};

use super::family::{FewPoints, plan};
use super::plan::{DEFAULT_PAIR, PointsRun, Scale};
use super::rows::{Account, Done};
use super::settings::{EPOCHS, SETTINGS, Setting, find};
use crate::configuration::read_toml;
use crate::experiment::{Experiment, Mode, RunFlags};
use crate::limits::{self, Memory, count, finite, number, size};
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
    #[serde(default = "dx2")]
    pub dx2: f64,
    /// Squared distance of the targets.
    #[serde(default = "dy2")]
    pub dy2: f64,
    /// Epochs, instead of the mode's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<u64>,
}

/// The smallest squared distance of the inputs: in single precision, nearer ones are one.
const CLOSEST: f64 = 1e-12;

/// What an epoch of one network takes: curves of up to twenty layers and copies of them, and its line of the table.
const EPOCH_BYTES: f64 = 700.0;

fn dx2() -> f64 {
    DEFAULT_PAIR.dx2
}

fn dy2() -> f64 {
    DEFAULT_PAIR.dy2
}

impl Default for TwoPointsConfig {
    fn default() -> Self {
        Self {
            settings: vec!["default".into()],
            seeds: 3,
            mode: Mode::Table,
            dx2: dx2(),
            dy2: dy2(),
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

    fn runs(&self, backend: &str) -> Result<Vec<PointsRun>> {
        let (dx2, dy2) = (self.dx2, self.dy2);
        let scale = Scale {
            seeds: self.seeds,
            convolutional: self.seeds,
            mode: self.mode,
            epochs: self.epochs,
            backend,
        };
        Ok(scale.fitted_to(self.lines()?, Pair { dx2, dy2 }))
    }
}

/// `formant run two-points`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "two-points",
    about: "networks that train on two points, and the effective theory fitted to each",
    example: || Ok(toml::to_string(&TwoPointsConfig::default())?),
    flags_as_config: Some(flags_as_config),
    check: |text| read_toml::<TwoPointsConfig>(text)?.check(),
    run,
};

fn flags_as_config(flags: &RunFlags) -> Result<String> {
    let mut config = TwoPointsConfig::default();
    if !flags.setting.is_empty() {
        config.settings = flags.setting.clone();
    }
    config.seeds = flags.seeds.unwrap_or(config.seeds);
    config.mode = flags.mode.unwrap_or(config.mode);
    Ok(toml::to_string(&config)?)
}

fn run(text: &str, context: &Context) -> Result<PathBuf> {
    let config: TwoPointsConfig = read_toml(text)?;
    config.check()?;
    let runs = config.runs(&context.backend.name().to_string())?;
    let cells = plan(runs.iter().map(|run| run.spec.clone()), context)?.run_asked(context)?;
    let provenance = provenance(&FewPoints, &cells, &config, context)?;
    let done: Vec<Done> = runs.into_iter().zip(cells).collect();
    let out = &context.out;
    write_atomically(&out.join("trajectories.csv"), &trajectories(&done)?)?;
    write_atomically(&out.join("fits.csv"), &fits(&done, context)?)?;
    write_json(&out.join("provenance.json"), &provenance)?;
    Ok(out.clone())
}

/// Every epoch of every run: the state before its update. A run that converged keeps its last state from then on.
fn trajectories(runs: &[Done]) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["setting", "seed", "epoch", "h2", "y2", "w", "loss"])?;
    for (PointsRun { setting, .. }, cell) in runs {
        let (spec, found) = (&cell.record.spec, &cell.found);
        let place = spec.place_of(setting.layer).unwrap_or(0);
        let Some(last) = found.loss.len().checked_sub(1) else {
            continue;
        };
        let rows = match cell.record.outcome {
            Outcome::Converged => spec.epochs as usize,
            Outcome::Finished | Outcome::Diverged(_) => last + 1,
        };
        for epoch in 0..rows {
            let at = epoch.min(last);
            let State { h2, y2, w } = found.state(at, 0, place);
            let numbers = [h2, y2, w, found.loss[at]].map(finite);
            csv.serialize((setting.name, spec.seed, epoch, numbers))?;
        }
    }
    Ok(csv.into_inner()?)
}

/// The fit of every run; one without a fit leaves its numbers empty.
fn fits(runs: &[Done], context: &Context) -> Result<Vec<u8>> {
    let of_run = |done: &Done| Account::of(done, Dynamics::Original).row();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let rates = ["setting", "seed", "eta_h", "eta_y", "sse"];
    let ends = ["h_inf_theory", "h_end", "fit_ok"];
    csv.write_record(rates.into_iter().chain(ends))?;
    for row in formant_train::on_workers(context.threads, runs, of_run) {
        if let Some(why) = &row.refusal {
            note(&format!("{}, seed {}: {why}", row.setting, row.seed));
        }
        let rates = (row.setting, row.seed, row.eta_h, row.eta_y, row.sse);
        csv.serialize((rates, row.h_inf, finite(row.h_end), row.fit_ok))?;
    }
    Ok(csv.into_inner()?)
}
