//! From runs to a figure.

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Preset, Setting, Tag};

use super::family::{FewPoints, plan};
use super::plan::{Part, PointsRun, Scale, reads_the_table, runs};
use super::rows::Done;
use super::settings::{DISCONTINUOUS, Kind};
use super::spec::PointsSpec;
use super::tables::tables;
use crate::experiment::{Choices, FigureOptions, FigureSet, setting_name};
use crate::runner::{Context, Outlook, Plan, provenance};

/// The figures that are made of runs on a few points.
pub const FIGURES: FigureSet = FigureSet {
    owns: |id| {
        let scale = Scale::of(Preset::Smoke, None, None, "flex");
        runs(id, Preset::Smoke, scale).is_some()
    },
    dry_run,
    measure,
};

fn plan_figure(
    id: &str,
    options: FigureOptions,
    context: &Context,
) -> Result<(Vec<PointsRun>, Plan<FewPoints>)> {
    if !reads_the_table(id) {
        options.without_mode(id)?;
    }
    let backend = context.backend.name().to_string();
    let scale = Scale::of(options.preset, options.seeds, options.mode, &backend);
    let runs = runs(id, options.preset, scale)
        .with_context(|| format!("{id} is not made of runs on a few points"))?;
    let plan = plan(runs.iter().map(|run| run.spec.clone()), context)?;
    Ok((runs, plan))
}

/// Runs what is left of the figure's cells.
fn measure(id: &str, options: FigureOptions, context: &Context) -> Result<FigureInput<Measured>> {
    let (runs, plan) = plan_figure(id, options, context)?;
    let cells = plan.run_asked(context)?;
    let specs: Vec<&PointsSpec> = runs.iter().map(|run| &run.spec).collect();
    let provenance = provenance(&FewPoints, &cells, &specs, context)?;
    let settings = settings(&runs);
    let runs: Vec<Done> = runs.into_iter().zip(cells).collect();
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
fn settings(runs: &[PointsRun]) -> Vec<Setting> {
    let code = (Tag::Found, "authors' code, commit c4f4956");
    let ours = |why| (Tag::Ours, why);
    let mut all = Choices::sorted(runs);
    all.add("networks", |run| run.setting.name.to_owned(), code);
    let network = |run: &PointsRun| {
        let (s, activation) = (run.setting, setting_name(&run.setting.activation));
        format!(
            "{}: {activation}, {}, {}, {}, {}",
            s.name, s.gain, s.width, s.depth, s.listed
        )
    };
    let what = "activation, gain, width, hidden layers, followed layer";
    all.add(what, network, code);
    let weights = "Xavier normal times the gain, biases 0";
    all.note("initial weights", weights, code);
    all.add("loss", |run| setting_name(&run.spec.loss), code);
    all.add("optimiser", |run| setting_name(&run.spec.optimizer), code);
    let why = "table: learning rate and epochs as listed; notebook: half the rate, twice the epochs, as the authors' notebooks have it";
    let mode = |run: &PointsRun| run.mode.name().to_owned();
    all.add("reading of the table", mode, ours(why));
    let rate = |run: &PointsRun| format!("{}: {}", run.setting.name, run.spec.learning_rate);
    all.add("learning rate", rate, code);
    if runs
        .iter()
        .any(|run| run.setting.name == DISCONTINUOUS.name)
    {
        let why = "authors' code, first commit: no line of the table has it";
        all.note(
            "discontinuous",
            "x + 0.05 above 0, 0 below, slope of ReLU",
            (Tag::Found, why),
        );
        let why = "the default network's, for lack of a line";
        all.note(
            "discontinuous: gain, shape, learning rate",
            "1, 20 x 500, 0.01",
            ours(why),
        );
    }
    let convolutional =
        |run: &&PointsRun| run.setting.kind == Kind::Cnn && run.part == Part::Fitted;
    let convolutional = runs.iter().filter(convolutional).count();
    if convolutional > 0 {
        let why = "only some of them learn the pair in time: a share needs more seeds";
        all.note("networks of cnn", convolutional.to_string(), ours(why));
    }
    let why = "the table's, or as the reading of it and the preset have it";
    all.add("epochs", |run| run.spec.epochs.to_string(), ours(why));
    let why = "a converged run is held at its last state for the fit";
    let loss = |run: &PointsRun| format!("{:e}", run.spec.stop_below);
    all.add("loss that ends a run", loss, ours(why));
    let why = "the authors set none and show one run";
    all.add("seeds", |run| run.spec.seed.to_string(), ours(why));
    if runs.iter().any(|run| run.setting.name == "adam") {
        let why = "the table names it, the notebooks hold SGD only";
        all.note("Adam", "PyTorch's defaults", ours(why));
    }
    if runs.iter().any(|run| run.part == Part::Ends) {
        let means = "arithmetic means of both rates over the fitted networks of the setting, then their ratio";
        all.note("ratio of rates for the closed form", means, code);
        let pair = |run: &PointsRun| match run.part {
            Part::Ends => format!("({:.2}, {:.2})", run.pair.dx2.sqrt(), run.pair.dy2.sqrt()),
            _ => "the default pair for the rates".to_owned(),
        };
        let why = "authors: 5 x 5 pairs at a fifth of the learning rate; quick, at the table's rate: 5 x 5 for shallow, narrow and two_layer, 3 for elu, cnn and dropout, 3 x 3 for the others; a fresh network for each";
        all.add("pairs of the scatter", pair, ours(why));
    }
    if runs.iter().any(|run| run.part == Part::Xor) {
        let both = "ReLU, and leaky ReLU under names with a slash";
        let why = "the notebook trains ReLU, the settings file says leaky ReLU";
        all.note("activation on XOR", both, (Tag::Found, why));
    }
    all.finish()
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(id, options, context)?.1.estimate(context)
}
