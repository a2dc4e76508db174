//! What only the report of crh-balance has: one table a quantity.

use super::networks::{
    LEARNING_RATE, MATRICES, Named, Networks, RESIDUALS, SELF_AVERAGING, SHAPES, Swept,
    WEIGHT_DECAY, debiased,
};
use super::powers::{Local, NEAR, Overall, STRAIGHT};
use crate::claims::shown;
use crate::figure::Along;
use crate::table::{STATIONARY, Select};
use crate::text::{crossed, decimals};
use crate::{Centre, Section};

pub(super) fn sections(networks: &Networks<'_>) -> Vec<Section> {
    let table = networks.table;
    let named = |statistics: &Named, of: &dyn Fn(&str) -> String| {
        let columns = statistics.iter();
        let columns = columns.map(|(statistic, name)| (*name, networks.hidden(&of(statistic))));
        Along::WEIGHT_DECAY.markdown(table, columns)
    };
    let by_statistic = |statistics: &Named| named(statistics, &str::to_owned);
    let by_layer = |statistic: &str| {
        let columns = networks.by_layer(&networks.hidden(statistic));
        Along::WEIGHT_DECAY.markdown(table, columns)
    };
    let in_training = MATRICES.iter().map(|(statistic, name)| {
        let measured = networks.in_training(statistic);
        (*name, networks.at_largest(measured))
    });
    let in_training = Along::STEP.markdown(table, in_training);
    let update = by_statistic(&[
        ("averaged_mean_stationarity", "mean over late iterates"),
        ("averaged_mean_stationarity_debiased", "less chance"),
        ("mean_stationarity", "last iterate"),
        ("mean_stationarity_debiased", "less sampling"),
    ]);
    let of_means = RESIDUALS.iter().map(|(statistic, name)| {
        let residual = networks.residual(statistic);
        (
            format!("{name}, less chance:"),
            Along::WEIGHT_DECAY.markdown(table, networks.by_layer(&residual)),
        )
    });
    let of_update = networks.by_layer(&networks.residual("mean_stationarity"));
    let of_update = Along::WEIGHT_DECAY.markdown(table, of_update);
    let mean = "Mean over the hidden layers' maps and over seeds [its 95 % interval].";
    let means = |text: &str| format!("{text} {mean}");
    vec![
        Section::tables(
            "Is training stationary?",
            [
                (
                    means("Relative change since the previous measurement, at the largest gamma."),
                    in_training,
                ),
                (
                    "At the end of training, over gamma:".to_owned(),
                    by_statistic(MATRICES),
                ),
            ],
        ),
        Section::tables(
            "Does the mean update vanish?",
            [
                (
                    means(
                        "Residual of E[g_b h_aᵀ] = γ W, relative to γ W: in the mean over late iterates and of the last one, as measured and less what chance would leave of it (in quadrature).",
                    ),
                    update,
                ),
                (
                    "In the mean over late iterates, less chance, by layer:".to_owned(),
                    of_update,
                ),
            ],
        ),
        Section::tables(
            "Do norms self-average?",
            [(
                means(
                    "Coefficients of variation over samples, and relative errors of what self-averaging replaces.",
                ),
                by_statistic(SELF_AVERAGING),
            )],
        ),
        Section::tables(
            "Do noise and decay balance in the mean over late iterates?",
            of_means,
        ),
        Section::tables(
            "Do they balance in the last iterate?",
            [
                (
                    means("Residuals of the balance equations, relative to their right sides."),
                    by_statistic(RESIDUALS),
                ),
                (
                    "Less what sampling alone would leave of them, in quadrature:".to_owned(),
                    named(RESIDUALS, &debiased),
                ),
            ],
        ),
        Section::tables(
            "The predicted constants",
            [
                (
                    "Best multiple over the predicted one; 1 is the theory.\n\nH_b = s_a Z_b:"
                        .to_owned(),
                    by_layer("constant_h_b"),
                ),
                ("G_a = s_g Z_a:".to_owned(), by_layer("constant_g_a")),
                (
                    means("What the best multiple leaves, relative."),
                    by_statistic(SHAPES),
                ),
            ],
        ),
        Section::new("Which power of gamma?", slopes(networks)),
    ]
}

/// A row for each layer.
fn by_layer<R, C>(
    rows: impl IntoIterator<Item = R>,
    columns: &[(String, C)],
    fill: impl Fn(&R, &C) -> String,
) -> String {
    let rows = (1..).zip(rows);
    let rows = rows.map(|(layer, row): (u32, R)| (layer.to_string(), row));
    crossed("layer", rows, columns, fill)
}

/// Slopes between neighbours, a row a layer and a column an interval.
fn local(networks: &Networks<'_>, swept: Swept, ratio: &Select<'_>) -> String {
    let seeds = networks.table.seeds().len();
    let layers = networks.layers();
    let found: Vec<Vec<Local>> = layers
        .map(|layer| networks.local(swept, &ratio.clone().layer(layer)))
        .collect();
    let mut intervals: Vec<(f64, f64)> = found.iter().flatten().map(|local| local.ends).collect();
    intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
    intervals.dedup();
    if intervals.is_empty() {
        return "No two neighbours.\n".to_owned();
    }
    let text = swept.along.text;
    let columns = intervals.into_iter();
    let columns = columns.map(|(from, to)| (format!("{} to {}", text(from), text(to)), (from, to)));
    by_layer(found, &columns.collect::<Vec<_>>(), |local, ends| {
        let here = local.iter().find(|local| local.ends == *ends);
        shown(seeds, here.map(|local| local.slope), decimals(2))
    })
}

/// The slopes of whole lines.
fn overall(networks: &Networks<'_>) -> String {
    let seeds = networks.table.seeds().len();
    let columns = [WEIGHT_DECAY, LEARNING_RATE];
    let columns = columns.map(|swept| (format!("against log {}", swept.along.name), swept));
    by_layer(networks.layers(), &columns, |layer, swept| {
        match networks.overall(*swept, *layer) {
            Overall::Line(slope) => shown(seeds, Some(slope), decimals(2)),
            Overall::Curve(r2, spread) => {
                format!("no line: R² {r2:.2}, slopes differ by {spread:.2}")
            }
            Overall::TooFew => "too few values".to_owned(),
        }
    })
}

/// tr G_b / tr Z_b itself, geometric means over seeds.
fn ratios(networks: &Networks<'_>, swept: Swept) -> String {
    let seeds = networks.table.seeds().len();
    let ratio = networks.trace_ratio(swept).centre(Centre::Geometric);
    let found = networks.layers().map(|layer| {
        let ratio = ratio.clone().layer(layer);
        ratio.by_x(swept.along.of)
    });
    let found: Vec<_> = found.collect();
    let values = ratio.distinct(swept.along.of).into_iter();
    let values = values.filter(|value| found.iter().flatten().any(|point| point.0 == *value));
    let columns = values.map(|value| ((swept.along.text)(value), value));
    by_layer(
        found.clone(),
        &columns.collect::<Vec<_>>(),
        |points, value| {
            let here = points.iter().find(|point| point.0 == *value);
            shown(seeds, here.map(|point| point.1), |value| {
                format!("{value:.2e}")
            })
        },
    )
}

fn slopes(networks: &Networks<'_>) -> String {
    let tables = [WEIGHT_DECAY, LEARNING_RATE].map(|swept| {
        format!(
            "\nAgainst log {name}, of the networks that enter:\n\n{}\nLeft out: {}. Of all networks, these included:\n\n{}\n\
             tr G_b / tr Z_b of all networks, geometric means:\n\n{}",
            local(networks, swept, &networks.entering(swept)),
            networks.left_out(swept),
            local(networks, swept, &networks.trace_ratio(swept)),
            ratios(networks, swept),
            name = swept.along.name,
        )
    });
    format!(
        "The paper's equations say that tr G_b / tr Z_b grows as gamma to the power 2 (FOUND); a balance dominated by noise says 1, and \
         -1 for the learning rate (DERIVED). Slopes of log(tr G_b / tr Z_b), mean over seeds [95 % interval], are taken between \
         neighbours: a line fitted through a curve that levels off has a slope as well, which means nothing. Networks enter that \
         trained for {STATIONARY} decay times and predict better than a constant does.\n{}\nSlope of the whole line of the networks \
         that enter, only where it is one: three values or more, R² of at least {STRAIGHT}, and local slopes within {NEAR} of each \
         other.\n\n{}",
        tables.concat(),
        overall(networks)
    )
}
