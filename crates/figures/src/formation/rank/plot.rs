//! The picture of F-rank.

use super::claims::mean_deficiencies;
use super::digitised::{PAPER_GAMMAS, PAPER_POINTS, paper_deficiencies};
use super::{Of, RANK_THRESHOLDS, THRESHOLD, alpha, deficiency, gamma, layers};
use crate::chart::picture::Marker;
use crate::chart::{Axis, Chart, Guide, Line, Panel, Place, Reference, Series, palette};
use crate::figure::Data;
use crate::table::{Table, null_points};
use crate::text::numbers::power_of_ten;
use crate::{Estimate, Range};

/// For what weight decay does not colour.
const GREY: &str = "#666666";
const MISALIGNMENT: &str = "1 − α";

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let panel = |title: &str, of: Of, variant: &'static str| {
        let x = Axis::log(MISALIGNMENT);
        let y = Axis::log("").reaching([0.02, 1.0]);
        Panel::new(title, x, y).series(clouds(table, of, variant))
    };
    let main = panel(
        "rank deficiency 1 − rank/width of the weight matrix that makes the layer",
        Of::OwnMap,
        "normalized",
    );
    let main = main.reference(paper(table)).guides([Guide::horizontal(
        "rank = 10, the number of outputs, at width 100",
        0.9,
    )]);
    let small = [
        ("the same, α of raw second moments", Of::OwnMap, "raw"),
        (
            "rank of the map that reads the layer",
            Of::NextMap,
            "normalized",
        ),
        (
            "rank of the representation h itself",
            Of::Representation,
            "normalized",
        ),
    ]
    .map(|(title, of, variant)| panel(title, of, variant));
    let place = |column, row, columns, rows| Place {
        column,
        row,
        columns,
        rows,
    };
    let mut panels = vec![(main, place(0, 0, 2, 2))];
    let places = [(2, 0), (3, 0), (2, 1)].map(|(column, row)| place(column, row, 1, 1));
    panels.extend(small.into_iter().zip(places));
    panels.push((null(table), place(3, 1, 1, 1)));
    panels.push((thresholds(table), place(0, 2, 4, 1)));
    Chart::new(
        "Rank deficiency against misalignment",
        data.subtitle("F-rank of arXiv 2410.03006"),
    )
    .key("weight decay γ")
    .second_key("hidden layer", shapes(table))
    .note("Large: mean over seeds of both coordinates; small: single seeds. Points without deficiency have no place on a logarithmic axis.")
    .note("The paper's markers do not tell its layers: they are circles in the colour of their weight decay.")
    .row_height(290.0)
    .placed(4, panels)
}

fn shapes(table: &Table<'_>) -> Vec<Series> {
    let shapes = layers(table)
        .enumerate()
        .map(|(k, layer)| Series::scatter(layer.to_string(), GREY, []).marker(palette::marker(k)));
    shapes.collect()
}

/// One series a weight decay and layer: coloured by the one, shaped by the other.
fn clouds(table: &Table<'_>, of: Of, variant: &'static str) -> Vec<Series> {
    let gammas = table.select().distinct(gamma);
    let mut series = Vec::new();
    for (g, &gamma) in gammas.iter().enumerate() {
        for (k, layer) in layers(table).enumerate() {
            let alpha = alpha(table, layer, variant).gamma(gamma);
            let pairs = alpha.beside(&deficiency(table, layer, of, THRESHOLD));
            let points: Vec<(f64, f64)> = pairs
                .into_iter()
                .map(|(_, alpha, deficiency)| (1.0 - alpha, deficiency))
                .collect();
            let centre = |pick: fn(&(f64, f64)) -> f64| {
                let values: Vec<f64> = points.iter().map(pick).collect();
                Estimate::mean(&values, Range::Real).map(|mean| mean.value)
            };
            let centre = centre(|point| point.0).zip(centre(|point| point.1));
            let label = if k == 0 { tidy(gamma) } else { String::new() };
            let cloud = Series::scatter(label, palette::sequential(g, gammas.len()), centre);
            series.push(cloud.marker(palette::marker(k)).seeds([points]));
        }
    }
    series
}

/// `1.0·10⁻⁶`, short and with two digits.
fn tidy(gamma: f64) -> String {
    if gamma <= 0.0 {
        return "0".to_owned();
    }
    let exponent = (gamma.log10() + 1e-9).floor();
    let power = 10f64.powf(exponent);
    format!("{:.1}·{}", gamma / power, power_of_ten(power))
}

/// The paper's points in the colour of its weight decay, where that is one of ours, else grey. Their layers are not known.
fn paper(table: &Table<'_>) -> Vec<Reference> {
    let gammas = table.select().distinct(gamma);
    let points = PAPER_GAMMAS.into_iter().zip(PAPER_POINTS);
    let references = points.map(|(paper, points)| {
        let same = gammas
            .iter()
            .position(|ours| (ours / paper - 1.0).abs() < 0.01);
        Reference {
            color: same.map_or("#999999".to_owned(), |k| {
                palette::sequential(k, gammas.len())
            }),
            marker: Marker::Circle,
            points: points.to_vec(),
        }
    });
    references.collect()
}

/// Alpha over weight decay with its null: what the misalignments are made of.
fn null(table: &Table<'_>) -> Panel {
    let alphas: Vec<_> = layers(table)
        .map(|layer| alpha(table, layer, "normalized"))
        .collect();
    let series = alphas.iter().enumerate().map(|(k, alpha)| {
        Series::new("", GREY, alpha.by_x(gamma))
            .marker(palette::marker(k))
            .line(Line::Joined)
    });
    Panel::new(
        "α and its null level (layers by shape)",
        Axis::log("weight decay γ"),
        Axis::correlation(),
    )
    .series(series)
    .null(null_points(&alphas, gamma))
}

/// Mean deficiency over weight decay with every threshold: what the unknown one decides.
fn thresholds(table: &Table<'_>) -> Panel {
    let series = RANK_THRESHOLDS
        .into_iter()
        .enumerate()
        .map(|(k, threshold)| {
            let color = palette::layer(k, RANK_THRESHOLDS.len()); // not the colours of weight decays
            Series::new(
                format!("singular values above {threshold} of the largest"),
                color,
                mean_deficiencies(table, threshold),
            )
            .line(Line::Joined)
        });
    let paper = Reference {
        color: "#000000".to_owned(),
        marker: Marker::Circle,
        points: paper_deficiencies(),
    };
    Panel::new(
        "mean rank deficiency of the layers by what counts as rank: the paper does not say",
        Axis::log("weight decay γ"),
        Axis::linear("").reaching([0.0, 1.0]),
    )
    .series(series)
    .reference([paper])
}
