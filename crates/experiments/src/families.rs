//! Every experiment and every set of figures.

use crate::experiment::{Experiment, FigureSet};
use crate::formation::{calibrate, gamma, sweeps};
use crate::universality::{few_points, many_points};

/// Every experiment.
pub static EXPERIMENTS: [Experiment; 3] = [
    gamma::EXPERIMENT,
    calibrate::EXPERIMENT,
    few_points::EXPERIMENT,
];

static FIGURES: [FigureSet; 3] = [sweeps::FIGURES, few_points::FIGURES, many_points::FIGURES];

/// The set that a figure belongs to.
pub fn figures_with(id: &str) -> Option<&'static FigureSet> {
    FIGURES.iter().find(|set| (set.owns)(id))
}
