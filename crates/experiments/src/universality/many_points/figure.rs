//! From runs on many points to a figure.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Preset, Setting as Choice, Tag};

use super::family::ManyPoints;
use super::rows::{Done, tables};
use super::spec::{ManyRun, ManySpec, ManyTask, Source, runs, task_of};
use crate::experiment::{FigureOptions, FigureSet, setting_name};
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
///
/// # Errors
/// If a run fails.
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
fn settings(runs: &[ManyRun], preset: Preset) -> Vec<Choice> {
    let code = "authors' code, commit c4f4956";
    let distinct = |of: &dyn Fn(&ManyRun) -> String| {
        let values: BTreeSet<String> = runs.iter().map(of).collect();
        values.into_iter().collect::<Vec<_>>().join(", ")
    };
    let found = |name: &str, value: String| Choice::new(name, value, Tag::Found, code);
    let ours = |name: &str, value: String, why: &str| Choice::new(name, value, Tag::Ours, why);
    let mut out = vec![
        found(
            "network",
            distinct(&|run| {
                let n = &run.spec.network;
                format!(
                    "{} {}: {} -> {} x {} -> {}, gain {}",
                    run.setting,
                    run.activation,
                    n.inputs,
                    n.depth,
                    n.width,
                    n.outputs,
                    n.init_scale
                )
            }),
        ),
        found(
            "initial weights",
            "Xavier normal times the gain, biases 0".to_owned(),
        ),
        found("loss", "half the mean squared error".to_owned()),
        found(
            "optimiser",
            distinct(&|run| setting_name(&run.spec.optimizer)),
        ),
        found(
            "learning rate",
            distinct(&|run| format!("{}: {}", run.setting, run.spec.learning_rate)),
        ),
        found("batch", distinct(&|run| run.spec.batch.to_string())),
        found(
            "followed layer",
            distinct(&|run| run.spec.layer.to_string()),
        ),
        ours(
            "batches of an epoch",
            "whole ones only".to_owned(),
            "the authors' last batch of an epoch is smaller; here its items are left for the next epoch",
        ),
        ours(
            "seeds",
            distinct(&|run| run.spec.seed.to_string()),
            "the authors set none",
        ),
    ];
    let epochs = distinct(&|run| format!("{}: {}", run.setting, run.spec.epochs));
    out.push(match preset {
        Preset::Paper => found("epochs", epochs),
        Preset::Smoke | Preset::Quick => {
            ours("epochs", epochs, "the paper preset takes the authors'")
        }
    });
    let trained_on = runs.first().map(|run| run.spec.task);
    if trained_on == Some(ManyTask::Context) {
        out.push(found(
            "activation",
            "leaky ReLU as the notebook trains, tanh as the settings file says".to_owned(),
        ));
        out.push(ours(
            "what is embedded",
            "every second centre in both directions".to_owned(),
            "the authors embed all 1800 items",
        ));
    }
    out
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(id, options, context)?.1.estimate(context)
}
