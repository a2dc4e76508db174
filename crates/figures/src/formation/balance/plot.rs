//! The picture of crh-balance: assumptions and equations, what follows from them, and the power of gamma.

use super::claims::HALF;
use super::networks::{
    LEARNING_RATE, MATRICES, Named, Networks, RESIDUALS, SELF_AVERAGING, Swept, WEIGHT_DECAY,
};
use crate::Centre;
use crate::chart::{Axis, Chart, Guide, Interval, Line, Panel, Series, palette};
use crate::figure::{Along, Curve, qualitative};
use crate::table::{STATIONARY, Select};

pub(super) fn chart(networks: &Networks<'_>, subtitle: String) -> Chart {
    let panels = vec![
        stationarity(networks),
        self_averaging(networks),
        residuals(networks),
        constant(networks, "constant_h_b", "H_b over s_a Z_b (theory: 1)"),
        constant(networks, "constant_g_a", "G_a over s_g Z_a (theory: 1)"),
        mean_update(networks),
        decay_times(networks),
        trace_ratio(networks, WEIGHT_DECAY, "γ", &[1.0, 2.0]),
        trace_ratio(networks, LEARNING_RATE, "η", &[-1.0]),
    ];
    Chart::new("The balance of gradient noise and weight decay", subtitle)
        .key("map into")
        .note("Stationarity: relative change of a matrix since the previous measurement. The first row shows means over the hidden layers' maps.")
        .note("Residuals: of means over late iterates, less what chance would leave of them.")
        .note("On logarithmic axes means over seeds and their intervals are geometric: those of logarithms.")
        .note(format!(
            "tr G_b / tr Z_b: dashed and faint, networks that enter no slope, trained for less than {STATIONARY} decay times or no better than a constant."
        ))
        .row_height(300.0)
        .tiles(3, panels)
}

/// A line for each statistic.
fn statistics<'t>(named: &Named, select: impl Fn(&str) -> Select<'t>) -> Vec<Curve<'t>> {
    let named = named.iter();
    qualitative(named.map(|(statistic, name)| (*name, select(statistic))))
}

/// A panel of geometric means on a logarithmic axis.
fn geometric(
    networks: &Networks<'_>,
    along: Along,
    title: &str,
    y: Axis,
    mut curves: Vec<Curve<'_>>,
) -> Panel {
    for curve in &mut curves {
        curve.select = curve.select.clone().centre(Centre::Geometric);
    }
    along.panel_of_seeds(networks.table, title, y, &curves)
}

/// Relative errors span decades.
fn errors() -> Axis {
    Axis::log("").reaching([0.1, 1.0])
}

fn half() -> [Guide; 1] {
    let half = Guide::horizontal("half explained: what would count as a balance", HALF);
    [half.color("#b00020").dashes("10 3")]
}

fn stationarity(networks: &Networks<'_>) -> Panel {
    let curves = statistics(MATRICES, |statistic| {
        networks.at_largest(networks.in_training(statistic))
    });
    let steps = Along {
        label: "step",
        ..Along::STEP
    };
    let title = "stationarity at the largest γ (theory: 0)";
    geometric(networks, steps, title, Axis::log(""), curves).with_legend()
}

fn self_averaging(networks: &Networks<'_>) -> Panel {
    let curves = statistics(SELF_AVERAGING, |statistic| networks.hidden(statistic));
    let title = "do norms self-average? (theory: 0)";
    let y = Axis::linear("").reaching([0.0, 1.0]);
    Along::WEIGHT_DECAY
        .panel_of_seeds(networks.table, title, y, &curves)
        .with_legend()
}

fn residuals(networks: &Networks<'_>) -> Panel {
    let curves = statistics(RESIDUALS, |statistic| networks.residual(statistic));
    let title = "balance equations: residuals of means over iterates";
    geometric(networks, Along::WEIGHT_DECAY, title, errors(), curves)
        .with_legend()
        .guides(half())
}

fn constant(networks: &Networks<'_>, statistic: &str, title: &str) -> Panel {
    let curves = networks.curves(&networks.hidden(statistic));
    let theory = Guide::horizontal("theory", 1.0).color("black");
    let theory = theory.dashes("2 2");
    let y = Axis::log("").reaching([0.5, 2.0]);
    geometric(networks, Along::WEIGHT_DECAY, title, y, curves).guides([theory])
}

fn mean_update(networks: &Networks<'_>) -> Panel {
    let curves = networks.curves(&networks.residual("mean_stationarity"));
    let title = "E[g_b h_aᵀ] = γ W: residual of the mean over iterates";
    geometric(networks, Along::WEIGHT_DECAY, title, errors(), curves).guides(half())
}

fn decay_times(networks: &Networks<'_>) -> Panel {
    let times = networks.decay_times();
    let times = Curve::qualitative("", 0, times.at_last_step()).color("#444444");
    let needed = Guide::horizontal("decay times that a balance needs", STATIONARY);
    let needed = needed.color("#7a4b00").dashes("8 3 2 3");
    let y = Axis::log("").reaching([STATIONARY]);
    let title = "decay times trained, η γ steps / (1 − μ)";
    geometric(networks, Along::WEIGHT_DECAY, title, y, vec![times]).guides([needed])
}

fn trace_ratio(networks: &Networks<'_>, swept: Swept, against: &str, slopes: &[f64]) -> Panel {
    let [all, entering] = [networks.trace_ratio(swept), networks.entering(swept)]
        .map(|ratio| ratio.centre(Centre::Geometric));
    let faint = |series: Series| {
        let color = palette::faint(&series.color);
        let series = Series { color, ..series }.named("").seeds([]);
        series.line(Line::Dashed).interval(Interval::Hidden)
    };
    // Guides start at the first point of a layer in the middle, so that slopes can be compared by eye.
    let middle = all.clone().layer(networks.layers().nth(2).unwrap_or(1));
    let start = middle.by_x(swept.along.of);
    let start = start.first().map(|(x, ratio)| (*x, ratio.value));
    let guides = start.into_iter().flat_map(|start| {
        let slopes = slopes.iter();
        slopes.map(move |slope| Guide::slope(*slope, start))
    });
    let curves = networks.curves(&all);
    let title = format!("tr G_b / tr Z_b against {against}");
    geometric(networks, swept.along, &title, Axis::log(""), curves)
        .each_series(faint)
        .series(swept.along.series(&networks.curves(&entering)))
        .guides(guides)
}
