//! What a search leaves: every trial, the best ones as a table, and a picture.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use formant_figures::formation::calibrate::{Candidate, picture};

use super::CalibrateConfig;
use super::objective::{RankScored, Reading, Scored};
use crate::runner::{Context, write_atomically, write_json};

/// Writes `trials.json`, `best.md`, `best.json` and the picture; returns the table's path.
pub fn results(
    config: &CalibrateConfig,
    trials: &[Scored],
    listed: &[Scored],
    context: &Context,
) -> Result<PathBuf> {
    let out = &context.out;
    write_json(&out.join("trials.json"), &trials)?;
    write_json(&out.join("best.json"), &listed)?;
    let drawn = picture(
        &trials
            .iter()
            .map(|trial| trial.rmse_gamma)
            .collect::<Vec<_>>(),
        &listed.iter().map(candidate).collect::<Vec<_>>(),
    )?;
    write_atomically(&out.join("figure.svg"), drawn.svg.as_bytes())?;
    write_atomically(&out.join("figure.png"), &drawn.png)?;
    let table = out.join("best.md");
    write_atomically(&table, markdown(config, trials, listed).as_bytes())?;
    Ok(table)
}

fn candidate(scored: &Scored) -> Candidate {
    Candidate {
        rmse_seeds: scored.rmse_gamma_seeds.iter().flatten().copied().collect(),
        rmse: scored.rmse_gamma,
        curves: scored.curves.clone(),
    }
}

fn markdown(config: &CalibrateConfig, trials: &[Scored], listed: &[Scored]) -> String {
    let start = trials
        .first()
        .map(|start| start.point.settings())
        .unwrap_or_default();
    let mut text = format!(
        "# The settings nearest to the digitised curves\n\n{} points were tried with up to {} seeds, the best {} with {}. \
         RMSE over the values of F-gamma at weight decays number {:?} of five, of the mean over seeds, then over the values at \
         the others (*held out*), then of single seeds; *between seeds* is the distance \
         of one seed's curves from the mean of the others, which a single run such as the paper's is off by itself. Networks \
         were measured {} times in {} steps; steps and h (before or after the nonlinearity) are those that come nearest. \
         F-width at widths {:?} and a weight decay of 2e-5; F-rank as the mean rank deficiency at its six weight decays, \
         with ten outputs, at the number of steps (up to {}) and the threshold on singular values that come nearest. A \
         setting is given where it differs from the first start: {}.\n\n\
         | | F-gamma | held out | single seeds | between seeds | F-width | F-rank | steps | h | settings |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        trials.len(),
        config.seeds.len(),
        config.finalists,
        config.final_seeds.len(),
        config.fitted,
        config.looks,
        config.steps,
        config.widths,
        config.rank_steps,
        list(&start)
    );
    for (place, scored) in (1..).zip(listed) {
        let seeds = scored.rmse_gamma_seeds.iter();
        let seeds: Vec<String> = seeds.map(|rmse| number(*rmse, "diverged")).collect();
        let settings = scored.point.settings();
        let changed: Vec<_> = settings
            .into_iter()
            .filter(|s| !start.contains(s))
            .collect();
        let changed = if changed.is_empty() {
            "the start".into()
        } else {
            list(&changed)
        };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "| {place} | {} | {} | {} | {} | {} | {} | {} | {} | {changed} |",
            number(scored.rmse_gamma, "diverged"),
            number(scored.rmse_held_out, "–"),
            seeds.join(", "),
            number(scored.rmse_between_seeds, "–"),
            number(scored.rmse_width, "–"),
            rank(scored.rank.as_ref()),
            scored.steps,
            match scored.reading {
                Reading::PostActivation => "post",
                Reading::PreActivation => "pre",
            },
        );
    }
    text
}

fn list(settings: &[(String, String)]) -> String {
    let words = settings
        .iter()
        .map(|(name, value)| format!("{name} {value}"));
    words.collect::<Vec<_>>().join(", ")
}

/// Some points lack numbers: those of runs that diverged, and those that only finalists have.
fn number(value: Option<f64>, missing: &str) -> String {
    value.map_or(missing.into(), |value| format!("{value:.4}"))
}

fn rank(scored: Option<&RankScored>) -> String {
    scored.map_or("–".into(), |rank| {
        format!(
            "{:.4} after {} steps, threshold {}",
            rank.rmse, rank.steps, rank.threshold
        )
    })
}
