//! From runs to a figure.

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Preset, Setting, Tag};

use super::family::{FewPoints, plan};
use super::plan::{Part, PointsRun, Scale, has_modes, runs};
use super::rows::Done;
use super::settings::{DISCONTINUOUS, Kind};
use super::spec::PointsSpec;
use super::tables::tables;
use crate::experiment::{Choices, FigureOptions, FigureSet, Origin, setting_name};
use crate::runner::{Context, Outlook, Plan, provenance};
use crate::universality::optimizer_name;

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
    if !has_modes(id) {
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
    let listed = runs.iter();
    let listed: Vec<&PointsRun> = listed
        .filter(|run| run.setting.name != DISCONTINUOUS.name)
        .collect();
    [of_table(&listed), of_all(runs), of_parts(runs)].concat()
}

const CODE: Origin<'_> = (Tag::Found, "authors' code, commit c4f4956");

const fn ours(why: &str) -> Origin<'_> {
    (Tag::Ours, why)
}

/// What the authors' files of settings list.
fn of_table(runs: &[&PointsRun]) -> Vec<Setting> {
    let mut all = Choices::sorted(runs);
    let name = |run: &&PointsRun| run.setting.name.to_owned();
    all.add("networks", name, CODE);
    let network = |run: &&PointsRun| {
        let (s, activation) = (run.setting, setting_name(&run.setting.activation));
        format!(
            "{}: {activation}, {}, {}, {}, {}",
            s.name, s.gain, s.width, s.depth, s.listed
        )
    };
    let what = "activation, gain, width, hidden layers, followed layer";
    all.add(what, network, CODE);
    let rate = |run: &&PointsRun| format!("{}: {}", run.setting.name, run.spec.learning_rate);
    all.add("learning rate", rate, CODE);
    all.finish()
}

fn of_all(runs: &[PointsRun]) -> Vec<Setting> {
    let mut all = Choices::sorted(runs);
    let weights = "Xavier normal times the gain, biases 0";
    all.note("initial weights", weights, CODE);
    all.add("loss", |run| setting_name(&run.spec.loss), CODE);
    all.add("optimiser", |run| optimizer_name(&run.spec.optimizer), CODE);
    let why = "table: learning rates and epochs as listed; notebook: half the rates, twice the epochs, as in the authors' notebooks";
    let mode = |run: &PointsRun| run.mode.name().to_owned();
    all.add("mode", mode, ours(why));
    let origins = [CODE, ours("fewer than the authors'")];
    let epochs = |run: &PointsRun| run.spec.epochs.to_string();
    all.add_given("epochs", epochs, PointsRun::has_given_epochs, origins);
    let why = "a converged run is held at its last state for the fit";
    let loss = |run: &PointsRun| format!("{:e}", run.spec.stop_below);
    all.add("loss that ends a run", loss, ours(why));
    let why = "the authors set none and show one run";
    all.add("seeds", |run| run.spec.seed.to_string(), ours(why));
    all.finish()
}

/// What only some figures have.
fn of_parts(runs: &[PointsRun]) -> Vec<Setting> {
    let mut all = Choices::sorted(runs);
    let any = |of: &dyn Fn(&PointsRun) -> bool| runs.iter().any(of);
    if any(&|run| run.setting.name == DISCONTINUOUS.name) {
        let why = "authors' code, first commit: no line of the table has it";
        let function = "x + 0.05 above 0, 0 below, slope of ReLU";
        all.note("discontinuous", function, (Tag::Found, why));
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
    if any(&|run| run.setting.name == "adam") {
        let why = "the table names it, the notebooks hold SGD only";
        all.note("Adam", "PyTorch's defaults", ours(why));
    }
    if any(&|run| run.part == Part::Ends) {
        let means = "arithmetic means of both rates over the fitted networks of the setting, then their ratio";
        all.note("ratio of rates for the closed form", means, CODE);
        let pair = |run: &PointsRun| match run.part {
            Part::Ends => format!("({:.2}, {:.2})", run.pair.dx2.sqrt(), run.pair.dy2.sqrt()),
            _ => "the default pair for the rates".to_owned(),
        };
        let why = "authors: 5 x 5 pairs at a fifth of the learning rate; quick, at the table's rate: 5 x 5 for shallow, narrow and two_layer, 3 for elu, cnn and dropout, 3 x 3 for the others; a fresh network for each";
        all.add("pairs of the scatter", pair, ours(why));
    }
    if any(&|run| run.part == Part::Xor) {
        let both = "ReLU, and leaky ReLU under names with a slash";
        let why = "the notebook trains ReLU, the settings file says leaky ReLU";
        all.note("activation on XOR", both, (Tag::Found, why));
    }
    all.finish()
}

fn dry_run(id: &str, options: FigureOptions, context: &Context) -> Result<Outlook> {
    plan_figure(id, options, context)?.1.estimate(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::universality::given::{self, RATES, TEXTS};

    /// A setting that is called the authors' is written down there.
    #[test]
    fn what_is_called_the_authors_is() {
        let mut networks = Vec::new();
        for figure in formant_figures::registry() {
            for preset in Preset::ALL {
                let scale = Scale::of(preset, None, None, "flex");
                let Some(runs) = runs(figure.id, preset, scale) else {
                    continue;
                };
                let settings = settings(&runs);
                let theirs = settings
                    .iter()
                    .filter(|setting| setting.origin != Tag::Ours);
                for setting in theirs {
                    assert_eq!(setting.origin, Tag::Found, "{setting:?}");
                    let values = || setting.value.split(", ");
                    let known = match setting.name.as_str() {
                        "networks" => values().all(|name| given::line_of(name).is_some()),
                        "activation, gain, width, hidden layers, followed layer" => {
                            let parts: Vec<&str> = values().collect();
                            networks.extend(parts.chunks(5).map(|line| line.join(", ")));
                            parts
                                .chunks(5)
                                .all(|line| given::has_network(&line.join(", ")))
                        }
                        "learning rate" => values().all(|rate| given::has_rate(rate, &RATES)),
                        "loss" => values().all(|loss| given::has_loss(loss, figure.id)),
                        "epochs" => values().all(|n| given::has_epochs(n, figure.id)),
                        name => TEXTS.contains(&(name, setting.value.as_str())),
                    };
                    assert!(known, "{} {setting:?}", figure.id);
                }
            }
        }
        for line in &given::LINES {
            let network = format!("{}: ", line.name);
            assert!(networks.iter().any(|text| text.starts_with(&network)));
        }
    }

    #[test]
    fn what_departs_from_the_authors_is_ours() {
        let of = |id: &str, preset, name: &str| {
            let scale = Scale::of(preset, None, None, "flex");
            let settings = settings(&runs(id, preset, scale).unwrap());
            settings
                .into_iter()
                .find(|setting| setting.name == name)
                .unwrap()
        };
        let (quick, paper) = (Preset::Quick, Preset::Paper);
        assert_eq!(
            of("univ-trajectories", Preset::Smoke, "epochs").origin,
            Tag::Ours
        );
        assert_eq!(of("univ-trajectories", quick, "epochs").origin, Tag::Found);
        assert_eq!(of("univ-final-distance", quick, "epochs").origin, Tag::Ours);
        assert_eq!(
            of("univ-final-distance", paper, "epochs").origin,
            Tag::Found
        );
        let discontinuous = of("univ-discontinuous", quick, "networks").value;
        assert_eq!(discontinuous, "relu", "no line of the table has the other");
    }
}
