//! The settings of two points: their names, their order, and what of them a figure needs to know.
//!
//! From the file `2 points.txt` of the authors' code (FOUND); the runs themselves are configured elsewhere.

/// A line of the settings table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoPoints {
    /// Its name.
    pub name: &'static str,
    /// Factor on the initial weights.
    pub gain: f64,
    /// Number of hidden layers.
    pub depth: u32,
    /// Index of the observed activation, from 0.
    pub layer: u32,
    /// What is unlike the default, in a few words.
    pub words: &'static str,
}

const fn line(
    name: &'static str,
    gain: f64,
    depth: u32,
    layer: u32,
    words: &'static str,
) -> TwoPoints {
    TwoPoints {
        name,
        gain,
        depth,
        layer,
        words,
    }
}

/// The settings, in the order of the file.
pub const TWO_POINTS: [TwoPoints; 19] = [
    line("default", 1.0, 20, 10, "20 leaky ReLU layers"),
    line("shallow", 0.35, 2, 1, "2 hidden layers"),
    line("narrow", 1.05, 20, 10, "width 50"),
    line("linear", 0.85, 20, 10, "no nonlinearity"),
    line("elu", 0.95, 20, 10, "ELU"),
    line("tanh", 0.85, 20, 10, "tanh"),
    line("relu", 1.0, 20, 10, "ReLU"),
    line("swish", 1.7, 20, 10, "swish"),
    line("skip", 0.1, 20, 10, "skip connections"),
    line("cnn", 0.95, 10, 5, "convolutions"),
    line("dropout", 1.0, 10, 5, "dropout 0.1"),
    line("gain_0.9", 0.9, 20, 10, "initial gain 0.9"),
    line("gain_1.1", 1.1, 20, 10, "initial gain 1.1"),
    line("gain_1.2", 1.2, 20, 10, "initial gain 1.2"),
    line("gain_1.3", 1.3, 20, 10, "initial gain 1.3"),
    line("gain_1.4", 1.4, 20, 10, "initial gain 1.4"),
    line("gain_1.6", 1.6, 20, 10, "initial gain 1.6"),
    line("adam", 1.0, 20, 10, "Adam"),
    line("two_layer", 0.1, 1, 0, "linear, 1 hidden layer"),
];

/// The setting of this name.
pub fn find(name: &str) -> Option<&'static TwoPoints> {
    TWO_POINTS.iter().find(|setting| setting.name == name)
}

/// The settings that differ in nothing but gain and learning rate, from the smallest gain.
pub fn gains() -> Vec<&'static TwoPoints> {
    let of_sweep = |s: &&TwoPoints| s.name == "default" || s.name.starts_with("gain_");
    let mut gains: Vec<&TwoPoints> = TWO_POINTS.iter().filter(of_sweep).collect();
    gains.sort_by(|a, b| a.gain.total_cmp(&b.gain));
    gains
}

/// Where a name stands in the table; those that are not in it come last.
pub fn rank(name: &str) -> usize {
    let place = TWO_POINTS.iter().position(|setting| setting.name == name);
    place.unwrap_or(TWO_POINTS.len())
}
