//! The claims of F-width. The paper's own values pass through the same functions, as if they were one seed.

use super::{ALPHA, PAPER};
use crate::claims::measures::{mean, size, slope, trend};
use crate::claims::or_none;
use crate::figure::Along;
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// The largest change of alpha in a decade of width that still counts as none; ours.
const FLAT: f64 = 0.1;

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    vec![
        no_trend(table),
        layer_order(table),
        digitised_values(table),
        above_null(&ALPHA.named(table)),
    ]
}

/// The slope of a line of (width, alpha) per decade.
fn line_slope(line: &[(f64, f64)]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = line.iter().map(|(x, y)| (x.log10(), *y)).unzip();
    slope(&x, &y)
}

fn no_trend(table: &Table<'_>) -> Claim {
    let slopes = [1, 2, 3, 4, 5].map(|layer| {
        let alpha = ALPHA.line(table, layer);
        let signed = alpha.over_seeds(Along::WIDTH.of, Range::Real, line_slope);
        let rho = alpha.over_seeds(Along::WIDTH.of, Range::Correlation, trend);
        (layer, signed, rho)
    });
    let parts = slopes.iter().map(|(layer, signed, _)| {
        let paper = line_slope(&PAPER.line(*layer)).map(f64::abs);
        (format!("layer {layer}"), paper, signed.map(size))
    });
    let claim = Tag::Digitised
        .claim("no-trend", "width has no systematic effect on alignment")
        .by_interval("size of the slope of alpha per decade of width, mean over seeds", Bound::AtMost(FLAT))
        .parts(parts)
        .note("the whole interval of the slope has to be small, because an interval that includes zero may only be a wide one");
    slopes.iter().fold(claim, |claim, (layer, signed, rho)| {
        claim.note(format!(
            "layer {layer}: slope {} per decade, Spearman's rho with width {}",
            or_none(*signed),
            or_none(*rho)
        ))
    })
}

/// By how much the less aligned group lies below the more aligned one: layer 1 below 2, layer 2 below the lowest of 3 to 5.
fn steps(means: &[f64]) -> Option<[f64; 2]> {
    let &[first, second, ref deep @ ..] = means else {
        return None;
    };
    let lowest = deep.iter().copied().reduce(f64::min)?;
    Some([second - first, lowest - second])
}

fn layer_order(table: &Table<'_>) -> Claim {
    let paper = (1..=5).map(|layer| mean(PAPER.line(layer).into_iter().map(|point| point.1)));
    let paper: Option<Vec<f64>> = paper.collect();
    let paper = paper.and_then(|means| steps(&means));
    let names = [
        "layer 2 minus layer 1",
        "lowest of layers 3-5 minus layer 2",
    ];
    let parts = (0..).zip(names).map(|(k, name): (usize, _)| {
        let step = |means: &[f64]| Some(steps(means)?[k]);
        let ours = ALPHA.across_lines(table, |select| select, step);
        (name, paper.map(|steps| steps[k]), ours)
    });
    let statement = "over all widths layer 1 is aligned least, then layer 2, then layers 3 to 5";
    let quantity = "difference of alpha, each layer's mean over widths";
    Tag::Digitised
        .claim("layer-order", statement)
        .by_interval(quantity, Bound::Above(0.0))
        .parts(parts)
}

fn digitised_values(table: &Table<'_>) -> Claim {
    let compared = PAPER.beside(ALPHA, table, |alpha| alpha);
    let (count, all) = (compared.count(), 5 * PAPER.x.len());
    let seeds = table.seeds().len();
    let ours = compared
        .rmse()
        .map(|value| Estimate::without_interval(value, seeds));
    Tag::Digitised
        .claim("digitised-values", "the curves come near the paper's")
        .by_value("RMSE of the mean over seeds against the digitised values at the same widths", Bound::AtMost(0.15))
        .parts([("all layers", ours)])
        .note(format!("{count} of the {all} values can be compared: those of widths that were run; the bound is ours"))
        .note(compared.by_layer())
        .note(compared.inside_intervals())
}
