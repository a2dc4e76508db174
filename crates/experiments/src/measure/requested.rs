//! What a cell asks of a measurement, and how it is found.

use anyhow::Result;
use formant_alignment::balance::{BalanceAccumulator, Sgd, stationarity};
use formant_alignment::{LayerReport, ReportOptions};
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::Mlp;
use formant_moments::LayerMoments;
use formant_probe::HostBlock;
use formant_train::{Evaluation, Measured, Trainer, measure_and_show, measure_jacobian};

use crate::runner::store::CELL_SCHEMA;
use crate::formation::config::Extra;
use crate::measure::measurement::{
    LayerExtras, Measurement, ReadoutSamples, ansatz, average_gradient_outer_products, eigenpairs,
};
use crate::formation::spec::CellSpec;

/// What the samples of one member are needed for.
#[derive(Default)]
pub struct Samples {
    readout: ReadoutSamples,
    /// One for each layer.
    balance: Vec<BalanceAccumulator>,
}

impl Samples {
    fn add_to_balance(&mut self, layer: usize, block: &HostBlock<'_>) {
        // Layers come in order, so that a new one is the next. The moments have seen the block: it is finite.
        let widths = |h_a: usize, g_b: usize| BalanceAccumulator::new(h_a, g_b);
        match block {
            HostBlock::F32(block) => {
                if layer == self.balance.len() {
                    self.balance
                        .push(widths(block.h_a.ncols(), block.g_b.ncols()));
                }
                let _ = self.balance[layer].add(block);
            }
            HostBlock::F64(block) => {
                if layer == self.balance.len() {
                    self.balance
                        .push(widths(block.h_a.ncols(), block.g_b.ncols()));
                }
                let _ = self.balance[layer].add(block);
            }
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
                if self.balance {
                    samples.add_to_balance(place.layer, &block);
                }
            })?;
        Ok((measured, samples))
    }

    /// Balance, and how far moments have moved since `before`.
    pub fn add_balance(
        &self,
        measurement: &mut Measurement,
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
        let reports = measurement
            .layers
            .iter_mut()
            .zip(&samples.balance)
            .zip(after);
        for ((report, accumulator), layer) in reports {
            report.balance = accumulator.finish(layer.weight(), &sgd).ok();
        }
        let pairs = measurement.extras.iter_mut().zip(before).zip(after);
        pairs.for_each(|((extras, before), after)| {
            extras.stationarity = stationarity(before, after).ok();
        });
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

    pub fn add_collapse(
        &self,
        measurement: &mut Measurement,
        layers: &[LayerMoments],
        samples: &Samples,
        measured_on: &Batch,
    ) {
        let Some((report, layer)) = measurement.layers.last_mut().zip(layers.last()) else {
            return;
        };
        if let (true, Targets::Classes(labels)) = (self.collapse, &measured_on.targets) {
            report.neural_collapse = samples
                .readout
                .collapse(labels, layer.d_b(), layer.weight());
        }
    }

    /// The network's outputs are \\(f' = Z f\\); the loss, and so the Jacobians, see \\(f\\). Both are measured: of one
    /// network the average gradient outer product depends on which of the two is called the output, \\(G_a\\) does not.
    pub fn add_ansatz(
        &self,
        measurement: &mut Measurement,
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
        for ((extras, layer), (transformed, seen)) in
            measurement.extras.iter_mut().zip(layers).zip(agops)
        {
            extras.ansatz = ansatz(layer, transformed);
            extras.ansatz_untransformed = ansatz(layer, seen);
        }
    }
}

/// What the moments alone give.
pub fn measurement(
    spec: &CellSpec,
    step: u64,
    evaluation: Evaluation,
    layers: &[LayerMoments],
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
        layers: LayerReport::all(layers, &options)?,
        extras: vec![LayerExtras::default(); layers.len()],
    })
}
