//! From runs on many points to the tables of their figures.

use anyhow::{Context as _, Result};
use formant_alignment::{MdsOptions, context_axes, metric_mds};
use formant_data::{ContextConfig, ContextItems, context_items};
use formant_figures::universality::{Distance, Embedded, FitRow, Tables, Value};
use formant_theory::structure::{PixelScale, predicted_structure};
use formant_theory::two_point::{Dynamics, Pair};
use formant_train::on_workers;
use ndarray::{Array2, ArrayView2, Axis};
use std::num::NonZeroUsize;

use super::family::ManyCell;
use super::spec::{ManyRun, Source};
use crate::experiment::Mode;
use crate::universality::fits::{PairCurves, product, squared};

/// A run with its cell.
pub type Done = (ManyRun, ManyCell);

/// The tables of a figure.
pub fn tables(id: &str, runs: &[Done], source: &Source, threads: NonZeroUsize) -> Result<Tables> {
    let parts = on_workers(threads, runs, |done| match id {
        "univ-mnist-trajectories" => Ok(pair(done)),
        "univ-mnist-structure" => structure(done, source),
        _ => context(done),
    });
    let mut all = Tables::default();
    for part in parts {
        let part = part?;
        all.trajectories.extend(part.trajectories);
        all.fits.extend(part.fits);
        all.distances.extend(part.distances);
        all.embedded.extend(part.embedded);
        all.values.extend(part.values);
    }
    if id == "univ-mnist-structure" {
        compare_with_theory(&mut all, runs, source)?;
    }
    Ok(all)
}

fn value(run: &ManyRun, epoch: u64, metric: &str, value: f64) -> Value {
    Value {
        setting: run.setting.to_owned(),
        activation: run.activation.to_owned(),
        seed: run.spec.seed,
        epoch,
        layer: run.spec.layer as u32,
        side: String::new(),
        metric: metric.to_owned(),
        value: value.is_finite().then_some(value),
        null_q95: None,
    }
}

/// Two images among all: their trajectory, and the theory fitted to it.
fn pair((run, cell): &Done) -> Tables {
    let found = &cell.found;
    let between = |rows: ArrayView2<'_, f32>| squared(rows.row(0), rows.row(1));
    let targets = [0, 1].map(|item| found.targets.row(item));
    let count = found.epochs.len();
    let (mut h2, mut y2, mut w) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..count {
        let outputs = found.outputs.index_axis(Axis(0), at);
        let towards = product([outputs.row(0), outputs.row(1)], targets);
        h2.push(between(found.hidden.index_axis(Axis(0), at)));
        y2.push(between(outputs));
        w.push(y2[at] - towards);
    }
    let curves = PairCurves {
        setting: run.setting,
        mode: Mode::Table.name(),
        seed: run.spec.seed,
        layer: run.spec.layer as u32,
        pair: Pair {
            dx2: between(found.inputs.view()),
            dy2: between(found.targets.view()),
        },
        learning_rate: run.spec.learning_rate,
        epochs: run.spec.epochs,
        diverged: cell.record.outcome.diverged(),
        h2,
        y2,
        w,
        loss: found.loss.to_vec(),
    };
    let fit = curves.fit(Dynamics::Original, count);
    let theory = fit.states(0..count);
    let epoch = |at: usize| found.epochs[at] as u64;
    let moment = |at: usize| {
        let theory = theory.as_ref().map(|states| states[at].1);
        // The loss is of all images, the theory's of two.
        fit.curves.moment((at, epoch(at)), theory)
    };
    let values = (0..count).flat_map(|at| {
        [
            value(run, epoch(at), "accuracy", found.accuracy[at]),
            value(run, epoch(at), "train_loss", found.loss[at]),
        ]
    });
    let ends = FitRow {
        epochs_run: run.spec.epochs,
        ..fit.row()
    };
    Tables {
        trajectories: (0..count).map(moment).collect(),
        fits: vec![ends],
        values: values.collect(),
        ..Tables::default()
    }
}

/// The followed items sorted by digit: their places, and their digits.
fn by_digit(run: &ManyRun, source: &Source) -> Vec<(usize, u8)> {
    let Source::Mnist(split) = source else {
        return Vec::new();
    };
    let labels = split.train.labels();
    let mut items: Vec<(usize, u8)> = (run.spec.items.iter().enumerate())
        .map(|(place, item)| (place, labels[*item]))
        .collect();
    items.sort_by_key(|(place, digit)| (*digit, *place));
    items
}

/// Squared distances of all followed images at the end.
fn structure((run, cell): &Done, source: &Source) -> Result<Tables> {
    let last = cell.found.hidden.dim().0 - 1;
    let hidden = cell.found.hidden.index_axis(Axis(0), last);
    let items = by_digit(run, source);
    let mut distances = Vec::new();
    for (i, (place_i, digit_i)) in items.iter().enumerate() {
        for (j, (place_j, digit_j)) in items.iter().enumerate().skip(i + 1) {
            distances.push(Distance {
                setting: run.setting.to_owned(),
                seed: run.spec.seed,
                kind: "final".to_owned(),
                i: i as u32,
                j: j as u32,
                label_i: digit_i.to_string(),
                label_j: digit_j.to_string(),
                distance: squared(hidden.row(*place_i), hidden.row(*place_j)),
            });
        }
    }
    let mean = |same: bool| {
        let of_kind = |row: &&Distance| (row.label_i == row.label_j) == same;
        let found = || distances.iter().filter(of_kind).map(|row| row.distance);
        found().sum::<f64>() / found().count() as f64
    };
    let ratio = mean(true) / mean(false);
    let ratio = value(run, run.spec.epochs, "within_over_between", ratio);
    Ok(Tables {
        distances,
        values: vec![ratio],
        ..Tables::default()
    })
}

/// Images that the theory's matrices are made of, as in the authors' notebook.
const THEORY_IMAGES: usize = 10_000;

/// The theory's distances, and their correlation with each network's: all pairs, pairs of different digits, and those
/// without the factor that counts images.
fn compare_with_theory(tables: &mut Tables, runs: &[Done], source: &Source) -> Result<()> {
    let (Some((first, _)), Source::Mnist(split)) = (runs.first(), source) else {
        return Ok(());
    };
    let count = THEORY_IMAGES.min(split.train.labels().len());
    let image = |index| (split.train.image(index)).context("an image of the training set");
    let images: Vec<&[u8]> = (0..count).map(image).collect::<Result<_>>()?;
    let width = images.first().map_or(0, |image| image.len());
    let pixels = Array2::from_shape_fn((count, width), |(i, j)| f64::from(images[i][j]));
    let labels = &split.train.labels()[..count];
    let predicted = predicted_structure(pixels.view(), labels, PixelScale::Raw)?;
    let items = by_digit(first, source);
    let item = |place: u32| first.spec.items[items[place as usize].0];
    let outside =
        || format!("an image is not among the {count} that the theory's matrices are made of");
    let mut theory = Vec::new();
    for (run, _) in runs {
        let own: Vec<&Distance> = (tables.distances.iter())
            .filter(|row| row.kind == "final" && row.seed == run.spec.seed)
            .collect();
        let compared = |row: &&Distance| {
            let (a, b) = (item(row.i), item(row.j));
            Ok(Compared {
                distance: row.distance,
                theory: predicted.squared(a, b).with_context(outside)?,
                balanced: predicted.balanced(a, b).with_context(outside)?.powi(2),
                same_digit: row.label_i == row.label_j,
            })
        };
        let all: Vec<Compared> = own.iter().map(compared).collect::<Result<_>>()?;
        let between = || all.iter().filter(|pair| !pair.same_digit);
        let numbers = [
            ("pearson_all", correlation(all.iter(), |pair| pair.theory)),
            (
                "pearson_between",
                correlation(between(), |pair| pair.theory),
            ),
            (
                "pearson_between_balanced",
                correlation(between(), |pair| pair.balanced),
            ),
        ];
        let epochs = run.spec.epochs;
        let numbers = numbers.map(|(metric, number)| value(run, epochs, metric, number));
        tables.values.extend(numbers);
        if run.spec.seed == first.spec.seed {
            let row = |(row, pair): (&&Distance, &Compared)| Distance {
                kind: "theory".to_owned(),
                distance: pair.theory,
                ..(*row).clone()
            };
            theory = own.iter().zip(&all).map(row).collect();
        }
    }
    tables.distances.extend(theory);
    Ok(())
}

/// A pair of images: its squared distance in a network, and as the theory has it.
struct Compared {
    distance: f64,
    theory: f64,
    /// Without the factor that counts images.
    balanced: f64,
    same_digit: bool,
}

/// Pearson's correlation of distances and the theory's; NaN where it is not defined.
fn correlation<'a>(
    pairs: impl Iterator<Item = &'a Compared> + Clone,
    theory: fn(&Compared) -> f64,
) -> f64 {
    let n = pairs.clone().count() as f64;
    let mean = |of: fn(&Compared) -> f64| pairs.clone().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|pair| pair.distance), mean(theory));
    let product = |of: fn(f64, f64) -> f64| -> f64 {
        let each = |pair: &Compared| of(pair.distance - x, theory(pair) - y);
        pairs.clone().map(each).sum()
    };
    product(|a, b| a * b) / (product(|a, _| a * a) * product(|_, b| b * b)).sqrt()
}

/// Every second centre in both directions: what is embedded and drawn.
const THIN: usize = 2;

/// The axes of the context task before and after, and the embedding of the trained network.
fn context((run, cell): &Done) -> Result<Tables> {
    let items = context_items(ContextConfig::default())?;
    let found = &cell.found;
    let mut tables = Tables::default();
    let last = found.hidden.dim().0 - 1;
    let ends = [(0, 0), (last, run.spec.epochs)];
    for (at, epoch) in ends {
        let hidden = found.hidden.index_axis(Axis(0), at).mapv(f64::from);
        let axes = context_axes(hidden.view(), &items.context, &items.x, &items.y)?;
        let metrics = axes.named().into_iter();
        tables
            .values
            .extend(metrics.map(|(name, number)| value(run, epoch, name, number)));
    }
    for (at, epoch) in [(0, 0), (found.loss.len() - 1, run.spec.epochs)] {
        tables
            .values
            .push(value(run, epoch, "loss", found.loss[at]));
    }
    tables.embedded = embedded(run, &items, found.hidden.index_axis(Axis(0), last))?;
    Ok(tables)
}

fn embedded(
    run: &ManyRun,
    items: &ContextItems,
    hidden: ArrayView2<'_, f32>,
) -> Result<Vec<Embedded>> {
    let side = ContextConfig::default().centres;
    let kept: Vec<usize> = (0..items.x.len())
        .filter(|item| item % side % THIN == 0 && item / side % side % THIN == 0)
        .collect();
    let points = hidden.select(Axis(0), &kept).mapv(f64::from);
    let mds = metric_mds(points.view(), 3, MdsOptions::default())?;
    let row = |(place, item): (usize, &usize)| Embedded {
        setting: run.setting.to_owned(),
        activation: run.activation.to_owned(),
        seed: run.spec.seed,
        item: *item as u32,
        context: items.context[*item],
        x: items.x[*item],
        y: items.y[*item],
        axis1: mds.coordinates[[place, 0]],
        axis2: mds.coordinates[[place, 1]],
        axis3: mds.coordinates[[place, 2]],
    };
    Ok(kept.iter().enumerate().map(row).collect())
}
