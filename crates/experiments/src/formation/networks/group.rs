//! Networks that train as one ensemble: from a checkpoint or from nothing to finished cells.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::Result;
use formant_alignment::ReportOptions;
use formant_alignment::balance::Sgd;
use formant_backend::KernelsAutodiff;
use formant_data::Batch;
use formant_models::Mlp;
use formant_moments::LayerMoments;
use formant_probe::ProbeError;
use formant_train::{Divergence, Ensemble, MemberRates, Quantity, Schedule, Trainer, lock};
use tracing::info_span;

use super::Networks;
use super::member::{Details, Member, constant_loss};
use crate::formation::spec::CellSpec;
use crate::measure::{Extra, Requested, Subject, Taken, averages};
use crate::runner::{End, Outcome, Run, State};

/// Networks that train as one ensemble.
pub struct Group<'a, B: KernelsAutodiff> {
    run: &'a Run<'a, Networks>,
    specs: Vec<&'a CellSpec>,
    ensemble: Ensemble<B, Mlp<B>>,
    /// One for each seed, and for each cell the index of its own.
    measured_on: Vec<Batch>,
    seed_of: Vec<usize>,
    outputs: usize,
    members: Vec<Mutex<Member>>,
}

impl<'a, B: KernelsAutodiff> Group<'a, B> {
    /// Builds the members, or puts them back where they were stopped.
    pub fn open(
        networks: &Networks,
        run: &'a Run<'a, Networks>,
        device: &B::Device,
    ) -> Result<Self> {
        let specs: Vec<&CellSpec> = run.specs().collect();
        let spec = run.first();
        let seeds: BTreeSet<u64> = specs.iter().map(|spec| spec.seed).collect();
        let place = |spec: &&CellSpec| seeds.range(..spec.seed).count();
        let seed_of: Vec<usize> = specs.iter().map(place).collect();
        let task = |seed: &u64| networks.task(spec, *seed);
        let tasks = seeds.iter().map(task).collect::<Result<Vec<_>>>()?;
        let (on, samples) = (spec.measurement.on, spec.measurement.samples);
        let measured_on = tasks.iter().map(|task| on.of(task.as_ref(), samples));
        let measured_on = measured_on.collect::<Result<_, _>>()?;
        let (shape, outputs) = (networks.shape(spec)?, tasks[0].outputs());
        let capabilities = run.capabilities();
        let ensemble = Ensemble::new(capabilities.members, tasks, &seed_of, |members| {
            let specs = &specs[members];
            let of = |rate: fn(&CellSpec) -> f64| specs.iter().map(|spec| rate(spec)).collect();
            let rates = MemberRates {
                learning_rate: of(|spec| spec.training.learning_rate),
                weight_decay: of(|spec| spec.weight_decay),
            };
            let seeds: Vec<u64> = specs.iter().map(|spec| spec.seed).collect();
            let model = shape.init::<B>(&seeds, device)?;
            let (optimizer, loss) = (spec.training.optimizer, spec.training.loss);
            Trainer::new(model, optimizer, rates, loss, capabilities.memory, device)
        })?;
        let mut group = Group {
            run,
            ensemble,
            measured_on,
            seed_of,
            outputs,
            members: specs.iter().map(|_| Mutex::default()).collect(),
            specs,
        };
        group.resume()?;
        Ok(group)
    }

    fn resume(&mut self) -> Result<()> {
        if let Some(states) = self.run.resume()? {
            for (member, state) in self.members.iter_mut().zip(&states) {
                *member = Mutex::new(Member::load(&state.files)?);
            }
            let networks: Vec<_> = states.into_iter().map(|state| state.network).collect();
            self.ensemble.restore(&networks)?;
        }
        Ok(())
    }

    /// Trains to the end, with a measurement or a checkpoint at each stop, and finishes every cell.
    pub fn train(self) -> Result<()> {
        let training = &self.run.first().training;
        let measurement = &self.run.first().measurement;
        let measures = self.run.measures();
        let average = measurement.average.filter(|_| measures);
        if measures && measurement.initial && self.ensemble.steps() == 0 {
            self.measure(0)?;
        }
        while self.ensemble.divergence().iter().any(Option::is_none) {
            let now = self.ensemble.steps();
            let next = measurement.next_after(now, training.steps);
            let next = next.filter(|_| measures);
            let wanted = next.unwrap_or(training.steps);
            let Some(stop) = self.run.next_stop(now, wanted) else {
                break;
            };
            let iterate = average.and_then(|average| average.next_after(now, training.steps));
            let until = iterate.map_or(stop, |iterate| iterate.min(stop));
            let schedule = Schedule {
                until,
                batch: training.batch,
                workers: self.run.workers(),
            };
            let span = info_span!("train", until).entered();
            self.ensemble
                .advance(schedule, |steps| self.run.progress(steps))?;
            drop(span);
            if iterate == Some(until) {
                self.add_iterate(until)?;
            }
            if next == Some(until) {
                self.measure(until)?;
            }
            // An iterate alone is no reason to save.
            if until == stop && until < training.steps {
                self.run.save(until, |member| self.state(member))?;
            }
        }
        let divergence = self.ensemble.divergence();
        let mut members = divergence.into_iter().enumerate();
        members.try_for_each(|(member, how)| self.finish(member, how))
    }

    fn state(&self, member: usize) -> Result<State> {
        Ok(State {
            network: self.ensemble.checkpoint(member)?,
            files: lock(&self.members[member]).save()?,
        })
    }

    /// Measures every member that has not diverged. One whose numbers are not finite has, and gets no measurement.
    fn measure(&self, step: u64) -> Result<()> {
        let _span = info_span!("measure", step).entered();
        self.on_units(|first, trainer| self.measure_unit(first, trainer, step))
    }

    /// Adds every member that has not diverged to its means over late iterates.
    fn add_iterate(&self, step: u64) -> Result<()> {
        let _span = info_span!("iterate", step).entered();
        self.on_units(|first, trainer| self.iterate_unit(first, trainer, step))
    }

    /// Calls `work` with every unit that has not diverged, and the index of its first member.
    fn on_units(
        &self,
        work: impl Fn(usize, &mut Trainer<B, Mlp<B>>) -> Result<()> + Sync,
    ) -> Result<()> {
        let began = Instant::now();
        let workers = self.run.workers();
        let units =
            self.ensemble
                .on_units(workers, |first, trainer| match trainer.all_diverged() {
                    true => Ok(()),
                    false => work(first, trainer),
                });
        units.into_iter().collect::<Result<()>>()?;
        let seconds = began.elapsed().as_secs_f64();
        for member in &self.members {
            lock(member).known.measuring_s += seconds;
        }
        Ok(())
    }

    fn measure_unit(
        &self,
        first: usize,
        trainer: &mut Trainer<B, Mlp<B>>,
        step: u64,
    ) -> Result<()> {
        let requested = self.requested(
            &self.specs[first].measurement.extras,
            self.samples_of(first, trainer).collect(),
        );
        for (index, mut taken) in requested.take(trainer)?.into_iter().enumerate() {
            let Some(layers) = layers(trainer, index, &mut taken)? else {
                continue;
            };
            let spec = self.specs[first + index];
            let mut member = lock(&self.members[first + index]);
            let subject = subject(spec, self.outputs, &member);
            let mut found = requested.measurement(step, index, &subject, (&layers, taken))?;
            if step == spec.training.steps {
                let averages = &member.averages;
                found.averaged = averages.readings(&subject.options, spec.weight_decay)?;
            }
            member.record(spec, layers, &found)?;
        }
        Ok(())
    }

    fn iterate_unit(
        &self,
        first: usize,
        trainer: &mut Trainer<B, Mlp<B>>,
        step: u64,
    ) -> Result<()> {
        let spec = self.specs[first];
        let Some(average) = spec.measurement.average else {
            return Ok(());
        };
        let Some(iterate) = average.iterate(step, spec.training.steps) else {
            return Ok(());
        };
        let rows = average.share(iterate, spec.measurement.samples);
        let samples = self.samples_of(first, trainer);
        let samples: Vec<Batch> = samples.map(|batch| batch.rows(rows.clone())).collect();
        let balance = spec.measurement.extras.contains(&Extra::Balance);
        let extras = if balance { &[Extra::Balance][..] } else { &[] };
        let requested = self.requested(extras, samples.iter().collect());
        let block = (iterate * averages::BLOCKS / average.iterates) as usize;
        for (index, mut taken) in requested.take(trainer)?.into_iter().enumerate() {
            let Some(layers) = layers(trainer, index, &mut taken)? else {
                continue;
            };
            let mut member = lock(&self.members[first + index]);
            let subject = subject(self.specs[first + index], self.outputs, &member);
            let deviations = requested.deviations(&subject, (&layers, &taken));
            member.averages.add(block, layers, deviations)?;
        }
        Ok(())
    }

    /// The samples on which each member of a unit is measured.
    fn samples_of<'s>(
        &'s self,
        first: usize,
        trainer: &Trainer<B, Mlp<B>>,
    ) -> impl Iterator<Item = &'s Batch> + use<'s, 'a, B> {
        let count = trainer.divergence().len();
        let seeds = self.seed_of[first..first + count].iter();
        seeds.map(|seed| &self.measured_on[*seed])
    }

    fn requested<'s>(&self, extras: &'s [Extra], on: Vec<&'s Batch>) -> Requested<'s> {
        Requested {
            extras,
            readout: self.run.first().model.depth,
            outputs: self.outputs,
            on,
        }
    }

    fn finish(&self, index: usize, divergence: Option<Divergence>) -> Result<()> {
        let spec = self.specs[index];
        let member = lock(&self.members[index]);
        let targets = &self.measured_on[self.seed_of[index]].targets;
        let details = Details {
            identities: member.known.identities,
            test_accuracy: member.known.test_accuracy,
            constant_loss: constant_loss(spec.training.loss, targets, self.outputs),
            measuring_s: member.known.measuring_s,
        };
        let end = End {
            outcome: divergence.map_or(Outcome::Finished, Outcome::Diverged),
            details,
            files: member.events(),
        };
        self.run.finish(index, end)
    }
}

/// The moments of a member that was measured; `None` of one whose numbers are not finite, which has diverged.
fn layers<B: KernelsAutodiff>(
    trainer: &mut Trainer<B, Mlp<B>>,
    index: usize,
    taken: &mut Taken,
) -> Result<Option<Vec<LayerMoments>>> {
    match std::mem::replace(&mut taken.layers, Ok(Vec::new())) {
        Ok(layers) => Ok(Some(layers)),
        Err(ProbeError::Moments { site, .. }) => {
            trainer.mark_diverged(index, &site, Quantity::Activation);
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a measurement must know of a member.
fn subject<'a>(spec: &CellSpec, outputs: usize, member: &'a Member) -> Subject<'a> {
    Subject {
        options: ReportOptions {
            null_draws: spec.measurement.null_draws,
            null_seed: spec.seed,
        },
        sgd: Sgd {
            learning_rate: spec.training.learning_rate,
            weight_decay: spec.weight_decay,
            batch_size: spec.training.batch,
        },
        transform: spec.model.transform.diagonal(outputs),
        before: &member.before,
    }
}
