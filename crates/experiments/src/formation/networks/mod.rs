//! Fully connected networks as cells: every figure of the first paper is made of them.

mod group;
mod member;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use formant_backend::{KernelsAutodiff, MemberExecution};
use formant_data::Task;
use formant_figures::Identity;
use formant_models::MlpConfig;

pub use member::Details;

use super::config::TaskConfig;
use super::spec::{CellSpec, Settings};
use super::tasks::Sources;
use crate::measure::Measurement;
use crate::runner::{Context, Family, Files, Finished, Plan, Run};
use group::Group;
use member::{IDENTITY_TOLERANCE, IdentityErrors};

/// Bytes of parameters and optimiser buffers that train at once; more members than fit wait for their turn.
const ENSEMBLE_BYTES: usize = 2 << 30;

/// The line of `events.jsonl` for each measurement.
const EVENTS: &str = "events.jsonl";

/// The family of fully connected networks, with the data of their tasks.
pub struct Networks {
    sources: Sources,
}

/// A network that was trained and measured.
pub type FinishedCell = Finished<Networks>;

/// Checks runs, reads their data, and lists their cells. A run that is listed twice is one cell.
///
/// # Errors
/// If a setting is out of range, or data are missing or damaged: before any long work starts.
pub fn plan(runs: Vec<Settings>, context: &Context) -> Result<Plan<Networks>> {
    ensure!(!runs.is_empty(), "there is nothing to run");
    let mut sources = Sources::default();
    let mut specs: Vec<CellSpec> = Vec::with_capacity(runs.len());
    let backend = context.backend.name();
    for run in runs {
        run.check()?;
        run.check_memory()?;
        // Seeds and rates change nothing of the rest, which takes far longer.
        let checked = specs.last().filter(|spec| spec.trains_as(&run));
        let data_hashes = match checked {
            Some(spec) => spec.data_hashes.clone(),
            None => {
                sources.open(&run.task, context.data_dir.as_deref())?;
                check_task(&run, &sources)?
            }
        };
        specs.push(CellSpec::new(run, backend, data_hashes));
    }
    Plan::new(Networks { sources }, specs, context)
}

/// Refuses a run that does not fit its data; gives their checksums.
fn check_task(run: &Settings, sources: &Sources) -> Result<BTreeMap<String, String>> {
    let mut task = sources.task(&run.task, run.seed, run.training.label_noise)?;
    run.training.loss.check(task.target_kind())?;
    // A teacher has as many samples as anyone wants.
    if !matches!(run.task, TaskConfig::Teacher(_)) {
        let measurement = &run.measurement;
        measurement.on.of(task.as_ref(), measurement.samples)?;
        task.batch(0, run.training.batch)?;
    }
    Ok(task.data_hashes())
}

impl Networks {
    /// What a cell with this seed is trained on.
    fn task(&self, spec: &CellSpec, seed: u64) -> Result<Box<dyn Task>> {
        self.sources
            .task(&spec.task, seed, spec.training.label_noise)
    }

    fn shape(&self, spec: &CellSpec) -> Result<MlpConfig> {
        let task = self.task(spec, spec.seed)?;
        Ok(spec.model.shape(task.inputs(), task.outputs()))
    }
}

impl Family for Networks {
    type Spec = CellSpec;
    type Details = Details;
    type Found = Vec<Measurement>;

    fn steps(&self, spec: &CellSpec) -> u64 {
        spec.training.steps
    }

    fn name(&self, spec: &CellSpec) -> String {
        format!("weight decay {:.2e}, seed {}", spec.weight_decay, spec.seed)
    }

    fn seed(&self, spec: &CellSpec) -> u64 {
        spec.seed
    }

    fn data_hashes(&self, spec: &CellSpec) -> BTreeMap<String, String> {
        spec.data_hashes.clone()
    }

    fn ensemble(&self, spec: &CellSpec, _: MemberExecution) -> Option<String> {
        spec.ensemble_key()
    }

    fn at_once(&self, spec: &CellSpec, _: &Context) -> usize {
        let parameters = self.shape(spec).map_or(1, |shape| {
            shape.shapes().iter().map(|[a, b]| (a + 1) * b).sum()
        });
        ENSEMBLE_BYTES / (parameters * 3 * size_of::<f32>())
    }

    fn train<B: KernelsAutodiff>(&self, run: &Run<'_, Self>, device: &B::Device) -> Result<()> {
        Group::<B>::open(self, run, device)?.train()
    }

    fn read(&self, _: &CellSpec, files: &Files) -> Result<Vec<Measurement>> {
        files.parse(EVENTS, |text| {
            let lines = std::str::from_utf8(text)?.lines();
            Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
        })
    }
}

/// The worst error of each identity over all cells.
pub fn identities(cells: &[FinishedCell]) -> Vec<Identity> {
    let collect = |name: &str, of: fn(&IdentityErrors) -> Option<f64>| {
        let errors = cells.iter().map(|cell| of(&cell.record.details.identities));
        let errors: Vec<f64> = errors.flatten().collect();
        Some(Identity {
            name: name.into(),
            relative_error: errors.iter().copied().reduce(f64::max)?,
            tolerance: IDENTITY_TOLERANCE,
            runs: errors.len(),
        })
    };
    [
        collect("H_b = W H_a Wᵀ", |e| e.h_b),
        collect("G_a = Wᵀ G_b W", |e| e.g_a),
    ]
    .into_iter()
    .flatten()
    .collect()
}
