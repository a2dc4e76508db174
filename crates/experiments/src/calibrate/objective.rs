//! How near the curves of a point come to the digitised ones.

use anyhow::Result;
use formant_alignment::{LayerReport, Matrix, RANK_THRESHOLDS, Relation};
use formant_figures::formation::gamma::{PAPER_ALPHA, PAPER_GAMMAS};
use formant_figures::formation::{rank, width};
use formant_moments::{Side, Variant};
use serde::Serialize;

use super::point::{Looks, Point};
use crate::experiment::Context;
use crate::measurement::Measurement;
use crate::spec::Settings;
use crate::sweep::plan;
use crate::train_cells::{CellOutcome, FinishedCell};

/// Hidden layers of the paper's figures.
pub const LAYERS: usize = formant_figures::formation::gamma::LAYERS.len();

/// Width of F-gamma's networks and F-rank's (INFERRED).
const WIDTH: usize = 100;

/// Weight decay of F-width (INFERRED).
const WIDTH_GAMMA: f64 = 2e-5;

/// The curves of one point: `[x][layer]`, means over seeds; `None` where a run diverged.
pub type Curves = Vec<[Option<f64>; LAYERS]>;

/// What h of a layer is: the paper does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// After the nonlinearity: the input of the next map.
    PostActivation,
    /// Before it: the output of the layer's own map.
    PreActivation,
}

impl Reading {
    const ALL: [Self; 2] = [Self::PostActivation, Self::PreActivation];
}

/// What was found of one point.
#[derive(Debug, Clone, Serialize)]
pub struct Scored {
    /// The settings.
    pub point: Point,
    /// How many seeds were trained: a point that is far off with the first ones gets no more.
    pub seeds: usize,
    /// Training steps at which it is nearest, of those at which it was looked at.
    pub steps: u64,
    /// What it is nearest with.
    pub reading: Reading,
    /// Root mean square distance from the 25 digitised values of F-gamma, of the mean over seeds; `None` if a run
    /// diverged.
    pub rmse_gamma: Option<f64>,
    /// The same of each seed alone.
    pub rmse_gamma_seeds: Vec<Option<f64>>,
    /// The distance of a seed's curves from the mean of the other seeds', root mean square over seeds: what one run, such
    /// as the paper's, can be expected to be off. `None` with one seed.
    pub rmse_between_seeds: Option<f64>,
    /// The curves of F-gamma.
    pub curves: Curves,
    /// The same distance for F-width, at the widths that were run.
    pub rmse_width: Option<f64>,
    /// The nearest reading of F-rank.
    pub rank: Option<RankScored>,
}

/// How near F-rank is. Neither the paper's threshold nor its number of steps is known, and where layers lose rank slowly
/// they decide: the nearest of those that were looked at counts.
#[derive(Debug, Clone, Serialize)]
pub struct RankScored {
    /// Training steps.
    pub steps: u64,
    /// The least singular value of W that counts, relative to the largest.
    pub threshold: f64,
    /// Root mean square distance between mean rank deficiencies over layers at each weight decay of F-rank.
    pub rmse: f64,
    /// Mean rank deficiency over layers and seeds at each weight decay.
    pub deficiencies: Vec<f64>,
}

/// Trains a point over the weight decays of F-gamma and measures it where `looks` says.
///
/// # Errors
/// If a run fails.
pub fn score(point: &Point, seeds: &[u64], looks: Looks, context: &Context) -> Result<Scored> {
    let runs = seeds
        .iter()
        .flat_map(|seed| PAPER_GAMMAS.map(|gamma| point.run(gamma, WIDTH, *seed, looks)));
    let cells = cells(runs.collect(), context)?;
    let ways = looks
        .at()
        .flat_map(|steps| Reading::ALL.map(|reading| (steps, reading)));
    let scored = ways.map(|(steps, reading)| {
        let of_seed = |cells: &[FinishedCell]| -> Curves {
            let alphas = cells.iter().map(|cell| alphas(cell, steps, reading));
            alphas.collect()
        };
        let per_seed: Vec<Curves> = cells.chunks(PAPER_GAMMAS.len()).map(of_seed).collect();
        let curves = mean(&per_seed);
        let from_paper = |curves: &Curves| rmse(curves, &PAPER_ALPHA);
        Scored {
            point: point.clone(),
            seeds: seeds.len(),
            steps,
            reading,
            rmse_gamma: from_paper(&curves),
            rmse_gamma_seeds: per_seed.iter().map(from_paper).collect(),
            rmse_between_seeds: between(&per_seed),
            curves,
            rmse_width: None,
            rank: None,
        }
    });
    let nearest = scored.min_by(|a, b| a.distance().total_cmp(&b.distance()));
    nearest.ok_or_else(|| anyhow::anyhow!("a point is looked at 0 times, expected at least 1"))
}

impl Scored {
    /// The distance that the search minimises; infinite if a run diverged.
    pub fn distance(&self) -> f64 {
        self.rmse_gamma.unwrap_or(f64::INFINITY)
    }
}

/// Adds the distances from F-width (at a weight decay of 2e-5 and these widths), at the steps and with the reading at which
/// the point is nearest to F-gamma, and from F-rank (with ten outputs), at the nearest of `rank_looks`.
///
/// # Errors
/// If a run fails.
pub fn score_other_figures(
    scored: &mut Scored,
    seeds: &[u64],
    widths: &[usize],
    rank_looks: Looks,
    context: &Context,
) -> Result<()> {
    let looks = Looks {
        steps: scored.steps,
        count: 1,
        samples: rank_looks.samples,
    };
    scored.rmse_width = width_distance(scored, seeds, widths, looks, context)?;
    scored.rank = nearest_rank(&scored.point, seeds, rank_looks, context)?;
    Ok(())
}

fn width_distance(
    scored: &Scored,
    seeds: &[u64],
    widths: &[usize],
    looks: Looks,
    context: &Context,
) -> Result<Option<f64>> {
    let point = &scored.point;
    let runs = seeds.iter().flat_map(|seed| {
        widths
            .iter()
            .map(|width| point.run(WIDTH_GAMMA, *width, *seed, looks))
    });
    let found = cells(runs.collect(), context)?;
    let per_seed: Vec<Curves> = found
        .chunks(widths.len())
        .map(|of_seed| {
            let alphas = of_seed
                .iter()
                .map(|cell| alphas(cell, looks.steps, scored.reading));
            alphas.collect()
        })
        .collect();
    let paper: Vec<[f64; LAYERS]> = widths
        .iter()
        .filter_map(|at| {
            let k = width::PAPER_WIDTHS
                .iter()
                .position(|paper| *paper as usize == *at)?;
            Some(width::PAPER_ALPHA[k])
        })
        .collect();
    Ok(rmse(&mean(&per_seed), &paper))
}

/// `None` if a run diverged.
fn nearest_rank(
    point: &Point,
    seeds: &[u64],
    looks: Looks,
    context: &Context,
) -> Result<Option<RankScored>> {
    let ten = point.with_outputs(10);
    let runs = seeds.iter().flat_map(|seed| {
        let ten = &ten;
        rank::PAPER_GAMMAS.map(move |gamma| ten.run(gamma, WIDTH, *seed, looks))
    });
    let found = cells(runs.collect(), context)?;
    let ways = looks
        .at()
        .flat_map(|steps| RANK_THRESHOLDS.map(|threshold| (steps, threshold)));
    let scored = ways.filter_map(|(steps, threshold)| rank_scored(&found, steps, threshold));
    Ok(scored.min_by(|a, b| a.rmse.total_cmp(&b.rmse)))
}

/// One reading of networks whose weight decays vary fastest.
fn rank_scored(cells: &[FinishedCell], steps: u64, threshold: f64) -> Option<RankScored> {
    let of_gamma = |k: usize| {
        let at = cells.iter().skip(k).step_by(rank::PAPER_GAMMAS.len());
        let all: Option<Vec<f64>> = at.map(|cell| deficiency(cell, steps, threshold)).collect();
        all.map(|all| all.iter().sum::<f64>() / all.len() as f64)
    };
    let ours: Option<Vec<f64>> = (0..rank::PAPER_GAMMAS.len()).map(of_gamma).collect();
    let deficiencies = ours?;
    let paper = rank::paper_deficiencies();
    let squares = deficiencies
        .iter()
        .zip(&paper)
        .map(|(ours, (_, paper))| (ours - paper).powi(2));
    let rmse = (squares.sum::<f64>() / paper.len() as f64).sqrt();
    Some(RankScored {
        steps,
        threshold,
        rmse,
        deficiencies,
    })
}

fn cells(runs: Vec<Settings>, context: &Context) -> Result<Vec<FinishedCell>> {
    Ok(plan(runs, context)?.run(context)?.cells)
}

/// The paper's alpha of each hidden layer; none for a run that diverged.
fn alphas(cell: &FinishedCell, steps: u64, reading: Reading) -> [Option<f64>; LAYERS] {
    let measured = measured(cell, steps);
    std::array::from_fn(|layer| {
        let (map, side) = match reading {
            Reading::PostActivation => (layer + 1, Side::A),
            Reading::PreActivation => (layer, Side::B),
        };
        let report = measured?.layers.get(map)?;
        report.alpha(side, Relation::Rga, Variant::Normalized)
    })
}

/// Mean over hidden layers of the share of W's singular values that are not above `threshold` of the largest.
fn deficiency(cell: &FinishedCell, steps: u64, threshold: f64) -> Option<f64> {
    let hidden = measured(cell, steps)?.layers.get(..LAYERS)?;
    let of_layer = |report: &LayerReport| {
        let rank = report.rank_at(Side::B, Matrix::Z, threshold)?;
        Some(1.0 - rank as f64 / report.d_b as f64)
    };
    let all: Option<Vec<f64>> = hidden.iter().map(of_layer).collect();
    all.map(|all| all.iter().sum::<f64>() / LAYERS as f64)
}

/// A run that diverged later is none: its settings cannot be trained for as long as others.
fn measured(cell: &FinishedCell, steps: u64) -> Option<&Measurement> {
    match cell.record.outcome {
        CellOutcome::Finished => cell.measurements.iter().find(|m| m.step == steps),
        CellOutcome::Diverged(_) => None,
    }
}

/// Means over seeds; a value that one seed lacks is missing.
fn mean(seeds: &[Curves]) -> Curves {
    let points = seeds.first().map_or(0, Vec::len);
    let of = |x: usize, layer: usize| {
        let values: Option<Vec<f64>> = seeds.iter().map(|curves| curves[x][layer]).collect();
        values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
    };
    (0..points)
        .map(|x| std::array::from_fn(|layer| of(x, layer)))
        .collect()
}

/// See [`Scored::rmse_between_seeds`].
fn between(seeds: &[Curves]) -> Option<f64> {
    if seeds.len() < 2 {
        return None;
    }
    let distances: Option<Vec<f64>> = (0..seeds.len())
        .map(|one| {
            let mut others = seeds.to_vec();
            let own = others.remove(one);
            let others: Option<Vec<[f64; LAYERS]>> =
                mean(&others).into_iter().map(complete).collect();
            rmse(&own, &others?)
        })
        .collect();
    distances.map(|all| (all.iter().map(|d| d * d).sum::<f64>() / all.len() as f64).sqrt())
}

fn complete(row: [Option<f64>; LAYERS]) -> Option<[f64; LAYERS]> {
    let mut values = [0.0; LAYERS];
    for (value, found) in values.iter_mut().zip(row) {
        *value = found?;
    }
    Some(values)
}

/// `None` if a value is missing, or there are none.
fn rmse(ours: &[[Option<f64>; LAYERS]], paper: &[[f64; LAYERS]]) -> Option<f64> {
    let pairs = ours.iter().flatten().zip(paper.iter().flatten());
    let squares: Option<Vec<f64>> = pairs
        .map(|(ours, paper)| Some((((*ours)?) - paper).powi(2)))
        .collect();
    let squares = squares.filter(|squares| !squares.is_empty())?;
    Some((squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_zero_from_the_paper_itself_and_grows_with_an_error() {
        let paper: Curves = PAPER_ALPHA.iter().map(|row| row.map(Some)).collect();
        assert_eq!(rmse(&paper, &PAPER_ALPHA), Some(0.0));
        let mut off = paper.clone();
        off[2][3] = off[2][3].map(|alpha| alpha - 0.5);
        assert!((rmse(&off, &PAPER_ALPHA).unwrap() - 0.1).abs() < 1e-12);
        off[2][3] = None;
        assert_eq!(rmse(&off, &PAPER_ALPHA), None);
        assert_eq!(rmse(&[], &PAPER_ALPHA), None);
    }

    #[test]
    fn seeds_are_averaged_before_they_are_compared() {
        let low: Curves = vec![[Some(0.2); LAYERS]];
        let high: Curves = vec![[Some(0.6); LAYERS]];
        assert_eq!(mean(&[low.clone(), high]), vec![[Some(0.4); LAYERS]]);
        let gap: Curves = vec![[None; LAYERS]];
        assert_eq!(mean(&[low, gap]), vec![[None; LAYERS]]);
    }

    #[test]
    fn seeds_are_as_far_apart_as_one_is_from_the_others() {
        let at = |alpha: f64| -> Curves { vec![[Some(alpha); LAYERS]] };
        // 0.2 from 0.5, 0.4 from 0.4, 0.6 from 0.3.
        let found = between(&[at(0.2), at(0.4), at(0.6)]).unwrap();
        assert!((found - (0.18_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(between(&[at(0.2)]), None);
        assert_eq!(between(&[at(0.2), vec![[None; LAYERS]]]), None);
    }
}
