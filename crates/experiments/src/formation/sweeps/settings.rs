//! What was set, and whose choice it is.

use formant_figures::formation::{gamma, rank, width};
use formant_figures::{Setting, Tag};
use serde_json::Value;

use crate::experiment::{Choices, setting_name};
use crate::formation::config::{MeasuredOn, Spacing};
use crate::formation::networks::FinishedCell;
use crate::formation::spec::Settings;

/// A setting of a run in words.
type Words = fn(&Settings) -> String;
/// A setting as a number.
type Number = fn(&Settings) -> f64;

/// What the paper's traces give of a setting of its figure.
struct Given {
    figures: &'static [&'static str],
    setting: &'static str,
    tag: Tag,
    values: &'static [f64],
    how: &'static str,
}

const F_GAMMA: &[&str] = &[
    "crh-gamma",
    "crh-gamma-mnist",
    "crh-gamma-digits",
    "crh-relations",
];
const WITH_LEGEND: &[&str] = &[
    "crh-gamma",
    "crh-gamma-mnist",
    "crh-gamma-digits",
    "crh-relations",
    "crh-width",
    "crh-rank",
];

/// Everything that is given. A setting is the paper's only where all its values are.
const GIVEN: [Given; 6] = [
    Given {
        figures: F_GAMMA,
        setting: "weight decay",
        tag: Tag::Inferred,
        values: &gamma::PAPER_GAMMAS,
        how: "from the pixels of F-gamma",
    },
    Given {
        figures: &["crh-rank"],
        setting: "weight decay",
        tag: Tag::Inferred,
        values: &rank::PAPER_GAMMAS,
        how: "from the legend of F-rank",
    },
    Given {
        figures: &["crh-width"],
        setting: "weight decay",
        tag: Tag::Inferred,
        values: &[2e-5],
        how: "from levels of F-width beside those of F-gamma",
    },
    Given {
        figures: WITH_LEGEND,
        setting: "hidden layers",
        tag: Tag::Digitised,
        values: &[5.0],
        how: "in the legend",
    },
    Given {
        figures: &["crh-width"],
        setting: "width",
        tag: Tag::Digitised,
        values: width::PAPER.x,
        how: "from the pixels of F-width",
    },
    Given {
        figures: &[
            "crh-gamma",
            "crh-gamma-mnist",
            "crh-gamma-digits",
            "crh-relations",
            "crh-rank",
        ],
        setting: "width",
        tag: Tag::Inferred,
        values: &[100.0],
        how: "from the steps of the digitised ranks",
    },
];

impl Given {
    /// Whether this is one of its values; rounded ones differ by up to 1 %.
    fn has(&self, value: f64) -> bool {
        let mut values = self.values.iter();
        values.any(|given| (value / given - 1.0).abs() < 0.01)
    }

    fn note(&self) -> String {
        let values = self.values.iter().map(f64::to_string);
        let values = values.collect::<Vec<_>>().join(", ");
        format!("the paper's: {values}, {}", self.how)
    }
}

/// Where a setting of a figure comes from: the paper's where it gives all its values, else ours.
fn origin(id: &str, setting: &str, runs: &[Settings], of: fn(&Settings) -> f64) -> (Tag, String) {
    let mut given = GIVEN.iter();
    let given = given.find(|given| given.setting == setting && given.figures.contains(&id));
    match given {
        Some(given) if runs.iter().all(|run| given.has(of(run))) => (given.tag, given.note()),
        Some(given) => (Tag::Ours, format!("{}; others are ours", given.note())),
        None => (Tag::Ours, "the paper gives none for this figure".to_owned()),
    }
}

/// Why networks of a figure are trained as they are.
fn why_trained_so(id: &str) -> &'static str {
    match id {
        "crh-gamma-mnist" | "crh-gamma-digits" => {
            "a classifier trained with Adam's defaults: the paper shows none to compare with"
        }
        "nc-equivalence" => "as neural collapse is usually shown, far into interpolation",
        "crh-balance" => {
            "plain SGD, whose stationary state the theorem is about; else around the point that comes nearest to F-gamma"
        }
        _ => "nearest to the digitised F-gamma among what was scanned, or varied around that",
    }
}

/// Every setting of the networks of a figure, those that vary with all their values.
pub fn settings(id: &str, runs: &[Settings], cells: &[FinishedCell]) -> Vec<Setting> {
    let ours = |why| (Tag::Ours, why);
    let mut all = Choices::in_order(runs);
    let numbers: [(&str, Words, Number); 3] = [
        (
            "weight decay",
            |run| format!("{:.3e}", run.weight_decay),
            |run| run.weight_decay,
        ),
        (
            "hidden layers",
            |run| run.model.depth.to_string(),
            |run| run.model.depth as f64,
        ),
        (
            "width",
            |run| run.model.width.to_string(),
            |run| run.model.width as f64,
        ),
    ];
    for (name, words, number) in numbers {
        let (tag, why) = origin(id, name, runs, number);
        all.add(name, words, (tag, &why));
    }
    let near = why_trained_so(id);
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
    let initial = if run.measurement.initial {
        ", and before the first step"
    } else {
        ""
    };
    format!("{samples} {which} samples, {count} times{spread}{initial}")
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

#[cfg(test)]
mod tests {
    use formant_figures::Preset;

    use super::*;
    use crate::formation::sweeps::runs::{ids, runs};

    /// A tag other than ours stands for values that the paper gives, and the note has them.
    #[test]
    fn what_is_called_the_papers_is() {
        let mut called = Vec::new();
        for id in ids() {
            for preset in Preset::ALL {
                let runs = runs(id, preset).unwrap();
                let settings = settings(id, &runs, &[]);
                // What we measured is not called the paper's.
                let theirs = settings
                    .iter()
                    .filter(|s| ![Tag::Ours, Tag::Measured].contains(&s.origin));
                for setting in theirs {
                    let given = GIVEN
                        .iter()
                        .find(|given| given.setting == setting.name && given.figures.contains(&id));
                    let given = given.unwrap_or_else(|| panic!("{id} {setting:?}"));
                    let values = setting
                        .value
                        .split(", ")
                        .map(|value| value.parse::<f64>().unwrap());
                    assert!(
                        values.into_iter().all(|value| given.has(value)),
                        "{id} {setting:?}"
                    );
                    assert_eq!((setting.origin, &setting.note), (given.tag, &given.note()));
                    called.push((id, setting.name.clone()));
                }
            }
        }
        for given in &GIVEN {
            for figure in given.figures {
                assert!(
                    called.contains(&(*figure, given.setting.to_owned())),
                    "{figure} {}",
                    given.setting
                );
            }
        }
        let ours = ["nc-equivalence", "crh-balance", "crh-sweeps"];
        assert!(
            called.iter().all(|(id, _)| !ours.contains(id)),
            "{called:?}"
        );
    }
}
