//! What a cell asks of a measurement, and how it is found.

use anyhow::Result;
use formant_alignment::{LayerReport, ReportOptions};
use formant_backend::KernelsAutodiff;
use formant_data::{Batch, Targets};
use formant_models::Mlp;
use formant_moments::LayerMoments;
use formant_train::{Evaluation, Measured, Trainer, measure_and_show, measure_jacobian};

use crate::cells::CELL_SCHEMA;
use crate::config::Extra;
use crate::measurement::{
    LayerExtras, Measurement, ReadoutSamples, ansatz, average_gradient_outer_products,
};
use crate::spec::CellSpec;
use formant_alignment::CrossAlignments;

/// What the cells of an ensemble ask of a measurement.
pub struct Asked {
    collapse: bool,
    ansatz: bool,
    readout: usize,
}

impl Asked {
    pub fn of(spec: &CellSpec, held_out: &[&Batch]) -> Self {
        let asks = |extra| spec.measurement.extras.contains(&extra);
        let classes = held_out
            .iter()
            .all(|batch| matches!(batch.targets, Targets::Classes(_)));
        Self {
            collapse: asks(Extra::Collapse) && classes,
            ansatz: asks(Extra::Ansatz),
            readout: spec.model.depth,
        }
    }

    /// Moments and evaluation of each member, and the samples of its readout if they are needed.
    pub fn measure<B: KernelsAutodiff>(
        &self,
        trainer: &Trainer<B, Mlp<B>>,
        held_out: &[&Batch],
        outputs: usize,
    ) -> Result<(Vec<Measured>, Vec<ReadoutSamples>)> {
        let mut samples: Vec<ReadoutSamples> = Vec::new();
        samples.resize_with(held_out.len(), ReadoutSamples::default);
        let (model, loss, device) = (trainer.model(), trainer.loss(), trainer.device());
        let measured =
            measure_and_show(model, loss, held_out, outputs, device, |place, block| {
                if self.collapse {
                    samples[place.member].keep(place, self.readout, &block);
                }
            })?;
        Ok((measured, samples))
    }

    /// For each member and output, the Jacobian's moments in every layer. A member without any gets an empty list.
    pub fn jacobians<B: KernelsAutodiff>(
        &self,
        trainer: &Trainer<B, Mlp<B>>,
        held_out: &[&Batch],
        outputs: usize,
    ) -> Result<Option<Vec<Vec<Vec<LayerMoments>>>>> {
        if !self.ansatz {
            return Ok(None);
        }
        let mut members = vec![Vec::new(); held_out.len()];
        for output in 0..outputs {
            let (model, device) = (trainer.model(), trainer.device());
            let found = measure_jacobian(model, output, held_out, outputs, device)?;
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
        samples: &ReadoutSamples,
        held_out: &Batch,
    ) {
        let Some((report, layer)) = measurement.layers.last_mut().zip(layers.last()) else {
            return;
        };
        if let (true, Targets::Classes(labels)) = (self.collapse, &held_out.targets) {
            report.neural_collapse = samples.collapse(labels, layer.d_b(), layer.weight());
        }
    }

    /// The network's outputs are \\(f' = Z f\\); the loss, and so the Jacobians, see \\(f\\).
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
        let agops = average_gradient_outer_products(jacobians, &weights);
        let places = measurement.extras.iter_mut().zip(layers).zip(&agops);
        places.for_each(|((extras, layer), agop)| extras.ansatz = ansatz(layer, agop));
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
    let extras = layers.iter().map(|layer| LayerExtras {
        cross: CrossAlignments::new(layer),
        ansatz: None,
    });
    Ok(Measurement {
        schema_version: CELL_SCHEMA,
        event: "measurement".into(),
        step,
        test_loss: Some(evaluation.loss).filter(|loss| loss.is_finite()),
        test_accuracy: evaluation.accuracy,
        layers: LayerReport::all(layers, &options)?,
        extras: extras.collect(),
    })
}
