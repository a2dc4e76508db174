//! How near the curves of a point come to the digitised ones.

use anyhow::Result;
use formant_alignment::{LayerReport, Matrix, RANK_THRESHOLDS, Relation};
use formant_figures::formation::gamma::{PAPER_ALPHA, PAPER_GAMMAS};
use formant_figures::formation::{rank, width};
use formant_moments::{Side, Variant};
use serde::Serialize;

use super::CalibrateConfig;
use super::point::{Point, Timeline};
use crate::formation::networks::{FinishedCell, plan};
use crate::measure::Measurement;
use crate::runner::Context;

/// Hidden layers of the paper's figures.
pub const LAYERS: usize = formant_figures::formation::gamma::LAYERS.len();

/// Width of F-gamma's networks and F-rank's (INFERRED).
const WIDTH: usize = 100;

/// Weight decay of F-width (INFERRED).
const WIDTH_DECAY: f64 = 2e-5;

/// The curves of one point: `[x][layer]`, means over seeds; `None` where a run diverged.
pub type Curves = Vec<Row>;
type Row = [Option<f64>; LAYERS];

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
    pub point: Point,
    /// How many seeds were trained: a point that is far off with the first ones gets no more.
    pub seeds: usize,
    /// Training steps at which it is nearest, of those at which it was measured.
    pub steps: u64,
    pub reading: Reading,
    /// Root mean square distance from the digitised values of F-gamma that the search may see, of the mean over seeds; `None`
    /// if a run diverged.
    pub rmse_gamma: Option<f64>,
    /// The same of those that it may not; `None` where it sees all.
    pub rmse_held_out: Option<f64>,
    /// The same of each seed alone.
    pub rmse_gamma_seeds: Vec<Option<f64>>,
    /// The distance of a seed's curves from the mean of the other seeds', root mean square over seeds: what one run, such
    /// as the paper's, can be expected to be off. `None` with one seed.
    pub rmse_between_seeds: Option<f64>,
    pub curves: Curves,
    /// The same distance for F-width, at the widths that were run.
    pub rmse_width: Option<f64>,
    /// The nearest reading of F-rank.
    pub rank: Option<RankScored>,
}

/// How near F-rank is. Neither the paper's threshold nor its number of steps is known, and where layers lose rank slowly
/// they decide: the nearest of those that were measured counts.
#[derive(Debug, Clone, Serialize)]
pub struct RankScored {
    pub steps: u64,
    /// The least singular value of W that counts, relative to the largest.
    pub threshold: f64,
    /// Root mean square distance between mean rank deficiencies over layers at each weight decay of F-rank.
    pub rmse: f64,
    /// Mean rank deficiency over layers and seeds at each weight decay.
    pub deficiencies: Vec<f64>,
}

impl Scored {
    /// The distance that the search minimises; infinite if a run diverged.
    pub fn distance(&self) -> f64 {
        self.rmse_gamma.unwrap_or(f64::INFINITY)
    }
}

/// Networks that differ in weight decay, width and seed, trained and measured where `timeline` says.
pub struct Trained {
    /// Weight decays and widths vary fastest.
    cells: Vec<FinishedCell>,
    /// How many of them there are.
    kinds: usize,
    timeline: Timeline,
}

impl Trained {
    /// Trains a point with each of these weight decays and widths.
    fn of(
        point: &Point,
        kinds: &[(f64, usize)],
        seeds: &[u64],
        timeline: Timeline,
        context: &Context,
    ) -> Result<Self> {
        let of_seed = |seed: &u64| {
            let seed = *seed;
            (kinds.iter()).map(move |(decay, width)| point.run(*decay, *width, seed, timeline))
        };
        let runs = seeds.iter().flat_map(of_seed).collect();
        Ok(Self {
            cells: plan(runs, context)?.run(context)?,
            kinds: kinds.len(),
            timeline,
        })
    }

    /// The curves of each seed.
    fn curves(&self, steps: u64, reading: Reading) -> Vec<Curves> {
        let of_seed = |cells: &[FinishedCell]| -> Curves {
            let alphas = cells.iter().map(|cell| alphas(cell, steps, reading));
            alphas.collect()
        };
        self.cells.chunks(self.kinds).map(of_seed).collect()
    }

    /// The reading that is nearest to F-rank; `None` if a run diverged.
    fn nearest_rank(&self) -> Option<RankScored> {
        let at_steps = |steps| {
            RANK_THRESHOLDS
                .map(|threshold| self.rank(steps, threshold))
                .into_iter()
                .flatten()
        };
        let scored = self.timeline.at().flat_map(at_steps);
        scored.min_by(|a, b| a.rmse.total_cmp(&b.rmse))
    }

    fn rank(&self, steps: u64, threshold: f64) -> Option<RankScored> {
        let of_kind = |k: usize| {
            let cells = self.cells.iter().skip(k).step_by(self.kinds);
            mean_of(cells.map(|cell| deficiency(cell, steps, threshold)))
        };
        let deficiencies: Vec<f64> = (0..self.kinds).map(of_kind).collect::<Option<_>>()?;
        let paper = rank::paper_deficiencies().into_iter();
        let pairs = deficiencies.iter().zip(paper);
        let rmse = rms(pairs.map(|(ours, (_, paper))| Some(ours - paper)))?;
        Some(RankScored {
            steps,
            threshold,
            rmse,
            deficiencies,
        })
    }
}

/// Trains a point over the weight decays of F-gamma and reads it at the steps and in the way that come nearest.
pub fn score(
    point: &Point,
    seeds: &[u64],
    config: &CalibrateConfig,
    context: &Context,
) -> Result<Scored> {
    let (kinds, timeline) = (PAPER_GAMMAS.map(|gamma| (gamma, WIDTH)), config.timeline());
    let trained = Trained::of(point, &kinds, seeds, timeline, context)?;
    let is_seen = |place: usize| config.fitted.contains(&(place + 1));
    // A distance over some of the weight decays.
    let distance = |ours: &[Row], of: &dyn Fn(usize) -> bool| {
        let chosen = |rows: &[Row]| -> Curves {
            let rows = rows.iter().enumerate().filter(|(place, _)| of(*place));
            rows.map(|(_, row)| *row).collect()
        };
        rmse(&chosen(ours), &chosen(&known(&PAPER_ALPHA)))
    };
    let ways = (timeline.at()).flat_map(|steps| Reading::ALL.map(|reading| (steps, reading)));
    let scored = ways.map(|(steps, reading)| {
        let per_seed = trained.curves(steps, reading);
        let curves = mean(&per_seed);
        Scored {
            point: point.clone(),
            seeds: seeds.len(),
            steps,
            reading,
            rmse_gamma: distance(&curves, &is_seen),
            rmse_held_out: distance(&curves, &|place| !is_seen(place)),
            rmse_gamma_seeds: per_seed.iter().map(|own| distance(own, &is_seen)).collect(),
            rmse_between_seeds: between(&per_seed),
            curves,
            rmse_width: None,
            rank: None,
        }
    });
    let nearest = scored.min_by(|a, b| a.distance().total_cmp(&b.distance()));
    nearest.ok_or_else(|| anyhow::anyhow!("a point is measured 0 times, expected at least 1"))
}

/// Adds the distances from F-width (at a weight decay of 2e-5 and these widths), at the steps and with the reading at which
/// the point is nearest to F-gamma, and from F-rank (with ten outputs), at the nearest of `rank_timeline`.
pub fn score_other_figures(
    scored: &mut Scored,
    seeds: &[u64],
    widths: &[usize],
    rank_timeline: Timeline,
    context: &Context,
) -> Result<()> {
    let timeline = Timeline {
        steps: scored.steps,
        count: 1,
        samples: rank_timeline.samples,
    };
    let kinds: Vec<_> = widths.iter().map(|width| (WIDTH_DECAY, *width)).collect();
    let trained = Trained::of(&scored.point, &kinds, seeds, timeline, context)?;
    let rows = width::PAPER_WIDTHS.iter().zip(width::PAPER_ALPHA);
    let row = |at: &usize| rows.clone().find(|(paper, _)| **paper as usize == *at);
    let paper: Vec<_> = widths.iter().filter_map(|at| Some(row(at)?.1)).collect();
    let curves = mean(&trained.curves(scored.steps, scored.reading));
    scored.rmse_width = rmse(&curves, &known(&paper));
    let ten = Point {
        outputs: 10,
        ..scored.point.clone()
    };
    let kinds = rank::PAPER_GAMMAS.map(|gamma| (gamma, WIDTH));
    scored.rank = Trained::of(&ten, &kinds, seeds, rank_timeline, context)?.nearest_rank();
    Ok(())
}

/// The paper's alpha of each hidden layer; none for a run that diverged.
fn alphas(cell: &FinishedCell, steps: u64, reading: Reading) -> Row {
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
    mean_of(hidden.iter().map(of_layer))
}

/// A run that diverged later is none: its settings cannot be trained for as long as others.
fn measured(cell: &FinishedCell, steps: u64) -> Option<&Measurement> {
    let mut measured = cell
        .found
        .iter()
        .filter(|_| !cell.record.outcome.diverged());
    measured.find(|measurement| measurement.step == steps)
}

fn known(rows: &[[f64; LAYERS]]) -> Curves {
    rows.iter().map(|row| row.map(Some)).collect()
}

/// Means over seeds; a value that one seed lacks is missing.
fn mean(seeds: &[Curves]) -> Curves {
    let points = seeds.first().map_or(0, Vec::len);
    let of = |x: usize, layer: usize| mean_of(seeds.iter().map(|curves| curves[x][layer]));
    (0..points)
        .map(|x| std::array::from_fn(|layer| of(x, layer)))
        .collect()
}

/// See [`Scored::rmse_between_seeds`].
fn between(seeds: &[Curves]) -> Option<f64> {
    let others = |one: usize| [&seeds[..one], &seeds[one + 1..]].concat();
    rms((0..seeds.len()).map(|one| rmse(&seeds[one], &mean(&others(one)))))
}

/// `None` if a value is missing, or there are none.
fn rmse(ours: &[Row], paper: &[Row]) -> Option<f64> {
    let pairs = ours.iter().flatten().zip(paper.iter().flatten());
    rms(pairs.map(|(ours, paper)| Some((*ours)? - (*paper)?)))
}

/// Root mean square; `None` if a value is missing, or there are none.
fn rms(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let squares = values.map(|value| value.map(|value| value.powi(2)));
    mean_of(squares).map(f64::sqrt)
}

/// `None` if a value is missing, or there are none.
fn mean_of(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_zero_from_the_paper_itself_and_grows_with_an_error() {
        let paper = known(&PAPER_ALPHA);
        assert_eq!(rmse(&paper, &paper), Some(0.0));
        let mut off = paper.clone();
        off[2][3] = off[2][3].map(|alpha| alpha - 0.5);
        assert!((rmse(&off, &paper).unwrap() - 0.1).abs() < 1e-12);
        off[2][3] = None;
        assert_eq!(rmse(&off, &paper), None);
        assert_eq!(rmse(&[], &paper), None);
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
