//! The networks of each figure at each preset. Where the paper's traces give no setting it is ours: the base point is
//! that of F-gamma.

use formant_alignment::balance::{STATIONARY, decay_times};
use formant_figures::Preset;
use formant_figures::formation::gamma::Task;
use formant_models::{Activation, OutputTransform};
use formant_train::{Loss, OptimizerConfig};

use super::rows::momentum;
use crate::experiment::by_preset;
use crate::formation::config::{AverageConfig, MeasuredOn, Spacing, TaskConfig};
use crate::formation::gamma;
use crate::formation::spec::Settings;
use crate::measure::Extra;

/// The weight decay of figures that show one: alpha is well below 1 there in some layers and near 1 in others.
const WEIGHT_DECAY: f64 = 1.291_549_665_014_884e-4; // 10^(-5 + 10/9), a point of F-gamma

/// The figures and the functions that list their networks.
type Runs = fn(Preset) -> Vec<Settings>;
const FIGURES: [(&str, Runs); 18] = [
    ("crh-gamma", |preset| over_gamma(Task::Teacher, preset)),
    ("crh-gamma-mnist", |preset| over_gamma(Task::Mnist, preset)),
    ("crh-gamma-digits", |preset| {
        over_gamma(Task::Digits, preset)
    }),
    ("crh-relations", |preset| over_gamma(Task::Teacher, preset)),
    ("crh-clock", clock),
    ("crh-width", width),
    ("crh-predictions", |preset| {
        [over_gamma(Task::Teacher, preset), width(preset)].concat()
    }),
    ("crh-rank", rank),
    ("crh-training", training),
    ("crh-sweeps", sweeps),
    ("crh-cross", cross),
    ("crh-raw", raw),
    ("crh-balance", balance),
    ("pah-exponents", exponents),
    ("pah-fits", exponents),
    ("pah-phases", phases),
    ("nc-equivalence", collapse),
    ("nfa-equivariance", ansatz),
];

/// The networks of a figure; `None` if it is not one of these.
pub fn runs(id: &str, preset: Preset) -> Option<Vec<Settings>> {
    let (_, runs) = FIGURES.iter().find(|(known, _)| *known == id)?;
    Some(runs(preset))
}

/// Every figure that is made of sweeps.
#[cfg(test)]
pub fn ids() -> impl Iterator<Item = &'static str> {
    FIGURES.iter().map(|(id, _)| *id)
}

/// The first `count` points of `logspace(from, to, points)`.
fn logspace(from: f64, to: f64, points: u32, count: u32) -> Vec<f64> {
    let step = (to - from) / f64::from(points - 1);
    (0..count)
        .map(|k| 10f64.powf(from + step * f64::from(k)))
        .collect()
}

/// One network of F-gamma's default, at [`WEIGHT_DECAY`], trained as long as F-gamma's.
fn base(preset: Preset) -> Settings {
    let config = gamma::preset(Task::Teacher, preset);
    let mut settings = config.runs().swap_remove(0);
    settings.weight_decay = WEIGHT_DECAY;
    settings.measurement.count = 1;
    settings
}

/// The same, trained until a stationary state can be expected; `smoke` only proves the path.
fn stationary(preset: Preset) -> Settings {
    change(&base(preset), |s| {
        if preset != Preset::Smoke {
            s.training.steps = steps(s, STATIONARY);
        }
    })
}

/// Every setting with every seed from 0; seeds vary fastest.
pub fn with_seeds(settings: impl IntoIterator<Item = Settings>, seeds: u64) -> Vec<Settings> {
    let each = |kind: Settings| (0..seeds).map(move |seed| change(&kind, |s| s.seed = seed));
    settings.into_iter().flat_map(each).collect()
}

fn change(settings: &Settings, change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = settings.clone();
    change(&mut settings);
    settings
}

/// The networks of F-gamma, trained on one of its tasks. Figures that show the same networks share their cells.
fn over_gamma(task: Task, preset: Preset) -> Vec<Settings> {
    gamma::preset(task, preset).runs()
}

/// F-gamma's networks, which are odd functions, and some of ReLU, which are not.
fn raw(preset: Preset) -> Vec<Settings> {
    let mut runs = over_gamma(Task::Teacher, preset);
    let relu = first_seeds(&runs, preset);
    let relu = relu.map(|run| change(run, |s| s.model.activation = Activation::Relu));
    let relu: Vec<Settings> = relu.collect();
    runs.extend(relu);
    runs
}

/// The networks of F-gamma, each weight decay for as many decay times as every other, with one output and with ten. Halves of
/// the whole, on which they are measured, are the same number of decay times at each. The smallest weight decay takes as long
/// as all others together: `quick` has it with one output only.
fn clock(preset: Preset) -> Vec<Settings> {
    let times = by_preset(preset, [0.048, STATIONARY, STATIONARY]);
    let base = change(&base(preset), |s| {
        s.measurement.count = u64::from(HALVINGS) + 1;
        s.measurement.spacing = Spacing::Doubling;
    });
    let at = |base: &Settings, decay| {
        change(base, |s| {
            s.weight_decay = decay;
            s.training.steps = steps(s, times);
        })
    };
    let decays = logspace(-5.0, 0.0, 10, 5);
    let one = decays.iter().map(|decay| at(&base, *decay));
    let ten = ten_outputs(&base);
    let left_out = by_preset(preset, [1, 1, 0]);
    let ten = decays.iter().skip(left_out).map(|decay| at(&ten, *decay));
    let mut runs = with_seeds(one.chain(ten), by_preset(preset, [1, 3, 10]));
    // The longest last: what is finished is of use if they are stopped.
    runs.sort_by_key(|run| run.training.steps);
    runs
}

/// How often a training that is measured at halves of itself can be halved.
const HALVINGS: u32 = 5;

/// The steps of so many decay times, which plain SGD has; halves of them are whole numbers.
fn steps(settings: &Settings, times: f64) -> u64 {
    let training = &settings.training;
    let momentum = momentum(&training.optimizer).unwrap_or_default();
    let each = decay_times(training.learning_rate, settings.weight_decay, momentum, 1.0);
    ((times / each).ceil() as u64).next_multiple_of(1 << HALVINGS)
}

/// Widths of `logspace(1, 3.5, 8)`, cut to integers (DIGITISED), at a weight decay of 2e-5 (INFERRED).
fn width(preset: Preset) -> Vec<Settings> {
    const WIDTHS: [usize; 8] = [10, 22, 51, 117, 268, 610, 1389, 3162];
    let base = change(&base(preset), |s| {
        s.weight_decay = 2e-5;
        if preset == Preset::Quick {
            s.training.steps = 30_000; // three quarters: 610 neurons take long
        }
    });
    let widths = WIDTHS.into_iter().take(by_preset(preset, [2, 6, 8]));
    let runs = widths.map(|width| change(&base, |s| s.model.width = width));
    with_seeds(runs, by_preset(preset, [1, 3, 5]))
}

/// The teacher with ten outputs, the dimension at which the paper's rank saturates (INFERRED).
fn ten_outputs(settings: &Settings) -> Settings {
    change(settings, |s| {
        if let TaskConfig::Teacher(teacher) = &mut s.task {
            teacher.outputs = 10;
        }
    })
}

/// Weight decays of `logspace(-6, -2, 10)`, the first six (INFERRED), for as many steps as came nearest to F-rank in the
/// calibration: rank is lost more slowly than alpha rises.
fn rank(preset: Preset) -> Vec<Settings> {
    let base = change(&ten_outputs(&base(preset)), |s| {
        if preset != Preset::Smoke {
            s.training.steps = 100_000;
        }
    });
    let decays = logspace(-6.0, -2.0, 10, 6).into_iter();
    let runs = decays.map(|decay| change(&base, |s| s.weight_decay = decay));
    with_seeds(runs, by_preset(preset, [1, 3, 10]))
}

/// One weight decay, measured often, and before the first step.
fn training(preset: Preset) -> Vec<Settings> {
    let base = change(&stationary(preset), |s| {
        s.measurement.count = by_preset(preset, [4, 16, 16]);
        s.measurement.initial = true;
    });
    with_seeds([base], by_preset(preset, [1, 5, 10]))
}

/// The same on many more samples: the cross moment is a mean gradient, which is small beside that of a sample. Ten outputs:
/// with one output gradients of later maps have one direction, in which everything aligns.
fn cross(preset: Preset) -> Vec<Settings> {
    let more = |s: &mut Settings| {
        s.measurement.samples *= 10;
        s.measurement.count = s.measurement.count.min(8);
        s.measurement.initial = false;
        s.measurement.average = Some(late(preset));
    };
    let runs = training(preset).into_iter();
    runs.map(|run| change(&ten_outputs(&run), more)).collect()
}

/// Means over the second half of the training.
fn late(preset: Preset) -> AverageConfig {
    AverageConfig {
        iterates: by_preset(preset, [20, 200, 500]),
        window: 0.5,
    }
}

/// Six settings, one at a time, around the base point. All are of one age at the end and at each half before it: after three
/// decay times the deep layers are aligned whatever the weight decay, after an eighth of that they are not.
fn sweeps(preset: Preset) -> Vec<Settings> {
    let base = change(&stationary(preset), |s| {
        s.measurement.count = 4;
        s.measurement.spacing = Spacing::Doubling;
    });
    let mut runs = vec![base.clone()];
    runs.extend([2, 3, 8].map(|depth| change(&base, |s| s.model.depth = depth)));
    // Multiples, of whatever the preset's optimiser takes.
    let rates = [0.5, 3.0].map(|factor| change(&base, |s| s.training.learning_rate *= factor));
    runs.extend(rates.map(|run| of_age_of(&run, &base)));
    runs.extend([8, 128].map(|batch| change(&base, |s| s.training.batch = batch)));
    let activations = [Activation::Relu, Activation::Identity];
    runs.extend(activations.map(|a| change(&base, |s| s.model.activation = a)));
    runs.extend([0.5, 2.0].map(|factor| change(&base, |s| s.model.init_scale *= factor)));
    runs.extend([0.1, 0.3].map(|noise| change(&base, |s| s.training.label_noise = noise)));
    with_seeds(runs, by_preset(preset, [1, 3, 10]))
}

/// The same trained for as many decay times as another.
fn of_age_of(run: &Settings, other: &Settings) -> Settings {
    change(run, |s| {
        let ratio = other.training.learning_rate / s.training.learning_rate;
        let steps = (other.training.steps as f64 * ratio).round() as u64;
        s.training.steps = steps.next_multiple_of(1 << HALVINGS);
    })
}

/// Plain SGD, whose stationary state the theorem is about, for many decay times where that can be had. Ten outputs: a weight of
/// one direction, to which one output collapses, balances by algebra.
fn balance(preset: Preset) -> Vec<Settings> {
    let base = change(&ten_outputs(&base(preset)), |s| {
        s.training.optimizer = OptimizerConfig::Sgd { momentum: 0.0 };
        s.training.learning_rate = 0.1;
        s.training.batch = 10;
        s.weight_decay = 1e-3;
        s.training.steps = by_preset(preset, [1_000, 60_000, 400_000]);
        s.measurement.count = by_preset(preset, [3, 8, 8]);
        s.measurement.extras = vec![Extra::Balance];
        // The mean gradient is small beside a sample's: its estimate needs many, and fresh ones cost nothing.
        s.measurement.samples *= 5;
        s.measurement.average = Some(late(preset));
    });
    let decays = logspace(-4.0, -2.0, 5, 4).into_iter();
    let mut runs: Vec<_> = decays
        .map(|decay| change(&base, |s| s.weight_decay = decay))
        .collect();
    runs.extend([0.05, 0.2].map(|lr| change(&base, |s| s.training.learning_rate = lr)));
    with_seeds(runs, by_preset(preset, [1, 3, 5]))
}

/// F-gamma's networks, and some of ten outputs: with one output gradients are of rank one from the third map on, and
/// weights of few directions, of which no exponent and no phase can be told.
fn phases(preset: Preset) -> Vec<Settings> {
    let mut runs = over_gamma(Task::Teacher, preset);
    let ten: Vec<Settings> = first_seeds(&runs, preset).map(ten_outputs).collect();
    runs.extend(ten);
    runs
}

/// Fewer of the same, with their eigenvalue pairs.
fn exponents(preset: Preset) -> Vec<Settings> {
    let pairs = |s: &mut Settings| s.measurement.extras = vec![Extra::Eigenpairs];
    let runs = phases(preset);
    first_seeds(&runs, preset)
        .map(|run| change(run, pairs))
        .collect()
}

fn first_seeds(runs: &[Settings], preset: Preset) -> impl Iterator<Item = &Settings> {
    let count = by_preset(preset, [1, 5, 20]);
    runs.iter().filter(move |run| run.seed < count)
}

/// Classifiers of the embedded digits and of MNIST, trained far into interpolation in the way in which neural collapse is
/// usually shown (SGD with momentum, ReLU), and measured from the first steps on: what collapses does so on a logarithmic
/// scale of time, and the theorem is about samples that are interpolated, those of the training set.
fn collapse(preset: Preset) -> Vec<Settings> {
    let base = change(&base(preset), |s| {
        s.weight_decay = 5e-4;
        s.model.activation = Activation::Relu;
        s.model.depth = 3;
        s.model.init_scale = 1.0;
        s.training.loss = Loss::CrossEntropy;
        s.training.optimizer = OptimizerConfig::Sgd { momentum: 0.9 };
        s.training.learning_rate = 0.05;
        s.training.batch = 128;
        s.training.steps = by_preset(preset, [512, 32_768, 131_072]);
        s.measurement.count = by_preset(preset, [4, 14, 14]);
        s.measurement.spacing = Spacing::Doubling;
        s.measurement.on = MeasuredOn::Training;
        s.measurement.extras = vec![Extra::Collapse];
    });
    let digits = change(&base, |s| {
        s.task = TaskConfig::Digits;
        s.measurement.samples = 1_437; // all there are
    });
    let mnist = change(&base, |s| s.task = TaskConfig::Mnist);
    let tasks = [digits, mnist].into_iter();
    let tasks = tasks.take(by_preset(preset, [1, 2, 2]));
    with_seeds(tasks, by_preset(preset, [1, 3, 10]))
}

/// Ten outputs, seen by the loss as they are and through the inverse of a diagonal map.
fn ansatz(preset: Preset) -> Vec<Settings> {
    let base = change(&ten_outputs(&stationary(preset)), |s| {
        s.measurement.extras = vec![Extra::Ansatz];
        s.measurement.samples = s.measurement.samples.min(2_000);
    });
    let diagonal = OutputTransform::Diagonal { condition: 100.0 };
    let transforms = [OutputTransform::None, diagonal];
    let runs = transforms.map(|transform| change(&base, |s| s.model.transform = transform));
    with_seeds(runs, by_preset(preset, [1, 3, 10]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_of_every_preset_is_valid_and_quick_has_three_seeds() {
        for (id, _) in FIGURES {
            for preset in Preset::ALL {
                let runs = runs(id, preset).unwrap();
                runs.iter().for_each(|run| run.check().unwrap());
                let seeds: std::collections::BTreeSet<_> =
                    runs.iter().map(|run| run.seed).collect();
                let least = if preset == Preset::Smoke { 1 } else { 3 };
                assert!(seeds.len() >= least, "{id} {preset}");
            }
        }
        assert!(runs("crh-nothing", Preset::Quick).is_none());
    }

    #[test]
    fn grids_are_those_of_the_digitised_figures() {
        let decays = logspace(-6.0, -2.0, 10, 6);
        let legend = [1e-6, 3e-6, 8e-6, 22e-6, 60e-6, 167e-6];
        for (ours, paper) in decays.iter().zip(legend) {
            assert_eq!((ours * 1e6).round(), (paper * 1e6_f64).round());
        }
        assert!((WEIGHT_DECAY - logspace(-5.0, 0.0, 10, 3)[2]).abs() < 1e-15);
    }
}
