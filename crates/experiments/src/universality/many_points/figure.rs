//! From runs on many points to a figure.

use anyhow::{Context as _, Result};
use formant_figures::{FigureInput, Measured, Setting, Tag};

use super::family::ManyPoints;
use super::rows::{Done, tables};
use super::spec::{ManyRun, ManySpec, ManyTask, Source, runs, task_of};
use crate::experiment::{Choices, FigureOptions, FigureSet};
use crate::runner::{Context, Outlook, Plan, provenance};
use crate::universality::optimizer_name;

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
    let settings = settings(id, &runs);
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
fn settings(id: &str, runs: &[ManyRun]) -> Vec<Setting> {
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
    all.add("optimiser", |run| optimizer_name(&run.spec.optimizer), code);
    let rate = |run: &ManyRun| format!("{}: {}", run.setting, run.spec.learning_rate);
    all.add("learning rate", rate, code);
    all.add("batch", |run| run.spec.batch.to_string(), code);
    all.add("followed layer", |run| run.spec.layer.to_string(), code);
    let why = "the authors' last batch of an epoch is smaller; here its items are left for the next epoch";
    all.note("batches of an epoch", "whole ones only", ours(why));
    let seed = |run: &ManyRun| run.spec.seed.to_string();
    all.add("seeds", seed, ours("the authors set none"));
    let epochs = |run: &ManyRun| format!("{}: {}", run.setting, run.spec.epochs);
    let origins = [code, ours("fewer than the authors'")];
    all.add_given("epochs", epochs, ManyRun::has_given_epochs, origins);
    if id == "univ-mnist-trajectories" {
        let why = "authors' code, first commit; later a random 0 and a random 1";
        let images = "training items 1 and 3, a 0 and a 1";
        all.note("followed images", images, (Tag::Found, why));
    }
    if id == "univ-mnist-structure" {
        all.note("images", "the first 100 of the training set", code);
    }
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

#[cfg(test)]
mod tests {
    use formant_figures::Preset;

    use super::*;
    use crate::universality::given::{MANY, TEXTS, has_rate};

    /// Runs of a figure; other images than MNIST's, of which settings know nothing.
    fn runs_of(id: &str, preset: Preset) -> Option<Vec<ManyRun>> {
        let source = match task_of(id)? {
            ManyTask::Mnist => Source::Mnist(formant_data::digits::load()),
            task => Source::open(task, None).unwrap(),
        };
        Some(runs(id, preset, None, "flex", &source).unwrap())
    }

    fn is_network(text: &str) -> bool {
        MANY.iter().any(|(name, activations, shape, ..)| {
            let mut all = activations.iter();
            all.any(|activation| text == format!("{name} {activation}: {shape}"))
        })
    }

    /// A setting that is called the authors' is written down there.
    #[test]
    fn what_is_called_the_authors_is() {
        let mut called = 0;
        for figure in formant_figures::registry() {
            for preset in Preset::ALL {
                let Some(runs) = runs_of(figure.id, preset) else {
                    continue;
                };
                let settings = settings(figure.id, &runs);
                for setting in settings
                    .iter()
                    .filter(|setting| setting.origin != Tag::Ours)
                {
                    called += 1;
                    let mut values = setting.value.split(", ");
                    let known = match setting.name.as_str() {
                        "network" => {
                            let parts: Vec<&str> = values.collect();
                            parts
                                .chunks(2)
                                .all(|network| is_network(&network.join(", ")))
                        }
                        "learning rate" => values.all(|rate| has_rate(rate, &[1.0])),
                        "epochs" => values.all(|epochs| {
                            let mut given = MANY.iter();
                            given.any(|row| format!("{}: {}", row.0, row.4) == epochs)
                        }),
                        name => TEXTS.contains(&(name, setting.value.as_str())),
                    };
                    assert!(known, "{} {setting:?}", figure.id);
                }
            }
        }
        assert!(called > 60, "{called}");
    }

    #[test]
    fn fewer_epochs_than_the_authors_are_ours() {
        let origin = |preset| {
            let runs = runs_of("univ-mnist-trajectories", preset).unwrap();
            let settings = settings("univ-mnist-trajectories", &runs);
            let epochs = settings
                .into_iter()
                .find(|setting| setting.name == "epochs");
            epochs.unwrap().origin
        };
        assert_eq!(Preset::ALL.map(origin), [Tag::Ours, Tag::Ours, Tag::Found]);
    }
}
