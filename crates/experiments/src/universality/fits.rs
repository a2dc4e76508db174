//! A pair of points in one layer of a network: its curves, and the theory that is fitted to them, as rows of tables.

use formant_figures::universality::{FitRow, Outcome, TrajectoryPoint};
use formant_theory::two_point::{
    Dynamics, Fit, Pair, Problem, Start, State, Tolerance, Trajectory, fit, solve,
};

use crate::experiment::setting_name;

/// The curves of a pair, and what rows say of the network.
#[derive(Debug, Clone)]
pub struct PairCurves<'a> {
    pub setting: &'a str,
    pub mode: &'a str,
    pub seed: u64,
    /// The number of the layer in tables.
    pub layer: u32,
    pub pair: Pair,
    pub learning_rate: f64,
    /// Epochs that were requested.
    pub epochs: u64,
    pub diverged: bool,
    pub h2: Vec<f64>,
    pub y2: Vec<f64>,
    pub w: Vec<f64>,
    /// The loss of the network.
    pub loss: Vec<f64>,
}

/// The curves of a pair, and the theory's account of them.
pub struct PairFit<'a> {
    pub curves: PairCurves<'a>,
    pub dynamics: Dynamics,
    pub trajectory: Option<Trajectory>,
    /// The fit, or why there is none.
    pub fit: Result<Fit, String>,
}

impl<'a> PairCurves<'a> {
    /// Fits the theory to the curves, the last state held until there are as many samples.
    pub fn fit(self, dynamics: Dynamics, samples: usize) -> PairFit<'a> {
        let trajectory = Trajectory::new(self.h2.clone(), self.y2.clone(), self.w.clone());
        let trajectory = trajectory.map(|found| found.extend_to(samples));
        let fit = match &trajectory {
            _ if self.diverged => Err("the run diverged".to_owned()),
            // Training is deterministic: its first state has no noise.
            Ok(found) => {
                fit(found, self.pair, dynamics, Start::Exact).map_err(|why| why.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        PairFit {
            curves: self,
            dynamics,
            trajectory: trajectory.ok(),
            fit,
        }
    }

    /// Both ends, and the fit or why there is none. Fits of the loss are not in it.
    pub fn row(&self, dynamics: Dynamics, fitted: Result<&Fit, &String>) -> FitRow {
        let (fit, last) = (fitted.ok(), self.loss.len() - 1);
        // The closed forms are those of the original equations.
        let closed = fit.filter(|_| dynamics == Dynamics::Original);
        FitRow {
            setting: self.setting.to_owned(),
            mode: self.mode.to_owned(),
            seed: self.seed,
            layer: self.layer,
            dynamics: setting_name(&dynamics),
            dx2: self.pair.dx2,
            dy2: self.pair.dy2,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
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
            outcome: match self.diverged {
                true => Outcome::Diverged,
                false => Outcome::Finished,
            },
        }
    }

    /// Entry `at`, which stands for `epoch`, with the theory's state then.
    pub fn moment(&self, (at, epoch): (usize, u64), theory: Option<State>) -> TrajectoryPoint {
        TrajectoryPoint {
            setting: self.setting.to_owned(),
            mode: self.mode.to_owned(),
            seed: self.seed,
            dx2: self.pair.dx2,
            dy2: self.pair.dy2,
            layer: self.layer,
            epoch,
            h2: self.h2[at],
            y2: self.y2[at],
            w: self.w[at],
            loss: self.loss[at],
            h2_theory: theory.map(|state| state.h2),
            y2_theory: theory.map(|state| state.y2),
            w_theory: theory.map(|state| state.w),
            loss_theory: None,
        }
    }
}

impl PairFit<'_> {
    /// Both ends and the fit.
    pub fn row(&self) -> FitRow {
        self.curves.row(self.dynamics, self.fit.as_ref())
    }

    /// The fitted states at these samples of the trajectory, with their times.
    pub fn states(&self, samples: impl IntoIterator<Item = usize>) -> Option<Vec<(f64, State)>> {
        let (fit, trajectory) = (self.fit.as_ref().ok()?, self.trajectory.as_ref()?);
        let problem = Problem {
            pair: fit.pair,
            rates: fit.rates,
            start: trajectory.start(),
            dynamics: self.dynamics,
        };
        let at = |sample: usize| trajectory.times()[sample];
        let times: Vec<f64> = samples.into_iter().map(at).collect();
        let states = solve(&problem, &times, Tolerance::default()).ok()?;
        Some(times.into_iter().zip(states).collect())
    }
}

/// Squared distance of two rows, in double precision.
pub fn squared<'a, T: IntoIterator<Item = &'a f32>>(a: T, b: T) -> f64 {
    difference([a, b]).map(|x| x * x).sum()
}

/// \\((b - a)\cdot(d - c)\\) of `[a, b]` and `[c, d]`, in double precision.
pub fn product<'a, T, U>(one: [T; 2], other: [U; 2]) -> f64
where
    T: IntoIterator<Item = &'a f32>,
    U: IntoIterator<Item = &'a f32>,
{
    let pairs = difference(one).zip(difference(other));
    pairs.map(|(x, y)| x * y).sum()
}

fn difference<'a, T: IntoIterator<Item = &'a f32>>([a, b]: [T; 2]) -> impl Iterator<Item = f64> {
    let pairs = a.into_iter().zip(b);
    pairs.map(|(a, b)| f64::from(*b) - f64::from(*a))
}
