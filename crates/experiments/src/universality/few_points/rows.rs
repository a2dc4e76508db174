//! From runs of two points to the rows of tables: what was measured, and the theory that was fitted to it.

use formant_figures::universality::{FitRow, Moment, Outcome};
use formant_theory::TheoryError;
use formant_theory::two_point::{
    Dynamics, Fit, MeanFit, Pair, Problem, State, Tolerance, Trajectory, fit, fit_mean, loss, solve,
};

use super::family::PointsCell;
use super::settings::Setting;
use crate::experiment::Mode;

/// Moments that are kept of a run for its picture.
const MOMENTS: u64 = 300;

/// A run with what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its line of the settings table.
    pub setting: &'a Setting,
    /// How the line was read.
    pub mode: Mode,
    /// The squared distances that were asked for; the network sees them in single precision.
    pub pair: Pair,
    /// The run.
    pub cell: &'a PointsCell,
}

/// One layer of a run, and the theory's account of it.
pub struct Account<'a> {
    run: Named<'a>,
    /// The number of the layer in tables.
    layer: u32,
    place: usize,
    dynamics: Dynamics,
    trajectory: Option<Trajectory>,
    /// The fit, or why there is none.
    fit: Result<Fit, String>,
    mean: Option<MeanFit>,
}

impl<'a> Named<'a> {
    /// The layer that the table follows.
    pub fn account(self, dynamics: Dynamics) -> Account<'a> {
        self.account_of(self.setting.layer, self.setting.listed, dynamics)
    }

    /// Any hidden layer that was followed; the first one followed stands in for one that was not.
    pub fn account_of(self, hidden: usize, layer: u32, dynamics: Dynamics) -> Account<'a> {
        let place = self.cell.record.spec.place_of(hidden).unwrap_or(0);
        let trajectory = trajectory(self.cell, place);
        let fit = match (&trajectory, self.cell.record.outcome.diverged()) {
            (_, true) => Err("the run diverged".to_owned()),
            (Ok(found), _) => fit(found, self.pair, dynamics).map_err(|why| why.to_string()),
            (Err(error), _) => Err(error.to_string()),
        };
        let trajectory = trajectory.ok();
        let mean = match (&trajectory, &fit) {
            (Some(trajectory), Ok(fit)) => {
                let (losses, mean0) = (self.held_losses(), self.cell.found.mean0);
                fit_mean(&losses, trajectory, fit, mean0).ok()
            }
            _ => None,
        };
        Account {
            run: self,
            layer,
            place,
            dynamics,
            trajectory,
            fit,
            mean,
        }
    }

    /// The ends of the run, without any fit.
    pub fn ends(self) -> FitRow {
        Account {
            run: self,
            layer: self.setting.listed,
            place: self
                .cell
                .record
                .spec
                .place_of(self.setting.layer)
                .unwrap_or(0),
            dynamics: Dynamics::Original,
            trajectory: None,
            fit: Err(String::new()),
            mean: None,
        }
        .row()
    }

    /// The loss at every epoch that was asked for; the last value stands for those after a run that ended early.
    fn held_losses(self) -> Vec<f64> {
        let mut losses = self.cell.found.loss.to_vec();
        let last = losses.last().copied().unwrap_or_default();
        losses.resize(self.cell.record.spec.epochs as usize, last);
        losses
    }
}

/// What was measured of one followed layer, held until the last epoch that was asked for.
fn trajectory(cell: &PointsCell, place: usize) -> Result<Trajectory, TheoryError> {
    let followed = &cell.found;
    let h2 = followed.h2.slice(ndarray::s![.., 0, place]).to_vec();
    let of_pair = |table: &ndarray::Array2<f64>| table.column(0).to_vec();
    let trajectory = Trajectory::new(h2, of_pair(&followed.y2), of_pair(&followed.w))?;
    Ok(trajectory.held_until(cell.record.spec.epochs as usize))
}

impl Account<'_> {
    /// The run's ends and its fit.
    pub fn row(&self) -> FitRow {
        let (cell, fit) = (self.run.cell, self.fit.as_ref().ok());
        let (spec, followed) = (&cell.record.spec, &cell.found);
        let last = followed.loss.len() - 1;
        let original = fit.filter(|_| self.dynamics == Dynamics::Original);
        let Pair { dx2, dy2 } = self.run.pair;
        let h2 = |epoch: usize| followed.h2[[epoch, 0, self.place]];
        FitRow {
            setting: self.run.setting.name.to_owned(),
            mode: self.run.mode.name().to_owned(),
            seed: spec.seed,
            layer: self.layer,
            dynamics: name(self.dynamics).to_owned(),
            dx2,
            dy2,
            learning_rate: spec.learning_rate,
            epochs: spec.epochs,
            epochs_run: followed.loss.len() as u64,
            h0: h2(0),
            y0: followed.y2[[0, 0]],
            w0: followed.w[[0, 0]],
            h_end: h2(last),
            y_end: followed.y2[[last, 0]],
            w_end: followed.w[[last, 0]],
            w_min: followed
                .w
                .column(0)
                .iter()
                .copied()
                .fold(f64::INFINITY, f64::min),
            loss_end: followed.loss[last],
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
            eta_mean: self.mean.as_ref().map(|mean| mean.eta_mean),
            loss_sse: self.mean.as_ref().map(|mean| mean.sse),
            a_high: original.map(|fit| fit.a_high),
            a_low: original.map(|fit| fit.a_low),
            h_inf: original.map(|fit| fit.h_inf),
            fit_ok: fit.is_some(),
            refusal: self.fit.as_ref().err().cloned(),
            outcome: if cell.record.outcome.diverged() {
                Outcome::Diverged
            } else {
                Outcome::Finished
            },
        }
    }

    /// The run and the fitted theory, thinned to what a picture shows.
    pub fn moments(&self) -> Vec<Moment> {
        let (cell, followed) = (self.run.cell, &self.run.cell.found);
        let epochs = cell.record.spec.epochs;
        let last = followed.loss.len() - 1;
        let count = epochs.min(MOMENTS);
        let at: Vec<u64> = (0..count)
            .map(|k| k * (epochs - 1) / (count - 1).max(1))
            .collect();
        let theory = self.theory(&at);
        let setting = match self.dynamics {
            Dynamics::Original => self.run.setting.name.to_owned(),
            other => format!("{}/{}", self.run.setting.name, name(other)),
        };
        let Pair { dx2, dy2 } = self.run.pair;
        let moment = |(k, epoch): (usize, &u64)| {
            let held = (*epoch as usize).min(last);
            let theory = theory.as_ref().and_then(|states| states.get(k));
            Moment {
                setting: setting.clone(),
                mode: self.run.mode.name().to_owned(),
                seed: cell.record.spec.seed,
                dx2,
                dy2,
                layer: self.layer,
                epoch: *epoch,
                h2: followed.h2[[held, 0, self.place]],
                y2: followed.y2[[held, 0]],
                w: followed.w[[held, 0]],
                loss: followed.loss[held],
                h2_theory: theory.map(|(state, _)| state.h2),
                y2_theory: theory.map(|(state, _)| state.y2),
                w_theory: theory.map(|(state, _)| state.w),
                loss_theory: theory.and_then(|(_, loss)| *loss),
            }
        };
        at.iter().enumerate().map(moment).collect()
    }

    /// The fitted states and losses at these epochs.
    fn theory(&self, at: &[u64]) -> Option<Vec<(State, Option<f64>)>> {
        let (fit, trajectory) = (self.fit.as_ref().ok()?, self.trajectory.as_ref()?);
        let times: Vec<f64> = at.iter().map(|e| trajectory.times()[*e as usize]).collect();
        let problem = Problem {
            pair: fit.pair,
            rates: fit.rates,
            start: trajectory.start(),
            dynamics: self.dynamics,
        };
        let states = solve(&problem, &times, Tolerance::default()).ok()?;
        let mean0 = self.run.cell.found.mean0;
        let with_loss = |(state, t): (State, &f64)| {
            let of_mean = |mean: &MeanFit| loss(fit.pair, state, mean0, mean.eta_mean, *t);
            (state, self.mean.as_ref().map(of_mean))
        };
        Some(states.into_iter().zip(&times).map(with_loss).collect())
    }
}

/// The name of a right-hand side in tables.
fn name(dynamics: Dynamics) -> &'static str {
    match dynamics {
        Dynamics::Original => "original",
        Dynamics::OutputDoubled => "output_doubled",
        Dynamics::RepresentationDoubled => "representation_doubled",
        Dynamics::SignFlipped => "sign_flipped",
        Dynamics::TermDropped => "term_dropped",
    }
}
