//! What networks are shown, and what they make of it.

use anyhow::Result;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::{Mlp, Network, Representations};
use formant_train::{MemberBatch, Reduction, Trainer};
use ndarray::{Array2, Array3};

use super::found::{Snapshot, Snapshots};
use super::spec::{LOSS, ManySpec, Source};

/// Training items whose mean loss is reported, and held-out images whose answers are counted.
const SAMPLE: usize = 2000;

/// What every network is shown.
pub struct Shown {
    layer: usize,
    items: Batch,
    sample: Batch,
    /// Held-out images, for classes.
    held_out: Option<Batch>,
}

impl Shown {
    pub fn new(source: &Source, spec: &ManySpec) -> Result<Self> {
        let sample: Vec<usize> = (0..SAMPLE.min(source.len())).collect();
        let held_out = match source {
            Source::Mnist(_) => Some(source.task(0)?.holdout(SAMPLE)?),
            Source::Context(_) => None,
        };
        let one_hot = |batch: Batch| Batch {
            targets: Targets::Values(values(&batch.targets, spec.network.outputs)),
            ..batch
        };
        Ok(Self {
            layer: spec.layer,
            items: one_hot(source.items(&spec.items)?),
            sample: one_hot(source.items(&sample)?),
            held_out: held_out.map(one_hot),
        })
    }

    /// None yet.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::none(self.items.inputs.clone(), values(&self.items.targets, 0))
    }

    /// A snapshot of every member of a model.
    pub fn snapshot<B: KernelsAutodiff>(
        &self,
        trainer: &Trainer<B, Mlp<B>>,
        device: &B::Device,
    ) -> Result<Vec<Snapshot>> {
        let members = trainer.model().members();
        let see = |batch: &Batch| -> Result<(MemberBatch<B>, Representations<B::InnerBackend>)> {
            let width = values(&batch.targets, 0).ncols();
            let batch = MemberBatch::<B>::stack(&vec![batch; members], width, device)?;
            let seen = trainer.representations(batch.inputs.clone().inner());
            Ok((batch, seen))
        };
        let (_, items) = see(&self.items)?;
        let (batch, sample) = see(&self.sample)?;
        let losses = LOSS.of(sample.outputs, batch.targets.inner(), Reduction::Mean);
        let losses: Vec<f64> = losses.into_data().iter().collect();
        let accuracies = match &self.held_out {
            Some(held_out) => {
                let (batch, seen) = see(held_out)?;
                accuracy(seen.outputs, batch.targets.inner())
            }
            None => vec![f64::NAN; members],
        };
        let hidden = rows(items.hidden[self.layer].clone())?;
        let outputs = rows(items.outputs)?;
        let each = hidden.into_iter().zip(outputs).zip(losses).zip(accuracies);
        Ok(each
            .map(|(((hidden, outputs), loss), accuracy)| Snapshot {
                hidden,
                outputs,
                loss,
                accuracy,
            })
            .collect())
    }
}

/// Targets as values; `outputs` is the width of one-hot rows.
fn values(targets: &Targets, outputs: usize) -> Array2<f32> {
    match targets {
        Targets::Values(values) => values.clone(),
        Targets::Classes(classes) => {
            Array2::from_shape_fn((classes.len(), outputs), |(row, column)| {
                f32::from(u8::from(classes[row] as usize == column))
            })
        }
    }
}

/// One matrix for each member.
fn rows<B: Backend>(x: Tensor<B, 3>) -> Result<Vec<Array2<f32>>> {
    let [members, rows, columns] = x.dims();
    let values = x.into_data().iter().collect();
    let all = Array3::from_shape_vec((members, rows, columns), values)?;
    Ok(all.outer_iter().map(|own| own.to_owned()).collect())
}

/// Share of rows whose largest output is that of the target.
fn accuracy<B: Backend>(outputs: Tensor<B, 3>, targets: Tensor<B, 3>) -> Vec<f64> {
    let right = outputs.argmax(2).equal(targets.argmax(2)).int();
    let rows = right.dims()[1];
    let right: Vec<f64> = right.into_data().iter().collect();
    let share = |own: &[f64]| own.iter().sum::<f64>() / rows as f64;
    right.chunks(rows).map(share).collect()
}
