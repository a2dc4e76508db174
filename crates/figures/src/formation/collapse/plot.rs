//! The picture of nc-equivalence: a column of panels for each task, all over training.

use super::readout::{COLLAPSE, Readout, STEP};
use crate::chart::{Axis, Chart, Guide, Panel, Place, Series, palette};
use crate::figure::{Curve, qualitative};
use crate::formation::relations::RELATIONS;
use crate::{Estimate, Marker};

/// Heights of the six rows of panels, in rows of the grid.
const HEIGHTS: [usize; 6] = [3, 3, 2, 3, 2, 3];

pub(super) fn chart(readouts: &[Readout<'_>], subtitle: String) -> Chart {
    let mut panels = Vec::new();
    for (column, readout) in readouts.iter().enumerate() {
        let mut row = 0;
        for (panel, rows) in column_of(readout).into_iter().zip(HEIGHTS) {
            panels.push((panel, Place::at(column, row).over(1, rows)));
            row += rows;
        }
    }
    Chart::new(
        "The readout: six relations beside neural collapse, over training",
        subtitle,
    )
    .note("NC1 to NC4 are 0 at collapse; a mean of 0 is an open marker at 10⁻⁴. Conditions: quasi-interpolation 0, isotropy 1. Null levels are those of the side's own width, under random rotations; GWA a and RWA b have another, in the report.")
    .row_height(104.0)
    .placed(readouts.len(), panels)
}

/// The alphas of one side, whose matrices are of one width and so have one null level; without that of a relation whose own
/// null is another.
fn alphas<'t>(readout: &Readout<'t>, side: &str) -> Vec<Curve<'t>> {
    let alphas = RELATIONS.into_iter().zip(readout.alphas()).enumerate();
    let alphas = alphas.filter(|(_, (relation, _))| relation.side == side);
    let curves = alphas.map(|(k, (relation, (name, alpha)))| {
        let alpha = match relation.shares_weight() {
            true => alpha.without_null(),
            false => alpha,
        };
        Curve::qualitative(name, k, alpha)
    });
    curves.collect()
}

fn column_of(readout: &Readout<'_>) -> [Panel; 6] {
    let panel =
        |title: &str, y, curves: Vec<Curve<'_>>| STEP.panel(readout.base.table, title, y, &curves);
    let [of_inputs, of_outputs] = ["a", "b"].map(|side| {
        let title = format!(
            "{}: α of the readout, normalized, side {side}",
            readout.base.task()
        );
        panel(&title, Axis::correlation(), alphas(readout, side)).with_legend()
    });
    // The raw twin stands right below, in the same colours.
    let raw = readout.relations("alpha", "raw");
    let raw = qualitative(raw.map(|(_, alpha)| ("", alpha)));
    let raw_title = "α of the readout, raw second moments (colours as above)";
    let collapse = (0..).zip(readout.collapse()).map(|(k, (name, measure))| {
        Curve::qualitative(name, k, measure).color(palette::layer(k, COLLAPSE.len()))
    });
    let [quasi, isotropy] = ["quasi_interpolation", "isotropy"].map(|name| readout.select(name));
    let conditions = vec![
        Curve::qualitative("quasi-interpolation", 3, quasi).color("#000000"),
        Curve::qualitative("isotropy of the loss gradient", 4, isotropy).color("#8a8a8a"),
    ];
    [
        of_inputs,
        of_outputs,
        panel(raw_title, Axis::correlation(), raw),
        panel("neural collapse", Axis::log(""), collapse.collect())
            .each_series(zeros_at_the_edge)
            .with_legend(),
        panel("both conditions", Axis::correlation(), conditions).with_legend(),
        together(readout),
    ]
}

/// Where a measure of 0 stands on the logarithmic axis: below what a share of some thousand samples can be.
const ZERO: f64 = 1e-4;

/// A mean of 0, which has no place on a logarithmic axis, as an open marker at its lower edge.
fn zeros_at_the_edge(series: Series) -> Series {
    let zeros = series.points.iter().filter(|(_, mean)| mean.value <= 0.0);
    let zeros: Vec<_> = zeros.map(|(step, _)| (*step, ZERO)).collect();
    series.hollow(zeros)
}

/// NC1 against the mean of the six alphas: one line a seed, steps in order.
fn together(readout: &Readout<'_>) -> Panel {
    let trajectories = readout.trajectories();
    let lines = trajectories.iter().enumerate();
    let lines = lines.flat_map(|(k, (seed, line))| {
        let color = palette::sequential(k, trajectories.len());
        trajectory(format!("seed {seed}"), &color, line)
    });
    // What the shapes mean, for all seeds.
    let sign = |name, marker| Series::scatter(name, "#444444", []).marker(marker);
    let start = sign("start of training", Marker::Triangle);
    let end = sign("its end", Marker::Square);
    let reached = COLLAPSE[0].reached;
    Panel::new(
        "mean of the six α, normalized, against NC1: one line a network",
        Axis::log("NC1").reaching([reached]),
        Axis::correlation(),
    )
    .series(lines)
    .series([start, end])
    .guides([Guide::vertical("NC1 that counts as collapsed", reached)])
    .with_legend()
}

/// The measurements of one network in order, the first and the last of them marked.
fn trajectory(name: String, color: &str, line: &[(f64, f64)]) -> [Series; 3] {
    let points = line
        .iter()
        .map(|&(x, y)| (x, Estimate::without_interval(y, 1)));
    let end = |point: Option<&(f64, f64)>, marker| {
        Series::scatter("", color, point.copied()).marker(marker)
    };
    [
        Series::new(name, color, points).marker(Marker::Dot),
        end(line.first(), Marker::Triangle),
        end(line.last(), Marker::Square),
    ]
}
