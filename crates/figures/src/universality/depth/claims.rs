//! The claims of univ-depth.

use super::layers::{ETA_H, ETA_Y, Layers, QUANTITIES, Quantity, SSE};
use crate::claims::measures::{mean, size, trend};
use crate::universality::authors::{DEPTH, LayerRun};
use crate::universality::two_points::factor;
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

type Line = [(f64, f64)];
type Measure = fn(&Line) -> Option<f64>;

pub(super) fn claims(layers: &Layers<'_>) -> Vec<Claim> {
    vec![
        falls(layers),
        far_better(layers),
        best_layer(layers),
        rises_mildly(layers),
        representation_rises(layers),
        output_peaks(layers),
        output_falls(layers),
        as_measured(layers),
    ]
}

fn lowest(line: &Line) -> Option<(f64, f64)> {
    line.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))
}

fn highest(line: &Line) -> Option<(f64, f64)> {
    line.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))
}

fn one(
    id: &'static str,
    tag: Tag,
    statement: &str,
    criterion: Criterion,
    paper: Option<f64>,
    ours: Option<Estimate>,
) -> Claim {
    let part = criterion.part("default network", paper, ours);
    Claim::new(id, tag, statement, criterion, vec![part])
}

fn falls(layers: &Layers<'_>) -> Claim {
    let quantity = "Spearman's rho(layer, squared error) of each seed, up to its best layer";
    let criterion = Criterion::by_interval(quantity, Bound::Below(-0.9));
    let ours = layers.over_seeds(SSE, Range::Correlation, |line| {
        let best = lowest(line)?.0;
        let before: Vec<(f64, f64)> = line
            .iter()
            .copied()
            .filter(|point| point.0 <= best)
            .collect();
        trend(&before)
    });
    let statement = "the error falls from the first layer on";
    one(
        "error-falls",
        Tag::Found,
        statement,
        criterion,
        Some(-1.0),
        ours,
    )
    .note("the bound of -0.9 is ours")
}

fn far_better(layers: &Layers<'_>) -> Claim {
    let quantity = "log10(squared error of the first layer / of the best)";
    let criterion = Criterion::by_interval(quantity, Bound::Above(1.0));
    let ours = layers.over_seeds(SSE, Range::Real, |line| {
        Some((line.first()?.1 / lowest(line)?.1).log10())
    });
    let statement = "the theory needs depth below the layer: its error in the middle is less than a tenth of that in the first";
    let paper = (22.1f64 / 0.094).log10();
    one(
        "first-layer-worst",
        Tag::Found,
        statement,
        criterion,
        Some(paper),
        ours,
    )
    .note("the bound, a factor of 10, is ours")
}

fn best_layer(layers: &Layers<'_>) -> Claim {
    let quantity = "mean over seeds of the layer of the lowest error, distance from 12";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(1.0));
    let ours = layers.over_seeds(SSE, Range::Real, |line| Some(lowest(line)?.0 - 12.0));
    let statement = "the best layer is the 11th, 12th or 13th (from 0), beyond the middle";
    one(
        "best-layer",
        Tag::Found,
        statement,
        criterion,
        Some(1.0),
        ours.map(size),
    )
    .note("the authors' runs: 11 and 13; one run of their code at seed 0: 13; the bound, their range, is ours")
}

fn rises_mildly(layers: &Layers<'_>) -> Claim {
    let quantity = "log10 of a ratio of squared errors";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let last_over_best = layers.over_seeds(SSE, Range::Real, |line| {
        Some((line.last()?.1 / lowest(line)?.1).log10())
    });
    let first_over_last = layers.over_seeds(SSE, Range::Real, |line| {
        Some((line.first()?.1 / line.last()?.1).log10())
    });
    let parts = vec![
        criterion.part(
            "last layer over the best",
            Some((1.62f64 / 0.094).log10()),
            last_over_best,
        ),
        criterion.part(
            "first layer over the last",
            Some((22.1f64 / 1.62).log10()),
            first_over_last,
        ),
    ];
    let statement = "towards the output the error rises again, less than it fell";
    Claim::new(
        "error-rises-mildly",
        Tag::Found,
        statement,
        criterion,
        parts,
    )
}

fn representation_rises(layers: &Layers<'_>) -> Claim {
    let quantity = "Spearman's rho(layer, eta_h) of each seed";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.8));
    let ours = layers.over_seeds(ETA_H, Range::Correlation, trend);
    let statement = "the rate of the representation rises with the layer";
    one("eta-h-rises", Tag::Found, statement, criterion, None, ours)
        .note("the bound of 0.8 is ours")
}

fn output_peaks(layers: &Layers<'_>) -> Claim {
    let quantity = "mean over seeds of the layer of the largest eta_y, distance from 10";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(2.0));
    let ours = layers.over_seeds(ETA_Y, Range::Real, |line| Some(highest(line)?.0 - 10.0));
    let statement = "the rate of the output is largest in the middle";
    one(
        "eta-y-peaks",
        Tag::Found,
        statement,
        criterion,
        Some(0.0),
        ours.map(size),
    )
    .note("the bound of two layers is ours")
}

fn output_falls(layers: &Layers<'_>) -> Claim {
    let criterion = Criterion::by_interval("eta_y over its largest value", Bound::Below(0.6));
    let ends: [(&str, Measure, f64); 2] = [
        ("first layer", |line| Some(line.first()?.1), 2.9e-3 / 0.068),
        ("last layer", |line| Some(line.last()?.1), 0.018 / 0.068),
    ];
    let parts = ends.map(|(name, end, paper)| {
        let ours = layers.over_seeds(ETA_Y, Range::Share, |line| {
            Some(end(line)? / highest(line)?.1)
        });
        criterion.part(name, Some(paper), ours)
    });
    let statement = "and falls towards both ends";
    Claim::new(
        "eta-y-falls-to-the-ends",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
    .note("the bound of 0.6 is ours")
}

fn as_measured(layers: &Layers<'_>) -> Claim {
    let quantity = "factor between ours and one run of the authors' code, geometric mean over its layers; 1 for a layer where it lies between our seeds";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(2.0));
    let theirs: [fn(&LayerRun) -> f64; 3] = [|run| run.sse, |run| run.eta_h, |run| run.eta_y];
    let parts = QUANTITIES
        .into_iter()
        .zip(theirs)
        .map(|(quantity, theirs)| {
            criterion.part(
                quantity.name,
                Some(1.0),
                mean_factor(layers, quantity, theirs),
            )
        });
    let parts = parts.collect();
    let statement = "errors and rates are those of the authors' code at its seed 0";
    Claim::new(
        "depth-as-measured",
        Tag::Measured,
        statement,
        criterion,
        parts,
    )
    .note("the bound, a factor of 2, is ours")
}

fn mean_factor(
    layers: &Layers<'_>,
    quantity: Quantity,
    theirs: fn(&LayerRun) -> f64,
) -> Option<Estimate> {
    let factors = DEPTH
        .iter()
        .map(|run| factor(&layers.values(quantity, run.layer), theirs(run)));
    // Without one of the layers there is no comparison.
    let factors: Vec<Estimate> = factors.collect::<Option<_>>()?;
    let log = mean(factors.iter().map(|factor| factor.value.ln()))?;
    Some(Estimate::without_interval(log.exp(), factors.first()?.n))
}
