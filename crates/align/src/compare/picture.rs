//! Comparisons as heat maps, universal dimensions as curves.

use anyhow::Result;
use formant_alignment::similarity::NamedRows;
use formant_alignment::{Kind, RepresentationMeasure, UniversalDimension, UniversalNetwork};
use formant_figures::chart::{
    Axis, Chart, Heat, Line, Numbers, Panel, Places, Series, draw, palette,
};
use formant_figures::{Estimate, Picture};
use formant_moments::printable;

use super::{Pair, Universal};

/// Longest name along a side.
const NAME: usize = 9;
/// Matrices of at most so many columns have their entries written in them.
const WRITTEN: usize = 8;

/// Colours of the mean over networks and of the null.
const MEAN: &str = "#000000";
const NULL: &str = "#6b6b6b";

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
    let mut chart = Chart::new(
        format!("{} and {}, layer by layer", pair.x, pair.y),
        subtitle,
    )
    .tiles(3, panels.collect())
    .row_height(320.0)
    .hover();
    for found in &pair.compared.ceilings {
        let (measure, ceiling) = (found.measure.name(), found.ceiling);
        chart = chart.note(format!(
            "{measure}: noise ceiling {:.3} [{:.3}, {:.3}] from {} splits of the samples",
            ceiling.mean, ceiling.low, ceiling.high, found.splits
        ));
    }
    if let Some(warning) = pair.warning {
        chart = chart.note(warning);
    }
    Ok(draw(&chart)?)
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
        let names: Vec<&str> = layer
            .networks
            .iter()
            .map(|network| network.name.as_str())
            .collect();
        networks.map(move |(network, name)| curve(network, name, &names))
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

fn curve(network: &UniversalNetwork, layer: &str, names: &[&str]) -> Panel {
    let line = |label: String, color: &str, of: &dyn Fn(&UniversalDimension) -> f64| {
        let points = network.dimensions.iter();
        let points = points.map(|found| (found.variance, Estimate::without_interval(of(found), 1)));
        Series::new(label, color, points.collect::<Vec<_>>())
    };
    let each = network.from.iter().enumerate().map(|(at, from)| {
        let color = names.iter().position(|name| name == from).unwrap_or(0);
        line(
            format!("from {from}"),
            palette::qualitative(color),
            &|found| found.r2_from[at],
        )
        .line(Line::Dashed)
        .marker(None)
    });
    let null = line("permuted samples, 95 % quantile".into(), NULL, &|found| {
        found.null_q95
    });
    let null = null.line(Line::Dashed).marker(None);
    let mean = line("mean".into(), MEAN, &|found| found.r2);
    let title = format!("{}, {}", network.name, short(layer));
    Panel::new(
        title,
        Axis::log("share of the variance"),
        Axis::linear("").reaching([0.0, 1.0]),
    )
    .series(each.chain([null, mean]))
}
