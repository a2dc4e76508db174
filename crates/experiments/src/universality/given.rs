//! What the authors' code gives of its settings, written down a second time from its description (commit c4f4956: `2
//! points.txt`, `xor.txt`, `mnist.txt`, `orthogonal.txt` and the notebooks): a setting that is called theirs must be here.

#![cfg(test)]

/// A line of a file of settings.
pub struct Line {
    pub name: &'static str,
    /// Activation, gain, width, hidden layers, followed layer.
    network: &'static str,
    rate: f64,
}

const fn line(name: &'static str, network: &'static str, rate: f64) -> Line {
    Line {
        name,
        network,
        rate,
    }
}

/// `2 points.txt` and `xor.txt`; the notebook of XOR trains ReLU where the file says leaky ReLU.
pub const LINES: [Line; 27] = [
    line("default", "leaky_relu, 1, 500, 20, 10", 0.01),
    line("shallow", "leaky_relu, 0.35, 500, 2, 1", 0.02),
    line("narrow", "leaky_relu, 1.05, 50, 20, 10", 0.01),
    line("linear", "identity, 0.85, 500, 20, 10", 0.0025),
    line("elu", "elu, 0.95, 500, 20, 10", 0.0009),
    line("tanh", "tanh, 0.85, 500, 20, 10", 0.0025),
    line("relu", "relu, 1, 500, 20, 10", 0.01),
    line("swish", "silu, 1.7, 500, 20, 10", 0.005),
    line("skip", "leaky_relu, 0.1, 500, 20, 10", 0.02),
    line("cnn", "leaky_relu, 0.95, 500, 10, 5", 0.004),
    line("dropout", "leaky_relu, 1, 500, 10, 5", 0.01),
    line("gain_0.9", "leaky_relu, 0.9, 500, 20, 10", 0.03),
    line("gain_1.1", "leaky_relu, 1.1, 500, 20, 10", 0.005),
    line("gain_1.2", "leaky_relu, 1.2, 500, 20, 10", 0.0025),
    line("gain_1.3", "leaky_relu, 1.3, 500, 20, 10", 0.0015),
    line("gain_1.4", "leaky_relu, 1.4, 500, 20, 10", 0.0005),
    line("gain_1.6", "leaky_relu, 1.6, 500, 20, 10", 3e-6),
    line("adam", "leaky_relu, 1, 500, 20, 10", 1e-6),
    line("two_layer", "identity, 0.1, 500, 1, 0", 0.01),
    line("rich", "relu, 0.85, 500, 20, 10", 0.015),
    line("rich/leaky_relu", "leaky_relu, 0.85, 500, 20, 10", 0.015),
    line("intermediate", "relu, 1.25, 500, 20, 10", 0.002),
    line(
        "intermediate/leaky_relu",
        "leaky_relu, 1.25, 500, 20, 10",
        0.002,
    ),
    line("lazy", "relu, 2, 500, 20, 10", 3e-9),
    line("lazy/leaky_relu", "leaky_relu, 2, 500, 20, 10", 3e-9),
    // The two-point table has a `shallow` too.
    line("shallow", "relu, 0.0015, 500, 1, 0", 0.03),
    line("shallow/leaky_relu", "leaky_relu, 0.0015, 500, 1, 0", 0.03),
];

/// The parts of a rate of the table at which the notebooks train: as listed, half of it, a fifth of it on other pairs.
pub const RATES: [f64; 3] = [1.0, 2.0, 5.0];

/// `mnist.txt` and `orthogonal.txt`: setting, activation (the notebooks never pass that of the file, tanh for the context
/// task), shape, gain; learning rate; epochs of the file or of the stored run.
pub const MANY: [(&str, [&str; 2], &str, f64, u64); 5] = [
    (
        "mnist",
        ["leaky_relu", ""],
        "784 -> 4 x 200 -> 10, gain 0.5",
        0.003,
        200,
    ),
    (
        "structure",
        ["leaky_relu", ""],
        "784 -> 4 x 200 -> 10, gain 0.5",
        0.005,
        50,
    ),
    (
        "high_init",
        ["leaky_relu", "tanh"],
        "27 -> 4 x 100 -> 1, gain 2",
        0.0015,
        750,
    ),
    (
        "low_init",
        ["leaky_relu", "tanh"],
        "27 -> 4 x 100 -> 1, gain 0.5",
        0.015,
        1500,
    ),
    (
        "vlow_init",
        ["leaky_relu", "tanh"],
        "27 -> 4 x 100 -> 1, gain 0.275",
        0.05,
        2000,
    ),
];

/// Settings that are the same in all runs.
pub const TEXTS: [(&str, &str); 13] = [
    ("initial weights", "Xavier normal times the gain, biases 0"),
    ("optimiser", "SGD"),
    ("optimiser", "Adam"),
    ("optimiser", "Adam, SGD"),
    ("discontinuous", "x + 0.05 above 0, 0 below, slope of ReLU"),
    (
        "ratio of rates for the closed form",
        "arithmetic means of both rates over the fitted networks of the setting, then their ratio",
    ),
    (
        "activation on XOR",
        "ReLU, and leaky ReLU under names with a slash",
    ),
    ("loss", "half the mean squared error"),
    ("batch", "64"),
    ("followed layer", "2"),
    ("followed images", "training items 1 and 3, a 0 and a 1"),
    ("images", "the first 100 of the training set"),
    (
        "activation",
        "leaky ReLU as the notebook trains, tanh as the settings file says",
    ),
];

/// A line by its name.
pub fn line_of(name: &str) -> Option<&'static Line> {
    LINES.iter().find(|line| line.name == name)
}

/// Whether `name: activation, gain, width, hidden layers, followed layer` is a line.
pub fn has_network(text: &str) -> bool {
    let mut lines = LINES.iter();
    lines.any(|line| format!("{}: {}", line.name, line.network) == text)
}

/// Whether `name: rate` is that of a line, or one of these parts of it.
pub fn has_rate(text: &str, parts: &[f64]) -> bool {
    let (name, rate) = text.split_once(": ").unwrap();
    let rate: f64 = rate.parse().unwrap();
    let of_lines = LINES.iter().map(|line| (line.name, line.rate));
    let mut all = of_lines.chain(MANY.iter().map(|row| (row.0, row.3)));
    all.any(|(other, given)| {
        let near = |part: &f64| (given / part / rate - 1.0).abs() < 1e-9;
        other == name && parts.iter().any(near)
    })
}

/// Whether a figure is given this loss: XOR without the half of the others.
pub fn has_loss(loss: &str, id: &str) -> bool {
    let xor = loss == "mean_squared_error" && id == "univ-xor";
    xor || loss == "half_mean_squared_error"
}

/// Whether a figure of few points is given this number of epochs.
pub fn has_epochs(epochs: &str, id: &str) -> bool {
    match id {
        "univ-xor" => ["3000", "1000", "2000", "6000"].contains(&epochs),
        "univ-final-distance" | "univ-discontinuous" => ["3000", "6000", "40000"].contains(&epochs),
        _ => ["3000", "6000"].contains(&epochs),
    }
}
