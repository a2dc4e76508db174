//! Which runs a figure of pairs is made of.

use formant_figures::Preset;
use formant_models::Activation;
use formant_theory::two_point::Pair;
use formant_train::Loss;

use super::settings::{EPOCHS, SETTINGS, Setting, find};
use super::spec::{Points, PointsSpec};
use crate::experiment::Mode;

/// A run and what it is called in tables.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureRun {
    /// Its line of the settings table; XOR has lines of its own.
    pub setting: Setting,
    /// How the table is read.
    pub mode: Mode,
    /// What it is for.
    pub part: Part,
    /// The squared distances that were asked for.
    pub pair: Pair,
    /// The run.
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

/// How much work a preset is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Networks of each setting.
    pub seeds: u64,
    /// How the table is read.
    pub mode: Mode,
    /// Epochs, instead of the mode's.
    pub epochs: Option<u64>,
}

impl Scale {
    /// The scale of a preset, with another number of seeds or reading of the table if one is given.
    pub fn of(preset: Preset, seeds: Option<u64>, mode: Option<Mode>) -> Self {
        let (count, usual, epochs) = match preset {
            Preset::Smoke => (1, Mode::Table, Some(600)),
            Preset::Quick => (3, Mode::Table, None),
            Preset::Paper => (10, Mode::Notebook, None),
        };
        Self {
            seeds: seeds.unwrap_or(count),
            mode: mode.unwrap_or(usual),
            epochs,
        }
    }

    /// One run of a setting on a pair.
    fn run(
        self,
        setting: &Setting,
        part: Part,
        distances: [f64; 2],
        seed: u64,
        backend: &str,
    ) -> FigureRun {
        let mut spec = PointsSpec::of(setting, self.mode, distances, seed, backend);
        spec.epochs = self.epochs.unwrap_or(spec.epochs);
        FigureRun {
            setting: *setting,
            mode: self.mode,
            part,
            pair: Pair {
                dx2: distances[0],
                dy2: distances[1],
            },
            spec,
        }
    }

    /// The default pair, all seeds.
    fn fitted(self, names: &[&str], backend: &str) -> Vec<FigureRun> {
        let lines = names.iter().filter_map(|name| find(name));
        lines
            .flat_map(|line| (0..self.seeds).map(move |seed| (line, seed)))
            .map(|(line, seed)| self.run(line, Part::Fitted, [1.0, 0.5], seed, backend))
            .collect()
    }
}

/// Whether a figure's networks are trained by either reading of the table; the authors' others take it as it is.
pub fn reads_the_table(id: &str) -> bool {
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
pub fn runs(id: &str, preset: Preset, scale: Scale, backend: &str) -> Option<Vec<FigureRun>> {
    let every: Vec<&str> = SETTINGS.iter().map(|line| line.name).collect();
    let small = ["shallow", "two_layer"];
    let all = if preset == Preset::Smoke {
        &small[..]
    } else {
        &every
    };
    let found = match id {
        "univ-trajectories" | "univ-loss" | "univ-universality" => scale.fitted(all, backend),
        // The authors' figures of these take the table as it is; what has not come apart has no fit to compare.
        "univ-depth" | "univ-alternative" => Scale {
            mode: Mode::Table,
            epochs: None,
            ..scale
        }
        .fitted(&["default"], backend),
        "univ-gain" => {
            let gains = [
                "gain_0.9", "default", "gain_1.1", "gain_1.2", "gain_1.3", "gain_1.4", "gain_1.6",
            ];
            let some = if preset == Preset::Smoke {
                &gains[..2]
            } else {
                &gains
            };
            scale.fitted(some, backend)
        }
        "univ-final-distance" => final_distance(preset, scale, backend),
        "univ-xor" => xor(preset, scale, backend),
        "univ-crh" => relations(preset, scale, backend),
        _ => return None,
    };
    Some(found)
}

/// Settings of the quick preset's scatter: all but those whose networks take longest to come to rest (`elu`, `cnn`,
/// `dropout`), and those the theory does not describe (`gain_1.6`, `adam`).
const QUICK_SCATTER: [&str; 14] = [
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
];

/// The loss at which a network of the scatter has come to rest, as in the authors' code.
const AT_REST: f64 = 1e-4;

/// Fresh networks for the rates, and one fresh network for each pair of a grid.
fn final_distance(preset: Preset, scale: Scale, backend: &str) -> Vec<FigureRun> {
    let every: Vec<&str> = SETTINGS.iter().map(|line| line.name).collect();
    let (names, grid, slower, epochs): (&[&str], &[[f64; 2]], f64, u64) = match preset {
        Preset::Smoke => (&["shallow", "two_layer"], &[[1.0, 1.0]], 1.0, 2000),
        Preset::Quick => (&QUICK_SCATTER, &QUICK_GRID, 1.0, 3 * EPOCHS),
        Preset::Paper => (&every, &[], 5.0, 40_000),
    };
    let mut runs = Scale {
        // The authors take 50 for the mean rates.
        seeds: if preset == Preset::Paper {
            5 * scale.seeds
        } else {
            scale.seeds
        },
        ..scale
    }
    .fitted(names, backend);
    let full: Vec<[f64; 2]> = FULL_X
        .iter()
        .flat_map(|dx| FULL_Y.iter().map(move |dy| [*dx, *dy]))
        .collect();
    let grid = if grid.is_empty() { &full } else { grid };
    for name in names {
        let Some(line) = find(name) else { continue };
        for (index, [dx, dy]) in grid.iter().enumerate() {
            // A network of its own for every point of the grid.
            let seed = FRESH + index as u64;
            let mut run = Scale {
                mode: Mode::Table,
                ..scale
            }
            .run(line, Part::Ends, [dx * dx, dy * dy], seed, backend);
            run.spec.learning_rate /= slower;
            run.spec.epochs = epochs;
            run.spec.stop_below = AT_REST;
            run.spec.layers = vec![line.layer];
            runs.push(run);
        }
    }
    runs
}

/// Seeds of the scatter's networks begin here, so that none of them is one of those that were fitted.
const FRESH: u64 = 1000;

const FULL_X: [f64; 5] = [0.5, 0.75, 1.0, 1.25, 1.5];
const FULL_Y: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
const QUICK_GRID: [[f64; 2]; 9] = [
    [0.5, 0.0],
    [0.5, 0.5],
    [0.5, 1.0],
    [1.0, 0.0],
    [1.0, 0.5],
    [1.0, 1.0],
    [1.5, 0.0],
    [1.5, 0.5],
    [1.5, 1.0],
];

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

/// XOR under both readings of its activation, and the default runs from which the theory takes its ratio.
fn xor(preset: Preset, scale: Scale, backend: &str) -> Vec<FigureRun> {
    let mut runs = match preset {
        Preset::Smoke => scale.fitted(&["narrow"], backend),
        Preset::Quick | Preset::Paper => scale.fitted(&["default"], backend),
    };
    let default = SETTINGS[0];
    for ((name, gain, learning_rate, epochs, depth, layer), leaky) in XOR.into_iter().zip(XOR_LEAKY)
    {
        if preset == Preset::Smoke && depth > 1 {
            continue;
        }
        for (name, activation) in [(name, Activation::Relu), (leaky, Activation::LeakyRelu)] {
            let setting = Setting {
                name,
                activation,
                gain,
                learning_rate,
                depth,
                layer,
                listed: layer as u32,
                ..default
            };
            for seed in 0..scale.seeds {
                let spec = PointsSpec {
                    network: setting.network(2, 1),
                    // Without the half of the other experiments.
                    loss: Loss::MeanSquaredError,
                    epochs: scale.epochs.unwrap_or(epochs),
                    layers: vec![layer],
                    points: Points::xor(),
                    ..PointsSpec::of(&setting, Mode::Table, [1.0, 0.5], seed, backend)
                };
                runs.push(FigureRun {
                    setting,
                    mode: Mode::Table,
                    part: Part::Xor,
                    // There are six; each is computed where it is needed.
                    pair: Pair { dx2: 0.0, dy2: 0.0 },
                    spec,
                });
            }
        }
    }
    runs
}

/// Runs whose six relations are measured on the way.
fn relations(preset: Preset, scale: Scale, backend: &str) -> Vec<FigureRun> {
    let table = Scale {
        mode: Mode::Table,
        ..scale
    };
    let (names, times): (&[&str], u64) = match preset {
        Preset::Smoke => (&["two_layer"], 4),
        Preset::Quick => (&["default", "narrow"], 12),
        Preset::Paper => (&["default", "narrow", "shallow", "tanh"], 30),
    };
    let mut runs = table.fitted(names, backend);
    for run in &mut runs {
        run.spec.measured_at = (0..times)
            .map(|k| k * (run.spec.epochs - 1) / (times - 1))
            .collect();
    }
    runs
}
