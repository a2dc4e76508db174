//! Networks that train as one model, on a few points each.

use anyhow::Result;
use burn::tensor::{Tensor, TensorData};
use formant_backend::KernelsAutodiff;
use formant_data::Batch;
use formant_data::rng::{Purpose, stream, uniform_f32};
use formant_models::{FastPaths, Mlp};
use formant_train::{Divergence, MemberBatch, MemberRates, Quantity, Reduction, Trainer};
use serde::{Deserialize, Serialize};

use super::align::alignments;
use super::family::{CURVES, FewPoints};
use super::found::{Alignment, Curves, Details};
use super::tracker::{Ended, Tracker};
use crate::runner::{End, Files, Outcome, Run, State};

/// Epochs that the progress hears of together.
const HEARD: u64 = 50;

/// Networks that differ in seed, points and learning rate only.
pub struct Members<'a, B: KernelsAutodiff, N> {
    run: &'a Run<'a, FewPoints>,
    trainer: Trainer<B, N>,
    points: Vec<Batch>,
    batch: MemberBatch<B>,
    outputs: usize,
    tracker: Tracker<'a, B>,
    details: Vec<Details>,
}

/// What a checkpoint holds of a network beside its curves.
#[derive(Serialize, Deserialize)]
struct Known {
    details: Details,
    ended: Option<Ended>,
}

const KNOWN: &str = "known.json";

impl<'a, B: KernelsAutodiff, N: FastPaths<B>> Members<'a, B, N> {
    /// The members of a run, in `model`, at their start or where they were stopped.
    ///
    /// # Errors
    /// If the points do not fit the networks, or a checkpoint is damaged.
    pub fn open(run: &'a Run<'a, FewPoints>, model: N, device: &B::Device) -> Result<Self> {
        let (first, memory) = (run.first(), run.capabilities().memory);
        let rates = MemberRates {
            learning_rate: run.specs().map(|spec| spec.learning_rate).collect(),
            weight_decay: vec![0.0; run.specs().len()],
        };
        let trainer = Trainer::new(model, first.optimizer, rates, first.loss, memory, device)?;
        let points: Vec<Batch> = run.specs().map(|spec| spec.points.batch()).collect();
        let outputs = first.points.targets.first().map_or(0, Vec::len);
        let batch = MemberBatch::stack(&points.iter().collect::<Vec<_>>(), outputs, device)?;
        let mut members = Self {
            run,
            trainer,
            points,
            batch,
            outputs,
            tracker: Tracker::new(run.specs().collect(), memory),
            details: vec![Details::default(); run.specs().len()],
        };
        members.resume()?;
        Ok(members)
    }

    fn resume(&mut self) -> Result<()> {
        let Some(states) = self.run.resume()? else {
            return Ok(());
        };
        for (member, (state, spec)) in states.iter().zip(self.run.specs()).enumerate() {
            let layers = spec.layers.len();
            let curves = |bytes: &[u8]| Curves::from_npz(bytes, layers);
            let known: Known = state.files.json(KNOWN)?;
            let curves = state.files.parse(CURVES, curves)?;
            self.tracker.restore(member, curves, known.ended);
            self.details[member] = known.details;
        }
        let networks: Vec<_> = states.into_iter().map(|state| state.network).collect();
        Ok(self.trainer.restore(&networks)?)
    }

    fn state(&self, member: usize) -> Result<State> {
        let (curves, ended) = self.tracker.curves(member);
        let details = self.details[member].clone();
        let mut files = Files::one(CURVES, curves.to_npz()?);
        files.put_json(KNOWN, &Known { details, ended })?;
        Ok(State {
            network: self.trainer.checkpoint(member)?,
            files,
        })
    }

    /// Trains to the end.
    ///
    /// # Errors
    /// If a network cannot be measured, or its state cannot be saved.
    pub fn train(self) -> Result<()> {
        self.train_by(|members, _| {
            let (batch, tracker) = (members.batch.clone(), &mut members.tracker);
            members
                .trainer
                .step_and_show(batch, |seen| tracker.see(seen));
        })
    }

    fn train_by(mut self, step: impl Fn(&mut Self, u64)) -> Result<()> {
        let epochs = self.run.first().epochs;
        while !self.tracker.all_ended()
            && let Some(until) = self.run.next_stop(self.trainer.steps(), epochs)
        {
            self.advance(until, &step)?;
            if until < epochs && !self.tracker.all_ended() {
                self.tracker.read();
                self.run.save(until, |member| self.state(member))?;
            }
        }
        self.tracker.read();
        (0..self.points.len()).try_for_each(|member| self.finish(member))
    }

    fn advance(&mut self, until: u64, step: &impl Fn(&mut Self, u64)) -> Result<()> {
        let mut unheard = 0;
        for epoch in self.trainer.steps()..until {
            if self.run.first().measured_at.contains(&epoch) {
                self.measure(epoch)?;
            }
            step(self, epoch);
            if self.tracker.all_ended() {
                break;
            }
            unheard += 1;
            if unheard == HEARD || epoch + 1 == until {
                self.run.progress(unheard * self.points.len() as u64);
                unheard = 0;
            }
        }
        Ok(())
    }

    fn measure(&mut self, epoch: u64) -> Result<()> {
        let points: Vec<&Batch> = self.points.iter().collect();
        let (model, loss) = (self.trainer.model(), self.trainer.loss());
        let found = alignments(model, loss, &points, self.outputs, self.trainer.device())?;
        for (details, new) in self.details.iter_mut().zip(found) {
            let new = new.into_iter().map(|found| Alignment { epoch, ..found });
            details.alignments.extend(new);
        }
        Ok(())
    }

    fn finish(&self, member: usize) -> Result<()> {
        let (curves, ended) = self.tracker.curves(member);
        let outcome = match ended {
            None => Outcome::Finished,
            Some(Ended::Converged) => Outcome::Converged,
            Some(Ended::Diverged) => Outcome::Diverged(Divergence {
                step: curves.loss.len() as u64,
                layer: "outputs".into(),
                quantity: Quantity::Activation,
            }),
        };
        let end = End {
            outcome,
            details: self.details[member].clone(),
            files: Files::one(CURVES, curves.to_npz()?),
        };
        self.run.finish(member, end)
    }
}

impl<B: KernelsAutodiff> Members<'_, B, Mlp<B>> {
    /// Trains to the end, with dropout in the steps and none in what is followed.
    pub fn train_with_dropout(self) -> Result<()> {
        let layers = self.trainer.model().layers().iter();
        let widths: Vec<usize> = layers.map(|layer| layer.weight().dims()[1]).collect();
        self.train_by(|members, epoch| {
            let batch = members.batch.clone();
            let inputs = batch.inputs.clone().inner();
            let seen = members.trainer.representations(inputs);
            members.tracker.see(&seen);
            let masks = members.masks(&widths, epoch);
            let loss = members.trainer.loss();
            members.trainer.descend(|model| {
                let outputs = model.forward_masked(batch.inputs, &masks);
                loss.of(outputs, batch.targets, Reduction::Mean)
            });
        })
    }

    /// Factors on the input of every linear map: 0 for units that are dropped, and what keeps the mean for the others.
    fn masks(&self, widths: &[usize], epoch: u64) -> Vec<Tensor<B, 3>> {
        let samples = self.batch.inputs.dims()[1];
        let mut masks: Vec<Vec<f32>> = widths.iter().map(|_| Vec::new()).collect();
        for spec in self.run.specs() {
            let mut rng = stream(spec.seed, Purpose::Dropout, epoch);
            let (rate, keep) = (spec.dropout as f32, (1.0 / (1.0 - spec.dropout)) as f32);
            for (mask, width) in masks.iter_mut().zip(widths) {
                let drawn = uniform_f32(&mut rng, 0.0, 1.0, samples * width);
                mask.extend(drawn.into_iter().map(|u| if u < rate { 0.0 } else { keep }));
            }
        }
        let load = |(mask, width): (Vec<f32>, &usize)| {
            let data = TensorData::new(mask, [self.points.len(), samples, *width]);
            Tensor::from_data(data, self.trainer.device())
        };
        masks.into_iter().zip(widths).map(load).collect()
    }
}
