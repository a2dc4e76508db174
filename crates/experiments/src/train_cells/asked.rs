//! What a cell asks of a measurement, and how it is found.

use anyhow::Result;
use formant_alignment::{
    AlignmentError, BalanceAccumulator, BeyondMoments, LayerReport, ReportOptions, Sgd,
    stationarity,
};
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::Mlp;
use formant_moments::{Element, LayerMoments, SampleBlock};
use formant_probe::HostBlock;
use formant_train::{Evaluation, Measured, Trainer, measure_and_show, measure_jacobian};

use crate::cells::CELL_SCHEMA;
use crate::config::Extra;
use crate::measurement::{
    LayerExtras, Measurement, ReadoutSamples, ansatz, average_gradient_outer_products, eigenpairs,
};
use crate::spec::CellSpec;

/// What the samples of one member are needed for.
#[derive(Default)]
pub struct Samples {
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

/// What the cells of an ensemble ask of a measurement.
pub struct Asked {
    balance: bool,
    collapse: bool,
    ansatz: bool,
    eigenpairs: bool,
    readout: usize,
}

impl Asked {
    pub fn of(spec: &CellSpec, measured_on: &[&Batch]) -> Self {
        let asks = |extra| spec.measurement.extras.contains(&extra);
        let classes = measured_on
            .iter()
            .all(|batch| matches!(batch.targets, Targets::Classes(_)));
        Self {
            balance: asks(Extra::Balance),
            collapse: asks(Extra::Collapse) && classes,
            ansatz: asks(Extra::Ansatz),
            eigenpairs: asks(Extra::Eigenpairs),
            readout: spec.model.depth,
        }
    }

    /// Moments and evaluation of each member, and what its samples are needed for.
    pub fn measure<B: KernelsAutodiff>(
        &self,
        trainer: &Trainer<B, Mlp<B>>,
        measured_on: &[&Batch],
        outputs: usize,
    ) -> Result<(Vec<Measured>, Vec<Samples>)> {
        let mut samples: Vec<Samples> = Vec::new();
        samples.resize_with(measured_on.len(), Samples::default);
        let (model, loss, device) = (trainer.model(), trainer.loss(), trainer.device());
        let measured =
            measure_and_show(model, loss, measured_on, outputs, device, |place, block| {
                let samples = &mut samples[place.member];
                if self.collapse {
                    samples.readout.keep(place, self.readout, &block);
                }
                match (self.balance, &block) {
                    (true, HostBlock::F32(block)) => samples.add_to_balance(place.layer, block),
                    (true, HostBlock::F64(block)) => samples.add_to_balance(place.layer, block),
                    (false, _) => {}
                }
            })?;
        Ok((measured, samples))
    }

    /// Balance, and how far moments have moved since `before`.
    pub fn add_balance(
        &self,
        beyond: &mut [BeyondMoments],
        spec: &CellSpec,
        samples: &Samples,
        [before, after]: [&[LayerMoments]; 2],
    ) {
        if !self.balance {
            return;
        }
        let sgd = Sgd {
            learning_rate: spec.training.learning_rate,
            weight_decay: spec.gamma,
            batch_size: spec.training.batch,
        };
        let layers = beyond.iter_mut().zip(&samples.balance).zip(after);
        for ((beyond, accumulator), layer) in layers {
            let finished = |all: &BalanceAccumulator| all.finish(layer.weight(), &sgd);
            beyond.balance = Some(
                accumulator
                    .as_ref()
                    .map_err(Clone::clone)
                    .and_then(finished),
            );
        }
        for ((beyond, before), after) in beyond.iter_mut().zip(before).zip(after) {
            beyond.stationarity = stationarity(before, after).ok();
        }
    }

    /// The points of power laws.
    pub fn add_eigenpairs(&self, measurement: &mut Measurement, layers: &[LayerMoments]) {
        if self.eigenpairs {
            let places = measurement.extras.iter_mut().zip(layers);
            places.for_each(|(extras, layer)| extras.eigenpairs = eigenpairs(layer));
        }
    }

    /// For each member and output, the Jacobian's moments in every layer. A member without any gets an empty list.
    pub fn jacobians<B: KernelsAutodiff>(
        &self,
        trainer: &Trainer<B, Mlp<B>>,
        measured_on: &[&Batch],
        outputs: usize,
    ) -> Result<Option<Vec<Vec<Vec<LayerMoments>>>>> {
        if !self.ansatz {
            return Ok(None);
        }
        let mut members = vec![Vec::new(); measured_on.len()];
        for output in 0..outputs {
            let (model, device) = (trainer.model(), trainer.device());
            let found = measure_jacobian(model, output, measured_on, outputs, device)?;
            for (member, layers) in members.iter_mut().zip(found) {
                member.extend(layers.ok());
            }
        }
        Ok(Some(members))
    }

    /// Neural collapse of the readout, where the samples have classes.
    pub fn add_collapse(
        &self,
        beyond: &mut [BeyondMoments],
        layers: &[LayerMoments],
        samples: &Samples,
        measured_on: &Batch,
    ) {
        let Some((beyond, layer)) = beyond.last_mut().zip(layers.last()) else {
            return;
        };
        if let (true, Targets::Classes(labels)) = (self.collapse, &measured_on.targets) {
            let collapse = samples
                .readout
                .collapse(labels, layer.d_b(), layer.weight());
            beyond.neural_collapse = Some(collapse);
        }
    }

    /// The network's outputs are \\(f' = Z f\\); the loss, and so the Jacobians, see \\(f\\). Both are measured: of one
    /// network the average gradient outer product depends on which of the two is called the output, \\(G_a\\) does not.
    pub fn add_ansatz(
        &self,
        beyond: &mut [BeyondMoments],
        spec: &CellSpec,
        layers: &[LayerMoments],
        jacobians: &[Vec<LayerMoments>],
    ) {
        let outputs = layers.last().map_or(0, LayerMoments::d_b);
        if jacobians.len() != outputs {
            return; // a Jacobian was not finite
        }
        let diagonal = spec.model.transform.diagonal(outputs);
        let weights: Vec<f64> = diagonal.iter().map(|z| z * z).collect();
        let transformed = average_gradient_outer_products(jacobians, &weights);
        let seen = average_gradient_outer_products(jacobians, &vec![1.0; outputs]);
        let agops = transformed.iter().zip(&seen);
        for ((beyond, layer), (transformed, seen)) in beyond.iter_mut().zip(layers).zip(agops) {
            beyond.ansatz = ansatz(layer, transformed);
            beyond.ansatz_untransformed = ansatz(layer, seen);
        }
    }
}

/// What the moments give, and what was measured beyond them.
pub fn measurement(
    spec: &CellSpec,
    step: u64,
    evaluation: Evaluation,
    layers: &[LayerMoments],
    beyond: Vec<BeyondMoments>,
) -> Result<Measurement> {
    let options = ReportOptions {
        null_draws: spec.measurement.null_draws,
        null_seed: spec.seed,
    };
    Ok(Measurement {
        schema_version: CELL_SCHEMA,
        event: "measurement".into(),
        step,
        test_loss: Some(evaluation.loss).filter(|loss| loss.is_finite()),
        test_accuracy: evaluation.accuracy,
        layers: LayerReport::all_with(layers, beyond, &options)?,
        extras: vec![LayerExtras::default(); layers.len()],
    })
}
