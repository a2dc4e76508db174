//! The picture of crh-balance: assumptions and equations, what follows from them, and the power of gamma.

use super::claims::{DECAY_TIMES, HALF};
use super::view::{MATRICES, RESIDUALS, SELF_AVERAGING, Slope, View};
use crate::chart::{Axis, Chart, Guide, Interval, Line, Panel, Series, palette};
use crate::table::{Row, Select};

pub(super) fn chart(view: &View<'_>, subtitle: String) -> Chart {
    let panels = vec![
        stationarity(view),
        self_averaging(view),
        residuals(view),
        constant(view, "constant_h_b", "H_b over s_a Z_b (theory: 1)"),
        constant(view, "constant_g_a", "G_a over s_g Z_a (theory: 1)"),
        mean_update(view),
        decay_times(view),
        trace_ratio(view, Slope::Gamma),
        trace_ratio(view, Slope::LearningRate),
    ];
    Chart::new("The balance of gradient noise and weight decay", subtitle)
        .key("map into")
        .note("Stationarity: relative change of a matrix since the previous measurement. The first row shows means over the hidden layers' maps.")
        .note("On logarithmic axes means over seeds and their intervals are geometric: those of logarithms.")
        .note(format!(
            "tr G_b / tr Z_b: dashed and faint, networks that enter no slope, trained for less than {DECAY_TIMES} decay times or no better than a constant."
        ))
        .row_height(300.0)
        .tiles(3, panels)
}

/// What the vertical axis counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mean {
    Arithmetic,
    /// For logarithmic axes.
    Geometric,
}

fn line(
    label: &str,
    color: impl Into<String>,
    k: usize,
    select: &Select<'_>,
    (x, mean): (fn(&Row) -> f64, Mean),
) -> Series {
    let points = match mean {
        Mean::Arithmetic => select.by_x(x),
        Mean::Geometric => select.geometric_by_x(x),
    };
    Series::new(label, color, points)
        .marker(palette::marker(k))
        .seeds(select.seed_lines(x).into_values())
}

/// Relative errors span decades.
fn errors() -> Axis {
    Axis::log("").reaching([0.1, 1.0])
}

fn half() -> [Guide; 1] {
    let label = "half explained: what would count as a balance";
    [Guide::horizontal(label, HALF)
        .color("#b00020")
        .dashes("10 3")]
}

fn gamma_axis() -> Axis {
    Axis::log("weight decay γ")
}

fn gamma(row: &Row) -> f64 {
    row.gamma
}

fn stationarity(view: &View<'_>) -> Panel {
    let series = (0..).zip(MATRICES).map(|(k, (statistic, name))| {
        let select = view.hidden_in_training(statistic);
        let select = select.gamma(view.largest_gamma());
        let color = palette::qualitative(k);
        let x: fn(&Row) -> f64 = |row| row.step as f64;
        line(name, color, k, &select, (x, Mean::Geometric))
    });
    let title = "stationarity at the largest γ (theory: 0)";
    Panel::new(title, Axis::linear("step"), Axis::log(""))
        .series(series)
        .with_legend()
}

fn self_averaging(view: &View<'_>) -> Panel {
    let title = "do norms self-average? (theory: 0)";
    let y = Axis::linear("").reaching([0.0, 1.0]);
    statistics(view, title, y, (&SELF_AVERAGING, Mean::Arithmetic))
}

fn residuals(view: &View<'_>) -> Panel {
    let title = "residuals of the balance equations (theory: 0)";
    statistics(view, title, errors(), (&RESIDUALS, Mean::Geometric)).guides(half())
}

fn statistics(
    view: &View<'_>,
    title: &str,
    y: Axis,
    (statistics, mean): (&[(&str, &str); 4], Mean),
) -> Panel {
    let series = (0..).zip(statistics).map(|(k, (statistic, name))| {
        let select = view.hidden(statistic);
        let color = palette::qualitative(k);
        line(name, color, k, &select, (gamma, mean))
    });
    Panel::new(title, gamma_axis(), y)
        .series(series)
        .with_legend()
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
        let color = palette::layer(k, n);
        line(&name, color, k, &select(layer), (x, Mean::Geometric))
    });
    series.collect()
}

fn constant(view: &View<'_>, statistic: &'static str, title: &str) -> Panel {
    let of_layer = |layer| view.hidden(statistic).layer(layer);
    let theory = Guide::horizontal("theory", 1.0)
        .color("black")
        .dashes("2 2");
    Panel::new(title, gamma_axis(), Axis::log("").reaching([0.5, 2.0]))
        .series(layers(view, of_layer, gamma))
        .guides([theory])
}

fn mean_update(view: &View<'_>) -> Panel {
    let of_layer = |layer| view.hidden("mean_stationarity").layer(layer);
    let title = "residual of E[g_b h_aᵀ] = γ W (theory: 0)";
    Panel::new(title, gamma_axis(), errors())
        .series(layers(view, of_layer, gamma))
        .guides(half())
}

fn decay_times(view: &View<'_>) -> Panel {
    let times = view.over_gamma("steps_times_eta_gamma").at_last_step();
    let series = line("", "#444444", 0, &times, (gamma, Mean::Geometric));
    let y = Axis::log("").reaching([DECAY_TIMES]);
    let needed = Guide::horizontal("decay times that a balance needs", DECAY_TIMES);
    let needed = needed.color("#7a4b00").dashes("8 3 2 3");
    Panel::new("decay times trained, η γ steps", gamma_axis(), y)
        .series([series])
        .guides([needed])
}

fn trace_ratio(view: &View<'_>, against: Slope) -> Panel {
    let x: fn(&Row) -> f64 = match against {
        Slope::Gamma => gamma,
        Slope::LearningRate => |row| row.learning_rate,
    };
    let entering = layers(view, |layer| view.entering(against, layer), x);
    let all = layers(view, |layer| view.trace_ratio(against, layer), x);
    let all = all.into_iter().map(|series| {
        let color = palette::faint(&series.color);
        Series {
            label: String::new(),
            color,
            seeds: Vec::new(),
            ..series
        }
        .line(Line::Dashed)
        .interval(Interval::Hidden)
    });
    // Guides start at the first point of a layer in the middle, so that slopes can be compared by eye.
    let middle = view.layers().get(2).copied().unwrap_or(1);
    let start = view.trace_ratio(against, middle).geometric_by_x(x);
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
    Panel::new(title, axis, Axis::log(""))
        .series(all)
        .series(entering)
        .guides(guides)
}
