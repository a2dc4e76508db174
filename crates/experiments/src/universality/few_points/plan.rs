//! Which runs a figure of pairs is made of.

use formant_figures::Preset;
use formant_models::Activation;
use formant_theory::two_point::Pair;
use formant_train::Loss;

use super::settings::{DISCONTINUOUS, EPOCHS, Kind, SETTINGS, Setting, find};
use super::spec::{Points, PointsSpec};
use crate::experiment::{Mode, by_preset};

/// A run and what it is called in tables.
#[derive(Debug, Clone, PartialEq)]
pub struct PointsRun {
    /// Its line of the settings table; XOR has lines of its own.
    pub setting: Setting,
    /// Whether at the table's learning rate or at half of it.
    pub mode: Mode,
    /// What it is for.
    pub part: Part,
    /// The squared distances that were requested; the network sees them in single precision.
    pub pair: Pair,
    pub spec: PointsSpec,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The default pair: followed and fitted.
    Fitted,
    /// Another pair, of which only the ends count.
    Ends,
    /// The four points of XOR.
    Xor,
}

/// The pair of the authors' experiments.
pub const DEFAULT_PAIR: Pair = Pair { dx2: 1.0, dy2: 0.5 };

/// How much work is done, and by which backend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale<'a> {
    /// Networks of each setting.
    pub seeds: u64,
    /// Networks of the setting with convolutions, of which only some learn.
    pub convolutional: u64,
    /// Whether at the table's learning rates or at half of them.
    pub mode: Mode,
    /// Epochs, instead of the mode's.
    pub epochs: Option<u64>,
    pub backend: &'a str,
}

impl PointsRun {
    /// Whether its epochs are the authors': those of their notebooks, which train other pairs for longer.
    pub fn has_given_epochs(&self) -> bool {
        let xor = XOR.iter().find(|row| self.setting.name.starts_with(row.0));
        self.spec.epochs
            == match (self.part, xor) {
                (Part::Xor, Some(row)) => row.3,
                (Part::Ends, _) => LONGEST,
                _ => EPOCHS * self.mode.slower(),
            }
    }
}

impl<'a> Scale<'a> {
    /// The scale of a preset, with another number of seeds or another mode if one is given.
    pub fn of(preset: Preset, seeds: Option<u64>, mode: Option<Mode>, backend: &'a str) -> Self {
        Self {
            seeds: seeds.unwrap_or(by_preset(preset, [1, 3, 10])),
            convolutional: seeds.unwrap_or(by_preset(preset, [1, 16, 32])),
            mode: mode.unwrap_or(by_preset(
                preset,
                [Mode::Table, Mode::Table, Mode::Notebook],
            )),
            epochs: by_preset(preset, [Some(600), None, None]),
            backend,
        }
    }

    /// The same for a figure whose networks take the table as it is.
    fn as_listed(self) -> Self {
        let mode = Mode::Table;
        Self { mode, ..self }
    }

    /// One run of a setting on a pair.
    fn run(self, setting: &Setting, part: Part, pair: Pair, seed: u64) -> PointsRun {
        let distances = [pair.dx2, pair.dy2];
        let mut spec = PointsSpec::of(setting, self.mode, distances, seed, self.backend);
        spec.epochs = self.epochs.unwrap_or(spec.epochs);
        PointsRun {
            setting: *setting,
            mode: self.mode,
            part,
            pair,
            spec,
        }
    }

    /// These lines of the table with all seeds, to be fitted; seeds vary fastest.
    pub fn fitted_to<'b>(
        self,
        lines: impl IntoIterator<Item = &'b Setting>,
        pair: Pair,
    ) -> Vec<PointsRun> {
        let each = |line: &'b Setting| {
            let seeds = match line.kind {
                Kind::Cnn => self.seeds.max(self.convolutional),
                Kind::Mlp | Kind::Skip => self.seeds,
            };
            (0..seeds).map(move |seed| self.run(line, Part::Fitted, pair, seed))
        };
        lines.into_iter().flat_map(each).collect()
    }

    /// The default pair, all seeds.
    fn fitted(self, names: &[&str]) -> Vec<PointsRun> {
        self.fitted_to(names.iter().filter_map(|name| find(name)), DEFAULT_PAIR)
    }
}

/// Whether a figure's networks can be trained in either mode; the others take the table's learning rates.
pub fn has_modes(id: &str) -> bool {
    [
        "univ-trajectories",
        "univ-loss",
        "univ-universality",
        "univ-gain",
        "univ-final-distance",
    ]
    .contains(&id)
}

/// The runs of a figure; `None` for a figure that is not made of them.
pub fn runs(id: &str, preset: Preset, scale: Scale<'_>) -> Option<Vec<PointsRun>> {
    let every = SETTINGS.each_ref().map(|line| line.name);
    Some(match id {
        "univ-trajectories" | "univ-loss" | "univ-universality" => {
            scale.fitted(by_preset(preset, [&SMALL[..], &every, &every]))
        }
        // What has not come apart has no fit to compare.
        "univ-depth" | "univ-alternative" => {
            let epochs = None;
            Scale { epochs, ..scale }.as_listed().fitted(&["default"])
        }
        "univ-gain" => scale.fitted(by_preset(preset, [&GAINS[..2], &GAINS, &GAINS])),
        "univ-final-distance" => final_distance(preset, scale, &every),
        "univ-discontinuous" => discontinuous(preset, scale),
        "univ-half-rate" => half_rate(preset, scale, &every),
        "univ-xor" => xor(preset, scale),
        "univ-crh" => relations(preset, scale),
        _ => return None,
    })
}

/// Settings that train in seconds.
const SMALL: [&str; 2] = ["shallow", "two_layer"];

const GAINS: [&str; 7] = [
    "gain_0.9", "default", "gain_1.1", "gain_1.2", "gain_1.3", "gain_1.4", "gain_1.6",
];

/// Settings of the quick preset's scatter: all but `gain_1.6`, which takes a hundred times as long, and `adam`.
const QUICK_SCATTER: [&str; 17] = [
    "default",
    "shallow",
    "narrow",
    "linear",
    "tanh",
    "relu",
    "swish",
    "skip",
    "two_layer",
    "gain_0.9",
    "gain_1.1",
    "gain_1.2",
    "gain_1.3",
    "gain_1.4",
    "elu",
    "cnn",
    "dropout",
];

/// Settings that the quick preset trains on every pair of the authors' grid.
const FAST: [&str; 3] = ["shallow", "narrow", "two_layer"];

/// Settings whose networks take longest to come to rest: the quick preset trains them on a few pairs.
const SLOW: [&str; 3] = ["elu", "cnn", "dropout"];

/// The loss at which a network of the scatter has come to rest, as in the authors' code.
const AT_REST: f64 = 1e-4;

/// The epochs after which the authors give up on a network of the scatter.
const LONGEST: u64 = 40_000;

/// Seeds of the scatter's networks begin here, so that none of them is one of those that were fitted.
const FRESH: u64 = 1000;

/// Distances of the inputs and of the targets in the scatter: the smoke preset's, the quick one's, the authors'.
const SCATTER: [Grid; 3] = [
    [&[1.0], &[1.0]],
    [&[0.5, 1.0, 1.5], &[0.0, 0.5, 1.0]],
    [&[0.5, 0.75, 1.0, 1.25, 1.5], &[0.0, 0.25, 0.5, 0.75, 1.0]],
];

type Grid = [&'static [f64]; 2];

/// The pairs on which a setting is trained.
fn grid(preset: Preset, setting: &str) -> Grid {
    let [smoke, quick, authors] = SCATTER;
    let few: Grid = [&[1.0], &[0.5, 0.75, 1.0]];
    let quick = match setting {
        name if FAST.contains(&name) => authors,
        name if SLOW.contains(&name) => few,
        _ => quick,
    };
    by_preset(preset, [smoke, quick, authors])
}

/// Fresh networks for the rates, and one network for each pair of a grid.
fn final_distance(preset: Preset, scale: Scale<'_>, every: &[&str]) -> Vec<PointsRun> {
    let names = by_preset(preset, [&SMALL[..], &QUICK_SCATTER, every]);
    // The authors take 50 networks for the mean rates.
    let seeds = scale.seeds * by_preset(preset, [1, 1, 5]);
    let mut runs = Scale { seeds, ..scale }.fitted(names);
    let lines = names.iter().filter_map(|name| find(name));
    runs.extend(lines.flat_map(|line| other_pairs(line, preset, scale)));
    runs
}

/// A fresh network for each pair of a setting's grid.
fn other_pairs(line: &Setting, preset: Preset, scale: Scale<'_>) -> Vec<PointsRun> {
    let [inputs, targets] = grid(preset, line.name);
    let pairs = inputs
        .iter()
        .flat_map(|dx| targets.iter().map(move |dy| (dx, dy)));
    let run = |(seed, (dx, dy)): (u64, (&f64, &f64))| {
        let (dx2, dy2) = (dx * dx, dy * dy);
        let scale = scale.as_listed();
        let mut run = scale.run(line, Part::Ends, Pair { dx2, dy2 }, seed);
        run.spec.learning_rate /= by_preset(preset, [1.0, 1.0, 5.0]);
        run.spec.epochs = by_preset(preset, [2000, 3 * EPOCHS, LONGEST]);
        run.spec.stop_below = AT_REST;
        run.spec.layers = vec![line.layer];
        run
    };
    (FRESH..).zip(pairs).map(run).collect()
}

/// Networks whose activation jumps and their ReLU twins on the default pair, and the first on other pairs.
fn discontinuous(preset: Preset, scale: Scale<'_>) -> Vec<PointsRun> {
    let scale = scale.as_listed();
    let both = [Some(&DISCONTINUOUS), find("relu")];
    let mut runs = scale.fitted_to(both.into_iter().flatten(), DEFAULT_PAIR);
    runs.extend(other_pairs(&DISCONTINUOUS, preset, scale));
    runs
}

/// Settings that the quick preset trains in both modes.
const HALVED: [&str; 5] = ["default", "shallow", "narrow", "tanh", "two_layer"];

/// The same settings in both modes.
fn half_rate(preset: Preset, scale: Scale<'_>, every: &[&str]) -> Vec<PointsRun> {
    let names = by_preset(preset, [&SMALL[..], &HALVED, every]);
    let of_mode = |mode: Mode| {
        let epochs = scale.epochs.map(|epochs| epochs * mode.slower());
        Scale {
            mode,
            epochs,
            ..scale
        }
        .fitted(names)
    };
    [Mode::Table, Mode::Notebook].map(of_mode).concat()
}

/// Name, gain, learning rate, epochs, hidden layers, followed layer: the file `xor.txt` of the authors' code.
const XOR: [(&str, f64, f64, u64, usize, usize); 4] = [
    ("rich", 0.85, 0.015, 3000, 20, 10),
    ("intermediate", 1.25, 0.002, 1000, 20, 10),
    ("lazy", 2.0, 3e-9, 1000, 20, 10),
    ("shallow", 0.0015, 0.03, 2000, 1, 0),
];

/// The same with leaky ReLU, as the file says; the notebook that draws the figure trains ReLU.
const XOR_LEAKY: [&str; 4] = [
    "rich/leaky_relu",
    "intermediate/leaky_relu",
    "lazy/leaky_relu",
    "shallow/leaky_relu",
];

/// XOR with both activations, and the default runs from which the theory takes its ratio.
fn xor(preset: Preset, scale: Scale<'_>) -> Vec<PointsRun> {
    let mut runs = scale.fitted(&[by_preset(preset, ["narrow", "default", "default"])]);
    for ((relu, gain, learning_rate, epochs, depth, layer), leaky) in XOR.into_iter().zip(XOR_LEAKY)
    {
        if preset == Preset::Smoke && depth > 1 {
            continue;
        }
        for (name, activation) in [(relu, Activation::Relu), (leaky, Activation::LeakyRelu)] {
            let setting = Setting {
                name,
                activation,
                gain,
                learning_rate,
                depth,
                layer,
                listed: layer as u32,
                ..SETTINGS[0]
            };
            // There are six pairs; the distances of each are computed where they are needed.
            let pair = Pair { dx2: 0.0, dy2: 0.0 };
            for seed in 0..scale.seeds {
                let mut run = scale.as_listed().run(&setting, Part::Xor, pair, seed);
                run.spec.network = setting.network(2, 1);
                // Without the half of the other experiments.
                run.spec.loss = Loss::MeanSquaredError;
                run.spec.epochs = scale.epochs.unwrap_or(epochs);
                run.spec.layers = vec![layer];
                run.spec.points = Points::xor();
                runs.push(run);
            }
        }
    }
    runs
}

/// Runs whose six relations are measured on the way.
fn relations(preset: Preset, scale: Scale<'_>) -> Vec<PointsRun> {
    const SETTINGS: [&str; 4] = ["default", "narrow", "shallow", "tanh"];
    let names = by_preset(preset, [&["two_layer"][..], &SETTINGS[..2], &SETTINGS]);
    let times = by_preset(preset, [4, 12, 30]);
    let mut runs = scale.as_listed().fitted(names);
    for PointsRun { spec, .. } in &mut runs {
        spec.measured_at = (0..times)
            .map(|k| k * (spec.epochs - 1) / (times - 1))
            .collect();
    }
    runs
}
