//! Measuring a network on held-out samples.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::{FastPaths, Network};
use formant_moments::LayerMoments;
use formant_probe::{HostBlock, MomentsCollector, Place, ProbeError, SiteSamples, Tap};

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

/// What a measurement found of one member.
#[derive(Debug)]
pub struct Measured {
    /// The moments of each layer in the network's order, or why there are none, such as numbers that are not finite.
    pub layers: Result<Vec<LayerMoments>, ProbeError>,
    /// How it does on the samples.
    pub evaluation: Evaluation,
}

/// Measures every member on its own held-out samples, in one pass over them.
///
/// # Errors
/// If the batches differ in size, or the device fails.
pub fn measure_members<B: KernelsAutodiff, N: FastPaths<B>>(
    model: &N,
    loss: Loss,
    held_out: &[&Batch],
    outputs: usize,
    device: &B::Device,
) -> Result<Vec<Measured>, TrainError> {
    measure_and_show(model, loss, held_out, outputs, device, |_, _| {})
}

/// [`measure_members`], and shows `visit` the samples themselves, in the order of the batches: for statistics that
/// moments do not hold.
///
/// # Errors
/// As [`measure_members`].
pub fn measure_and_show<B: KernelsAutodiff, N: FastPaths<B>>(
    model: &N,
    loss: Loss,
    held_out: &[&Batch],
    outputs: usize,
    device: &B::Device,
    mut visit: impl FnMut(Place, HostBlock<'_>),
) -> Result<Vec<Measured>, TrainError> {
    // Neuron gradients need no gradients of parameters.
    let model = model.clone().no_grad();
    let mut totals = Totals::new(held_out);
    let mut collector = MomentsCollector::default();
    for chunk in chunks(held_out) {
        let batch = MemberBatch::stack(&chunk.iter().collect::<Vec<_>>(), outputs, device)?;
        collector.add_and_show(samples(&model, loss, batch, &mut totals)?, &mut visit)?;
    }
    let measured = totals.evaluations().zip(collector.finish()?);
    Ok(measured
        .map(|(evaluation, layers)| Measured { layers, evaluation })
        .collect())
}

/// The Jacobian of one output with respect to both sides of every linear map, as moments: the neuron gradients are those
/// of the "loss" \\(-y_k\\), so that \\(G_a = E\[J_k^\top J_k\]\\) with \\(J_k = \partial y_k / \partial h_a\\). Summed
/// over outputs the raw \\(G_a\\) are the average gradient outer product.
///
/// # Errors
/// As [`measure_members`].
pub fn measure_jacobian<B: KernelsAutodiff, N: Network<B>>(
    model: &N,
    output: usize,
    held_out: &[&Batch],
    outputs: usize,
    device: &B::Device,
) -> Result<Vec<Result<Vec<LayerMoments>, ProbeError>>, TrainError> {
    let model = model.clone().no_grad();
    let mut collector = MomentsCollector::default();
    for chunk in chunks(held_out) {
        let batch = MemberBatch::<B>::stack(&chunk.iter().collect::<Vec<_>>(), outputs, device)?;
        let mut tap = Tap::new();
        let y = model.forward(batch.inputs, &mut tap);
        let mut gradients = y.narrow(2, output, 1).neg().sum().backward();
        collector.add(tap.samples(&mut gradients)?)?;
    }
    Ok(collector.finish()?)
}

/// Both sides of every linear map on one chunk: from the network's own backward pass, if it has one, else from a tap.
fn samples<B: KernelsAutodiff, N: FastPaths<B>>(
    model: &N,
    loss: Loss,
    batch: MemberBatch<B>,
    totals: &mut Totals,
) -> Result<Vec<SiteSamples<B::InnerBackend>>, TrainError> {
    let targets = batch.targets.clone().inner();
    let own = model.neuron_gradients(batch.inputs.clone().inner(), |outputs| {
        totals.count_hits(&outputs, &targets);
        totals.add_losses(&loss.of(outputs.clone(), targets.clone(), Reduction::Sum));
        loss.gradient::<B>(outputs, targets, Reduction::Sum)
    });
    if let Some(samples) = own {
        return Ok(samples);
    }
    let mut tap = Tap::new();
    let outputs = model.forward(batch.inputs, &mut tap);
    totals.count_hits(&outputs, &batch.targets);
    let losses = loss.of(outputs, batch.targets, Reduction::Sum);
    totals.add_losses(&losses);
    Ok(tap.samples(&mut losses.sum().backward())?)
}

/// Sums over samples, for each member.
struct Totals {
    samples: usize,
    losses: Vec<f64>,
    /// Right classes; `None` for regression.
    hits: Option<Vec<f64>>,
}

impl Totals {
    fn new(held_out: &[&Batch]) -> Self {
        let (members, first) = (held_out.len(), held_out.first());
        let classes = matches!(first.map(|b| &b.targets), Some(Targets::Classes(_)));
        Self {
            samples: first.map_or(0, |batch| batch.inputs.nrows()),
            losses: vec![0.0; members],
            hits: classes.then(|| vec![0.0; members]),
        }
    }

    fn count_hits<B: Backend>(&mut self, outputs: &Tensor<B, 3>, targets: &Tensor<B, 3>) {
        let Some(totals) = &mut self.hits else { return };
        let hits = (outputs.clone().argmax(2)).equal(targets.clone().argmax(2));
        let [members, rows, _] = hits.dims();
        let hits = hits.int().reshape([members, rows]).sum_dim(1);
        add(totals, hits.into_data().iter());
    }

    fn add_losses<B: Backend>(&mut self, losses: &Tensor<B, 1>) {
        add(&mut self.losses, losses.to_data().iter());
    }

    fn evaluations(self) -> impl Iterator<Item = Evaluation> {
        let samples = self.samples as f64;
        (0..self.losses.len()).map(move |member| Evaluation {
            loss: self.losses[member] / samples,
            accuracy: self.hits.as_ref().map(|hits| hits[member] / samples),
        })
    }
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
        let rows = |batch: &&Batch| batch.rows(start..end);
        members.iter().map(rows).collect()
    })
}
