//! `formant run fc1-calibrate`: which of the settings that the paper's traces leave open come nearest to its digitised
//! curves?
//!
//! The search starts from given points and goes on in rounds. Each round draws points that differ in a few settings from
//! one of the best so far, and trains each over the five weight decays of F-gamma, one seed after another for as long as
//! the mean is not far behind the best: single seeds scatter more than settings differ. Networks are measured several
//! times while they train, before and after the nonlinearity, so that the number of steps and the reading of h cost no
//! runs of their own. The best points are then trained with more seeds, and over the widths of F-width and the weight
//! decays of F-rank. Every run is a cell: a search that was stopped goes on, and one that is made longer keeps what it
//! has.

mod objective;
mod point;
mod space;
mod write;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use formant_figures::formation::gamma::PAPER_GAMMAS;
use serde::{Deserialize, Serialize};

use crate::configuration::read_toml;
use crate::experiment::Experiment;
use crate::formation::check::check_total;
use crate::limits::{self, count, number};
use crate::runner::{Context, note};
use objective::{LAYERS, Scored, score, score_other_figures};
use point::{Point, Timeline};
use space::Space;

/// The configuration of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrateConfig {
    /// Seed of the search itself.
    #[serde(default)]
    pub search_seed: u64,
    /// Rounds of the search.
    pub rounds: u64,
    /// Points of a round.
    pub points: u64,
    /// Settings that a new point draws again.
    pub changes: usize,
    /// The best points that a round starts from.
    pub parents: usize,
    /// Seeds of a point in the search, trained one after another.
    pub seeds: Vec<u64>,
    /// A point whose mean over the seeds so far is farther from the paper than the best point's by more than this gets no
    /// further seed.
    pub margin: f64,
    /// Seeds of the best points at the end.
    pub final_seeds: Vec<u64>,
    /// How many points are trained with the final seeds and compared with the other figures; the ten best are listed.
    pub finalists: usize,
    /// Widths at which finalists are compared with F-width.
    pub widths: Vec<usize>,
    /// Training steps of every point.
    pub steps: u64,
    /// Training steps of finalists' networks with ten outputs, which are compared with F-rank: rank is lost more slowly than
    /// alpha rises.
    pub rank_steps: u64,
    /// Measurements on the way, evenly spaced; the nearest counts.
    pub looks: u64,
    /// Held-out samples of a measurement.
    pub samples: usize,
    /// Which of F-gamma's five weight decays, from 1, the search may see; the others tell how well what it finds predicts.
    #[serde(default = "all_decays")]
    pub fitted: Vec<usize>,
    /// Where the search starts.
    #[serde(default)]
    pub start: Vec<Point>,
    /// The values that settings may take.
    #[serde(default)]
    pub space: Space,
}

fn all_decays() -> Vec<usize> {
    (1..=PAPER_GAMMAS.len()).collect()
}

impl Default for CalibrateConfig {
    fn default() -> Self {
        Self {
            search_seed: 0,
            rounds: 6,
            points: 16,
            changes: 2,
            parents: 4,
            seeds: vec![0, 1, 2],
            margin: 0.03,
            final_seeds: (0..6).collect(),
            finalists: 3,
            widths: vec![10, 22, 51, 117, 268],
            steps: 40_000,
            rank_steps: 120_000,
            looks: 10,
            samples: 4_000,
            fitted: all_decays(),
            start: vec![Point::default()],
            space: Space::default(),
        }
    }
}

impl CalibrateConfig {
    fn timeline(&self) -> Timeline {
        Timeline {
            steps: self.steps,
            count: self.looks,
            samples: self.samples,
        }
    }

    fn rank_timeline(&self) -> Timeline {
        Timeline {
            steps: self.rank_steps,
            ..self.timeline()
        }
    }

    fn check(&self) -> Result<()> {
        let counts = [
            ("rounds", self.rounds, limits::CELLS),
            ("points", self.points, limits::CELLS),
            ("changes", self.changes as u64, MOST_CHANGES),
            ("parents", self.parents as u64, limits::CELLS),
            ("finalists", self.finalists as u64, limits::CELLS),
            (
                "the number of seeds",
                self.seeds.len() as u64,
                limits::SEEDS,
            ),
            (
                "the number of final_seeds",
                self.final_seeds.len() as u64,
                limits::SEEDS,
            ),
            ("steps", self.steps, limits::STEPS),
            ("rank_steps", self.rank_steps, limits::STEPS),
            ("looks", self.looks, limits::MEASUREMENTS),
            (
                "the number of points of start",
                self.start.len() as u64,
                limits::CELLS,
            ),
        ];
        for (name, found, most) in counts {
            count(name, found, 1..=most)?;
        }
        number("margin", self.margin, 0.0..=limits::FACTOR)?;
        self.check_total()?;
        let fewest = self.steps.min(self.rank_steps);
        ensure!(
            self.looks <= fewest,
            "looks is {}, expected at most the fewer of steps and rank_steps, {fewest}",
            self.looks
        );
        let starts = self.start.iter().map(|point| &point.depth);
        if let Some(depth) = starts.chain(&self.space.depth).find(|d| **d < LAYERS) {
            bail!("depth is {depth}, expected at least {LAYERS}, the layers of F-gamma");
        }
        let known = formant_figures::formation::width::PAPER_WIDTHS.map(|width| width as usize);
        let decays = all_decays();
        let is_known = self.fitted.iter().all(|place| decays.contains(place));
        ensure!(
            is_known && !self.fitted.is_empty(),
            "fitted is {:?}, expected one or more of {decays:?}, the places of F-gamma's weight decays",
            self.fitted
        );
        if let Some(other) = self.widths.iter().find(|width| !known.contains(width)) {
            bail!("widths holds {other}, expected widths of F-width: {known:?}");
        }
        self.check_points()
    }

    /// Every run that may come, at its longest.
    fn check_total(&self) -> Result<()> {
        let points = self.rounds * self.points + self.start.len() as u64;
        let decays = PAPER_GAMMAS.len() as u64;
        let searched = points * decays * self.seeds.len() as u64;
        // Each finalist runs over F-gamma, F-rank and F-width.
        let each = 2 * decays + self.widths.len() as u64;
        let finals = self.finalists as u64 * each * self.final_seeds.len() as u64;
        check_total(searched + finals, self.steps.max(self.rank_steps))
    }

    /// Every point that a search may come to can run if each value of the space can.
    fn check_points(&self) -> Result<()> {
        let timelines = [self.timeline(), self.rank_timeline()];
        for start in &self.start {
            for timeline in timelines {
                start.check(timeline).context("start")?;
            }
        }
        let first = &self.start[0];
        for (name, point) in self.space.each(first) {
            point
                .check(self.timeline())
                .with_context(|| format!("space.{name}"))?;
        }
        Ok(())
    }
}

/// A change draws one of a point's settings: more changes than this draw each of them many times.
const MOST_CHANGES: u64 = 1_000;

/// `formant run fc1-calibrate`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "fc1-calibrate",
    about: "a search for the settings whose curves come nearest to the paper's digitised ones",
    example: || Ok(toml::to_string(&CalibrateConfig::default())?),
    flags_as_config: None,
    check: |text| read_toml::<CalibrateConfig>(text)?.check(),
    run,
};

fn run(text: &str, context: &Context) -> Result<PathBuf> {
    let config: CalibrateConfig = read_toml(text)?;
    config.check()?;
    let trials = search(&config, context)?;
    let listed = finals(&config, &trials, context)?;
    write::results(&config, &trials, &listed, context)
}

/// All points that were tried, in order.
fn search(config: &CalibrateConfig, context: &Context) -> Result<Vec<Scored>> {
    let mut trials: Vec<Scored> = Vec::new();
    for point in &config.start {
        let scored = race(point, config, &trials, context)?;
        trials.push(scored);
    }
    for round in 0..config.rounds {
        let parents = best(&trials, config.parents);
        for index in 0..config.points {
            let number = round * config.points + index;
            let parent = &parents[index as usize % parents.len()];
            let point =
                config
                    .space
                    .neighbour(&parent.point, config.changes, config.search_seed, number);
            if trials.iter().all(|known| known.point != point) {
                let scored = race(&point, config, &trials, context)?;
                trials.push(scored);
            }
        }
        let leader = best(&trials, 1).swap_remove(0);
        note(&format!(
            "round {} of {}: {} points, the nearest at {:.4} after {} steps",
            round + 1,
            config.rounds,
            trials.len(),
            leader.distance(),
            leader.steps
        ));
    }
    Ok(trials)
}

/// Trains a point with one seed more at a time, for as long as it keeps up with the best so far.
fn race(
    point: &Point,
    config: &CalibrateConfig,
    trials: &[Scored],
    context: &Context,
) -> Result<Scored> {
    let bar = best(trials, 1).first().map_or(f64::INFINITY, |best| {
        if best.seeds == config.seeds.len() {
            best.distance() + config.margin
        } else {
            f64::INFINITY
        }
    });
    let mut seeds = 1;
    loop {
        let scored = score(point, &config.seeds[..seeds], config, context)?;
        if seeds == config.seeds.len() || scored.distance() > bar {
            return Ok(scored);
        }
        seeds += 1;
    }
}

/// The nearest points: those with all seeds first, those with a run that diverged last.
fn best(trials: &[Scored], count: usize) -> Vec<Scored> {
    let mut sorted = trials.to_vec();
    sorted.sort_by(|a, b| {
        let diverged = a.rmse_gamma.is_none().cmp(&b.rmse_gamma.is_none());
        let seeds = b.seeds.cmp(&a.seeds);
        let nearer = a.distance().total_cmp(&b.distance());
        diverged.then(seeds).then(nearer)
    });
    sorted.truncate(count.max(1));
    sorted
}

/// How many points are listed.
const LISTED: usize = 10;

/// The nearest points: finalists with more seeds and the other two figures, nearest first, then the rest.
fn finals(config: &CalibrateConfig, trials: &[Scored], context: &Context) -> Result<Vec<Scored>> {
    let mut candidates = best(trials, LISTED.max(config.finalists));
    let rest = candidates.split_off(config.finalists.min(candidates.len()));
    let mut finalists = Vec::new();
    for candidate in candidates {
        let seeds = &config.final_seeds;
        let mut scored = score(&candidate.point, seeds, config, context)?;
        let rank_timeline = config.rank_timeline();
        score_other_figures(&mut scored, seeds, &config.widths, rank_timeline, context)?;
        finalists.push(scored);
    }
    let count = finalists.len();
    let mut listed = best(&finalists, count);
    listed.extend(rest);
    Ok(listed)
}
