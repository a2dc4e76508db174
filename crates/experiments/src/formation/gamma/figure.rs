//! F-gamma from cells to picture, claims and report.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use formant_figures::formation::gamma::{GammaInput, Task, figure};
use formant_figures::{Claims, Setting, Tag, write_figure};

use super::{GammaConfig, preset, table};
use crate::experiment::{FigureOptions, FigureSet, setting_name};
use crate::formation::networks::{FinishedCell, Networks, identities, plan};
use crate::formation::sweeps;
use crate::runner::{Context, Outlook, Plan, provenance};

/// The figures of one sweep over weight decays and seeds, one for each task.
pub const FIGURES: FigureSet = FigureSet {
    owns: |id| task(id).is_ok(),
    dry_run,
    reproduce,
};

fn task(id: &str) -> Result<Task> {
    [Task::Teacher, Task::Mnist, Task::Digits]
        .into_iter()
        .find(|task| task.id() == id)
        .with_context(|| format!("{id} is not a figure of one sweep over weight decays"))
}

/// Plans the figure of a task.
///
/// # Errors
/// If data are missing: before any long work starts.
fn plan_figure(
    task: Task,
    options: FigureOptions,
    context: &Context,
) -> Result<(GammaConfig, Plan<Networks>)> {
    options.without_mode(task.id())?;
    let mut config = preset(task, options.preset);
    if let Some(seeds) = options.seeds {
        config.seeds = (0..seeds).collect();
    }
    config.check()?;
    let plan = plan(config.runs(), context)?;
    Ok((config, plan))
}

/// Runs what is left of the figure's cells, draws it, and writes its folder.
///
/// # Errors
/// If a run fails or the folder cannot be written.
fn reproduce(id: &str, options: FigureOptions, context: &Context) -> Result<(PathBuf, Claims)> {
    let task = task(id)?;
    let (config, plan) = plan_figure(task, options, context)?;
    let cells = plan.run(context)?;
    let rows: Vec<_> = cells.iter().flat_map(table::of_cell).collect();
    let relations: Vec<_> = cells.iter().flat_map(|cell| sweeps::rows(cell).0).collect();
    let bundle = figure(GammaInput {
        task,
        preset: options.preset,
        rows: &rows,
        relations: &relations,
        identities: identities(&cells),
        settings: settings(task, &config, &cells),
        provenance: provenance(plan.family(), &cells, &config, context)?,
    })?;
    let folder = write_figure(&context.out, &bundle)?;
    Ok((folder, bundle.claims))
}

/// Every setting, with whose choice it is.
fn settings(task: Task, config: &GammaConfig, cells: &[FinishedCell]) -> Vec<Setting> {
    let (model, training) = (&config.model, &config.training);
    // The scan was of the teacher task; the others keep what it found, for want of anything better.
    let (scanned, note) = match task {
        Task::Teacher => (
            Tag::Measured,
            "nearest to the digitised values among what was scanned",
        ),
        Task::Mnist | Task::Digits => (Tag::Ours, "kept from the teacher task"),
    };
    let decays: Vec<String> = (config.weight_decays.iter())
        .map(|decay| format!("{decay:.3e}"))
        .collect();
    let constant: Vec<f64> = (cells.iter())
        .map(|cell| cell.record.details.constant_loss)
        .collect();
    let constant = constant.iter().sum::<f64>() / constant.len().max(1) as f64;
    vec![
        Setting::new(
            "weight decays",
            decays.join(", "),
            Tag::Inferred,
            "the first points of logspace(-5, 0, 10), from the digitised abscissae",
        ),
        Setting::new(
            "hidden layers",
            format!("{} of width {}", model.depth, model.width),
            Tag::Digitised,
            "five layers in the legend, of a network that may have had more: the first five are shown; the width is inferred from another figure",
        ),
        Setting::new("task", setting_name(&config.task), scanned, note),
        Setting::new("activation", setting_name(&model.activation), scanned, note),
        Setting::new(
            "biases",
            setting_name(&model.bias),
            scanned,
            "the theory has none either",
        ),
        Setting::new(
            "initial weights",
            format!("{}, times {}", setting_name(&model.init), model.init_scale),
            Tag::Ours,
            "uniform on ±1/sqrt(fan-in) times the factor; a factor of 1 is PyTorch's default",
        ),
        Setting::new(
            "loss of a sample",
            setting_name(&training.loss),
            scanned,
            note,
        ),
        Setting::new(
            "optimiser",
            format!(
                "{}, learning rate {}",
                setting_name(&training.optimizer),
                training.learning_rate
            ),
            scanned,
            "weight decay is part of the gradient, as in PyTorch's Adam and SGD",
        ),
        Setting::new("batch", training.batch.to_string(), scanned, note),
        Setting::new(
            "steps",
            training.steps.to_string(),
            Tag::Ours,
            "quick and paper take those that came nearest with the other settings; smoke only proves the path",
        ),
        Setting::new(
            "measured on",
            format!("{} held-out samples", config.measurement.samples),
            Tag::Ours,
            "on the test set (FOUND); their number is ours",
        ),
        Setting::new(
            "loss of the best constant prediction",
            format!("{constant:.4}"),
            Tag::Measured,
            "on the held-out samples; a network whose test loss is no lower has learned nothing",
        ),
        Setting::new(
            "seeds",
            format!("{:?}", config.seeds),
            Tag::Ours,
            "the paper shows one run; a seed sets network, batches and teacher",
        ),
    ]
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(task(id)?, options, context)?
        .1
        .estimate(context)
}
