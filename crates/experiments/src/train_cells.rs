//! Trains the networks of cells and measures them: members side by side on a CPU, one batched model on a GPU.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, ensure};
use formant_alignment::{LayerReport, ReportOptions};
use formant_backend::{Job, KernelsAutodiff, MemberExecution, TensorMemory};
use formant_data::{Batch, Targets, Task};
use formant_figures::gamma::{LayerRow, read_rows, write_rows};
use formant_models::{Bias, Mlp, MlpConfig};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_probe::ProbeError;
use formant_train::{
    Checkpoint, Divergence, Ensemble, Evaluation, Loss, MemberRates, Quantity, Schedule, Trainer,
    evaluate, measure_members,
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use tracing::info_span;

use crate::cells::{CELL_SCHEMA, Key, Store, read_json, write_atomically, write_json};
use crate::experiment::Context;
use crate::gamma::CellSpec;
use crate::host;
use crate::progress::Progress;
use crate::tasks::TaskSource;

/// Steps between checkpoints: a kill loses some seconds of the networks of the figures.
const CHECKPOINT_INTERVAL: u64 = 4_000;

/// Largest relative error of the identities that rounding in `f32` explains.
pub const IDENTITY_TOLERANCE: f64 = 1e-4;

/// How a cell ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CellOutcome {
    /// It took all its steps.
    Finished,
    /// Numbers stopped being finite.
    Diverged(Divergence),
}

/// Largest relative errors, over layers, of identities that hold exactly without biases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct IdentityErrors {
    /// \\(H_b = W H_a W^\top\\); absent with biases, where it does not hold.
    pub h_b: Option<f64>,
    /// \\(G_a = W^\top G_b W\\).
    pub g_a: Option<f64>,
}

/// `cell.json`: what the cell is, how it ended, where it was computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellRecord {
    /// [`CELL_SCHEMA`].
    pub schema_version: u32,
    /// What identifies it.
    pub spec: CellSpec,
    /// How it ended.
    pub outcome: CellOutcome,
    /// Checked at the last measurement.
    pub identities: IdentityErrors,
    /// Accuracy on held-out samples at the end, for classes.
    pub test_accuracy: Option<f64>,
    /// Loss on held-out samples of the constant prediction that suits them best.
    pub constant_loss: f64,
    /// Version of this program.
    pub formant_version: String,
    /// Its features.
    pub features: Vec<String>,
    /// Device.
    pub device: String,
    /// How members ran.
    pub execution: MemberExecution,
    /// Processor.
    pub host_cpu: String,
    /// Step from which the process that finished it went on; 0 if nothing stopped it.
    pub resumed_at: u64,
    /// Cells that trained in one ensemble with it.
    pub ensemble: usize,
    /// Seconds that process spent on that ensemble.
    pub wall_time_s: f64,
    /// Seconds of those that were measurements.
    pub measuring_s: f64,
}

/// One line of `events.jsonl`: everything measured at one step.
#[derive(Debug, Serialize)]
struct MeasurementEvent<'a> {
    schema_version: u32,
    event: &'static str,
    step: u64,
    test_loss: f64,
    test_accuracy: Option<f64>,
    layers: &'a [LayerReport],
}

/// Bytes of parameters and optimiser buffers that train at once; more members than fit wait for their turn.
const ENSEMBLE_BYTES: usize = 2 << 30;

/// The job: trains every cell of `specs`, leaving their folders finished.
pub struct TrainCells<'a> {
    pub specs: &'a [(Key, CellSpec)],
    pub source: &'a TaskSource,
    pub store: &'a Store,
    pub progress: &'a Progress,
    pub context: &'a Context,
}

impl Job for TrainCells<'_> {
    type Output = Result<()>;

    /// Members that stand at the same step train together, as many as memory holds; a run that was stopped may have
    /// left them at several.
    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<()> {
        let mut by_step: BTreeMap<u64, Vec<(Key, CellSpec)>> = BTreeMap::new();
        for (key, spec) in self.specs {
            let checkpoint = load_checkpoint(&self.store.partial(key)?, key)?;
            let step = checkpoint.map_or(0, |checkpoint| checkpoint.step);
            by_step
                .entry(step)
                .or_default()
                .push((key.clone(), spec.clone()));
        }
        for cells in by_step.values() {
            let shape = shape(&cells[0].1, self.source.task(cells[0].1.seed)?.as_ref());
            let parameters: usize = shape.shapes().iter().map(|[a, b]| (a + 1) * b).sum();
            let at_once = (ENSEMBLE_BYTES / (parameters * 3 * size_of::<f32>())).max(1);
            for cells in cells.chunks(at_once) {
                Group::<B>::open(&self, cells, device)?.run()?;
            }
        }
        Ok(())
    }
}

/// The network of a cell.
fn shape(spec: &CellSpec, task: &dyn Task) -> MlpConfig {
    spec.model.shape(task.inputs(), task.outputs())
}

fn load_checkpoint(folder: &Path, key: &Key) -> Result<Option<Checkpoint>> {
    Ok(Checkpoint::load(
        &folder.join("checkpoint.safetensors"),
        key.as_str(),
    )?)
}

/// Cells that train as one ensemble.
struct Group<'a, B: KernelsAutodiff> {
    job: &'a TrainCells<'a>,
    cells: &'a [(Key, CellSpec)],
    ensemble: Ensemble<B, Mlp<B>>,
    /// One for each seed, and for each cell the index of its own.
    held_out: Vec<Batch>,
    seed_of: Vec<usize>,
    outputs: usize,
    members: Vec<Mutex<Member>>,
    began: Instant,
    resumed_at: u64,
    measuring_s: f64,
}

/// What has been measured of one member.
#[derive(Default)]
struct Member {
    rows: Vec<LayerRow>,
    events: String,
    identities: IdentityErrors,
    test_accuracy: Option<f64>,
}

impl<'a, B: KernelsAutodiff> Group<'a, B> {
    /// Builds the members, or puts them back where they were stopped.
    fn open(
        job: &'a TrainCells<'a>,
        cells: &'a [(Key, CellSpec)],
        device: &B::Device,
    ) -> Result<Self> {
        let (_, spec) = cells.first().context("a group needs at least one cell")?;
        let mut seeds: Vec<u64> = cells.iter().map(|(_, spec)| spec.seed).collect();
        let of_cell = seeds.clone();
        seeds.sort_unstable();
        seeds.dedup();
        let seed_of: Vec<usize> = of_cell
            .iter()
            .map(|seed| seeds.partition_point(|other| other < seed))
            .collect();
        let tasks = seeds
            .iter()
            .map(|seed| job.source.task(*seed))
            .collect::<Result<Vec<_>>>()?;
        let samples = spec.measurement.samples;
        let held_out = tasks
            .iter()
            .map(|t| Ok(t.holdout(samples)?))
            .collect::<Result<_>>()?;
        let (shape, outputs) = (shape(spec, tasks[0].as_ref()), tasks[0].outputs());
        let capabilities = job.context.backend.capabilities();
        let ensemble = Ensemble::new(capabilities.members, tasks, &seed_of, |members| {
            let specs = cells[members].iter().map(|(_, spec)| spec);
            let rates = MemberRates {
                learning_rate: specs
                    .clone()
                    .map(|spec| spec.training.learning_rate)
                    .collect(),
                weight_decay: specs.clone().map(|spec| spec.gamma).collect(),
            };
            let seeds: Vec<u64> = specs.map(|spec| spec.seed).collect();
            let model = shape.init::<B>(&seeds, device)?;
            let (optimizer, loss) = (spec.training.optimizer, spec.training.loss);
            Trainer::new(model, optimizer, rates, loss, capabilities.memory, device)
        })?;
        let mut group = Group {
            job,
            cells,
            ensemble,
            held_out,
            seed_of,
            outputs,
            members: cells
                .iter()
                .map(|_| Mutex::new(Member::default()))
                .collect(),
            began: Instant::now(),
            resumed_at: 0,
            measuring_s: 0.0,
        };
        group.resume()?;
        Ok(group)
    }

    /// All cells of a group stand at one step: either each has a checkpoint, or none has.
    fn resume(&mut self) -> Result<()> {
        let mut checkpoints = Vec::new();
        for ((key, _), member) in self.cells.iter().zip(&mut self.members) {
            let folder = self.job.store.partial(key)?;
            if let Some(checkpoint) = load_checkpoint(&folder, key)? {
                *member = Mutex::new(Member::load(&folder, checkpoint.step)?);
                checkpoints.push(checkpoint);
            }
        }
        if !checkpoints.is_empty() {
            self.ensemble.restore(&checkpoints)?;
            self.resumed_at = self.ensemble.steps();
            self.job
                .progress
                .add(self.resumed_at * self.cells.len() as u64);
        }
        Ok(())
    }

    /// Trains to the end, with a measurement or a checkpoint at each stop, and finishes every cell.
    fn run(mut self) -> Result<()> {
        let spec = self.cells[0].1.clone();
        let steps = spec.training.steps;
        let _span = info_span!("ensemble", members = self.cells.len()).entered();
        let mut now = self.ensemble.steps();
        while now < steps && self.ensemble.divergence().iter().any(Option::is_none) {
            let measure_at = spec.measurement.next_after(now, steps).unwrap_or(steps);
            let checkpoint_at = (now / CHECKPOINT_INTERVAL + 1) * CHECKPOINT_INTERVAL;
            let until = measure_at.min(checkpoint_at);
            self.train(Schedule {
                until,
                batch: spec.training.batch,
                workers: self.job.context.threads,
            })?;
            if until == measure_at {
                self.measure(until)?;
            }
            if until < steps {
                self.checkpoint()?;
            }
            now = until;
        }
        (0..self.cells.len()).try_for_each(|member| self.finish(member))?;
        self.report();
        Ok(())
    }

    fn train(&self, schedule: Schedule) -> Result<()> {
        let _span = info_span!("train", until = schedule.until).entered();
        Ok(self
            .ensemble
            .advance(schedule, |steps| self.job.progress.add(steps))?)
    }

    /// Measures every member that has not diverged. One whose numbers are not finite has, and gets no rows.
    fn measure(&mut self, step: u64) -> Result<()> {
        let began = Instant::now();
        let _span = info_span!("measure", step).entered();
        let workers = self.job.context.threads;
        self.ensemble
            .on_units(workers, |first, trainer| {
                self.measure_unit(first, trainer, step)
            })
            .into_iter()
            .collect::<Result<()>>()?;
        self.measuring_s += began.elapsed().as_secs_f64();
        Ok(())
    }

    fn measure_unit(
        &self,
        first: usize,
        trainer: &mut Trainer<B, Mlp<B>>,
        step: u64,
    ) -> Result<()> {
        if trainer.all_diverged() {
            return Ok(());
        }
        let (model, loss, device) = (trainer.model(), trainer.loss(), trainer.device());
        let count = trainer.divergence().len();
        let held_out: Vec<&Batch> = self.seed_of[first..first + count]
            .iter()
            .map(|seed| &self.held_out[*seed])
            .collect();
        let evaluations = evaluate(model, loss, &held_out, self.outputs, device)?;
        let layers = measure_members(model, loss, &held_out, self.outputs, device)?;
        for (index, (layers, evaluation)) in layers.into_iter().zip(evaluations).enumerate() {
            let member = first + index;
            match layers {
                Ok(layers) => lock(&self.members[member]).record(
                    &self.cells[member].1,
                    step,
                    &layers,
                    evaluation,
                )?,
                Err(ProbeError::Moments { site, .. }) => {
                    trainer.mark_diverged(index, &site, Quantity::Activation);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Rows first, then the checkpoint: rows beyond a checkpoint's step are dropped when it is loaded.
    fn checkpoint(&self) -> Result<()> {
        for (index, ((key, _), member)) in self.cells.iter().zip(&self.members).enumerate() {
            let folder = self.job.store.partial(key)?;
            lock(member).save(&folder)?;
            let path = folder.join("checkpoint.safetensors");
            self.ensemble.checkpoint(index)?.save(&path, key.as_str())?;
        }
        Ok(())
    }

    /// Says how the group ended.
    fn report(&self) {
        let seconds = self.began.elapsed().as_secs_f64();
        for ((_, spec), divergence) in self.cells.iter().zip(self.ensemble.divergence()) {
            if let Some(Divergence {
                step,
                layer,
                quantity,
            }) = divergence
            {
                self.job.progress.line(&format!(
                    "gamma {:.2e}, seed {}: diverged at step {step} ({quantity:?} of {layer})",
                    spec.gamma, spec.seed
                ));
            }
        }
        self.job.progress.line(&format!(
            "{} cells in {seconds:.1} s, of which measuring {:.1} s",
            self.cells.len(),
            self.measuring_s
        ));
    }

    fn finish(&self, index: usize) -> Result<()> {
        let (key, spec) = &self.cells[index];
        let folder = self.job.store.partial(key)?;
        let outcome = match self.ensemble.divergence().swap_remove(index) {
            None => CellOutcome::Finished,
            Some(divergence) => CellOutcome::Diverged(divergence),
        };
        let mut member = lock(&self.members[index]);
        if let CellOutcome::Diverged(divergence) = &outcome {
            member.mark_diverged(spec, divergence);
        }
        member.save(&folder)?;
        let record = CellRecord {
            schema_version: CELL_SCHEMA,
            spec: spec.clone(),
            outcome,
            identities: member.identities,
            test_accuracy: member.test_accuracy,
            constant_loss: constant_loss(
                spec.training.loss,
                &self.held_out[self.seed_of[index]].targets,
                self.outputs,
            ),
            formant_version: env!("CARGO_PKG_VERSION").into(),
            features: host::features(),
            device: self.job.context.backend.device().into(),
            execution: self.job.context.backend.capabilities().members,
            host_cpu: host::cpu(),
            resumed_at: self.resumed_at,
            ensemble: self.cells.len(),
            wall_time_s: self.began.elapsed().as_secs_f64(),
            measuring_s: self.measuring_s,
        };
        write_json(&folder.join("cell.json"), &record)?;
        let checkpoint = folder.join("checkpoint.safetensors");
        if checkpoint.exists() {
            std::fs::remove_file(&checkpoint)
                .with_context(|| format!("cannot remove {}", checkpoint.display()))?;
        }
        self.job.store.finish(key)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Member {
    /// What was measured up to `step`; later rows belong to steps that will be taken again.
    fn load(folder: &Path, step: u64) -> Result<Self> {
        let mut member: Self = Self::default();
        let (rows, events) = (folder.join("measurements.csv"), folder.join("events.jsonl"));
        if rows.exists() {
            let file = std::fs::File::open(&rows)
                .with_context(|| format!("cannot read {}", rows.display()))?;
            member.rows = read_rows(file).with_context(|| rows.display().to_string())?;
            member.rows.retain(|row| row.step <= step);
        }
        if events.exists() {
            let text = std::fs::read_to_string(&events)
                .with_context(|| format!("cannot read {}", events.display()))?;
            for line in text.lines() {
                let event: serde_json::Value = serde_json::from_str(line)
                    .with_context(|| format!("{} is damaged", events.display()))?;
                if event["step"].as_u64().is_some_and(|at| at <= step) {
                    member.events.push_str(line);
                    member.events.push('\n');
                }
            }
        }
        Ok(member)
    }

    fn save(&self, folder: &Path) -> Result<()> {
        let mut csv = Vec::new();
        write_rows(&self.rows, &mut csv)?;
        write_atomically(&folder.join("measurements.csv"), &csv)?;
        write_atomically(&folder.join("events.jsonl"), self.events.as_bytes())
    }

    fn record(
        &mut self,
        spec: &CellSpec,
        step: u64,
        layers: &[LayerMoments],
        evaluation: Evaluation,
    ) -> Result<()> {
        let options = ReportOptions {
            null_draws: spec.measurement.null_draws,
            null_seed: spec.seed,
        };
        let reports = layers
            .iter()
            .map(|layer| LayerReport::new(layer, &options))
            .collect::<Result<Vec<_>, _>>()?;
        let event = MeasurementEvent {
            schema_version: CELL_SCHEMA,
            event: "measurement",
            step,
            test_loss: evaluation.loss,
            test_accuracy: evaluation.accuracy,
            layers: &reports,
        };
        self.events.push_str(&serde_json::to_string(&event)?);
        self.events.push('\n');
        self.rows
            .extend(crate::gamma::rows(spec, step, &reports, evaluation.loss));
        self.identities = identities(layers, spec.model.bias);
        self.test_accuracy = evaluation.accuracy;
        Ok(())
    }

    /// Diverged members keep the rows that they have, marked; without any, they get empty ones.
    fn mark_diverged(&mut self, spec: &CellSpec, divergence: &Divergence) {
        if self.rows.is_empty() {
            self.rows = crate::gamma::empty_rows(spec, divergence.step);
        }
        for row in &mut self.rows {
            row.outcome = formant_figures::gamma::Outcome::Diverged;
        }
    }
}

/// Largest relative Frobenius errors over the layers.
fn identities(layers: &[LayerMoments], bias: Bias) -> IdentityErrors {
    let worst = |of: fn(&LayerMoments) -> f64| layers.iter().map(of).reduce(f64::max);
    IdentityErrors {
        h_b: if bias == Bias::None {
            worst(h_b_error)
        } else {
            None
        },
        g_a: worst(g_a_error),
    }
}

fn h_b_error(layer: &LayerMoments) -> f64 {
    let w = layer.weight();
    let expected = w
        .dot(&layer.second_moment(Side::A, Moment::H, Variant::Raw))
        .dot(&w.t());
    relative_error(
        &layer.second_moment(Side::B, Moment::H, Variant::Raw),
        &expected,
    )
}

fn g_a_error(layer: &LayerMoments) -> f64 {
    let w = layer.weight();
    let expected = w
        .t()
        .dot(&layer.second_moment(Side::B, Moment::G, Variant::Raw))
        .dot(&w);
    relative_error(
        &layer.second_moment(Side::A, Moment::G, Variant::Raw),
        &expected,
    )
}

/// Relative to the expectation; two zero matrices agree.
fn relative_error(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    let norm = |m: &Array2<f64>| m.iter().map(|x| x * x).sum::<f64>().sqrt();
    norm(&(found - expected)) / norm(expected).max(f64::MIN_POSITIVE)
}

/// The smallest mean loss that one prediction for all samples can have.
fn constant_loss(loss: Loss, targets: &Targets, outputs: usize) -> f64 {
    match targets {
        Targets::Values(values) => {
            let n = values.nrows() as f64;
            let spread: f64 = values
                .columns()
                .into_iter()
                .map(|column| {
                    let mean = column.iter().map(|t| f64::from(*t)).sum::<f64>() / n;
                    column
                        .iter()
                        .map(|t| (f64::from(*t) - mean).powi(2))
                        .sum::<f64>()
                        / n
                })
                .sum();
            if loss == Loss::MeanSquaredError {
                spread / outputs as f64
            } else {
                spread
            }
        }
        Targets::Classes(classes) => {
            let mut counts = vec![0.0; outputs];
            classes
                .iter()
                .for_each(|class| counts[*class as usize] += 1.0);
            let shares = counts
                .into_iter()
                .map(|count: f64| count / classes.len() as f64);
            shares
                .filter(|share| *share > 0.0)
                .map(|share| -share * share.ln())
                .sum()
        }
    }
}

/// What a finished cell left.
pub struct FinishedCell {
    pub record: CellRecord,
    pub rows: Vec<LayerRow>,
}

impl FinishedCell {
    /// Reads the folder of a finished cell.
    pub fn read(folder: &Path) -> Result<Self> {
        let record: CellRecord = read_json(&folder.join("cell.json"))?;
        ensure!(
            record.schema_version == CELL_SCHEMA,
            "{} has schema version {}, expected {CELL_SCHEMA}: delete it, and the cell is run again",
            folder.display(),
            record.schema_version
        );
        let path = folder.join("measurements.csv");
        let file = std::fs::File::open(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let rows = read_rows(file).map_err(|error| {
            anyhow!(
                "{}: {error}; delete its folder, and the cell is run again",
                path.display()
            )
        })?;
        Ok(Self { record, rows })
    }
}

/// Seconds of one training step of one member on one thread, drawing its batches included.
pub struct StepTime<'a> {
    pub spec: &'a CellSpec,
    pub source: &'a TaskSource,
    pub memory: TensorMemory,
}

impl Job for StepTime<'_> {
    type Output = Result<f64>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<f64> {
        let Self {
            spec,
            source,
            memory,
        } = self;
        let task = source.task(spec.seed)?;
        let shape = shape(spec, task.as_ref());
        let ensemble = Ensemble::new(MemberExecution::Workers, vec![task], &[0], |_| {
            let learning_rate = vec![spec.training.learning_rate];
            let rates = MemberRates {
                learning_rate,
                weight_decay: vec![spec.gamma],
            };
            let model = shape.init::<B>(&[spec.seed], device)?;
            let (optimizer, loss) = (spec.training.optimizer, spec.training.loss);
            Trainer::new(model, optimizer, rates, loss, memory, device)
        })?;
        let mut until = 0;
        let mut time = |steps: u64| -> Result<f64> {
            until += steps;
            let began = Instant::now();
            let batch = spec.training.batch;
            ensemble.advance(
                Schedule {
                    until,
                    batch,
                    workers: NonZeroUsize::MIN,
                },
                |_| {},
            )?;
            ensemble.checkpoint(0)?; // waits for the device
            Ok(began.elapsed().as_secs_f64() / steps as f64)
        };
        time(10)?;
        time(100)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_best_constant_is_the_mean_or_the_class_frequencies() {
        let values = Targets::Values(array![[1.0, 0.0], [3.0, 0.0]]);
        assert_eq!(constant_loss(Loss::SquaredError, &values, 2), 1.0);
        assert_eq!(constant_loss(Loss::MeanSquaredError, &values, 2), 0.5);
        let classes = Targets::Classes(vec![0, 1, 0, 1]);
        let found = constant_loss(Loss::CrossEntropy, &classes, 3);
        assert!((found - 2f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn errors_are_relative_to_the_expectation() {
        let (a, b) = (
            array![[1.0, 0.0], [0.0, 1.0]],
            array![[1.0, 0.0], [0.0, 0.9]],
        );
        assert!((relative_error(&b, &a) - 0.1 / 2f64.sqrt()).abs() < 1e-12);
        assert_eq!(
            relative_error(&Array2::zeros((2, 2)), &Array2::zeros((2, 2))),
            0.0
        );
    }
}
