//! Comparisons as heat maps, universal dimensions as curves.

use anyhow::Result;
use formant_alignment::similarity::NamedRows;
use formant_alignment::{Kind, RepresentationMeasure, UniversalNetwork};
use formant_figures::chart::{
    Axis, Chart, Heat, Line, NullPoint, Numbers, Panel, Places, Series, draw, palette,
};
use formant_figures::{Estimate, Picture};
use formant_moments::printable;

use super::{Pair, Universal};

/// Longest name along a side.
const NAME: usize = 9;
/// Matrices of at most so many columns have their entries written in them.
const WRITTEN: usize = 8;

/// A panel a measure.
pub(super) fn of_pair(pair: &Pair<'_>) -> Result<Picture> {
    let mut measures: Vec<RepresentationMeasure> = Vec::new();
    for found in &pair.compared.comparisons {
        if !measures.contains(&found.compared.measure) {
            measures.push(found.compared.measure);
        }
    }
    let panels = measures.into_iter().map(|measure| panel(pair, measure));
    let samples = pair.layers[0].first().map_or(0, |(_, rows)| rows.nrows());
    let subtitle = format!(
        "layers of {} down, of {} across; {samples} samples",
        pair.x, pair.y
    );
    let chart = Chart::new(
        format!("{} and {}, layer by layer", pair.x, pair.y),
        subtitle,
    )
    .tiles(3, panels.collect())
    .row_height(380.0);
    let chart = pair
        .warning
        .map_or(chart.clone(), |warning| chart.note(warning));
    Ok(draw(&chart.hover())?)
}

fn panel(pair: &Pair<'_>, measure: RepresentationMeasure) -> Panel {
    let [left, right] = pair.layers;
    let values = pair.compared.comparisons.iter();
    let values: Vec<Option<f64>> = values
        .filter(|found| found.compared.measure == measure)
        .map(|found| found.compared.value)
        .collect();
    let rows: Vec<Vec<Option<f64>>> = values
        .chunks(right.len().max(1))
        .map(<[_]>::to_vec)
        .collect();
    let (kind, ends) = match measure.description().kind {
        Kind::Distance => ("distance", (0.0, measure.description().range.bounds().1)),
        _ => {
            let least = values
                .iter()
                .flatten()
                .fold(0.0_f64, |least, value| least.min(*value));
            ("similarity", (least, 1.0))
        }
    };
    let numbers = match right.len() <= WRITTEN {
        true => Numbers::Shown,
        false => Numbers::Hidden,
    };
    let heat = Heat::new(rows, ends).numbers(numbers);
    let title = format!("{} ({kind})", measure.name());
    Panel::heat(title, heat, (pair.y, places(right)), (pair.x, places(left)))
}

fn places(layers: &[NamedRows]) -> Places {
    let names = layers.iter().enumerate();
    names
        .map(|(at, (name, _))| (at as f64, short(name)))
        .collect()
}

/// The end of a name, which tells layers of one network apart.
fn short(name: &str) -> String {
    let name = printable(name, 200);
    let skipped = name.chars().count().saturating_sub(NAME);
    match skipped {
        0 => name,
        _ => format!("…{}", name.chars().skip(skipped + 1).collect::<String>()),
    }
}

/// A panel a network and layer: R² against the share of the variance.
pub(super) fn of_universal(universal: &Universal) -> Result<Picture> {
    let panels = universal.layers.iter().flat_map(|layer| {
        let networks = layer.networks.iter().zip(&layer.names);
        networks.map(|(network, name)| curve(network, name))
    });
    let options = &universal.options;
    let subtitle = format!(
        "R² on held-out samples ({} folds) of each principal dimension, predicted from the other networks; null: {} permutations",
        options.folds, options.permutations
    );
    let chart = Chart::new("Universal dimensions", subtitle)
        .tiles(3, panels.collect())
        .row_height(290.0);
    Ok(draw(&chart.hover())?)
}

fn curve(network: &UniversalNetwork, layer: &str) -> Panel {
    let plain = |value: f64| Estimate::without_interval(value, 1);
    let mean = network
        .dimensions
        .iter()
        .map(|found| (found.variance, plain(found.r2)));
    let mean = Series::new("mean", palette::qualitative(0), mean);
    let each = network.from.iter().enumerate().map(|(at, from)| {
        let points = network
            .dimensions
            .iter()
            .map(|found| (found.variance, plain(found.r2_from[at])));
        Series::new(format!("from {from}"), palette::qualitative(at + 1), points)
            .line(Line::Dashed)
            .marker(None)
    });
    let null = network.dimensions.iter().map(|found| NullPoint {
        x: found.variance,
        mean: found.null_mean,
        q95: found.null_q95,
    });
    let title = format!("{}, {}", network.name, short(layer));
    Panel::new(
        title,
        Axis::log("share of the variance"),
        Axis::linear("").reaching([0.0, 1.0]),
    )
    .null(null)
    .series(each.chain([mean]))
}
