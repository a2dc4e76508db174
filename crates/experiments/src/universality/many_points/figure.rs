//! From runs on many points to a figure.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use formant_backend::{Job, KernelsAutodiff, TensorMemory};
use formant_figures::universality::{PairInput, reproduce as draw};
use formant_figures::{Claims, Preset, Setting as Choice, Tag, write_figure};
use formant_train::{MemberBatch, MemberRates, Trainer};

use super::rows::{Done, tables};
use super::run::{ManyPlan, steps_per_epoch};
use super::spec::{LOSS, ManyRun, ManySpec, ManyTask, Source, runs, task_of};
use crate::experiment::Context;
use crate::families::{Family, FigureOptions, Outlook, seconds, setting_name};
use crate::runner::provenance::{Made, provenance};

/// The figures that are made of runs on many points.
pub const FAMILY: Family = Family {
    owns: |id| task_of(id).is_some(),
    dry_run,
    reproduce,
};

fn plan_figure(
    id: &str,
    options: FigureOptions,
    context: &Context,
) -> Result<(Vec<ManyRun>, Source, ManyPlan)> {
    options.without_mode(id)?;
    let task = task_of(id).with_context(|| format!("{id} is not made of runs on many points"))?;
    let source = Source::open(task, context.data_dir.as_deref())?;
    let backend = context.backend.name().to_string();
    let runs = runs(id, options.preset, options.seeds, &backend, &source)?;
    let plan = ManyPlan::new(&runs, context)?;
    Ok((runs, source, plan))
}

/// Runs what is left of the figure's cells, draws it, and writes its folder.
///
/// # Errors
/// If a run fails or the folder cannot be written.
fn reproduce(id: &str, options: FigureOptions, context: &Context) -> Result<(PathBuf, Claims)> {
    let (runs, source, plan) = plan_figure(id, options, context)?;
    let cells = plan.run(&source, context)?;
    let settings = settings(&runs, options.preset);
    let done: Vec<Done> = runs.into_iter().zip(cells).collect();
    let tables = tables(id, &done, &source, context.threads)?;
    let input = PairInput {
        preset: options.preset,
        tables: &tables,
        settings,
        provenance: provenance(made(&done, &source), &config(&done), context)?,
        identities: Vec::new(),
    };
    let bundle = draw(id, input)?;
    let folder = write_figure(&context.out, &bundle)?;
    Ok((folder, bundle.claims))
}

fn made(done: &[Done], source: &Source) -> Made {
    Made {
        seeds: done.iter().map(|(run, _)| run.spec.seed).collect(),
        dtype: "f32".into(),
        data_hashes: source.hashes(),
        wall_time_s: done.iter().map(|(_, cell)| cell.record.wall_time_s).sum(),
    }
}

/// The specs of the runs, for provenance.
fn config(done: &[Done]) -> Vec<ManySpec> {
    let specs = done.iter().map(|(run, _)| ManySpec {
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
    let (_, source, plan) = plan_figure(id, options, context)?;
    let (cells, left) = plan.left(context.cells);
    let (to_run, source) = (left.len(), &source);
    let memory = context.backend.capabilities().memory;
    let time = |spec| {
        context.backend.run(StepTime {
            spec,
            source,
            memory,
        })
    };
    let seconds = seconds(
        left,
        |spec| (spec.optimizer, spec.network.clone()),
        |spec| spec.epochs * steps_per_epoch(spec, source),
        time,
    )?;
    Ok(Outlook::new(cells, to_run, seconds, context))
}

/// Seconds of one step of one network on one thread.
struct StepTime<'a> {
    spec: &'a ManySpec,
    source: &'a Source,
    memory: TensorMemory,
}

impl Job for StepTime<'_> {
    type Output = Result<f64>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<f64> {
        let spec = self.spec;
        let model = spec.network.init::<B>(&[spec.seed], device)?;
        let rates = MemberRates {
            learning_rate: vec![spec.learning_rate],
            weight_decay: vec![0.0],
        };
        let mut trainer = Trainer::new(model, spec.optimizer, rates, LOSS, self.memory, device)?;
        let mut task = self.source.task(spec.seed)?;
        let mut time = |steps: u64| -> Result<f64> {
            let began = Instant::now();
            for step in 0..steps {
                let batch = task.batch(step, spec.batch)?;
                let batch = MemberBatch::stack(&[&batch], spec.network.outputs, device)?;
                trainer.step(batch, &mut ());
            }
            trainer.checkpoint(0)?; // waits for the device
            Ok(began.elapsed().as_secs_f64() / steps as f64)
        };
        time(5)?;
        time(50)
    }
}
