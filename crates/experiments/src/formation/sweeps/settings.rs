//! What was set, and whose choice it is.

use formant_figures::{Setting, Tag};
use serde_json::Value;

use crate::experiment::{Choices, setting_name};
use crate::formation::config::{MeasuredOn, Spacing};
use crate::formation::networks::FinishedCell;
use crate::formation::spec::Settings;

/// A setting of a run in words.
type Words = fn(&Settings) -> String;

/// Every setting of the networks, those that vary with all their values.
pub fn settings(runs: &[Settings], cells: &[FinishedCell]) -> Vec<Setting> {
    let ours = |why| (Tag::Ours, why);
    let mut all = Choices::in_order(runs);
    let why = "points of the grids behind the digitised figures, or one of them";
    let decay = |run: &Settings| format!("{:.3e}", run.weight_decay);
    all.add("weight decay", decay, (Tag::Inferred, why));
    let why = "five in the legends of the paper's figures; other depths are ours";
    let depth = |run: &Settings| run.model.depth.to_string();
    all.add("hidden layers", depth, (Tag::Digitised, why));
    let why = "100 from the steps of the digitised ranks; a sweep's widths are those of its figure";
    let width = |run: &Settings| run.model.width.to_string();
    all.add("width", width, (Tag::Inferred, why));
    let near = "nearest to the digitised F-gamma among what was scanned, or varied around that";
    let words: [(&str, Words); 9] = [
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
    for (name, of) in words {
        all.add(name, of, ours(near));
    }
    let bias = |run: &Settings| setting_name(&run.model.bias);
    all.add("biases", bias, ours("the theory has none either"));
    let why = "uniform on ±1/sqrt(fan-in), PyTorch's default";
    let init = |run: &Settings| setting_name(&run.model.init);
    all.add("initial weights", init, ours(why));
    let why = "those of the calibration, or what the figure's own question needs; smoke only proves the path";
    let steps = |run: &Settings| run.training.steps.to_string();
    all.add("steps", steps, ours(why));
    let why = "the paper measures on the test set (FOUND); number and times are ours, and training samples where it is interpolation that matters";
    all.add("measured on", measured_on, ours(why));
    let why = "the paper shows one run; a seed sets network, batches and teacher";
    all.add("seeds", |run| run.seed.to_string(), ours(why));
    let why = "on the measured samples, mean over networks of a task; a network whose test loss is no lower has learned nothing";
    let name = "loss of the best constant prediction";
    all.note(name, constant(cells), (Tag::Measured, why));
    all.finish()
}

fn measured_on(run: &Settings) -> String {
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
