//! From networks to a figure.

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Preset, Sweep};

use super::rows::rows;
use super::runs::{runs, with_seeds};
use super::settings::settings;
use crate::experiment::{FigureOptions, FigureSet};
use crate::formation::config::TaskConfig;
use crate::formation::networks::{Networks, identities, plan};
use crate::formation::spec::Settings;
use crate::runner::{Context, Outlook, Plan, note, provenance};

/// The figures that are made of sweeps.
pub const FIGURES: FigureSet = FigureSet {
    owns: |id| runs(id, Preset::Smoke).is_some(),
    dry_run,
    measure,
};

/// Lists the networks of a figure and reads their data.
fn plan_figure(
    id: &str,
    options: FigureOptions,
    context: &Context,
) -> Result<(Vec<Settings>, Plan<Networks>)> {
    options.without_mode(id)?;
    let mut runs = runs(id, options.preset).with_context(|| format!("{id} is not a sweep"))?;
    if let Some(count) = options.seeds {
        let first = runs.iter().map(|run| run.seed).min();
        runs.retain(|run| Some(run.seed) == first);
        runs = with_seeds(runs, count);
    }
    leave_out_missing_data(&mut runs, context);
    let plan = plan(runs.clone(), context)?;
    Ok((runs, plan))
}

/// A figure that is complete without MNIST goes on without it, and says so.
fn leave_out_missing_data(runs: &mut Vec<Settings>, context: &Context) {
    let mnist = runs.iter().filter(|run| run.task == TaskConfig::Mnist);
    if [0, runs.len()].contains(&mnist.count()) {
        return;
    }
    if let Err(error) = formant_data::mnist::locate(context.data_dir.as_deref()) {
        note(&format!("without MNIST: {error:#}"));
        runs.retain(|run| run.task != TaskConfig::Mnist);
    }
}

/// Runs what is left of the figure's cells.
fn measure(id: &str, options: FigureOptions, context: &Context) -> Result<FigureInput<Measured>> {
    let (runs, plan) = plan_figure(id, options, context)?;
    let cells = plan.run(context)?;
    let mut measured = Sweep::default();
    for cell in &cells {
        let (rows, pairs) = rows(cell);
        measured.rows.extend(rows);
        measured.spectra.extend(pairs);
    }
    Ok(FigureInput {
        preset: options.preset,
        measured: measured.into(),
        settings: settings(id, &runs, &cells),
        provenance: provenance(plan.family(), &cells, &runs, context)?,
        identities: identities(&cells),
    })
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(id, options, context)?.1.estimate(context)
}
