//! Measuring a network on held-out samples.

use burn::tensor::backend::Backend;
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::Network;
use formant_moments::LayerMoments;
use formant_probe::{ProbeError, measure_members as probe_members};
use ndarray::s;

use crate::{Loss, MemberBatch, Reduction, TrainError};

/// Rows that run forward and backward at once while measuring.
const CHUNK: usize = 1000;

/// How a member does on held-out samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// Mean loss of a sample.
    pub loss: f64,
    /// Fraction of samples whose largest output is the right class; `None` for regression.
    pub accuracy: Option<f64>,
}

/// The moments of every layer of every member on its own held-out samples: `[member][layer]`, or why a member has
/// none. All members' batches have to be of one size.
///
/// # Errors
/// If the batches differ in size, or the device fails.
pub fn measure_members<B: KernelsAutodiff, N: Network<B>>(
    model: &N,
    loss: Loss,
    held_out: &[&Batch],
    outputs: usize,
    device: &B::Device,
) -> Result<Vec<Result<Vec<LayerMoments>, ProbeError>>, TrainError> {
    let batches = chunks(held_out)
        .map(|chunk| MemberBatch::<B>::stack(&chunk.iter().collect::<Vec<_>>(), outputs, device))
        .collect::<Result<Vec<_>, _>>()?;
    let members = probe_members::<B, _, _>(batches, |batch, tap| {
        let outputs = model.forward(batch.inputs, tap);
        loss.of(outputs, batch.targets, Reduction::Sum).sum()
    })?;
    Ok(members)
}

/// The loss, and for classes the accuracy, of every member on its own samples.
///
/// # Errors
/// If the members' batches differ in size.
pub fn evaluate<B: Backend, N: Network<B>>(
    model: &N,
    loss: Loss,
    held_out: &[&Batch],
    outputs: usize,
    device: &B::Device,
) -> Result<Vec<Evaluation>, TrainError> {
    let members = held_out.len();
    let samples = held_out.first().map_or(0, |batch| batch.inputs.nrows());
    let classes = matches!(
        held_out.first().map(|b| &b.targets),
        Some(Targets::Classes(_))
    );
    let (mut sums, mut right) = (vec![0.0; members], vec![0.0; members]);
    for chunk in chunks(held_out) {
        let batch = MemberBatch::<B>::stack(&chunk.iter().collect::<Vec<_>>(), outputs, device)?;
        let found = model.forward(batch.inputs, &mut ());
        if classes {
            let hits = found
                .clone()
                .argmax(2)
                .equal(batch.targets.clone().argmax(2));
            let [members, rows, _] = hits.dims();
            add(
                &mut right,
                hits.int()
                    .reshape([members, rows])
                    .sum_dim(1)
                    .into_data()
                    .iter(),
            );
        }
        add(
            &mut sums,
            loss.of(found, batch.targets, Reduction::Sum)
                .into_data()
                .iter(),
        );
    }
    let mean = |sum: f64| sum / samples as f64;
    Ok((sums.into_iter().zip(right))
        .map(|(sum, right)| Evaluation {
            loss: mean(sum),
            accuracy: classes.then(|| mean(right)),
        })
        .collect())
}

fn add(totals: &mut [f64], parts: impl Iterator<Item = f64>) {
    for (total, part) in totals.iter_mut().zip(parts) {
        *total += part;
    }
}

/// The same rows of every member's batch, [`CHUNK`] at a time.
fn chunks(members: &[&Batch]) -> impl Iterator<Item = Vec<Batch>> {
    let samples = members.first().map_or(0, |batch| batch.inputs.nrows());
    (0..samples).step_by(CHUNK).map(move |start| {
        let end = samples.min(start + CHUNK);
        let rows = |batch: &&Batch| Batch {
            inputs: batch.inputs.slice(s![start..end, ..]).to_owned(),
            targets: match &batch.targets {
                Targets::Values(values) => {
                    Targets::Values(values.slice(s![start..end, ..]).to_owned())
                }
                Targets::Classes(classes) => Targets::Classes(classes[start..end].to_vec()),
            },
        };
        members.iter().map(rows).collect()
    })
}
