//! Networks on many points as cells.

use std::collections::BTreeMap;

use anyhow::Result;
use formant_backend::{KernelsAutodiff, MemberExecution};
use formant_data::Task;
use formant_models::Mlp;
use formant_train::{Divergence, Ensemble, MemberRates, Schedule, Trainer};

use super::found::Snapshots;
use super::shown::Shown;
use super::spec::{LOSS, ManySpec, Source};
use crate::runner::{Context, End, Family, Files, Finished, NoDetails, Outcome, Run, State};

/// The family of networks on many points, with their data.
pub struct ManyPoints {
    /// The training set, and held-out images.
    pub source: Source,
}

/// A network that was seen now and then.
pub type ManyCell = Finished<ManyPoints>;

/// The snapshots of a cell.
const SNAPSHOTS: &str = "snapshots.npz";

impl Family for ManyPoints {
    type Spec = ManySpec;
    type Details = NoDetails;
    type Found = Snapshots;

    fn steps(&self, spec: &ManySpec) -> u64 {
        spec.epochs * self.steps_per_epoch(spec)
    }

    fn name(&self, spec: &ManySpec) -> String {
        format!("learning rate {}, seed {}", spec.learning_rate, spec.seed)
    }

    fn seed(&self, spec: &ManySpec) -> u64 {
        spec.seed
    }

    fn data_hashes(&self, _: &ManySpec) -> BTreeMap<String, String> {
        self.source.hashes()
    }

    /// All seeds.
    fn ensemble(&self, spec: &ManySpec, _: MemberExecution) -> Option<String> {
        let kind = ManySpec {
            seed: 0,
            ..spec.clone()
        };
        serde_json::to_string(&kind).ok()
    }

    /// Seeds are done when they are on disk: on a CPU no more of them train at once than there are workers.
    fn at_once(&self, _: &ManySpec, context: &Context) -> usize {
        match context.execution() {
            MemberExecution::Workers => context.threads.get(),
            MemberExecution::Batched => usize::MAX,
        }
    }

    fn train<B: KernelsAutodiff>(&self, run: &Run<'_, Self>, device: &B::Device) -> Result<()> {
        Training::<B>::open(self, run, device)?.train()
    }

    fn read(&self, _: &ManySpec, files: &Files) -> Result<Snapshots> {
        files.parse(SNAPSHOTS, Snapshots::from_npz)
    }
}

impl ManyPoints {
    fn steps_per_epoch(&self, spec: &ManySpec) -> u64 {
        (self.source.len() / spec.batch).max(1) as u64
    }
}

/// Networks that differ in their seed only, side by side.
struct Training<'a, B: KernelsAutodiff> {
    run: &'a Run<'a, ManyPoints>,
    per_epoch: u64,
    shown: Shown,
    ensemble: Ensemble<B, Mlp<B>>,
    found: Vec<Snapshots>,
    device: B::Device,
}

impl<'a, B: KernelsAutodiff> Training<'a, B> {
    /// Builds the networks, or puts them back where they were stopped.
    fn open(points: &ManyPoints, run: &'a Run<'a, ManyPoints>, device: &B::Device) -> Result<Self> {
        let (spec, capabilities) = (run.first(), run.capabilities());
        let seeds: Vec<u64> = run.specs().map(|spec| spec.seed).collect();
        let tasks = seeds.iter().map(|seed| points.source.task(*seed));
        let tasks = tasks.collect::<Result<Vec<Box<dyn Task>>>>()?;
        let task_of: Vec<usize> = (0..tasks.len()).collect();
        let ensemble = Ensemble::new(capabilities.members, tasks, &task_of, |members| {
            let rates = MemberRates {
                learning_rate: vec![spec.learning_rate; members.len()],
                weight_decay: vec![0.0; members.len()],
            };
            let model = spec.network.init::<B>(&seeds[members], device)?;
            Trainer::new(
                model,
                spec.optimizer,
                rates,
                LOSS,
                capabilities.memory,
                device,
            )
        })?;
        let shown = Shown::new(&points.source, spec)?;
        let mut found = vec![shown.snapshots(); seeds.len()];
        if let Some(states) = run.resume()? {
            for (found, state) in found.iter_mut().zip(&states) {
                *found = state.files.parse(SNAPSHOTS, Snapshots::from_npz)?;
            }
            let networks: Vec<_> = states.into_iter().map(|state| state.network).collect();
            ensemble.restore(&networks)?;
        }
        Ok(Self {
            run,
            per_epoch: points.steps_per_epoch(spec),
            shown,
            ensemble,
            found,
            device: device.clone(),
        })
    }

    /// Trains to the end. A network that diverged takes no more steps, but snapshots of it are taken to the end.
    fn train(mut self) -> Result<()> {
        let spec = self.run.first();
        let mut now = self.run.resumed_at();
        if now == 0 {
            self.look(0)?;
        }
        let (every, per_epoch) = (spec.every, self.per_epoch);
        loop {
            let epoch = ((now / per_epoch / every + 1) * every).min(spec.epochs);
            let Some(until) = self.run.next_stop(now, epoch * per_epoch) else {
                break;
            };
            let schedule = Schedule {
                until,
                batch: spec.batch,
                workers: self.run.workers(),
            };
            let run = self.run;
            self.ensemble
                .advance(schedule, |steps| run.progress(steps))?;
            if until == epoch * per_epoch {
                self.look(epoch)?;
            }
            if epoch < spec.epochs || until < epoch * per_epoch {
                run.save(until, |member| self.state(member))?;
            }
            now = until;
        }
        let divergence = self.ensemble.divergence();
        let mut members = divergence.into_iter().enumerate();
        members.try_for_each(|(member, how)| self.finish(member, how))
    }

    /// Takes a snapshot of every network.
    fn look(&mut self, epoch: u64) -> Result<()> {
        let units = self
            .ensemble
            .on_units(self.run.workers(), |first, trainer| {
                let taken = self.shown.snapshot(trainer, &self.device);
                taken.map(|taken| (first, taken))
            });
        for unit in units {
            let (first, taken) = unit?;
            for (found, new) in self.found[first..].iter_mut().zip(taken) {
                found.push(epoch, new)?;
            }
        }
        Ok(())
    }

    fn files(&self, member: usize) -> Result<Files> {
        Ok(Files::one(SNAPSHOTS, self.found[member].to_npz()?))
    }

    fn state(&self, member: usize) -> Result<State> {
        Ok(State {
            network: self.ensemble.checkpoint(member)?,
            files: self.files(member)?,
        })
    }

    fn finish(&self, member: usize, divergence: Option<Divergence>) -> Result<()> {
        let outcome = divergence.map_or(Outcome::Finished, Outcome::Diverged);
        let end = End::new(outcome, self.files(member)?);
        self.run.finish(member, end)
    }
}
