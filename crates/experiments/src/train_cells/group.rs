//! Cells that train as one ensemble: from a checkpoint or from nothing to finished folders.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context as _, Result};
use formant_alignment::BeyondMoments;
use formant_backend::KernelsAutodiff;
use formant_data::Batch;
use formant_models::Mlp;
use formant_probe::ProbeError;
use formant_train::{
    Divergence, Ensemble, Measured, MemberRates, Quantity, Schedule, Trainer, lock,
};
use tracing::info_span;

use super::asked::{Asked, measurement};
use super::member::Member;
use super::record::{CellOutcome, CellRecord, constant_loss};
use super::{TrainCells, earlier, load_checkpoint, shape};
use crate::cells::{CELL_SCHEMA, Key, write_json};
use crate::host;
use crate::spec::CellSpec;

/// Steps between checkpoints: a kill loses some seconds of the networks of the figures.
const CHECKPOINT_INTERVAL: u64 = 4_000;

/// Cells that train as one ensemble.
pub struct Group<'a, B: KernelsAutodiff> {
    job: &'a TrainCells<'a>,
    cells: &'a [(Key, CellSpec)],
    ensemble: Ensemble<B, Mlp<B>>,
    /// One for each seed, and for each cell the index of its own.
    measured_on: Vec<Batch>,
    seed_of: Vec<usize>,
    outputs: usize,
    members: Vec<Mutex<Member>>,
    began: Instant,
    resumed_at: u64,
    measuring_s: f64,
}

impl<'a, B: KernelsAutodiff> Group<'a, B> {
    /// Builds the members, or puts them back where they were stopped.
    pub fn open(
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
            .map(|seed| {
                job.sources
                    .get(&spec.task)?
                    .task(*seed, spec.training.label_noise)
            })
            .collect::<Result<Vec<_>>>()?;
        let (on, samples) = (spec.measurement.on, spec.measurement.samples);
        let measured_on = tasks
            .iter()
            .map(|task| Ok(on.of(task.as_ref(), samples)?))
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
            measured_on,
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
                .resume(self.resumed_at * self.cells.len() as u64);
        }
        Ok(())
    }

    /// Trains to the end, with a measurement or a checkpoint at each stop, and finishes every cell.
    pub fn run(mut self) -> Result<()> {
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
        let divergence = self.ensemble.divergence();
        (divergence.iter().enumerate()).try_for_each(|(member, how)| self.finish(member, how))?;
        self.report(&divergence);
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
        let count = trainer.divergence().len();
        let samples_of: Vec<&Batch> = self.seed_of[first..first + count]
            .iter()
            .map(|seed| &self.measured_on[*seed])
            .collect();
        let asked = Asked::of(&self.cells[first].1, &samples_of);
        let (measured, samples) = asked.measure(trainer, &samples_of, self.outputs)?;
        let jacobians = asked.jacobians(trainer, &samples_of, self.outputs)?;
        for (index, Measured { layers, evaluation }) in measured.into_iter().enumerate() {
            let member = first + index;
            let spec = &self.cells[member].1;
            match layers {
                Ok(layers) => {
                    let mut beyond = vec![BeyondMoments::default(); layers.len()];
                    let (samples, measured_on) = (&samples[index], samples_of[index]);
                    asked.add_collapse(&mut beyond, &layers, samples, measured_on);
                    if let Some(jacobians) = &jacobians {
                        asked.add_ansatz(&mut beyond, spec, &layers, &jacobians[index]);
                    }
                    let mut member = lock(&self.members[member]);
                    let windows = [&member.before[..], &layers];
                    asked.add_balance(&mut beyond, spec, samples, windows);
                    let mut measurement = measurement(spec, step, evaluation, &layers, beyond)?;
                    asked.add_eigenpairs(&mut measurement, &layers);
                    member.record(spec, layers, measurement)?;
                }
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
            let member = lock(member);
            member.save(&folder)?;
            member.save_moments(&folder)?;
            let path = folder.join("checkpoint.safetensors");
            self.ensemble.checkpoint(index)?.save(&path, key.as_str())?;
            earlier::remove(&folder, member.measured_at)?;
        }
        Ok(())
    }

    /// Says how the group ended.
    fn report(&self, divergence: &[Option<Divergence>]) {
        let seconds = self.began.elapsed().as_secs_f64();
        for ((_, spec), divergence) in self.cells.iter().zip(divergence) {
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

    fn finish(&self, index: usize, divergence: &Option<Divergence>) -> Result<()> {
        let (key, spec) = &self.cells[index];
        let folder = self.job.store.partial(key)?;
        let outcome = match divergence.clone() {
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
                &self.measured_on[self.seed_of[index]].targets,
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
        earlier::remove(&folder, None)?;
        let checkpoint = folder.join("checkpoint.safetensors");
        if checkpoint.exists() {
            std::fs::remove_file(&checkpoint)
                .with_context(|| format!("cannot remove {}", checkpoint.display()))?;
        }
        self.job.store.finish(key)
    }
}
