//! The claims of univ-depth.

use super::layers::{ETA_H, ETA_Y, Layers, QUANTITIES, Quantity, SSE};
use crate::claims::measures::{mean, size, trend};
use crate::universality::authors::DEPTH;
use crate::universality::two_points::factor;
use crate::{Bound, Claim, Estimate, Range, Tag};

type Line = [(f64, f64)];

/// Picks a point of a line.
type Pick = fn(&Line) -> Option<(f64, f64)>;

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

/// The only case of most claims.
const DEFAULT: &str = "default network";

/// The logarithm of a ratio of squared errors of a seed's line.
fn log_ratio(layers: &Layers<'_>, of: Pick, over: Pick) -> Option<Estimate> {
    layers.over_seeds(SSE, Range::Real, |line| {
        Some((of(line)?.1 / over(line)?.1).log10())
    })
}

fn first(line: &Line) -> Option<(f64, f64)> {
    line.first().copied()
}

fn last(line: &Line) -> Option<(f64, f64)> {
    line.last().copied()
}

fn falls(layers: &Layers<'_>) -> Claim {
    let ours = layers.over_seeds(SSE, Range::Correlation, |line| {
        let best = lowest(line)?.0;
        let before = line.iter().copied().filter(|point| point.0 <= best);
        trend(&before.collect::<Vec<_>>())
    });
    Tag::Found
        .claim("error-falls", "the error falls from the first layer on")
        .by_interval(
            "Spearman's rho(layer, squared error) of each seed, up to its best layer",
            Bound::Below(-0.9),
        )
        .parts([(DEFAULT, Some(-1.0), ours)])
        .note("the bound of -0.9 is ours")
}

fn far_better(layers: &Layers<'_>) -> Claim {
    let paper = (22.1f64 / 0.094).log10();
    Tag::Found
        .claim(
            "first-layer-worst",
            "the theory needs depth below the layer: its error in the middle is less than a tenth of that in the first",
        )
        .by_interval("log10(squared error of the first layer / of the best)", Bound::Above(1.0))
        .parts([(DEFAULT, Some(paper), log_ratio(layers, first, lowest))])
        .note("the bound, a factor of 10, is ours")
}

fn best_layer(layers: &Layers<'_>) -> Claim {
    let ours = layers.over_seeds(SSE, Range::Real, |line| Some(lowest(line)?.0 - 12.0));
    Tag::Found
        .claim(
            "best-layer",
            "the best layer is the 11th, 12th or 13th (from 0), beyond the middle",
        )
        .by_value("mean over seeds of the layer of the lowest error, distance from 12", Bound::AtMost(1.0))
        .parts([(DEFAULT, Some(1.0), ours.map(size))])
        .note("the authors' runs: 11 and 13; one run of their code at seed 0: 13; the bound, their range, is ours")
}

fn rises_mildly(layers: &Layers<'_>) -> Claim {
    let papers = [1.62f64 / 0.094, 22.1 / 1.62].map(|ratio| Some(ratio.log10()));
    Tag::Found
        .claim(
            "error-rises-mildly",
            "towards the output the error rises again, less than it fell",
        )
        .by_interval("log10 of a ratio of squared errors", Bound::Above(0.0))
        .parts([
            (
                "last layer over the best",
                papers[0],
                log_ratio(layers, last, lowest),
            ),
            (
                "first layer over the last",
                papers[1],
                log_ratio(layers, first, last),
            ),
        ])
}

fn representation_rises(layers: &Layers<'_>) -> Claim {
    Tag::Found
        .claim(
            "eta-h-rises",
            "the rate of the representation rises with the layer",
        )
        .by_interval(
            "Spearman's rho(layer, eta_h) of each seed",
            Bound::Above(0.8),
        )
        .parts([(DEFAULT, layers.over_seeds(ETA_H, Range::Correlation, trend))])
        .note("the bound of 0.8 is ours")
}

fn output_peaks(layers: &Layers<'_>) -> Claim {
    let ours = layers.over_seeds(ETA_Y, Range::Real, |line| Some(highest(line)?.0 - 10.0));
    Tag::Found
        .claim(
            "eta-y-peaks",
            "the rate of the output is largest in the middle",
        )
        .by_value(
            "mean over seeds of the layer of the largest eta_y, distance from 10",
            Bound::AtMost(2.0),
        )
        .parts([(DEFAULT, Some(0.0), ours.map(size))])
        .note("the bound of two layers is ours")
}

fn output_falls(layers: &Layers<'_>) -> Claim {
    let ends: [(&str, Pick, f64); 2] = [
        ("first layer", first, 2.9e-3 / 0.068),
        ("last layer", last, 0.018 / 0.068),
    ];
    let parts = ends.map(|(name, end, paper)| {
        let ours = layers.over_seeds(ETA_Y, Range::Share, |line| {
            Some(end(line)?.1 / highest(line)?.1)
        });
        (name, Some(paper), ours)
    });
    Tag::Found
        .claim("eta-y-falls-to-the-ends", "and falls towards both ends")
        .by_interval("eta_y over its largest value", Bound::Below(0.6))
        .parts(parts)
        .note("the bound of 0.6 is ours")
}

fn as_measured(layers: &Layers<'_>) -> Claim {
    Tag::Measured
        .claim("depth-as-measured", "errors and rates are those of the authors' code at its seed 0")
        .by_value(
            "factor between ours and one run of the authors' code, geometric mean over its layers; 1 for a layer where it lies between our seeds",
            Bound::AtMost(2.0),
        )
        .parts(QUANTITIES.map(|quantity| (quantity.name, Some(1.0), mean_factor(layers, quantity))))
        .note("the bound, a factor of 2, is ours")
}

fn mean_factor(layers: &Layers<'_>, quantity: Quantity) -> Option<Estimate> {
    let factors = DEPTH.iter().map(|run| {
        let ours = layers.values(quantity, run.layer);
        factor(&ours, (quantity.theirs)(run))
    });
    // Without one of the layers there is no comparison.
    let factors: Vec<Estimate> = factors.collect::<Option<_>>()?;
    let log = mean(factors.iter().map(|factor| factor.value.ln()))?;
    Some(Estimate::without_interval(log.exp(), factors.first()?.n))
}
