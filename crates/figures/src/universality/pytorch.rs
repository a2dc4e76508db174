//! The convolutional network of the settings table in PyTorch (MEASURED: `reference/universality/make_cnn.py`, at the table's
//! learning rate, 3000 epochs).

use super::shares::share;
use super::two_points::{CONVERGED, Fits};
use crate::Estimate;

/// Networks of the setting, ours or PyTorch's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Group {
    /// The share that learns the pair.
    pub learn: Estimate,
    /// Geometric mean of the initial squared distances of representations.
    pub h0: Estimate,
}

impl Group {
    /// Of initial distances, and final losses where a network was trained; `None` of no runs.
    fn of(runs: &[CnnRun]) -> Option<Self> {
        let losses: Vec<f64> = runs.iter().filter_map(|run| run.loss_end).collect();
        let learn = losses.iter().filter(|loss| **loss < CONVERGED).count();
        let h0: Vec<f64> = runs.iter().map(|run| run.h0).collect();
        Some(Self {
            learn: share(learn, losses.len())?,
            h0: Estimate::geometric(&h0)?,
        })
    }

    /// Our networks.
    pub fn ours(fits: &Fits<'_>) -> Option<Self> {
        let runs = fits.of("cnn").iter().map(|fit| CnnRun {
            h0: fit.h0,
            loss_end: Some(fit.loss_end),
        });
        Self::of(&runs.collect::<Vec<_>>())
    }

    /// PyTorch's.
    pub fn in_pytorch() -> Option<Self> {
        Self::of(&cnn_runs())
    }
}

/// A network: its initial squared distance of representations, and its final loss if it was trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CnnRun {
    pub h0: f64,
    pub loss_end: Option<f64>,
}

/// A network for each seed.
pub(crate) fn cnn_runs() -> Vec<CnnRun> {
    let text = include_str!("../../reference/universality/cnn.csv");
    let run = |line: &str| {
        let columns: Vec<&str> = line.split(',').collect();
        let number = |k: usize| columns.get(k)?.parse().ok();
        let (h0, loss_end) = (number(1)?, number(4));
        Some(CnnRun { h0, loss_end })
    };
    text.lines().filter_map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_but_the_first_is_a_run() {
        let lines = include_str!("../../reference/universality/cnn.csv").lines();
        let runs = cnn_runs();
        assert_eq!(runs.len(), lines.count() - 1);
        let trained = runs.iter().filter(|run| run.loss_end.is_some()).count();
        assert!(runs.len() >= 200 && trained >= 14, "{trained}");
        // The reference run of the authors' own code at seed 0 starts there too.
        assert!((runs[0].h0 - 0.0744).abs() < 1e-6);
    }
}
