//! The relations of a dump's layers against depth.

use anyhow::Result;
use formant_alignment::{LayerSummary, SideRelation};
use formant_figures::chart::{Axis, Chart, NullPoint, Panel, Series, draw, palette};
use formant_figures::{Estimate, Picture};
use formant_moments::printable;

use super::file::FileReport;

/// Longest name below an axis.
const NAME: usize = 14;
/// So many layers have their names below the axes.
const NAMED: usize = 6;

/// A panel a relation, with its null.
pub(super) fn of(file: &FileReport) -> Result<Picture> {
    let layers: Vec<&LayerSummary> = file.reports.iter().map(|report| &report.summary).collect();
    let panels = SideRelation::ALL.map(|relation| panel(&layers, relation));
    let samples = layers.iter().map(|layer| layer.samples);
    let (least, most) = (
        samples.clone().min().unwrap_or(0),
        samples.max().unwrap_or(0),
    );
    let samples = match least == most {
        true => format!("{most} samples"),
        false => format!("{least} to {most} samples"),
    };
    let path = printable(&file.path.display().to_string(), 80);
    let chart = Chart::new(
        "Alignment against depth",
        format!("{path}; {samples}; α of normalized samples"),
    )
    .tiles(3, panels.into())
    .row_height(260.0)
    .hover();
    Ok(draw(&chart)?)
}

fn panel(layers: &[&LayerSummary], of: SideRelation) -> Panel {
    let SideRelation { side, relation } = of;
    let points = layers.iter().enumerate().filter_map(|(at, layer)| {
        let alpha = (*layer.alpha.get(side, relation))?;
        Some((at as f64, Estimate::without_interval(alpha, 1)))
    });
    let nulls = layers.iter().enumerate().filter_map(|(at, layer)| {
        let null = layer.null.get(side, relation);
        let mean = null.mean?;
        Some(NullPoint {
            x: at as f64,
            mean,
            q95: null.q95.unwrap_or(mean),
        })
    });
    let title = format!("{}: {}", relation.name().to_uppercase(), of.matrices());
    let series = Series::new("α", palette::qualitative(0), points);
    Panel::new(title, depth(layers), Axis::correlation())
        .null(nulls)
        .series([series])
}

/// The layers by name, or by number where there are too many.
fn depth(layers: &[&LayerSummary]) -> Axis {
    let names = layers.iter().map(|layer| printable(&layer.name, NAME));
    match layers.len() <= NAMED {
        true => Axis::categories("layer", names),
        false => Axis::linear("layer, from the first"),
    }
}
