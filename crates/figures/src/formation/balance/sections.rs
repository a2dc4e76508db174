//! What only the report of crh-balance has: one table a quantity.

use super::claims::{DECAY_TIMES, NEAR};
use super::powers::{Local, Overall, STRAIGHT};
use super::view::{DEBIASED, MATRICES, RESIDUALS, SELF_AVERAGING, Slope, View};
use crate::Section;
use crate::claims::shown;
use crate::table::{Column, Grid, Select};
use crate::text::{decimals, markdown_table};

pub(super) fn sections(view: &View<'_>) -> Vec<Section> {
    let by_statistic = |statistics: &[(&str, &str)]| {
        let columns = statistics.iter().map(|(statistic, name)| Column {
            name: (*name).to_owned(),
            select: view.hidden(statistic),
        });
        over_gamma(view, columns.collect())
    };
    let by_layer = |statistic: &str| {
        let columns = view.layers().into_iter().map(|layer| Column {
            name: format!("layer {layer}"),
            select: view.hidden(statistic).layer(layer),
        });
        over_gamma(view, columns.collect())
    };
    let mean = "Mean over the hidden layers' maps and over seeds [its 95 % interval].";
    vec![
        Section::new(
            "Is training stationary?",
            format!(
                "Relative change since the previous measurement, at the largest gamma. {mean}\n\n{}\nAt the end of training, over gamma:\n\n{}",
                stationarity(view),
                by_statistic(&MATRICES)
            ),
        ),
        Section::new(
            "Does the mean update vanish?",
            format!(
                "Residual of E[g_b h_aᵀ] = γ W, relative to γ W, as measured and less what sampling alone would leave of it (in quadrature). {mean}\n\n{}",
                by_statistic(&[
                    ("mean_stationarity", "as measured"),
                    ("mean_stationarity_debiased", "less noise"),
                ])
            ),
        ),
        Section::new(
            "Do norms self-average?",
            format!(
                "Coefficients of variation over samples, and relative errors of what self-averaging replaces. {mean}\n\n{}",
                by_statistic(&SELF_AVERAGING)
            ),
        ),
        Section::new(
            "Do noise and decay balance?",
            format!(
                "Residuals of the balance equations, relative to their right sides. {mean}\n\n{}\nLess what sampling alone would leave of them, in quadrature:\n\n{}",
                by_statistic(&RESIDUALS),
                by_statistic(&DEBIASED)
            ),
        ),
        Section::new(
            "The predicted constants",
            format!(
                "Best multiple over the predicted one; 1 is the theory.\n\nH_b = s_a Z_b:\n\n{}\nG_a = s_g Z_a:\n\n{}\nWhat the best multiple leaves, relative. {mean}\n\n{}",
                by_layer("constant_h_b"),
                by_layer("constant_g_a"),
                by_statistic(&[
                    ("constant_h_b_residual", "H_b against Z_b"),
                    ("constant_g_a_residual", "G_a against Z_a"),
                ])
            ),
        ),
        Section::new("Which power of gamma?", slopes(view)),
    ]
}

fn over_gamma(view: &View<'_>, columns: Vec<Column<'_>>) -> String {
    let grid = Grid {
        x_name: "gamma",
        x: |row| row.gamma,
        x_text: gamma,
        decimals: 3,
    };
    grid.to_markdown(view.table, &columns)
}

fn gamma(value: f64) -> String {
    format!("{value:.3e}")
}

fn stationarity(view: &View<'_>) -> String {
    let columns = MATRICES.map(|(statistic, name)| Column {
        name: name.to_owned(),
        select: view
            .hidden_in_training(statistic)
            .gamma(view.largest_gamma()),
    });
    let grid = Grid {
        x_name: "step",
        x: |row| row.step as f64,
        x_text: |step| format!("{step:.0}"),
        decimals: 3,
    };
    grid.to_markdown(view.table, &columns)
}

/// Slopes between neighbours, a row a layer and a column an interval.
fn local<'v>(view: &View<'_>, against: Slope, ratio: impl Fn(u32) -> Select<'v>) -> String {
    let seeds = view.table.seeds().len();
    let layers = view.layers().into_iter();
    let found: Vec<(u32, Vec<Local>)> = layers
        .map(|layer| (layer, view.local(against, layer, &ratio(layer))))
        .collect();
    let mut intervals: Vec<(f64, f64)> = found
        .iter()
        .flat_map(|(_, local)| local.iter().map(|local| (local.from, local.to)))
        .collect();
    intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
    intervals.dedup();
    if intervals.is_empty() {
        return "No two neighbours.\n".to_owned();
    }
    let mut header = vec!["layer".to_owned()];
    let text = |value| against.text(value);
    header.extend(
        intervals
            .iter()
            .map(|(from, to)| format!("{} to {}", text(*from), text(*to))),
    );
    let rows = found.iter().map(|(layer, local)| {
        let cells = intervals.iter().map(|interval| {
            let here = local
                .iter()
                .find(|local| (local.from, local.to) == *interval);
            shown(seeds, here.map(|local| local.slope), decimals(2))
        });
        [vec![layer.to_string()], cells.collect()].concat()
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

/// The slopes of whole lines.
fn overall(view: &View<'_>) -> String {
    let seeds = view.table.seeds().len();
    let rows = view.layers().into_iter().map(|layer| {
        let slope = |against| match view.overall(against, layer) {
            Overall::Line(slope) => shown(seeds, Some(slope), decimals(2)),
            Overall::Curve(r2, spread) => {
                format!("no line: R² {r2:.2}, slopes differ by {spread:.2}")
            }
            Overall::TooFew => "too few values".to_owned(),
        };
        vec![
            layer.to_string(),
            slope(Slope::Gamma),
            slope(Slope::LearningRate),
        ]
    });
    let header = ["layer", "against log gamma", "against log learning rate"].map(str::to_owned);
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

/// tr G_b / tr Z_b itself, geometric means over seeds.
fn ratios(view: &View<'_>, against: Slope) -> String {
    let seeds = view.table.seeds().len();
    let layers = view.layers().into_iter();
    let found: Vec<_> = layers
        .map(|layer| {
            let ratio = view.trace_ratio(against, layer);
            (layer, ratio.geometric_by_x(|row| against.of(row)))
        })
        .collect();
    let mut values: Vec<f64> = found
        .iter()
        .flat_map(|(_, points)| points.iter().map(|point| point.0))
        .collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let mut header = vec!["layer".to_owned()];
    header.extend(values.iter().map(|value| against.text(*value)));
    let rows = found.iter().map(|(layer, points)| {
        let cells = values.iter().map(|value| {
            let here = points.iter().find(|point| point.0 == *value);
            shown(seeds, here.map(|point| point.1), |value| {
                format!("{value:.2e}")
            })
        });
        [vec![layer.to_string()], cells.collect()].concat()
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

fn slopes(view: &View<'_>) -> String {
    let mut text = format!(
        "The paper's equations say that tr G_b / tr Z_b grows as gamma to the power 2 (FOUND); a balance dominated by noise says 1, and \
         -1 for the learning rate (DERIVED). Slopes of log(tr G_b / tr Z_b), mean over seeds [95 % interval], are taken between \
         neighbours: a line fitted through a curve that levels off has a slope as well, which means nothing. Networks enter that \
         trained for {DECAY_TIMES} decay times and predict better than a constant does.\n"
    );
    for against in [Slope::Gamma, Slope::LearningRate] {
        let left_out = match &view.left_out(against)[..] {
            [] => "none".to_owned(),
            some => some.join("; "),
        };
        text.push_str(&format!(
            "\nAgainst log {name}, of the networks that enter:\n\n{}\nLeft out: {left_out}. Of all networks, these included:\n\n{}\n\
             tr G_b / tr Z_b of all networks, geometric means:\n\n{}",
            local(view, against, |layer| view.entering(against, layer)),
            local(view, against, |layer| view.trace_ratio(against, layer)),
            ratios(view, against),
            name = against.name(),
        ));
    }
    text.push_str(&format!(
        "\nSlope of the whole line of the networks that enter, only where it is one: three values or more, R² of at least {STRAIGHT}, and \
         local slopes within {NEAR} of each other.\n\n{}",
        overall(view)
    ));
    text
}
