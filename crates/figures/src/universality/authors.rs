//! What the authors' code measures on two points (MEASURED: their code at the table's learning rate, 3000 epochs, one CPU
//! thread, `torch.manual_seed(0)`), and what their notebooks store (FOUND).

/// One run of one setting at seed 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub setting: &'static str,
    pub h_end: f64,
    pub h_inf: f64,
    pub eta_h: f64,
    pub eta_y: f64,
    /// Sum of squared errors over three curves of 3000 epochs.
    pub sse: f64,
}

impl Measured {
    /// The root mean square error of the three curves.
    pub fn rms_error(&self) -> f64 {
        (self.sse / 9000.0).sqrt()
    }
}

const fn run(
    setting: &'static str,
    [h_end, h_inf]: [f64; 2],
    [eta_h, eta_y]: [f64; 2],
    sse: f64,
) -> Measured {
    Measured {
        setting,
        h_end,
        h_inf,
        eta_h,
        eta_y,
        sse,
    }
}

/// The runs that the theory fits.
pub(crate) const MEASURED: [Measured; 11] = [
    run("default", [0.0949, 0.0991], [1.32e-3, 0.0676], 1.15),
    run("shallow", [0.510, 0.506], [8.43e-3, 0.0167], 0.80),
    run("linear", [0.901, 0.912], [0.0100, 6.47e-3], 13.0),
    run("tanh", [0.890, 0.901], [9.66e-3, 6.39e-3], 13.0),
    run("relu", [0.0940, 0.0976], [1.38e-3, 0.0729], 0.72),
    run("swish", [0.637, 0.644], [5.82e-3, 7.82e-3], 6.6),
    run("cnn", [3.074, 3.092], [0.0786, 4.21e-3], 71.5),
    run("dropout", [0.578, 0.555], [4.35e-3, 0.0143], 8.2),
    run("gain_0.9", [0.1058, 0.1101], [1.85e-3, 0.0765], 4.6),
    run("gain_1.2", [0.133, 0.137], [9.8e-4, 0.0390], 1.42),
    run("two_layer", [0.677, 0.676], [4.69e-3, 5.28e-3], 0.22),
];

/// The run of a setting.
pub(crate) fn measured(setting: &str) -> Option<&'static Measured> {
    MEASURED.iter().find(|run| run.setting == setting)
}

/// Gain, and final over initial `h2`.
pub(crate) const GROWTH: [(f64, f64); 5] = [
    (0.9, 1290.0),
    (1.0, 114.0),
    (1.2, 2.9),
    (1.3, 0.92),
    (1.4, 0.43),
];

/// Sum of squared errors of layers 0 to 19, default network: the notebook as it stands (FOUND).
pub(crate) const DEPTH_SSE_HEAD: [f64; 20] = [
    22.1, 20.3, 17.3, 13.4, 9.78, 7.70, 5.06, 3.08, 1.85, 0.857, 0.358, 0.094, 0.100, 0.235, 0.523,
    0.921, 1.49, 3.04, 2.06, 1.62,
];

/// The same of the repository's first commit (FOUND).
pub(crate) const DEPTH_SSE_FIRST: [f64; 20] = [
    30.5, 28.2, 24.6, 20.3, 15.8, 11.3, 8.12, 4.97, 2.82, 1.69, 0.796, 0.408, 0.131, 0.034, 0.084,
    0.278, 0.596, 1.07, 1.78, 2.93,
];

/// One layer of one run of the default network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerRun {
    pub layer: u32,
    /// Sum of squared errors over three curves of 3000 epochs.
    pub sse: f64,
    pub eta_h: f64,
    pub eta_y: f64,
}

const fn layer(layer: u32, sse: f64, eta_h: f64, eta_y: f64) -> LayerRun {
    LayerRun {
        layer,
        sse,
        eta_h,
        eta_y,
    }
}

/// Fits of its hidden layers (MEASURED, seed 0).
pub(crate) const DEPTH: [LayerRun; 10] = [
    layer(0, 34.8, 2.4e-4, 2.9e-3),
    layer(2, 27.2, 7.0e-4, 9.0e-3),
    layer(5, 13.5, 7.4e-4, 0.030),
    layer(8, 3.5, 9.3e-4, 0.061),
    layer(10, 1.15, 1.3e-3, 0.068),
    layer(12, 0.20, 2.0e-3, 0.067),
    layer(13, 0.083, 2.7e-3, 0.060),
    layer(15, 0.50, 5.0e-3, 0.054),
    layer(17, 1.4, 7.8e-3, 0.038),
    layer(19, 2.3, 7.8e-3, 0.018),
];

/// How far a search for the best constants got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// To the lowest error.
    Finished,
    /// To some error: the lowest may be lower.
    Stopped,
}

/// Altered dynamics, their sum of squared errors over the original's (MEASURED, seed 0, a coarse grid of guesses), and how
/// far the search got.
pub(crate) const ALTERED: [(&str, f64, Search); 4] = [
    ("output_doubled", 8.8 / 1.15, Search::Stopped),
    ("representation_doubled", 1.67 / 1.15, Search::Finished),
    ("sign_flipped", 6.9 / 1.15, Search::Stopped),
    ("term_dropped", 4.7 / 1.15, Search::Finished),
];
