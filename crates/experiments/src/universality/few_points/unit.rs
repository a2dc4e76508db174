//! Members that train as one model, on a few points each.

use anyhow::Result;
use burn::tensor::{Tensor, TensorData};
use formant_backend::{KernelsAutodiff, TensorMemory};
use formant_data::Batch;
use formant_data::rng::{Purpose, stream, uniform_f32};
use formant_models::{CnnConfig, Mlp, MlpConfig, Network};
use formant_train::{MemberBatch, MemberRates, Reduction, Trainer};

use super::align::alignments;
use super::cell::{Alignment, Followed, PairOutcome};
use super::spec::{NetworkConfig, PairSpec};
use super::tracker::Tracker;
use crate::runner::progress::Progress;

/// Epochs between two words to the progress.
const WORD: u64 = 50;

/// What came of one member.
pub struct Trained {
    pub followed: Followed,
    pub outcome: PairOutcome,
    pub alignments: Vec<Alignment>,
}

/// Trains members that differ in seed, points and learning rate only.
///
/// # Errors
/// If a network cannot be made or measured.
pub fn train<B: KernelsAutodiff>(
    specs: &[PairSpec],
    memory: TensorMemory,
    device: &B::Device,
    progress: &Progress,
) -> Result<Vec<Trained>> {
    let Some(first) = specs.first() else {
        return Ok(Vec::new());
    };
    let seeds: Vec<u64> = specs.iter().map(|spec| spec.seed).collect();
    let unit = Unit::<B> {
        specs,
        memory,
        device,
        progress,
    };
    match &first.network {
        NetworkConfig::Cnn(config) => unit.plain(cnn(config, &seeds, device)?),
        NetworkConfig::Mlp(config) if first.dropout > 0.0 => {
            unit.dropping(mlp(config, &seeds, device)?)
        }
        NetworkConfig::Mlp(config) => unit.plain(mlp(config, &seeds, device)?),
    }
}

fn mlp<B: KernelsAutodiff>(
    config: &MlpConfig,
    seeds: &[u64],
    device: &B::Device,
) -> Result<Mlp<B>> {
    Ok(config.init(seeds, device)?)
}

fn cnn<B: KernelsAutodiff>(
    config: &CnnConfig,
    seeds: &[u64],
    device: &B::Device,
) -> Result<formant_models::Cnn<B>> {
    Ok(config.init(seeds, device)?)
}

struct Unit<'a, B: KernelsAutodiff> {
    specs: &'a [PairSpec],
    memory: TensorMemory,
    device: &'a B::Device,
    progress: &'a Progress,
}

impl<B: KernelsAutodiff> Unit<'_, B> {
    fn plain<N: Network<B>>(&self, model: N) -> Result<Vec<Trained>> {
        self.run(model, |trainer, batch, _, tracker| {
            trainer.step_and_show(batch.clone(), |seen| tracker.see(seen));
        })
    }

    /// With dropout in the steps and none in what is followed.
    fn dropping(&self, model: Mlp<B>) -> Result<Vec<Trained>> {
        let widths: Vec<usize> = (model.layers().iter())
            .map(|layer| layer.weight().dims()[1])
            .collect();
        self.run(model, |trainer, batch, epoch, tracker| {
            tracker.see(
                &trainer
                    .model()
                    .representations(batch.inputs.clone().inner()),
            );
            let masks = self.masks(&widths, batch.inputs.dims()[1], epoch);
            let loss = trainer.loss();
            trainer.descend(|model| {
                let outputs = model.forward_masked(batch.inputs.clone(), &masks);
                loss.of(outputs, batch.targets.clone(), Reduction::Mean)
            });
        })
    }

    /// Factors on the input of every linear map: 0 for units that are dropped, and what keeps the mean for the others.
    fn masks(&self, widths: &[usize], samples: usize, epoch: u64) -> Vec<Tensor<B, 3>> {
        let mut masks: Vec<Vec<f32>> = widths.iter().map(|_| Vec::new()).collect();
        for spec in self.specs {
            let mut rng = stream(spec.seed, Purpose::Dropout, epoch);
            let (rate, keep) = (spec.dropout as f32, (1.0 / (1.0 - spec.dropout)) as f32);
            for (mask, width) in masks.iter_mut().zip(widths) {
                let drawn = uniform_f32(&mut rng, 0.0, 1.0, samples * width);
                mask.extend(drawn.into_iter().map(|u| if u < rate { 0.0 } else { keep }));
            }
        }
        let load = |(mask, width): (Vec<f32>, &usize)| {
            let data = TensorData::new(mask, [self.specs.len(), samples, *width]);
            Tensor::from_data(data, self.device)
        };
        masks.into_iter().zip(widths).map(load).collect()
    }

    fn run<N: Network<B>>(
        &self,
        model: N,
        step: impl Fn(&mut Trainer<B, N>, &MemberBatch<B>, u64, &mut Tracker<'_, B>),
    ) -> Result<Vec<Trained>> {
        let first = &self.specs[0];
        let rates = MemberRates {
            learning_rate: self.specs.iter().map(|spec| spec.learning_rate).collect(),
            weight_decay: vec![0.0; self.specs.len()],
        };
        let (optimizer, loss) = (first.optimizer, first.loss);
        let mut trainer = Trainer::new(model, optimizer, rates, loss, self.memory, self.device)?;
        let batches: Vec<Batch> = self.specs.iter().map(|spec| spec.points.batch()).collect();
        let batches: Vec<&Batch> = batches.iter().collect();
        let outputs = first.points.targets.first().map_or(0, Vec::len);
        let batch = MemberBatch::stack(&batches, outputs, self.device)?;
        let mut tracker = Tracker::new(self.specs, self.memory);
        let mut found = vec![Vec::new(); self.specs.len()];
        let mut told = 0;
        for epoch in 0..first.epochs {
            if first.measured_at.contains(&epoch) {
                let measured = alignments(trainer.model(), loss, &batches, outputs, self.device)?;
                for (all, new) in found.iter_mut().zip(measured) {
                    all.extend(new.into_iter().map(|a| Alignment { epoch, ..a }));
                }
            }
            step(&mut trainer, &batch, epoch, &mut tracker);
            if tracker.all_ended() {
                break;
            }
            if epoch + 1 - told >= WORD {
                self.tell(epoch + 1 - told);
                told = epoch + 1;
            }
        }
        self.tell(first.epochs - told);
        let members = tracker.finish().into_iter().zip(found);
        Ok(members
            .map(|((followed, outcome), alignments)| Trained {
                followed,
                outcome,
                alignments,
            })
            .collect())
    }

    fn tell(&self, epochs: u64) {
        self.progress.add(epochs * self.specs.len() as u64);
    }
}
