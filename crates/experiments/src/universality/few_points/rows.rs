//! From runs of two points to the rows of tables: what was measured, and the theory that was fitted to it.

use formant_figures::universality::{FitRow, TrajectoryPoint};
use formant_theory::two_point::{Dynamics, MeanFit, fit_mean, loss};

use super::family::PointsCell;
use super::plan::PointsRun;
use crate::experiment::setting_name;
use crate::universality::fits::{PairCurves, PairFit};

/// Moments that are kept of a run for its picture.
const MOMENTS: u64 = 300;

/// A run with its cell.
pub type Done = (PointsRun, PointsCell);

/// One layer of a run, and the theory's account of it.
pub struct Account<'a> {
    cell: &'a PointsCell,
    fit: PairFit<'a>,
    mean: Option<MeanFit>,
}

/// The curves in any hidden layer that was followed, whose number in tables is `layer`; the first layer followed stands in
/// for one that was not.
fn curves((run, cell): &Done, hidden: usize, layer: u32) -> PairCurves<'_> {
    let (spec, found) = (&cell.record.spec, &cell.found);
    let place = spec.place_of(hidden).unwrap_or(0);
    let states = (0..found.loss.len()).map(|epoch| found.state(epoch, 0, place));
    PairCurves {
        setting: run.setting.name,
        mode: run.mode.name(),
        seed: spec.seed,
        layer,
        pair: run.pair,
        learning_rate: spec.learning_rate,
        epochs: spec.epochs,
        diverged: cell.record.outcome.diverged(),
        h2: states.clone().map(|state| state.h2).collect(),
        y2: states.clone().map(|state| state.y2).collect(),
        w: states.map(|state| state.w).collect(),
        loss: found.loss.clone(),
    }
}

/// The ends of a run in the layer that the table follows, without any fit.
pub fn ends(done: &Done) -> FitRow {
    let setting = &done.0.setting;
    curves(done, setting.layer, setting.listed).row(Dynamics::Original, Err(&String::new()))
}

impl<'a> Account<'a> {
    /// Of the layer that the table follows.
    pub fn of(done: &'a Done, dynamics: Dynamics) -> Self {
        let setting = &done.0.setting;
        Self::of_layer(done, setting.layer, setting.listed, dynamics)
    }

    /// Of any hidden layer, whose number in tables is `layer`.
    pub fn of_layer(done: &'a Done, hidden: usize, layer: u32, dynamics: Dynamics) -> Self {
        let (cell, curves) = (&done.1, curves(done, hidden, layer));
        let epochs = curves.epochs as usize;
        let fit = curves.fit(dynamics, epochs);
        let mean = match (&fit.trajectory, &fit.fit) {
            (Some(trajectory), Ok(found)) => {
                // The last loss stands for those after a run that ended early.
                let mut losses = fit.curves.loss.clone();
                losses.resize(epochs, losses.last().copied().unwrap_or_default());
                fit_mean(&losses, trajectory, found, cell.found.mean0).ok()
            }
            _ => None,
        };
        Self { cell, fit, mean }
    }

    /// The run's ends and its fit.
    pub fn row(&self) -> FitRow {
        FitRow {
            eta_mean: self.mean.as_ref().map(|mean| mean.eta_mean),
            loss_sse: self.mean.as_ref().map(|mean| mean.sse),
            ..self.fit.row()
        }
    }

    /// The run and the fitted theory, thinned to what a picture shows.
    pub fn trajectories(&self) -> Vec<TrajectoryPoint> {
        let curves = &self.fit.curves;
        let (last, count) = (curves.loss.len() - 1, curves.epochs.min(MOMENTS));
        let at = (0..count).map(|k| k * (curves.epochs - 1) / (count - 1).max(1));
        let theory = self.fit.states(at.clone().map(|epoch| epoch as usize));
        let setting = match self.fit.dynamics {
            Dynamics::Original => curves.setting.to_owned(),
            other => format!("{}/{}", curves.setting, setting_name(&other)),
        };
        let moment = |(k, epoch): (usize, u64)| {
            let theory = theory.as_ref().map(|states| states[k]);
            // A run that ended early is held at its last state.
            let held = (epoch as usize).min(last);
            TrajectoryPoint {
                setting: setting.clone(),
                loss_theory: theory.and_then(|(time, state)| {
                    let (fit, mean) = (self.fit.fit.as_ref().ok()?, self.mean.as_ref()?);
                    let mean0 = self.cell.found.mean0;
                    Some(loss(fit.pair, state, mean0, mean.eta_mean, time))
                }),
                ..curves.moment((held, epoch), theory.map(|(_, state)| state))
            }
        };
        at.enumerate().map(moment).collect()
    }
}
