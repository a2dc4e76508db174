//! How near the curves of a point come to the digitised ones.

use anyhow::Result;
use formant_alignment::{Matrix, Relation};
use formant_figures::gamma::{PAPER_ALPHA, PAPER_GAMMAS};
use formant_figures::{rank, width};
use formant_moments::{Side, Variant};
use serde::Serialize;

use super::space::Point;
use crate::experiment::Context;
use crate::spec::Settings;
use crate::sweep::plan;
use crate::train_cells::{CellOutcome, FinishedCell};

/// Hidden layers of the paper's figures.
pub const LAYERS: usize = 5;

/// The curves of one point: `[x][layer]`, means over seeds; `None` where a run diverged.
pub type Curves = Vec<[Option<f64>; LAYERS]>;

/// What was found of one point.
#[derive(Debug, Clone, Serialize)]
pub struct Scored {
    /// The settings.
    pub point: Point,
    /// Root mean square distance from the 25 digitised values of F-gamma, of the mean over seeds; `None` if a run
    /// diverged.
    pub rmse_gamma: Option<f64>,
    /// The same of each seed alone.
    pub rmse_gamma_seeds: Vec<Option<f64>>,
    /// The curves of F-gamma.
    pub curves: Curves,
    /// The same distance for F-width, at the widths that were run.
    pub rmse_width: Option<f64>,
    /// The same distance between mean rank deficiencies at each weight decay of F-rank.
    pub rmse_rank: Option<f64>,
}

/// Trains and measures a point over the weight decays of F-gamma.
///
/// # Errors
/// If a run fails.
pub fn score(point: &Point, seeds: &[u64], samples: usize, context: &Context) -> Result<Scored> {
    let runs = seeds
        .iter()
        .flat_map(|seed| PAPER_GAMMAS.map(|gamma| point.run(gamma, 100, *seed, samples)));
    let cells = cells(runs.collect(), context)?;
    let per_seed: Vec<Curves> = cells
        .chunks(PAPER_GAMMAS.len())
        .map(|of_seed| of_seed.iter().map(alphas).collect())
        .collect();
    let curves = mean(&per_seed);
    Ok(Scored {
        point: point.clone(),
        rmse_gamma: rmse(&curves, &PAPER_ALPHA),
        rmse_gamma_seeds: per_seed
            .iter()
            .map(|curves| rmse(curves, &PAPER_ALPHA))
            .collect(),
        curves,
        rmse_width: None,
        rmse_rank: None,
    })
}

/// Adds the distances from F-width (at a weight decay of 2e-5 and these widths) and F-rank (with ten outputs).
///
/// # Errors
/// If a run fails.
pub fn score_other_figures(
    scored: &mut Scored,
    seeds: &[u64],
    widths: &[usize],
    samples: usize,
    context: &Context,
) -> Result<()> {
    let point = &scored.point;
    let runs = seeds.iter().flat_map(|seed| {
        widths
            .iter()
            .map(|width| point.run(2e-5, *width, *seed, samples))
    });
    let found = cells(runs.collect(), context)?;
    let per_seed: Vec<Curves> = found
        .chunks(widths.len())
        .map(|of_seed| of_seed.iter().map(alphas).collect())
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
    scored.rmse_width = rmse(&mean(&per_seed), &paper);
    let ten = point.with_outputs(10);
    let runs = seeds.iter().flat_map(|seed| {
        let ten = &ten;
        rank::PAPER_GAMMAS.map(move |gamma| ten.run(gamma, 100, *seed, samples))
    });
    let found = cells(runs.collect(), context)?;
    let ours: Option<Vec<f64>> = (0..rank::PAPER_GAMMAS.len())
        .map(|k| {
            let at = found.iter().skip(k).step_by(rank::PAPER_GAMMAS.len());
            let deficiencies: Option<Vec<f64>> = at.map(deficiency).collect();
            deficiencies.map(|all| all.iter().sum::<f64>() / all.len() as f64)
        })
        .collect();
    let paper = rank::PAPER_POINTS
        .map(|layers| layers.iter().map(|(_, deficiency)| deficiency).sum::<f64>() / LAYERS as f64);
    scored.rmse_rank = ours.map(|ours| {
        let squares = ours.iter().zip(&paper).map(|(a, b)| (a - b).powi(2));
        (squares.sum::<f64>() / paper.len() as f64).sqrt()
    });
    Ok(())
}

fn cells(runs: Vec<Settings>, context: &Context) -> Result<Vec<FinishedCell>> {
    Ok(plan(runs, context)?.run(context)?.cells)
}

/// The paper's alpha of each hidden layer; none for a run that diverged.
fn alphas(cell: &FinishedCell) -> [Option<f64>; LAYERS] {
    let last = finished(cell);
    std::array::from_fn(|layer| {
        let report = last?.layers.get(layer + 1)?;
        report.alpha(Side::A, Relation::Rga, Variant::Normalized)
    })
}

/// Mean over hidden layers of the share of singular values that are below 1e-2 of the largest.
fn deficiency(cell: &FinishedCell) -> Option<f64> {
    let hidden = finished(cell)?.layers.get(..LAYERS)?;
    let of_layer = |report: &formant_alignment::LayerReport| {
        let rank = report.numerical_rank(Side::B, Matrix::Z)?;
        Some(1.0 - rank as f64 / report.d_b as f64)
    };
    let all: Option<Vec<f64>> = hidden.iter().map(of_layer).collect();
    all.map(|all| all.iter().sum::<f64>() / LAYERS as f64)
}

fn finished(cell: &FinishedCell) -> Option<&crate::measurement::Measurement> {
    match cell.record.outcome {
        CellOutcome::Finished => cell.measurements.last(),
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
}
