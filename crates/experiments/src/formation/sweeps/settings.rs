//! What was set, and whose choice it is.

use formant_figures::{Setting, Tag};
use serde_json::Value;

use crate::experiment::{distinct, setting_name};
use crate::formation::config::{MeasuredOn, Spacing};
use crate::formation::networks::FinishedCell;
use crate::formation::spec::Settings;

/// A setting of a run in words.
type Words = fn(&Settings) -> String;

/// Every setting of the networks, those that vary with all their values.
pub fn settings(runs: &[Settings], cells: &[FinishedCell]) -> Vec<Setting> {
    let mut out = vec![
        Setting::new(
            "weight decay",
            distinct(runs, |run| format!("{:.3e}", run.weight_decay)),
            Tag::Inferred,
            "points of the grids behind the digitised figures, or one of them",
        ),
        Setting::new(
            "hidden layers",
            distinct(runs, |run| run.model.depth.to_string()),
            Tag::Digitised,
            "five in the legends of the paper's figures; other depths are ours",
        ),
        Setting::new(
            "width",
            distinct(runs, |run| run.model.width.to_string()),
            Tag::Inferred,
            "100 from the steps of the digitised ranks; a sweep's widths are those of its figure",
        ),
    ];
    let near = "nearest to the digitised F-gamma among what was scanned, or varied around that";
    let ours: [(&str, Words); 9] = [
        ("task", |run| setting_name(&run.task)),
        ("activation", |run| setting_name(&run.model.activation)),
        ("loss of a sample", |run| setting_name(&run.training.loss)),
        ("optimiser", |run| setting_name(&run.training.optimizer)),
        ("learning rate", |run| {
            run.training.learning_rate.to_string()
        }),
        ("batch", |run| run.training.batch.to_string()),
        ("initial scale", |run| run.model.init_scale.to_string()),
        ("label noise", |run| run.training.label_noise.to_string()),
        ("output transform", |run| setting_name(&run.model.transform)),
    ];
    out.extend(ours.map(|(name, of)| Setting::new(name, distinct(runs, of), Tag::Ours, near)));
    let rest: [(&str, Words, &str); 4] = [
        (
            "biases",
            |run| setting_name(&run.model.bias),
            "the theory has none either",
        ),
        (
            "initial weights",
            |run| setting_name(&run.model.init),
            "uniform on ±1/sqrt(fan-in), PyTorch's default",
        ),
        (
            "steps",
            |run| run.training.steps.to_string(),
            "those of the calibration, or what the figure's own question needs; smoke only proves the path",
        ),
        (
            "measured on",
            |run| {
                let (samples, count) = (run.measurement.samples, run.measurement.count);
                let which = match run.measurement.on {
                    MeasuredOn::HeldOut => "held-out",
                    MeasuredOn::Training => "training",
                };
                let spread = match run.measurement.spacing {
                    Spacing::Even => "",
                    Spacing::Doubling => ", each at twice the step of the one before",
                };
                format!("{samples} {which} samples, {count} times{spread}")
            },
            "the paper measures on the test set (FOUND); number and times are ours, and training samples where it is interpolation that matters",
        ),
    ];
    out.extend(
        rest.map(|(name, of, note)| Setting::new(name, distinct(runs, of), Tag::Ours, note)),
    );
    let seeds = distinct(runs, |run| run.seed.to_string());
    out.push(Setting::new(
        "seeds",
        seeds,
        Tag::Ours,
        "the paper shows one run; a seed sets network, batches and teacher",
    ));
    out.push(Setting::new(
        "loss of the best constant prediction",
        constant(cells),
        Tag::Measured,
        "on the measured samples, mean over networks of a task; a network whose test loss is no lower has learned nothing",
    ));
    out
}

fn constant(cells: &[FinishedCell]) -> String {
    let mut tasks: Vec<(Value, Vec<f64>)> = Vec::new();
    for cell in cells {
        let task = serde_json::to_value(&cell.record.spec.task).unwrap_or_default();
        let loss = cell.record.details.constant_loss;
        match tasks.iter_mut().find(|(known, _)| *known == task) {
            Some((_, losses)) => losses.push(loss),
            None => tasks.push((task, vec![loss])),
        }
    }
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let texts = tasks
        .iter()
        .map(|(_, losses)| format!("{:.4}", mean(losses)));
    texts.collect::<Vec<_>>().join(", ")
}
