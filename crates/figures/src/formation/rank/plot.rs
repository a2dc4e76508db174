//! The picture of F-rank.

use super::digitised::{PAPER_GAMMAS, PAPER_POINTS, paper_deficiencies};
use super::{ALPHA, DECAY, NEXT_MAP, OWN_MAP, REPRESENTATION, THRESHOLDS, deficiency};
use crate::chart::picture::Marker;
use crate::chart::{Axis, Chart, Guide, Panel, Place, Reference, Series, palette};
use crate::claims::measures::mean;
use crate::figure::{Data, View};
use crate::table::Table;
use crate::text::numbers::power_of_ten;

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let panel = |title: &str, alpha: View, rank: View| {
        let y = Axis::log("").reaching([0.02, 1.0]);
        Panel::new(title, Axis::log("1 − α"), y).series(clouds(table, alpha, rank))
    };
    let own = "rank deficiency 1 − rank/width of the weight matrix that makes the layer";
    let saturated = Guide::horizontal("rank = 10, the number of outputs, at width 100", 0.9);
    let main = panel(own, ALPHA, OWN_MAP)
        .reference(paper(table))
        .guides([saturated]);
    let raw = ALPHA.variant("raw");
    let small = [
        panel("the same, α of raw second moments", raw, OWN_MAP),
        panel("rank of the map that reads the layer", ALPHA, NEXT_MAP),
        panel("rank of the representation h itself", ALPHA, REPRESENTATION),
        null(table),
    ];
    let places = (0..).map(|k| Place::at(2 + k % 2, k / 2));
    let mut panels = vec![(main, Place::at(0, 0).over(2, 2))];
    panels.extend(small.into_iter().zip(places));
    panels.push((thresholds(table), Place::at(0, 2).over(4, 1)));
    Chart::new(
        "Rank deficiency against misalignment",
        data.subtitle("F-rank of arXiv 2410.03006"),
    )
    .key("weight decay γ")
    .second_key(ALPHA.lines.key, ALPHA.lines.samples(table))
    .note("Large: mean over seeds of both coordinates; small: single seeds. Points without deficiency have no place on a logarithmic axis.")
    .note("A point is a layer at a weight decay, which colour and shape tell; open and larger: the paper's points, whose layers are not known.")
    .row_height(290.0)
    .placed(4, panels)
}

/// One series a weight decay and layer. Colour and shape tell the weight decay; a point is a layer.
fn clouds(table: &Table<'_>, alpha: View, rank: View) -> Vec<Series> {
    let gammas = table.select().distinct(DECAY.of);
    let mut series = Vec::new();
    for (g, &gamma) in gammas.iter().enumerate() {
        let lines = alpha.each(table).zip(rank.each(table));
        for (k, ((_, alpha), (_, rank))) in lines.enumerate() {
            let pairs = alpha.weight_decay(gamma).beside(&deficiency(rank));
            let pairs = pairs
                .into_iter()
                .map(|(_, alpha, rank)| (1.0 - alpha, rank));
            let points: Vec<(f64, f64)> = pairs.collect();
            let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
            let centre = mean(x).zip(mean(y));
            let label = if k == 0 { tidy(gamma) } else { String::new() };
            let cloud = Series::scatter(label, palette::sequential(g, gammas.len()), centre);
            series.push(cloud.marker(palette::marker(g)).seeds([points]));
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

/// The paper's points in colour and shape of its weight decay, where that is one of ours, else grey circles. Their layers are not known.
fn paper(table: &Table<'_>) -> impl Iterator<Item = Reference> {
    let gammas = table.select().distinct(DECAY.of);
    let points = PAPER_GAMMAS.into_iter().zip(PAPER_POINTS);
    points.map(move |(paper, points)| {
        let mut ours = gammas.iter();
        let same = ours.position(|ours| (ours / paper - 1.0).abs() < 0.01);
        let color = same.map(|k| palette::sequential(k, gammas.len()));
        Reference {
            color: color.unwrap_or_else(|| "#999999".to_owned()),
            marker: same.map_or(Marker::Circle, palette::marker),
            points: points.to_vec(),
        }
    })
}

/// Alpha over weight decay with its null: what the misalignments are made of.
fn null(table: &Table<'_>) -> Panel {
    let panel = ALPHA.panel(table, "α of each layer and its null level");
    panel.each_series(|series| series.named(""))
}

/// Mean deficiency over weight decay with every threshold: what the unknown one decides.
fn thresholds(table: &Table<'_>) -> Panel {
    let series = THRESHOLDS.iter().enumerate().map(|(k, (threshold, rank))| {
        let label = format!("singular values above {threshold} of the largest");
        // Neither the colours of weight decays nor those of layers.
        let color = palette::qualitative(k);
        Series::new(label, color, deficiency(rank.all(table)).by_x(DECAY.of))
    });
    let paper = Reference {
        color: "#000000".to_owned(),
        marker: Marker::Circle,
        points: paper_deficiencies(),
    };
    Panel::new(
        "mean rank deficiency of the layers by what counts as rank: the paper does not say",
        Axis::log(DECAY.label),
        Axis::linear("").reaching([0.0, 1.0]),
    )
    .series(series)
    .reference([paper])
}
