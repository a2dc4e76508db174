//! From runs of two points to the rows of tables: what was measured, and the theory that was fitted to it.

use formant_figures::universality::{FitRow, TrajectoryPoint};
use formant_theory::TheoryError;
use formant_theory::two_point::{
    Dynamics, Fit, MeanFit, Pair, Start, State, Trajectory, fit, fit_mean, loss,
};

use super::family::PointsCell;
use super::settings::Setting;
use crate::experiment::Mode;
use crate::universality::fits::{PairCurves, PairRun, fitted_states, name};

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
            // Training is deterministic: its first state has no noise.
            (Ok(found), _) => {
                fit(found, self.pair, dynamics, Start::Exact).map_err(|why| why.to_string())
            }
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
    Ok(trajectory.extend_to(cell.record.spec.epochs as usize))
}

impl Account<'_> {
    fn curves(&self) -> PairCurves {
        let found = &self.run.cell.found;
        PairCurves {
            h2: found.h2.slice(ndarray::s![.., 0, self.place]).to_vec(),
            y2: found.y2.column(0).to_vec(),
            w: found.w.column(0).to_vec(),
            loss: found.loss.to_vec(),
        }
    }

    fn pair_run<'b>(&self, setting: &'b str) -> PairRun<'b> {
        let record = &self.run.cell.record;
        PairRun {
            setting,
            mode: self.run.mode.name(),
            seed: record.spec.seed,
            layer: self.layer,
            pair: self.run.pair,
            learning_rate: record.spec.learning_rate,
            epochs: record.spec.epochs,
            diverged: record.outcome.diverged(),
        }
    }

    /// The run's ends and its fit.
    pub fn row(&self) -> FitRow {
        let run = self.pair_run(self.run.setting.name);
        FitRow {
            eta_mean: self.mean.as_ref().map(|mean| mean.eta_mean),
            loss_sse: self.mean.as_ref().map(|mean| mean.sse),
            ..self.curves().row(&run, self.dynamics, self.fit.as_ref())
        }
    }

    /// The run and the fitted theory, thinned to what a picture shows.
    pub fn trajectories(&self) -> Vec<TrajectoryPoint> {
        let (curves, epochs) = (self.curves(), self.run.cell.record.spec.epochs);
        let (last, count) = (curves.loss.len() - 1, epochs.min(MOMENTS));
        let at: Vec<u64> = (0..count)
            .map(|k| k * (epochs - 1) / (count - 1).max(1))
            .collect();
        let theory = self.theory(&at);
        let setting = match self.dynamics {
            Dynamics::Original => self.run.setting.name.to_owned(),
            other => format!("{}/{}", self.run.setting.name, name(other)),
        };
        let run = self.pair_run(&setting);
        let moment = |(k, epoch): (usize, &u64)| {
            let theory = theory.as_ref().and_then(|states| states.get(k));
            let state = theory.map(|(state, _)| *state);
            let loss = theory.and_then(|(_, loss)| *loss);
            // A run that ended early is held at its last state.
            let held = (*epoch as usize).min(last);
            curves.moment(&run, (held, *epoch), state, loss)
        };
        at.iter().enumerate().map(moment).collect()
    }

    /// The fitted states and losses at these epochs.
    fn theory(&self, at: &[u64]) -> Option<Vec<(State, Option<f64>)>> {
        let (fit, trajectory) = (self.fit.as_ref().ok()?, self.trajectory.as_ref()?);
        let times: Vec<f64> = at.iter().map(|e| trajectory.times()[*e as usize]).collect();
        let states = fitted_states(fit, trajectory, self.dynamics, &times)?;
        let mean0 = self.run.cell.found.mean0;
        let with_loss = |(state, t): (State, &f64)| {
            let of_mean = |mean: &MeanFit| loss(fit.pair, state, mean0, mean.eta_mean, *t);
            (state, self.mean.as_ref().map(of_mean))
        };
        Some(states.into_iter().zip(&times).map(with_loss).collect())
    }
}
