//! The picture of crh-clock: for each task alpha of every layer against decay times, and below alpha against weight decay at
//! equal decay times.

use super::ALPHA;
use super::networks::Networks;
use crate::chart::{Axis, Chart, Guide, Panel, Place, Series, palette};
use crate::figure::{Along, Curve, Data};
use crate::table::{STATIONARY, null_points};

/// Columns of the grid: panels in a row are five or six.
const COLUMNS: usize = 30;
/// Halvings of the whole at which alpha is drawn against weight decay: the earliest is off the ceiling.
const SHOWN: [usize; 3] = [3, 1, 0];

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let tasks = Networks::of_tasks(&data.table);
    let mut panels = Vec::new();
    for (row, networks) in tasks.iter().enumerate() {
        let layers = networks.layers();
        let wide = COLUMNS / layers.len().max(1);
        panels.extend(layers.iter().enumerate().map(|(k, layer)| {
            let place = Place::at(k * wide, row).over(wide, 1);
            (against_times(networks, *layer), place)
        }));
    }
    let wide = COLUMNS / (tasks.len() * SHOWN.len()).max(1);
    let below = tasks.iter().flat_map(|networks| {
        let shown = SHOWN.iter().filter_map(|halvings| {
            let times = networks.times.iter().rev().nth(*halvings)?;
            Some(against_weight_decay(networks, *times))
        });
        shown.collect::<Vec<_>>()
    });
    let places = (0..).map(|k| Place::at(k * wide, tasks.len()).over(wide, 1));
    panels.extend(below.zip(places));
    Chart::new(
        "Alignment of gradients and representations against decay times, and against weight decay at equal decay times",
        data.subtitle("F-gamma of arXiv 2410.03006 on the clock of weight decay"),
    )
    .key("weight decay γ")
    .second_key(ALPHA.lines.key, ALPHA.lines.samples(&data.table))
    .note("Below: after n decay times.")
    .note("α between cov(g, g) and cov(h, h): normalized, post-activations. One decay time is (1 − momentum)/(learning rate × γ) steps.")
    .row_height(250.0)
    .placed(COLUMNS, panels)
}

/// A line for each weight decay.
fn against_times(networks: &Networks<'_>, layer: u32) -> Panel {
    let all = networks.alpha(layer);
    // One colour for a weight decay in all panels, whichever of them a task has.
    let every = ALPHA.all(networks.table).distinct(Along::WEIGHT_DECAY.of);
    let series = networks.weight_decays.iter().map(|gamma| {
        let k = every.iter().position(|other| other == gamma).unwrap_or(0);
        let alpha = all.clone().weight_decay(*gamma);
        let points = alpha.by_x(Along::DECAY_TIMES.of);
        Series::new(
            format!("{gamma:.1e}"),
            palette::sequential(k, every.len()),
            points,
        )
        .marker(palette::marker(k))
    });
    let title = networks.case(format!("layer {layer}"));
    Panel::new(
        title,
        Axis::log(Along::DECAY_TIMES.label),
        Axis::correlation(),
    )
    .series(series)
    .null(null_points(
        std::slice::from_ref(&all),
        Along::DECAY_TIMES.of,
    ))
    .guides([Guide::vertical("three decay times", STATIONARY)])
    .dodged()
}

/// A line for each layer.
fn against_weight_decay(networks: &Networks<'_>, times: f64) -> Panel {
    let layers = networks.layers();
    let n = layers.len();
    let curves = layers.iter().enumerate().map(|(k, layer)| {
        let alpha = networks.at(*layer, times);
        Curve::qualitative(layer.to_string(), k, alpha).color(palette::layer(k, n))
    });
    let curves: Vec<_> = curves.collect();
    let title = networks.case(format!("n = {times:.2}"));
    let decay = Along::WEIGHT_DECAY;
    let panel = decay.panel_of_seeds(networks.table, title, Axis::correlation(), &curves);
    // The second key tells the lines of layers.
    panel.each_series(|series| series.named("")).dodged()
}
