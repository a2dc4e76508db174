//! From a cell's measurements to rows of a table.

use formant_alignment::{Kind, LayerReport, Reading, Readings, describe};
use formant_data::TeacherConfig;
use formant_figures::Outcome;
use formant_figures::table::{Row, Spectrum, instantaneous};
use formant_models::OutputTransform;
use formant_moments::{Side, Variant};
use formant_train::OptimizerConfig;

use crate::experiment::setting_name;
use crate::formation::config::TaskConfig;
use crate::formation::networks::FinishedCell;
use crate::formation::spec::Settings;
use crate::limits::finite;
use crate::measure::measurement::Measurement;

/// Every number of a cell, and its eigenvalue pairs.
pub fn rows(cell: &FinishedCell) -> (Vec<Row>, Vec<Spectrum>) {
    let spec = &cell.record.spec;
    let constant_loss = cell.record.details.constant_loss;
    let outcome = match cell.record.outcome.diverged() {
        true => Outcome::Diverged,
        false => Outcome::Finished,
    };
    let (mut rows, mut spectra) = (Vec::new(), Vec::new());
    if cell.found.is_empty() {
        rows.push(network(spec, 0, outcome));
    }
    for measurement in &cell.found {
        let row = network(spec, measurement.step, outcome);
        rows.extend(of_network(&row, measurement, constant_loss));
        let layers = measurement.layers.iter().zip(&measurement.extras);
        for (layer, (report, extras)) in (1..).zip(layers) {
            let row = Row {
                layer,
                ..row.clone()
            };
            rows.extend(of_layer(&row, report, &report.readings));
            if let Some(averaged) = measurement.averaged.get(layer as usize - 1) {
                rows.extend(of_layer(&row, report, averaged));
            }
            spectra.extend(extras.eigenpairs.iter().map(|pair| Spectrum {
                x: pair.x.name().into(),
                y: pair.y.name().into(),
                index: pair.index,
                x_value: pair.x_value,
                y_value: pair.y_value,
                used: pair.used,
                ..Spectrum::of(&row)
            }));
        }
    }
    (rows, spectra)
}

/// A row without a number.
fn network(settings: &Settings, step: u64, outcome: Outcome) -> Row {
    let (model, training) = (&settings.model, &settings.training);
    Row {
        task: task_name(&settings.task),
        weight_decay: settings.weight_decay,
        learning_rate: training.learning_rate,
        momentum: momentum(&training.optimizer),
        batch: training.batch as u32,
        width: model.width as u32,
        depth: model.depth as u32,
        activation: setting_name(&model.activation),
        init_scale: model.init_scale,
        label_noise: training.label_noise,
        transform: match model.transform {
            OutputTransform::None => "none",
            OutputTransform::Diagonal { .. } => "diag",
        }
        .into(),
        seed: settings.seed,
        step,
        layer: 0,
        side: String::new(),
        statistic: "test_loss".into(),
        variant: String::new(),
        value: None,
        null_mean: None,
        null_q95: None,
        outcome,
    }
}

/// Of the optimiser whose weight decay has one time scale.
pub(super) fn momentum(optimizer: &OptimizerConfig) -> Option<f64> {
    match optimizer {
        OptimizerConfig::Sgd { momentum } => Some(*momentum),
        OptimizerConfig::Adam { .. } => None,
    }
}

fn task_name(task: &TaskConfig) -> String {
    match task {
        TaskConfig::Teacher(TeacherConfig { outputs: 1, .. }) => "teacher".into(),
        TaskConfig::Teacher(teacher) => format!("teacher{}", teacher.outputs),
        TaskConfig::Mnist => "mnist".into(),
        TaskConfig::Digits => "digits".into(),
    }
}

/// The numbers of the network as a whole.
fn of_network(
    row: &Row,
    measurement: &Measurement,
    constant_loss: f64,
) -> impl Iterator<Item = Row> {
    let accuracy = measurement.test_accuracy;
    let numbers = [
        Some(("test_loss", measurement.test_loss)),
        accuracy.map(|accuracy| ("test_accuracy", Some(accuracy))),
        Some(("test_loss_constant", Some(constant_loss))),
    ];
    numbers.into_iter().flatten().map(|(statistic, value)| Row {
        statistic: statistic.into(),
        value: value.and_then(finite),
        ..row.clone()
    })
}

/// A row for each reading of a linear map. `row`: what they share; `report`: its widths.
fn of_layer<'a>(
    row: &'a Row,
    report: &'a LayerReport,
    readings: &'a Readings,
) -> impl Iterator<Item = Row> + 'a {
    let says_something = |reading: &&Reading| !compares_single_neurons(reading, report);
    let readings = readings.iter().filter(says_something);
    readings.map(|reading| Row {
        side: reading.side.map_or("", Side::name).into(),
        statistic: reading.statistic.clone(),
        variant: reading.variant.map_or("", Variant::name).into(),
        value: reading.value.and_then(finite),
        null_mean: reading.null.mean.and_then(finite),
        null_q95: reading.null.q95.and_then(finite),
        ..row.clone()
    })
}

/// One number has no correlation with another.
fn compares_single_neurons(reading: &Reading, report: &LayerReport) -> bool {
    let width = reading.side.map(|side| match side {
        Side::A => report.d_a,
        Side::B => report.d_b,
    });
    let kind = describe(instantaneous(&reading.statistic)).map(|description| description.kind);
    width == Some(1) && kind == Some(Kind::Similarity)
}
