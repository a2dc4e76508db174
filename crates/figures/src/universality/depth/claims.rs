//! The claims of univ-depth.

use super::layers::{ETA_H, ETA_Y, Layers, QUANTITIES, Quantity, SSE};
use crate::claims::measures::{mean, size, trend};
use crate::universality::authors::DEPTH;
use crate::universality::two_points::factor;
use crate::{Bound, Claim, Estimate, Range, Tag};

type Line = [(f64, f64)];

/// Picks a point of a line.
type Pick = fn(&Line) -> Option<&(f64, f64)>;

const LOWEST: Pick = |line| line.iter().min_by(|a, b| a.1.total_cmp(&b.1));
const HIGHEST: Pick = |line| line.iter().max_by(|a, b| a.1.total_cmp(&b.1));
const FIRST: Pick = |line| line.first();
const LAST: Pick = |line| line.last();

/// The only case of most claims.
const DEFAULT: &str = "default network";

pub(super) fn claims(layers: &Layers<'_>) -> Vec<Claim> {
    [errors(layers), rates(layers), vec![as_measured(layers)]].concat()
}

fn errors(layers: &Layers<'_>) -> Vec<Claim> {
    let falls = layers.over_seeds(SSE, Range::Correlation, |line| {
        let best = LOWEST(line)?.0;
        let before = line.iter().copied().filter(|point| point.0 <= best);
        trend(&before.collect::<Vec<_>>())
    });
    let log_ratio = |of: Pick, over: Pick| {
        layers.over_seeds(SSE, Range::Real, |line| {
            Some((of(line)?.1 / over(line)?.1).log10())
        })
    };
    let best = layers.over_seeds(SSE, Range::Real, |line| Some(LOWEST(line)?.0 - 12.0));
    let [first_best, last_best, first_last] =
        [22.1f64 / 0.094, 1.62 / 0.094, 22.1 / 1.62].map(|ratio| Some(ratio.log10()));
    vec![
        Tag::Found
            .claim("error-falls", "the error falls from the first layer on")
            .by_interval("Spearman's rho(layer, squared error) of each seed, up to its best layer", Bound::Below(-0.9))
            .parts([(DEFAULT, Some(-1.0), falls)]),
        Tag::Found
            .claim("first-layer-worst", "the theory needs depth below the layer: its error in the middle is less than a tenth of that in the first")
            .by_interval("log10(squared error of the first layer / of the best)", Bound::Above(1.0))
            .parts([(DEFAULT, first_best, log_ratio(FIRST, LOWEST))]),
        Tag::Found
            .claim("best-layer", "the best layer is the 11th, 12th or 13th (from 0), beyond the middle")
            .by_value("mean over seeds of the layer of the lowest error, distance from 12", Bound::AtMost(1.0))
            .parts([(DEFAULT, Some(1.0), best.map(size))])
            .note("the authors' runs: 11 and 13; one run of their code at seed 0: 13; the bound is their range"),
        Tag::Found
            .claim("error-rises-mildly", "towards the output the error rises again, less than it fell")
            .by_interval("log10 of a ratio of squared errors", Bound::Above(0.0))
            .parts([
                ("last layer over the best", last_best, log_ratio(LAST, LOWEST)),
                ("first layer over the last", first_last, log_ratio(FIRST, LAST)),
            ]),
    ]
}

fn rates(layers: &Layers<'_>) -> Vec<Claim> {
    let rises = layers.over_seeds(ETA_H, Range::Correlation, trend);
    let peak = layers.over_seeds(ETA_Y, Range::Real, |line| Some(HIGHEST(line)?.0 - 10.0));
    let over_largest = |end: Pick| {
        layers.over_seeds(ETA_Y, Range::Share, |line| {
            Some(end(line)?.1 / HIGHEST(line)?.1)
        })
    };
    vec![
        Tag::Found
            .claim(
                "eta-h-rises",
                "the rate of the representation rises with the layer",
            )
            .by_interval(
                "Spearman's rho(layer, eta_h) of each seed",
                Bound::Above(0.8),
            )
            .parts([(DEFAULT, rises)]),
        Tag::Found
            .claim(
                "eta-y-peaks",
                "the rate of the output is largest in the middle",
            )
            .by_value(
                "mean over seeds of the layer of the largest eta_y, distance from 10",
                Bound::AtMost(2.0),
            )
            .parts([(DEFAULT, Some(0.0), peak.map(size))]),
        Tag::Found
            .claim(
                "eta-y-falls-to-the-ends",
                "the rate of the output falls towards both ends of the network",
            )
            .by_interval("eta_y over its largest value", Bound::Below(0.6))
            .parts([
                ("first layer", Some(2.9e-3 / 0.068), over_largest(FIRST)),
                ("last layer", Some(0.018 / 0.068), over_largest(LAST)),
            ]),
    ]
}

fn as_measured(layers: &Layers<'_>) -> Claim {
    Tag::Measured
        .claim("depth-as-measured", "errors and rates are those of the authors' code at its seed 0")
        .by_value(
            "factor between ours and one run of the authors' code, geometric mean over its layers; 1 for a layer where it lies between our seeds",
            Bound::AtMost(2.0),
        )
        .parts(QUANTITIES.map(|quantity| (quantity.name, Some(1.0), mean_factor(layers, quantity))))
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
