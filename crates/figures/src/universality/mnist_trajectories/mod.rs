//! Two training images of MNIST among sixty thousand: their distances over training, beside the theory of two points (F7).
//!
//! The network is trained on everything; the theory knows the two images alone. The paper shows that it describes the pair
//! in quality, not in quantity (FOUND).

mod claims;
mod plot;
mod sections;
#[doc(hidden)]
pub mod synthetic;

use crate::chart::Chart;
use crate::universality::{Coverage, Moment, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};

/// The figure `univ-mnist-trajectories`. It uses moments and fits of the setting `mnist`, and values of `accuracy` and
/// `train_loss`.
#[derive(Debug, Clone, Copy)]
pub struct MnistPair;

/// The name of the setting.
const SETTING: &str = "mnist";

/// Share of correct answers on images that were not trained on, and the loss of the trained ones.
const METRICS: [&str; 2] = ["accuracy", "train_loss"];

type Quantity = fn(&Moment) -> Option<f64>;

/// One of the three curves: its name, that of the network and that of the theory.
struct Curve {
    name: &'static str,
    network: Quantity,
    theory: Quantity,
}

const CURVES: [Curve; 3] = [
    Curve {
        name: "‖dh‖²",
        network: |m| Some(m.h2),
        theory: |m| m.h2_theory,
    },
    Curve {
        name: "‖dy‖²",
        network: |m| Some(m.y2),
        theory: |m| m.y2_theory,
    },
    Curve {
        name: "w",
        network: |m| Some(m.w),
        theory: |m| m.w_theory,
    },
];

impl PairFigure for MnistPair {
    fn id(&self) -> &'static str {
        "univ-mnist-trajectories"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Moments
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let moments = tables.moments.iter().filter(|row| row.setting == SETTING);
        let fits = tables.fits.iter();
        let fits = fits.filter(|row| row.setting == SETTING && row.dynamics == "original");
        let values = tables.values.iter();
        let values =
            values.filter(|row| row.setting == SETTING && METRICS.contains(&row.metric.as_str()));
        PairTables {
            moments: moments.cloned().collect(),
            fits: fits.cloned().collect(),
            values: values.cloned().collect(),
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let seeds = |rows: Vec<u64>| rows.into_iter().collect::<std::collections::BTreeSet<_>>();
        let of = data.runs.len();
        let moments = seeds(data.tables.moments.iter().map(|row| row.seed).collect());
        let mut coverage = vec![Coverage {
            name: "trajectories".to_owned(),
            measured: moments.len(),
            of,
        }];
        coverage.extend(METRICS.map(|metric| {
            let rows = data.tables.values.iter();
            let rows = rows.filter(|row| row.metric == metric && row.value.is_some());
            Coverage {
                name: metric.replace('_', " "),
                measured: seeds(rows.map(|row| row.seed).collect()).len(),
                of,
            }
        }));
        coverage
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(data)
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(data)
    }
}

#[cfg(test)]
mod tests;
