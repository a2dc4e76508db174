//! The picture of univ-orthogonal: the three axes of an embedding in one view, coloured by both positions, for each setting,
//! and what is measured of the axes.

use std::collections::BTreeSet;

use super::{ACTIVATIONS, CONTEXT, COSINE, GAINS, RELEVANT, SETTINGS, activations, trained};
use crate::chart::{Axis, Chart, Panel, Place, Series, palette};
use crate::universality::{CheckedTables, Embedded};
use crate::{Marker, Range};

/// Positions fall into so many colours.
const BINS: usize = 6;
/// At most so many positions are drawn along each side of the grid.
const SIDE: usize = 10;

/// A position of an item.
type Position = fn(&Embedded) -> f64;

/// The positions by which items are coloured.
const POSITIONS: [(&str, Position); 2] = [("x", |item| item.x), ("y", |item| item.y)];

/// The contexts: what is the target, and the shape of their items.
const CONTEXTS: [(&str, Marker); 2] = [
    ("the target is x", Marker::Circle),
    ("the target is y", Marker::Triangle),
];

pub(super) fn chart(data: &CheckedTables) -> Chart {
    let activations = activations(data);
    let embedded = activations.first().copied().unwrap_or(ACTIVATIONS[0]);
    let views = POSITIONS
        .into_iter()
        .enumerate()
        .flat_map(|(row, position)| {
            let settings = SETTINGS.into_iter().zip(GAINS).enumerate();
            settings.map(move |(column, (setting, gain))| {
                let title = format!("{setting} (gain {gain}), by {}", position.0);
                let items = items(data, setting, embedded);
                let place = Place::at(column, 2 * row).over(1, 2);
                (view(title, &items, position.1), place)
            })
        });
    let below = (0..3).map(|column| Place::at(column, 4).over(1, 2));
    let metrics = metrics(data, &activations).into_iter().zip(below);
    let contexts =
        CONTEXTS.map(|(name, marker)| Series::scatter(name, "#444444", []).marker(marker));
    Chart::new(
        "The context task in a hidden layer, from large to small initial weights",
        data.subtitle("F9 of arXiv 2402.09142"),
    )
    .second_key("context", contexts.into())
    .note(format!("Scatters: the hidden layer of one network of each setting ({}), embedded in three dimensions and seen at an angle: the first axis across, the second up, the third towards the upper right at half its length. Positions are thinned.", embedded.replace('_', " ")))
    .note("One scale for all axes of a network: a position that was removed is a cloud without width.")
    .note("The authors' notebook trains leaky ReLU; their settings file says tanh.")
    .row_height(150.0)
    .placed(3, views.chain(metrics).collect())
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

/// The three axes of an embedding in one view, as of a cube whose depth runs to the upper right at half its length.
fn seen(item: &Embedded) -> (f64, f64) {
    let depth = item.axis3 / 8f64.sqrt();
    (item.axis1 + depth, item.axis2 + depth)
}

fn view(title: String, items: &[&Embedded], position: Position) -> Panel {
    let series = CONTEXTS
        .into_iter()
        .enumerate()
        .flat_map(|(context, (_, marker))| {
            (0..BINS).map(move |k| {
                let of_kind = items
                    .iter()
                    .filter(|item| item.context as usize == context && bin(position(item)) == k);
                let points: Vec<(f64, f64)> = of_kind.map(|item| seen(item)).collect();
                Series::scatter(middle(k), palette::sequential(k, BINS), points).marker(marker)
            })
        });
    let series: Vec<Series> = series.collect();
    Panel::new(title, axis(items), axis(items)).series(series)
}

/// One scale for all axes of a network, so that a thin cloud looks thin.
fn axis(items: &[&Embedded]) -> Axis {
    let places = items.iter().map(|item| seen(item));
    let largest = places.fold(0.0, |a: f64, (x, y)| a.max(x.abs()).max(y.abs()));
    match largest > 0.0 {
        true => Axis::linear("").within(-1.08 * largest, 1.08 * largest),
        false => Axis::linear(""),
    }
}

/// The legend's name of a colour of positions.
fn middle(k: usize) -> String {
    let middle = -1.0 + (2.0 * k as f64 + 1.0) / BINS as f64;
    format!("position near {middle:.1}").replace('-', "−")
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
