//! The picture of univ-orthogonal: three pairs of axes, coloured three ways, for each setting and activation.

use std::collections::BTreeSet;

use super::{ACTIVATIONS, CONTEXT, COSINE, RELEVANT, SETTINGS, activations, trained};
use crate::chart::{Axis, Chart, Line, Panel, Place, Series, palette};
use crate::universality::{CheckedTables, Embedded};
use crate::{Marker, Range};

/// Positions fall into so many colours.
const BINS: usize = 6;
/// At most so many positions are drawn along each side of the grid.
const SIDE: usize = 10;

/// What items are coloured by: its name, how many colours there are, and which of them an item has.
type Coloring = (&'static str, usize, fn(&Embedded) -> usize);

const COLORINGS: [Coloring; 3] = [
    ("context", 2, |item| item.context as usize),
    ("x", BINS, |item| bin(item.x)),
    ("y", BINS, |item| bin(item.y)),
];

pub(super) fn chart(data: &CheckedTables) -> Chart {
    let activations = activations(data);
    let columns = 3 * activations.len().max(1);
    let mut panels = Vec::new();
    for (block, activation) in activations.iter().enumerate() {
        for (band, setting) in SETTINGS.into_iter().enumerate() {
            let name = format!("{}, {}", short(setting), short(activation));
            let nine = embeddings(&name, &items(data, setting, activation));
            let places = (0..9).map(|k| Place::at(3 * block + k % 3, 3 * band + k / 3));
            panels.extend(nine.into_iter().zip(places));
        }
    }
    let wide = columns / 3;
    let below = (0..3).map(|k| Place::at(k * wide, 9).over(wide, 2));
    panels.extend(metrics(data, &activations).into_iter().zip(below));
    Chart::new(
        "The context task in a hidden layer, from large to small initial weights",
        data.subtitle("F9 of arXiv 2402.09142"),
    )
    .key("item")
    .note("Scatters: three axes of an embedding of the hidden layer, two at a time (1-2), coloured by context, x or y; one seed, positions thinned.")
    .note("One scale for all axes of a network: a feature that was removed is a cloud without width.")
    .note("leaky: leaky ReLU, which the authors' notebook trains; tanh: what their settings file says. high, low, vlow: initial gain 2, 0.5, 0.275.")
    .row_height(178.0)
    .placed(columns, panels)
}

/// `low` of `low_init`, `leaky` of `leaky_relu`.
fn short(name: &str) -> &str {
    name.split('_').next().unwrap_or(name)
}

/// Places on a side of the grid that are drawn, evenly spread.
fn thinned(places: impl Iterator<Item = f64>) -> BTreeSet<u64> {
    let mut places: Vec<f64> = places.collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let stride = places.len().div_ceil(SIDE).max(1);
    // Both ends are drawn where the stride allows, else the last few are dropped evenly.
    let skip = (places.len().saturating_sub(1) % stride) / 2;
    let kept = places.into_iter().skip(skip).step_by(stride);
    kept.map(f64::to_bits).collect()
}

/// The items of the first seed, thinned.
fn items<'t>(data: &'t CheckedTables, setting: &str, activation: &str) -> Vec<&'t Embedded> {
    let rows = data.tables.embedded.iter();
    let rows = rows.filter(|row| row.setting == setting && row.activation == activation);
    let rows: Vec<&Embedded> = rows.collect();
    let seed = rows.iter().map(|row| row.seed).min();
    let xs = thinned(rows.iter().map(|row| row.x));
    let ys = thinned(rows.iter().map(|row| row.y));
    let kept = rows.into_iter().filter(|row| {
        Some(row.seed) == seed && xs.contains(&row.x.to_bits()) && ys.contains(&row.y.to_bits())
    });
    kept.collect()
}

/// Which of the colours of positions; positions lie between -1 and 1.
fn bin(position: f64) -> usize {
    let share = (position + 1.0) / 2.0;
    ((share * BINS as f64).floor().max(0.0) as usize).min(BINS - 1)
}

/// Three pairs of axes, a row each, coloured three ways.
fn embeddings(name: &str, items: &[&Embedded]) -> Vec<Panel> {
    let rows = [(0, 1), (1, 2), (0, 2)].into_iter();
    rows.flat_map(|axes| COLORINGS.map(|coloring| embedding(name, items, axes, coloring)))
        .collect()
}

fn embedding(
    name: &str,
    items: &[&Embedded],
    axes: (usize, usize),
    (by, classes, class): Coloring,
) -> Panel {
    let series = (0..classes).map(|k| {
        let of_class = items.iter().filter(|item| class(item) == k);
        let points = of_class.map(|item| {
            let all = [item.axis1, item.axis2, item.axis3];
            (all[axes.0], all[axes.1])
        });
        let (label, color) = match by {
            "context" => (format!("context {}", k + 1), palette::qualitative(k).into()),
            _ => (middle(k), palette::sequential(k, BINS)),
        };
        Series::scatter(label, color, points.collect::<Vec<_>>())
            .marker(Marker::Dot)
            .line(Line::Apart)
    });
    let title = format!("{name}, {}-{} by {by}", axes.0 + 1, axes.1 + 1);
    Panel::new(title, axis(items), axis(items)).series(series)
}

/// One scale for all three axes of a network, so that a thin cloud looks thin: marks at 0 and at a round number.
fn axis(items: &[&Embedded]) -> Axis {
    let items = items.iter();
    let all = items.flat_map(|item| [item.axis1, item.axis2, item.axis3]);
    let largest = all.fold(0.0, |a: f64, b| a.max(b.abs()));
    if largest == 0.0 {
        return Axis::linear("");
    }
    let exponent = largest.log10().floor();
    let round = (largest / 10f64.powf(exponent)).floor() * 10f64.powf(exponent);
    let label = format!("{round:.0$}", (-exponent).max(0.0) as usize);
    let marks = vec![
        (-round, format!("−{label}")),
        (0.0, "0".to_owned()),
        (round, label),
    ];
    Axis::marked("", marks).within(-1.08 * largest, 1.08 * largest)
}

/// The legend's name of a colour of positions.
fn middle(k: usize) -> String {
    let middle = -1.0 + (2.0 * k as f64 + 1.0) / BINS as f64;
    format!("x or y near {middle:.1}").replace('-', "−")
}

/// What is shown of the metrics over settings.
const METRICS: [(&str, &[&str], Range); 3] = [
    ("variance between contexts", &[CONTEXT], Range::Share),
    (
        "relevant over irrelevant axis",
        &RELEVANT,
        Range::NonNegative,
    ),
    (
        "cosine of both relevant axes",
        &[COSINE],
        Range::Correlation,
    ),
];

fn metrics(data: &CheckedTables, activations: &[&str]) -> Vec<Panel> {
    let panel = |(title, metrics, range): (&str, &[&str], Range)| {
        let series = activations.iter().map(|activation| {
            let place = ACTIVATIONS.iter().position(|other| other == activation);
            let k = place.unwrap_or_default();
            let settings = SETTINGS.iter().enumerate();
            let points = settings.filter_map(|(x, setting)| {
                let values = trained(data, setting, activation, metrics);
                Some((x as f64, values.estimate(range)?))
            });
            let name = activation.replace('_', " ");
            Series::new(name, palette::qualitative(2 + k), points).marker(palette::marker(1 + k))
        });
        let x = Axis::categories("initial weights", SETTINGS.map(str::to_owned));
        let y = match range {
            Range::Share => Axis::correlation(),
            Range::Correlation => Axis::linear("").reaching([-1.0, 1.0]),
            _ => Axis::log("").reaching([1.0]),
        };
        Panel::new(title, x, y).series(series).dodged()
    };
    METRICS.map(panel).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_spreads_evenly_and_colours_cover_the_grid() {
        let grid = (0..30).map(|k| -1.0 + 2.0 * f64::from(k) / 29.0);
        let kept = thinned(grid.clone());
        assert_eq!(kept.len(), SIDE);
        let few = thinned(grid.clone().take(7));
        assert_eq!(few.len(), 7);
        let bins: BTreeSet<usize> = grid.map(bin).collect();
        assert_eq!(bins.len(), BINS);
        assert_eq!((bin(-1.0), bin(1.0)), (0, BINS - 1));
    }
}
