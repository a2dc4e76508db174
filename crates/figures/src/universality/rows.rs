//! The rows that connect experiments with pairs of points to figures.
//!
//! Notation of "When Representations Align": for two inputs A and B of one network, \\(h = \lVert h_B - h_A\rVert^2\\) at the
//! observed layer, \\(y = \lVert \hat y_B - \hat y_A\rVert^2\\) of the outputs and
//! \\(w = y - (\hat y_B - \hat y_A)\cdot(y_B - y_A)\\). The theory's rates are those of
//! \\(h' = -\eta_h\\, dx^2\\, w\\), with one epoch as the unit of time.

use super::checked_tables::Run;
use super::record::records;
use crate::table::Outcome;

records! {
    /// Where a run of two data points stands at one epoch.
    key(setting mode seed dx2 dy2 layer epoch)
    signed(w h2_theory y2_theory w_theory loss_theory)
    run(|row| Run::of_pair(&row.setting, row.seed, &row.mode, (row.dx2, row.dy2)))
    pub struct TrajectoryPoint {
        /// Name in the settings table, such as `default`; points of an altered theory append its name: `default/sign_flipped`.
        pub setting: String,
        /// `table` (learning rate and epochs as the table has them) or `notebook` (half the rate, twice the epochs).
        pub mode: String,
        /// Seed of the network.
        pub seed: u64,
        /// Squared distance of the two inputs.
        pub dx2: f64,
        /// Squared distance of the two targets.
        pub dy2: f64,
        /// Index in the list of hidden activations, from 0.
        pub layer: u32,
        /// Updates before this point; 0 is the initial network.
        pub epoch: u64,
        /// Squared distance of the two representations.
        pub h2: f64,
        /// Squared distance of the two outputs.
        pub y2: f64,
        /// `y2` less the scalar product of the differences of outputs and of targets.
        pub w: f64,
        /// Training loss, half the mean squared error.
        pub loss: f64,
        /// The fitted theory's `h2`; `None` where there is no fit.
        pub h2_theory: Option<f64>,
        /// The fitted theory's `y2`.
        pub y2_theory: Option<f64>,
        /// The fitted theory's `w`.
        pub w_theory: Option<f64>,
        /// The fitted theory's loss.
        pub loss_theory: Option<f64>,
    }

    /// One fit of the theory to one run, with the run's ends.
    key(setting mode seed dx2 dy2 layer dynamics)
    signed(
        w0 w_end w_min eta_h eta_h_low eta_h_high
        eta_y eta_y_low eta_y_high eta_mean a_high a_low
    )
    run(|row| Run::of_pair(&row.setting, row.seed, &row.mode, (row.dx2, row.dy2)))
    pub struct FitRow {
        /// As in [`TrajectoryPoint`], without the name of an altered theory.
        pub setting: String,
        /// As in [`TrajectoryPoint`].
        pub mode: String,
        /// As in [`TrajectoryPoint`].
        pub seed: u64,
        /// As in [`TrajectoryPoint`].
        pub layer: u32,
        /// `original`, `output_doubled`, `representation_doubled`, `sign_flipped` or `term_dropped`.
        pub dynamics: String,
        /// As in [`TrajectoryPoint`].
        pub dx2: f64,
        /// As in [`TrajectoryPoint`].
        pub dy2: f64,
        /// Learning rate of the run.
        pub learning_rate: f64,
        /// Epochs that were asked for.
        pub epochs: u64,
        /// Epochs that were run; fewer where the loss was low enough.
        pub epochs_run: u64,
        /// `h2` of the initial network.
        pub h0: f64,
        /// `y2` of the initial network.
        pub y0: f64,
        /// `w` of the initial network.
        pub w0: f64,
        /// `h2` at the end.
        pub h_end: f64,
        /// `y2` at the end.
        pub y_end: f64,
        /// `w` at the end.
        pub w_end: f64,
        /// The smallest `w` of the run.
        pub w_min: f64,
        /// Loss at the end.
        pub loss_end: f64,
        /// Fitted rate of the representation, per epoch; `None` where there is no fit.
        pub eta_h: Option<f64>,
        /// Lower end of its interval.
        pub eta_h_low: Option<f64>,
        /// Upper end of its interval.
        pub eta_h_high: Option<f64>,
        /// Fitted rate of the output, per epoch.
        pub eta_y: Option<f64>,
        /// Lower end of its interval.
        pub eta_y_low: Option<f64>,
        /// Upper end of its interval.
        pub eta_y_high: Option<f64>,
        /// Sum of squared errors of the three curves over all epochs that were asked for.
        pub sse: Option<f64>,
        /// Root mean square error of `h2`.
        pub rmse_h: Option<f64>,
        /// Root mean square error of `y2`.
        pub rmse_y: Option<f64>,
        /// Root mean square error of `w`.
        pub rmse_w: Option<f64>,
        /// Fitted rate of the mean prediction.
        pub eta_mean: Option<f64>,
        /// Sum of squared errors of the loss.
        pub loss_sse: Option<f64>,
        /// The closed form's lazy limit of `h2`; of dynamics `original` only, as the next two.
        pub a_high: Option<f64>,
        /// The closed form's rich limit of `h2`.
        pub a_low: Option<f64>,
        /// The closed form's final `h2`.
        pub h_inf: Option<f64>,
        /// Whether the theory has a fit here.
        pub fit_ok: bool,
        /// Why it has none, in words.
        pub refusal: Option<String>,
        /// How the run ended.
        pub outcome: Outcome,
    }

    /// A distance between two items of one network, or predicted for it. Not squared, unless the figure says so.
    key(setting seed kind i j)
    signed()
    run(|row| Run::of(&row.setting, row.seed))
    pub struct Distance {
        /// Name of the setting.
        pub setting: String,
        /// Seed of the network.
        pub seed: u64,
        /// `initial`, `final` or `theory`.
        pub kind: String,
        /// The first item.
        pub i: u32,
        /// The second item.
        pub j: u32,
        /// What the first item is called.
        pub label_i: String,
        /// What the second item is called.
        pub label_j: String,
        /// The distance, 0 or more.
        pub distance: f64,
    }

    /// An item of the context task, embedded in three dimensions.
    key(setting activation seed item)
    signed(x y axis1 axis2 axis3)
    run(|row| Run::of(&row.setting, row.seed))
    pub struct Embedded {
        /// Name of the setting.
        pub setting: String,
        /// `tanh` or `leaky_relu`.
        pub activation: String,
        /// Seed of the network.
        pub seed: u64,
        /// Which item.
        pub item: u32,
        /// Its context, 0 or 1.
        pub context: u32,
        /// Its position across, from -1 to 1.
        pub x: f64,
        /// Its position up, from -1 to 1.
        pub y: f64,
        /// First coordinate of its representation.
        pub axis1: f64,
        /// Second coordinate.
        pub axis2: f64,
        /// Third coordinate.
        pub axis3: f64,
    }

    /// Any other number.
    key(setting activation seed epoch layer side metric)
    signed(value null_q95)
    run(|row| Run::of(&row.setting, row.seed))
    pub struct Value {
        /// Name of the setting.
        pub setting: String,
        /// Activation, or empty.
        pub activation: String,
        /// Seed of the network.
        pub seed: u64,
        /// Updates before the measurement.
        pub epoch: u64,
        /// Which layer; 0 where there is none to name.
        pub layer: u32,
        /// `a`, `b` or empty.
        pub side: String,
        /// What was measured.
        pub metric: String,
        /// The number; `None` where it is undefined.
        pub value: Option<f64>,
        /// Its 95 % quantile under the null, where there is one.
        pub null_q95: Option<f64>,
    }
}
