//! From runs to a figure.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Preset, Setting as Choice, Tag};

use super::family::{FewPoints, PointsCell, plan};
use super::plan::{FigureRun, Part, Scale, reads_the_table, runs};
use super::spec::PointsSpec;
use super::tables::tables;
use crate::experiment::{FigureOptions, FigureSet, setting_name};
use crate::runner::{Context, Outlook, Plan, provenance};

/// The figures that are made of runs on a few points.
pub const FIGURES: FigureSet = FigureSet {
    owns: |id| {
        let scale = Scale::of(Preset::Smoke, None, None);
        runs(id, Preset::Smoke, scale, "flex").is_some()
    },
    dry_run,
    measure,
};

fn plan_figure(
    id: &str,
    options: FigureOptions,
    context: &Context,
) -> Result<(Vec<FigureRun>, Plan<FewPoints>)> {
    if !reads_the_table(id) {
        options.without_mode(id)?;
    }
    let scale = Scale::of(options.preset, options.seeds, options.mode);
    let backend = context.backend.name().to_string();
    let runs = runs(id, options.preset, scale, &backend)
        .with_context(|| format!("{id} is not made of runs on a few points"))?;
    let plan = plan(runs.iter().map(|run| run.spec.clone()), context)?;
    Ok((runs, plan))
}

/// Runs what is left of the figure's cells.
///
/// # Errors
/// If a run fails.
fn measure(id: &str, options: FigureOptions, context: &Context) -> Result<FigureInput<Measured>> {
    let (runs, plan) = plan_figure(id, options, context)?;
    let cells = plan.run_asked(context)?;
    let specs: Vec<&PointsSpec> = runs.iter().map(|run| &run.spec).collect();
    let provenance = provenance(&FewPoints, &cells, &specs, context)?;
    let settings = settings(&runs);
    let runs: Vec<(FigureRun, PointsCell)> = runs.into_iter().zip(cells).collect();
    let tables = tables(id, &runs, context.threads);
    Ok(FigureInput {
        preset: options.preset,
        measured: tables.into(),
        settings,
        provenance,
        identities: Vec::new(),
    })
}

/// What was set, and whose choice it is.
fn settings(runs: &[FigureRun]) -> Vec<Choice> {
    let code = "authors' code, commit c4f4956";
    let distinct = |of: &dyn Fn(&FigureRun) -> String| {
        let values: BTreeSet<String> = runs.iter().map(of).collect();
        values.into_iter().collect::<Vec<_>>().join(", ")
    };
    let found = |name: &str, value: String| Choice::new(name, value, Tag::Found, code);
    let mut out = vec![
        found("networks", distinct(&|run| run.setting.name.to_owned())),
        found(
            "activation, gain, width, hidden layers, followed layer",
            distinct(&|run| {
                let s = run.setting;
                format!(
                    "{}: {}, {}, {}, {}, {}",
                    s.name,
                    setting_name(&s.activation),
                    s.gain,
                    s.width,
                    s.depth,
                    s.listed
                )
            }),
        ),
        found(
            "initial weights",
            "Xavier normal times the gain, biases 0".to_owned(),
        ),
        found("loss", distinct(&|run| setting_name(&run.spec.loss))),
        found(
            "optimiser",
            distinct(&|run| setting_name(&run.spec.optimizer)),
        ),
        Choice::new(
            "reading of the table",
            distinct(&|run| run.mode.name().to_owned()),
            Tag::Ours,
            "table: learning rate and epochs as listed; notebook: half the rate, twice the epochs, as the authors' notebooks have it",
        ),
        Choice::new(
            "learning rate",
            distinct(&|run| format!("{}: {}", run.setting.name, run.spec.learning_rate)),
            Tag::Found,
            code,
        ),
        Choice::new(
            "epochs",
            distinct(&|run| run.spec.epochs.to_string()),
            Tag::Ours,
            "the table's, or as the reading of it and the preset have it",
        ),
        Choice::new(
            "loss that ends a run",
            distinct(&|run| format!("{:e}", run.spec.stop_below)),
            Tag::Ours,
            "a converged run is held at its last state for the fit",
        ),
        Choice::new(
            "seeds",
            distinct(&|run| run.spec.seed.to_string()),
            Tag::Ours,
            "the authors set none and show one run",
        ),
    ];
    if runs.iter().any(|run| run.setting.name == "adam") {
        let note = "the table names it, the notebooks hold SGD only";
        out.push(Choice::new("Adam", "PyTorch's defaults", Tag::Ours, note));
    }
    if runs.iter().any(|run| run.part == Part::Ends) {
        out.push(Choice::new(
            "ratio of rates for the closed form",
            "arithmetic means of both rates over the fitted networks of the setting, then their ratio",
            Tag::Found,
            code,
        ));
        out.push(Choice::new(
            "pairs of the scatter",
            distinct(&|run| match run.part {
                Part::Ends => {
                    format!("({:.2}, {:.2})", run.pair.dx2.sqrt(), run.pair.dy2.sqrt())
                }
                _ => "the default pair for the rates".to_owned(),
            }),
            Tag::Ours,
            "authors: 5 x 5 pairs at a fifth of the learning rate; quick: 3 x 3 at the table's, a fresh network for each",
        ));
    }
    if runs.iter().any(|run| run.part == Part::Xor) {
        out.push(Choice::new(
            "activation on XOR",
            "ReLU, and leaky ReLU under names with a slash",
            Tag::Found,
            "the notebook trains ReLU, the settings file says leaky ReLU",
        ));
    }
    out
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(id, options, context)?.1.estimate(context)
}
