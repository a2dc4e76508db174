//! The picture of crh-balance: assumptions and equations, what follows from them, and the power of gamma.

use super::claims::{DECAY_TIMES, HALF};
use super::view::{MATRICES, RESIDUALS, SELF_AVERAGING, Slope, View};
use crate::chart::{Axis, Chart, Guide, Panel, Series, palette};
use crate::sweep::{Row, Select};

/// What the four colours of the first row mean, panel by panel.
const FIRST_ROW: [&str; 4] = [
    "H_a | variation of ‖h_a‖² | (i)",
    "G_b | variation of ‖g_b‖² | (ii)",
    "WWᵀ | error of s_a G_b | (iii)",
    "WᵀW | error of s_g H_a | (iv)",
];

pub(super) fn chart(view: &View<'_>, subtitle: String) -> Chart {
    let averages = Axis::linear("").reaching([0.0, 1.0]);
    let panels = vec![
        stationarity(view),
        first_row(
            view,
            "do norms self-average? (theory: 0)",
            averages,
            &SELF_AVERAGING,
        ),
        first_row(
            view,
            "residuals of the balance equations (theory: 0)",
            errors(),
            &RESIDUALS,
        )
        .guides(half()),
        constant(view, "constant_h_b", "H_b over s_a Z_b (theory: 1)"),
        constant(view, "constant_g_a", "G_a over s_g Z_a (theory: 1)"),
        mean_update(view),
        decay_times(view),
        trace_ratio(view, Slope::Gamma),
        trace_ratio(view, Slope::LearningRate),
    ];
    Chart::new("The balance of gradient noise and weight decay", subtitle)
        .key("first row, left | middle | right")
        .note("Stationarity: relative change of a matrix since the previous measurement. The first row shows means over the hidden layers' maps.")
        .note("On logarithmic axes intervals that reach 0 are not drawn; the tables have them.")
        .row_height(270.0)
        .tiles(3, panels)
}

fn line(
    label: &str,
    color: impl Into<String>,
    k: usize,
    select: &Select<'_>,
    x: fn(&Row) -> f64,
) -> Series {
    Series::new(label, color, select.by_x(x))
        .marker(palette::marker(k))
        .seeds(select.seed_lines(x).into_values())
}

/// Relative errors span decades.
fn errors() -> Axis {
    Axis::log("").reaching([0.1, 1.0])
}

fn half() -> [Guide; 1] {
    [Guide::horizontal(
        "half explained: what would count as a balance",
        HALF,
    )]
}

fn gamma_axis() -> Axis {
    Axis::log("weight decay γ")
}

fn stationarity(view: &View<'_>) -> Panel {
    let series = (0..).zip(MATRICES).map(|(k, (statistic, _))| {
        let select = view.hidden_in_training(statistic);
        let select = select.gamma(view.largest_gamma());
        let color = palette::qualitative(k);
        line(FIRST_ROW[k], color, k, &select, |row| row.step as f64)
    });
    let title = "stationarity at the largest γ (theory: 0)";
    Panel::new(title, Axis::linear("step"), Axis::log("")).series(series)
}

fn first_row(view: &View<'_>, title: &str, y: Axis, statistics: &[(&str, &str); 4]) -> Panel {
    let series = (0..).zip(statistics).map(|(k, (statistic, _))| {
        let select = view.hidden(statistic);
        let color = palette::qualitative(k);
        line(FIRST_ROW[k], color, k, &select, |row| row.gamma)
    });
    Panel::new(title, gamma_axis(), y).series(series)
}

/// A series for each hidden layer's map.
fn layers<'v>(
    view: &View<'_>,
    select: impl Fn(u32) -> Select<'v>,
    x: fn(&Row) -> f64,
) -> Vec<Series> {
    let layers = view.layers();
    let n = layers.len();
    let series = layers.into_iter().enumerate().map(|(k, layer)| {
        let name = format!("layer {layer}");
        line(&name, palette::layer(k, n), k, &select(layer), x)
    });
    series.collect()
}

fn constant(view: &View<'_>, statistic: &'static str, title: &str) -> Panel {
    let series = layers(
        view,
        |layer| view.hidden(statistic).layer(layer),
        |row| row.gamma,
    );
    Panel::new(title, gamma_axis(), Axis::log("").reaching([0.5, 2.0]))
        .series(series)
        .guides([Guide::horizontal("theory", 1.0)])
}

fn mean_update(view: &View<'_>) -> Panel {
    let of_layer = |layer| view.hidden("mean_stationarity").layer(layer);
    let title = "residual of E[g_b h_aᵀ] = γ W (theory: 0)";
    Panel::new(title, gamma_axis(), errors())
        .series(layers(view, of_layer, |row| row.gamma))
        .guides(half())
}

fn decay_times(view: &View<'_>) -> Panel {
    let times = view.over_gamma("steps_times_eta_gamma").at_last_step();
    let series = line("", "#444444", 0, &times, |row| row.gamma);
    let y = Axis::log("").reaching([DECAY_TIMES]);
    let needed = Guide::horizontal("decay times that a balance needs", DECAY_TIMES);
    Panel::new("decay times trained, η γ steps", gamma_axis(), y)
        .series([series])
        .guides([needed])
}

fn trace_ratio(view: &View<'_>, against: Slope) -> Panel {
    let x: fn(&Row) -> f64 = match against {
        Slope::Gamma => |row| row.gamma,
        Slope::LearningRate => |row| row.learning_rate,
    };
    // Guides start at a point of a layer in the middle, so that slopes can be compared by eye.
    let middle = view.layers().get(2).copied().unwrap_or(1);
    let start = view.trace_ratio(against, middle).by_x(x);
    let start = start.first().map(|(x, ratio)| (*x, ratio.value));
    let (slopes, title, axis): (&[f64], _, _) = match against {
        Slope::Gamma => (&[1.0, 2.0], "tr G_b / tr Z_b against γ", gamma_axis()),
        Slope::LearningRate => (
            &[-1.0],
            "tr G_b / tr Z_b against η",
            Axis::log("learning rate η"),
        ),
    };
    let guides = start.into_iter().flat_map(|start| {
        let guide = move |&slope| Guide::slope(slope, start);
        slopes.iter().map(guide)
    });
    let of_layer = |layer| view.trace_ratio(against, layer);
    Panel::new(title, axis, Axis::log(""))
        .series(layers(view, of_layer, x))
        .guides(guides)
}
