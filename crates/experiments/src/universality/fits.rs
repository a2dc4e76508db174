//! A pair of points in one layer of a network: its curves, and the theory that is fitted to them, as rows of tables.

use formant_figures::universality::{FitRow, Outcome, TrajectoryPoint};
use formant_theory::two_point::{
    Dynamics, Fit, Pair, Problem, State, Tolerance, Trajectory, solve,
};

/// What rows say of the network.
#[derive(Debug, Clone)]
pub struct PairRun<'a> {
    pub setting: &'a str,
    pub mode: &'a str,
    pub seed: u64,
    /// The number of the layer in tables.
    pub layer: u32,
    pub pair: Pair,
    pub learning_rate: f64,
    /// Epochs that were asked for.
    pub epochs: u64,
    pub diverged: bool,
}

/// The curves of the pair, and the loss of the network.
pub struct PairCurves {
    pub h2: Vec<f64>,
    pub y2: Vec<f64>,
    pub w: Vec<f64>,
    pub loss: Vec<f64>,
}

impl PairCurves {
    /// Both ends, and the fit or why there is none. Fits of the loss are not in it.
    pub fn row(
        &self,
        run: &PairRun<'_>,
        dynamics: Dynamics,
        fitted: Result<&Fit, &String>,
    ) -> FitRow {
        let (fit, last) = (fitted.ok(), self.loss.len() - 1);
        // The closed forms are those of the original equations.
        let closed = fit.filter(|_| dynamics == Dynamics::Original);
        FitRow {
            setting: run.setting.to_owned(),
            mode: run.mode.to_owned(),
            seed: run.seed,
            layer: run.layer,
            dynamics: name(dynamics).to_owned(),
            dx2: run.pair.dx2,
            dy2: run.pair.dy2,
            learning_rate: run.learning_rate,
            epochs: run.epochs,
            epochs_run: self.loss.len() as u64,
            h0: self.h2[0],
            y0: self.y2[0],
            w0: self.w[0],
            h_end: self.h2[last],
            y_end: self.y2[last],
            w_end: self.w[last],
            w_min: self.w.iter().copied().fold(f64::INFINITY, f64::min),
            loss_end: self.loss[last],
            eta_h: fit.map(|fit| fit.rates.eta_h),
            eta_h_low: fit.map(|fit| fit.eta_h_ci95[0]),
            eta_h_high: fit.map(|fit| fit.eta_h_ci95[1]),
            eta_y: fit.map(|fit| fit.rates.eta_y),
            eta_y_low: fit.map(|fit| fit.eta_y_ci95[0]),
            eta_y_high: fit.map(|fit| fit.eta_y_ci95[1]),
            sse: fit.map(|fit| fit.sse),
            rmse_h: fit.map(|fit| fit.rmse[0]),
            rmse_y: fit.map(|fit| fit.rmse[1]),
            rmse_w: fit.map(|fit| fit.rmse[2]),
            eta_mean: None,
            loss_sse: None,
            a_high: closed.map(|fit| fit.a_high),
            a_low: closed.map(|fit| fit.a_low),
            h_inf: closed.map(|fit| fit.h_inf),
            fit_ok: fit.is_some(),
            refusal: fitted.err().cloned(),
            outcome: if run.diverged {
                Outcome::Diverged
            } else {
                Outcome::Finished
            },
        }
    }

    /// Entry `at`, which stands for `epoch`, with the theory's state and loss then.
    pub fn moment(
        &self,
        run: &PairRun<'_>,
        (at, epoch): (usize, u64),
        theory: Option<State>,
        loss_theory: Option<f64>,
    ) -> TrajectoryPoint {
        TrajectoryPoint {
            setting: run.setting.to_owned(),
            mode: run.mode.to_owned(),
            seed: run.seed,
            dx2: run.pair.dx2,
            dy2: run.pair.dy2,
            layer: run.layer,
            epoch,
            h2: self.h2[at],
            y2: self.y2[at],
            w: self.w[at],
            loss: self.loss[at],
            h2_theory: theory.map(|state| state.h2),
            y2_theory: theory.map(|state| state.y2),
            w_theory: theory.map(|state| state.w),
            loss_theory,
        }
    }
}

/// The fitted states at these times.
pub fn fitted_states(
    fit: &Fit,
    trajectory: &Trajectory,
    dynamics: Dynamics,
    times: &[f64],
) -> Option<Vec<State>> {
    let problem = Problem {
        pair: fit.pair,
        rates: fit.rates,
        start: trajectory.start(),
        dynamics,
    };
    solve(&problem, times, Tolerance::default()).ok()
}

/// The name of a right-hand side in tables.
pub fn name(dynamics: Dynamics) -> &'static str {
    match dynamics {
        Dynamics::Original => "original",
        Dynamics::OutputDoubled => "output_doubled",
        Dynamics::RepresentationDoubled => "representation_doubled",
        Dynamics::SignFlipped => "sign_flipped",
        Dynamics::TermDropped => "term_dropped",
    }
}
