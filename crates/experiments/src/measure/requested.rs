//! A measurement of a network: what is requested beyond the moments of its layers, and how it is found.

use anyhow::Result;
use formant_alignment::{
    AlignmentError, BalanceAccumulator, BeyondMoments, Deviations, LayerReport, ReportOptions, Sgd,
    stationarity,
};
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::FastPaths;
use formant_moments::{Element, LayerMoments, SampleBlock};
use formant_probe::{HostBlock, Place, ProbeError};
use formant_train::{Evaluation, Measured, Trainer, measure_and_show, measure_jacobian};
use serde::{Deserialize, Serialize};

use super::measurement::{
    LayerExtras, Measurement, ReadoutSamples, ansatz, average_gradient_outer_products, eigenpairs,
};
use crate::runner::CELL_SCHEMA;

/// A statistic that needs more than the moments of layers at one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extra {
    /// The noise–regularisation balance, and how far moments have moved since the measurement before.
    Balance,
    /// Neural collapse, for classes.
    Collapse,
    /// The neural feature ansatz: the Jacobians of all outputs.
    Ansatz,
    /// The eigenvalue pairs behind power laws.
    Eigenpairs,
}

/// What the members of an ensemble request of a measurement.
pub struct Requested<'a> {
    /// Beyond the moments.
    pub extras: &'a [Extra],
    /// The index of the readout among the linear maps.
    pub readout: usize,
    /// Outputs of the network.
    pub outputs: usize,
    /// The samples of each member.
    pub on: Vec<&'a Batch>,
}

/// What a measurement must know of a member beside its samples.
pub struct Subject<'a> {
    /// Null levels.
    pub options: ReportOptions,
    /// How it trains.
    pub sgd: Sgd,
    /// What stands between its readout and the loss: a factor for each output.
    pub transform: Vec<f64>,
    /// Moments of the measurement before.
    pub before: &'a [LayerMoments],
}

/// What one pass over the samples has found of a member.
pub struct Taken {
    /// Moments of every layer, or why there are none.
    pub layers: Result<Vec<LayerMoments>, ProbeError>,
    evaluation: Evaluation,
    samples: Samples,
    /// The moments of every output's Jacobian, where they are requested.
    jacobians: Vec<Vec<LayerMoments>>,
}

/// What the samples of one member are needed for.
#[derive(Default)]
struct Samples {
    readout: ReadoutSamples,
    /// One for each layer.
    balance: Vec<Result<BalanceAccumulator, AlignmentError>>,
}

impl Samples {
    fn add_to_balance<T: Element>(&mut self, layer: usize, block: &SampleBlock<'_, T>) {
        // Layers come in order, so that a new one is the next.
        if layer == self.balance.len() {
            let (d_a, d_b) = (block.h_a.ncols(), block.g_b.ncols());
            self.balance.push(Ok(BalanceAccumulator::new(d_a, d_b)));
        }
        let place = &mut self.balance[layer];
        if let Ok(accumulator) = place
            && let Err(error) = accumulator.add(block)
        {
            *place = Err(error);
        }
    }
}

impl Requested<'_> {
    fn wants(&self, extra: Extra) -> bool {
        let classes = |batch: &&Batch| matches!(batch.targets, Targets::Classes(_));
        self.extras.contains(&extra) && (extra != Extra::Collapse || self.on.iter().all(classes))
    }

    /// Takes every member's samples through the network.
    ///
    /// # Errors
    /// If the network cannot be measured. A member whose numbers are not finite is no error.
    pub fn take<B: KernelsAutodiff, N: FastPaths<B>>(
        &self,
        trainer: &Trainer<B, N>,
    ) -> Result<Vec<Taken>> {
        let (collapse, balance) = (self.wants(Extra::Collapse), self.wants(Extra::Balance));
        let mut samples: Vec<Samples> = Vec::new();
        samples.resize_with(self.on.len(), Samples::default);
        let (model, loss, device) = (trainer.model(), trainer.loss(), trainer.device());
        let visit = |place: Place, block: HostBlock<'_>| {
            let samples = &mut samples[place.member];
            if collapse {
                samples.readout.keep(place, self.readout, &block);
            }
            match (balance, &block) {
                (true, HostBlock::F32(block)) => samples.add_to_balance(place.layer, block),
                (true, HostBlock::F64(block)) => samples.add_to_balance(place.layer, block),
                (false, _) => {}
            }
        };
        let measured = measure_and_show(model, loss, &self.on, self.outputs, device, visit)?;
        let jacobians = self.jacobians(trainer)?;
        let parts = measured.into_iter().zip(samples).zip(jacobians);
        let taken = |((measured, samples), jacobians): ((Measured, Samples), _)| Taken {
            layers: measured.layers,
            evaluation: measured.evaluation,
            samples,
            jacobians,
        };
        Ok(parts.map(taken).collect())
    }

    /// What the equations of the balance leave in every layer, where that is requested and defined.
    pub fn deviations(
        &self,
        subject: &Subject<'_>,
        (layers, taken): (&[LayerMoments], &Taken),
    ) -> Vec<Deviations> {
        let pairs = taken.samples.balance.iter().zip(layers);
        let found = pairs.map(|(balance, layer)| {
            let balance = balance.as_ref().ok()?;
            balance.deviations(layer.weight(), &subject.sgd).ok()
        });
        found.collect::<Option<_>>().unwrap_or_default()
    }

    /// For each member and output, the Jacobian's moments in every layer, where they are requested and finite.
    fn jacobians<B: KernelsAutodiff, N: FastPaths<B>>(
        &self,
        trainer: &Trainer<B, N>,
    ) -> Result<Vec<Vec<Vec<LayerMoments>>>> {
        let mut members = vec![Vec::new(); self.on.len()];
        let requested = (0..self.outputs).filter(|_| self.wants(Extra::Ansatz));
        for output in requested {
            let (model, device) = (trainer.model(), trainer.device());
            let found = measure_jacobian(model, output, &self.on, self.outputs, device)?;
            for (member, layers) in members.iter_mut().zip(found) {
                member.extend(layers.ok());
            }
        }
        Ok(members)
    }

    /// Everything that is requested of one member, whose moments are `layers`.
    pub fn measurement(
        &self,
        step: u64,
        member: usize,
        subject: &Subject<'_>,
        (layers, taken): (&[LayerMoments], Taken),
    ) -> Result<Measurement> {
        let mut beyond = vec![BeyondMoments::default(); layers.len()];
        if self.wants(Extra::Collapse)
            && let Targets::Classes(labels) = &self.on[member].targets
            && let Some((beyond, layer)) = beyond.last_mut().zip(layers.last())
        {
            let readout = &taken.samples.readout;
            let collapse = readout.collapse(labels, layer.d_b(), layer.weight());
            beyond.neural_collapse = Some(collapse);
        }
        if self.wants(Extra::Ansatz) {
            add_ansatz(&mut beyond, &subject.transform, layers, &taken.jacobians);
        }
        if self.wants(Extra::Balance) {
            add_balance(&mut beyond, subject, &taken.samples.balance, layers);
        }
        let extras = layers.iter().map(|layer| LayerExtras {
            eigenpairs: match self.wants(Extra::Eigenpairs) {
                true => eigenpairs(layer),
                false => Vec::new(),
            },
        });
        Ok(Measurement {
            schema_version: CELL_SCHEMA,
            event: "measurement".into(),
            step,
            test_loss: Some(taken.evaluation.loss).filter(|loss| loss.is_finite()),
            test_accuracy: taken.evaluation.accuracy,
            extras: extras.collect(),
            averaged: Vec::new(),
            layers: LayerReport::all_with(layers, beyond, &subject.options)?,
        })
    }
}

/// Balance, and how far moments have moved since the measurement before.
fn add_balance(
    beyond: &mut [BeyondMoments],
    subject: &Subject<'_>,
    balance: &[Result<BalanceAccumulator, AlignmentError>],
    layers: &[LayerMoments],
) {
    let places = beyond.iter_mut().zip(balance).zip(layers);
    for ((beyond, accumulator), layer) in places {
        let finish = |all: &BalanceAccumulator| all.finish(layer.weight(), &subject.sgd);
        let accumulator = accumulator.as_ref().map_err(Clone::clone);
        beyond.balance = Some(accumulator.and_then(finish));
    }
    let pairs = beyond.iter_mut().zip(subject.before).zip(layers);
    pairs.for_each(|((beyond, before), after)| {
        beyond.stationarity = stationarity(before, after).ok();
    });
}

/// The network's outputs are \\(f' = Z f\\); the loss, and so the Jacobians, see \\(f\\). Both are measured: of one
/// network the average gradient outer product depends on which of the two is called the output, \\(G_a\\) does not.
fn add_ansatz(
    beyond: &mut [BeyondMoments],
    transform: &[f64],
    layers: &[LayerMoments],
    jacobians: &[Vec<LayerMoments>],
) {
    let outputs = layers.last().map_or(0, LayerMoments::d_b);
    if jacobians.len() != outputs {
        return; // a Jacobian was not finite
    }
    let weights: Vec<f64> = transform.iter().map(|z| z * z).collect();
    let transformed = average_gradient_outer_products(jacobians, &weights);
    let seen = average_gradient_outer_products(jacobians, &vec![1.0; outputs]);
    let agops = transformed.iter().zip(&seen);
    let places = beyond.iter_mut().zip(layers).zip(agops);
    for ((beyond, layer), (transformed, seen)) in places {
        beyond.ansatz = ansatz(layer, transformed);
        beyond.ansatz_untransformed = ansatz(layer, seen);
    }
}
