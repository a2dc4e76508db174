//! From runs on many points to a figure.

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Preset, Setting, Tag};

use super::family::ManyPoints;
use super::rows::{Done, tables};
use super::spec::{ManyRun, ManySpec, ManyTask, Source, runs, task_of};
use crate::experiment::{Choices, FigureOptions, FigureSet, setting_name};
use crate::runner::{Context, Outlook, Plan, provenance};

/// The figures that are made of runs on many points.
pub const FIGURES: FigureSet = FigureSet {
    owns: |id| task_of(id).is_some(),
    dry_run,
    measure,
};

fn plan_figure(
    id: &str,
    options: FigureOptions,
    context: &Context,
) -> Result<(Vec<ManyRun>, Plan<ManyPoints>)> {
    options.without_mode(id)?;
    let task = task_of(id).with_context(|| format!("{id} is not made of runs on many points"))?;
    let source = Source::open(task, context.data_dir.as_deref())?;
    let backend = context.backend.name().to_string();
    let runs = runs(id, options.preset, options.seeds, &backend, &source)?;
    let specs = runs.iter().map(|run| run.spec.clone());
    let plan = Plan::new(ManyPoints { source }, specs, context)?;
    Ok((runs, plan))
}

/// Runs what is left of the figure's cells.
fn measure(id: &str, options: FigureOptions, context: &Context) -> Result<FigureInput<Measured>> {
    let (runs, plan) = plan_figure(id, options, context)?;
    let (cells, family) = (plan.run_asked(context)?, plan.family());
    let provenance = provenance(family, &cells, &config(&runs), context)?;
    let settings = settings(&runs, options.preset);
    let done: Vec<Done> = runs.into_iter().zip(cells).collect();
    let tables = tables(id, &done, &family.source, context.threads)?;
    Ok(FigureInput {
        preset: options.preset,
        measured: tables.into(),
        settings,
        provenance,
        identities: Vec::new(),
    })
}

/// The specs of the runs, for provenance.
fn config(runs: &[ManyRun]) -> Vec<ManySpec> {
    let specs = runs.iter().map(|run| ManySpec {
        // A list of eighteen hundred numbers tells nobody anything.
        items: run.spec.items.iter().copied().take(4).collect(),
        ..run.spec.clone()
    });
    specs.collect()
}

/// What was set, and whose choice it is.
fn settings(runs: &[ManyRun], preset: Preset) -> Vec<Setting> {
    let code = (Tag::Found, "authors' code, commit c4f4956");
    let ours = |why| (Tag::Ours, why);
    let mut all = Choices::sorted(runs);
    let network = |run: &ManyRun| {
        let n = &run.spec.network;
        let shape = format!("{} -> {} x {} -> {}", n.inputs, n.depth, n.width, n.outputs);
        format!(
            "{} {}: {shape}, gain {}",
            run.setting, run.activation, n.init_scale
        )
    };
    all.add("network", network, code);
    let weights = "Xavier normal times the gain, biases 0";
    all.note("initial weights", weights, code);
    all.note("loss", "half the mean squared error", code);
    all.add("optimiser", |run| setting_name(&run.spec.optimizer), code);
    let rate = |run: &ManyRun| format!("{}: {}", run.setting, run.spec.learning_rate);
    all.add("learning rate", rate, code);
    all.add("batch", |run| run.spec.batch.to_string(), code);
    all.add("followed layer", |run| run.spec.layer.to_string(), code);
    let why = "the authors' last batch of an epoch is smaller; here its items are left for the next epoch";
    all.note("batches of an epoch", "whole ones only", ours(why));
    let seed = |run: &ManyRun| run.spec.seed.to_string();
    all.add("seeds", seed, ours("the authors set none"));
    let epochs = |run: &ManyRun| format!("{}: {}", run.setting, run.spec.epochs);
    let origin = match preset {
        Preset::Paper => code,
        Preset::Smoke | Preset::Quick => ours("the paper preset takes the authors'"),
    };
    all.add("epochs", epochs, origin);
    if runs.first().map(|run| run.spec.task) == Some(ManyTask::Context) {
        let both = "leaky ReLU as the notebook trains, tanh as the settings file says";
        all.note("activation", both, code);
        let (thinned, why) = (
            "every second centre in both directions",
            "the authors embed all 1800 items",
        );
        all.note("what is embedded", thinned, ours(why));
    }
    all.finish()
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(id, options, context)?.1.estimate(context)
}
