//! The claims of F-width. The paper's own values pass through the same functions, as if they were one seed.

use super::digitised::{PAPER_WIDTHS, PRECISION, paper_alpha, paper_line};
use super::{alpha, by_layer, layers, width};
use crate::claims::{inside_intervals, rmse};
use crate::measures::{mean, size, slope, trend};
use crate::sweep::{Table, above_null};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

/// The largest change of alpha in a decade of width that still counts as none; ours.
const FLAT: f64 = 0.1;

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    vec![
        no_trend(table),
        layer_order(table),
        digitised_values(table),
        above_null(&by_layer(table)),
    ]
}

/// The slope of a line of (log10 of width, alpha).
fn line_slope(line: &[(f64, f64)]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = line.iter().copied().unzip();
    slope(&x, &y)
}

fn no_trend(table: &Table<'_>) -> Claim {
    let quantity = "size of the slope of alpha per decade of width, mean over seeds";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(FLAT));
    let slopes = (3..=5).map(|layer| {
        let alpha = alpha(table, layer, "normalized");
        let signed = alpha.over_seeds(|row| width(row).log10(), Range::Real, line_slope);
        (
            layer,
            signed,
            alpha.over_seeds(width, Range::Correlation, trend),
        )
    });
    let slopes: Vec<_> = slopes.collect();
    let parts = slopes.iter().map(|(layer, signed, _)| {
        let paper = line_slope(&paper_line(*layer)).map(f64::abs);
        criterion.part(format!("layer {layer}"), paper, signed.map(size))
    });
    let parts = parts.collect();
    let statement = "width has no systematic effect on the alignment of layers 3 to 5";
    let claim = Claim::new("no-trend", Tag::Digitised, statement, criterion, parts).note(
        "a small slope with its whole interval is asked for, because an interval that includes zero may only be a wide one",
    );
    slopes.iter().fold(claim, |claim, (layer, signed, rho)| {
        let show =
            |value: &Option<Estimate>| value.map_or("none".to_owned(), crate::claims::estimate);
        claim.note(format!(
            "layer {layer}: slope {} per decade, Spearman's rho with width {}",
            show(signed),
            show(rho)
        ))
    })
}

/// By how much the less aligned group lies below the more aligned one: layer 1 below 2, layer 2 below the lowest of 3 to 5.
fn steps(means: &[f64; 5]) -> [f64; 2] {
    let deep = means[2..].iter().copied().fold(f64::INFINITY, f64::min);
    [means[1] - means[0], deep - means[1]]
}

fn layer_order(table: &Table<'_>) -> Claim {
    let criterion = Criterion::by_interval(
        "difference of alpha, each layer's mean over widths",
        Bound::Above(0.0),
    );
    let means = [1, 2, 3, 4, 5].map(|layer| alpha(table, layer, "normalized").per_seed());
    let ours: Vec<[f64; 2]> = table
        .seeds()
        .iter()
        .filter_map(|seed| {
            let mut all = [0.0; 5];
            for (mean, layer) in all.iter_mut().zip(&means) {
                *mean = *layer.get(seed)?;
            }
            Some(steps(&all))
        })
        .collect();
    let paper =
        steps(&[1, 2, 3, 4, 5].map(|layer| {
            mean(paper_line(layer).into_iter().map(|point| point.1)).unwrap_or(f64::NAN)
        }));
    let names = [
        "layer 2 minus layer 1",
        "lowest of layers 3-5 minus layer 2",
    ];
    let parts = names.into_iter().enumerate().map(|(k, name)| {
        let values: Vec<f64> = ours.iter().map(|steps| steps[k]).collect();
        criterion.part(name, Some(paper[k]), Estimate::mean(&values, Range::Real))
    });
    let parts = parts.collect();
    let statement = "over all widths layer 1 is aligned least, then layer 2, then layers 3 to 5";
    Claim::new("layer-order", Tag::Digitised, statement, criterion, parts)
}

/// The paper's value and our mean wherever we have both: layer, both numbers.
fn pairs(table: &Table<'_>) -> Vec<(u32, f64, Estimate)> {
    let cells = layers(table).flat_map(|layer| {
        let points = alpha(table, layer, "normalized").by_x(width);
        let pairs = points.into_iter().filter_map(move |(width, ours)| {
            Some((layer, paper_alpha(width as u32, layer)?, ours))
        });
        pairs.collect::<Vec<_>>()
    });
    cells.collect()
}

fn digitised_values(table: &Table<'_>) -> Claim {
    let quantity = "RMSE of the mean over seeds against the digitised values at the same widths";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(0.15));
    let pairs = pairs(table);
    let errors = |of: &dyn Fn(u32) -> bool| -> Vec<f64> {
        let pairs = pairs.iter().filter(|(layer, ..)| of(*layer));
        pairs.map(|(_, paper, ours)| ours.value - paper).collect()
    };
    let ours = rmse(&errors(&|_| true));
    let ours = ours.map(|value| Estimate::without_interval(value, table.seeds().len()));
    let by_layer = (1..=5).map(|layer| {
        let value = rmse(&errors(&|k| k == layer));
        let value = value.map_or("none".to_owned(), |v| format!("{v:.3}"));
        format!("layer {layer} {value}")
    });
    let by_layer: Vec<String> = by_layer.collect();
    let compared = format!(
        "{} of the {} values can be compared: those of widths that were run; the bound is ours",
        pairs.len(),
        5 * PAPER_WIDTHS.len()
    );
    let inside = inside_intervals(pairs.iter().map(|pair| (pair.1, pair.2)), PRECISION);
    let part = criterion.part("all layers", None, ours);
    let statement = "the curves come near the paper's";
    Claim::new(
        "digitised-values",
        Tag::Digitised,
        statement,
        criterion,
        vec![part],
    )
    .note(compared)
    .note(format!("RMSE by layer: {}", by_layer.join(", ")))
    .note(inside)
}
