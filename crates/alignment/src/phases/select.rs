//! From the misfits of relations to a row.

use formant_moments::Side;
use formant_theory::phases::{Row, SideState, rows};
use serde::{Deserialize, Serialize};

use crate::{ByRelation, Relation};

/// Largest distance, in nats, at which a layer counts as being in a row. A relation of two sampled moments is off by
/// 0.32 with 2000 samples of 100 directions, so that a smaller value would reject what holds; a relation that is off
/// by one power of \\(Z\\) is off by 0.63 if the singular values are spread evenly over a factor of 3, and a row
/// with one such relation of two by 0.45 (DERIVED; the tests of this module sample all of this).
pub const TOLERANCE: f64 = 0.4;

/// Rows whose distance is below this, in nats, are not told apart by distance: relations that hold within 10 % hold.
pub const RESOLUTION: f64 = 0.1;

/// Neither are rows whose distance is below this multiple of the nearest one's. In a layer of row 12, of which all
/// other rows hold too, its own distance is 1.15 times that of the nearest, because only the former counts the
/// relations between two sampled moments (DERIVED from the bias of the misfit); the rest is room for chance.
pub const INDISTINCT: f64 = 1.4;

/// The row of the phase table that a layer is in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PhaseFit {
    /// 1 to 12; `None` if no row is within [`TOLERANCE`].
    pub row: Option<usize>,
    /// Distance of that row in nats, or of the nearest one if there is none; a root mean square of misfits, 0 or more.
    pub distance: f64,
    /// The nearest of the other rows; the nearest of all if `row` is `None`.
    pub runner_up: RunnerUp,
}

/// The row that a layer is not in, but next to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// 1 to 12.
    pub row: usize,
    /// Its distance, in nats.
    pub distance: f64,
}

/// Chooses a row from the misfits of the six relations.
///
/// The distance of a row is the root mean square over its relations. Rows overlap: a layer of row 12 is in all
/// others too, and one with equal singular values in several. So of the rows that cannot be told from the nearest one
/// (within [`RESOLUTION`], or [`INDISTINCT`] times the nearest distance, and within [`TOLERANCE`] in any case) the one
/// with the most relations is chosen, then the nearest.
#[must_use]
pub fn nearest_row(misfits: &ByRelation<f64>) -> PhaseFit {
    let mut candidates: Vec<Candidate> = rows()
        .iter()
        .map(|row| Candidate::new(row, misfits))
        .collect();
    candidates.sort_by(|x, y| x.distance.total_cmp(&y.distance));
    // The table is not empty; the default is never seen.
    let nearest = candidates.first().copied().unwrap_or_default();
    if nearest.distance > TOLERANCE {
        return PhaseFit {
            row: None,
            distance: nearest.distance,
            runner_up: nearest.runner_up(),
        };
    }
    let alike = RESOLUTION.max(INDISTINCT * nearest.distance).min(TOLERANCE);
    let mut chosen = nearest;
    for candidate in candidates.iter().take_while(|x| x.distance <= alike) {
        if candidate.relations > chosen.relations {
            chosen = *candidate;
        }
    }
    let mut others = candidates.iter().filter(|x| x.row != chosen.row);
    PhaseFit {
        row: Some(chosen.row),
        distance: chosen.distance,
        runner_up: others.next().unwrap_or(&chosen).runner_up(),
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Candidate {
    row: usize,
    relations: usize,
    distance: f64,
}

impl Candidate {
    fn new(row: &Row, misfits: &ByRelation<f64>) -> Self {
        let of_side = |side, state| relations(state).iter().map(move |r| *misfits.get(side, *r));
        let all: Vec<f64> = of_side(Side::B, row.side_b)
            .chain(of_side(Side::A, row.side_a))
            .collect();
        let mean_square = all.iter().map(|x| x * x).sum::<f64>() / all.len() as f64;
        Self {
            row: row.number,
            relations: all.len(),
            distance: mean_square.sqrt(),
        }
    }

    fn runner_up(&self) -> RunnerUp {
        RunnerUp {
            row: self.row,
            distance: self.distance,
        }
    }
}

fn relations(state: SideState) -> &'static [Relation] {
    match state {
        SideState::None => &[],
        SideState::Rga => &[Relation::Rga],
        SideState::Rwa => &[Relation::Rwa],
        SideState::Gwa => &[Relation::Gwa],
        SideState::All => &Relation::ALL,
    }
}
