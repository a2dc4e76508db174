//! Every experiment and every set of figures.

use crate::experiment::{Experiment, FigureSet};
use crate::formation::calibrate::CalibrateExperiment;
use crate::formation::gamma::GammaExperiment;
use crate::formation::sweeps;
use crate::universality::few_points::{self, TwoPointsExperiment};
use crate::universality::many_points;

/// Every experiment.
pub fn experiments() -> &'static [&'static dyn Experiment] {
    &[&GammaExperiment, &CalibrateExperiment, &TwoPointsExperiment]
}

static FIGURES: [FigureSet; 3] = [sweeps::FIGURES, few_points::FIGURES, many_points::FIGURES];

/// The set that a figure belongs to.
pub fn figures_with(id: &str) -> Option<&'static FigureSet> {
    FIGURES.iter().find(|set| (set.owns)(id))
}
