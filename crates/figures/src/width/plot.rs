//! The picture of F-width.

use super::digitised::paper_line;
use super::{alpha, layers, width};
use crate::chart::{Axis, Chart, Panel, Reference, Series, palette};
use crate::sweep::{Data, Select, Table, null_points};

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let normalized = |layer| alpha(table, layer, "normalized");
    let main = panel(
        table,
        "α between cov(g, g) and cov(h, h): normalized, post-activations",
        normalized,
    );
    let main = main.reference(paper(table));
    let raw = panel(table, "α, raw second moments", |layer| {
        alpha(table, layer, "raw")
    });
    let offdiagonal = panel(table, "α, off-diagonal entries only", |layer| {
        normalized(layer).statistic("offdiagonal_rga")
    });
    Chart::new(
        "Alignment of gradients and representations against width",
        data.subtitle("F-width of arXiv 2410.03006"),
    )
    .key("hidden layer")
    .headline(main, vec![raw, offdiagonal])
}

fn panel<'t>(table: &'t Table<'t>, title: &str, of: impl Fn(u32) -> Select<'t>) -> Panel {
    let n = layers(table).count();
    let series = layers(table).enumerate().map(|(k, layer)| {
        let alpha = of(layer);
        Series::new(layer.to_string(), palette::layer(k, n), alpha.by_x(width))
            .marker(palette::marker(k))
            .seeds(alpha.seed_lines(width).into_values())
    });
    let selections: Vec<Select<'_>> = layers(table).map(&of).collect();
    let x = Axis::log("width (neurons of a hidden layer)");
    let x = x.ticks_at(table.select().distinct(width));
    Panel::new(title, x, Axis::correlation())
        .series(series)
        .null(null_points(&selections, width))
        .dodged()
}

/// The paper's values at the widths of the axis; one slot a layer, so that they are shifted like ours.
fn paper(table: &Table<'_>) -> Vec<Reference> {
    let n = layers(table).count();
    let last = table
        .select()
        .distinct(width)
        .last()
        .copied()
        .unwrap_or(0.0);
    let references = layers(table).enumerate().map(|(k, layer)| Reference {
        color: palette::layer(k, n),
        marker: palette::marker(k),
        points: paper_line(layer)
            .into_iter()
            .map(|(log, alpha)| (10f64.powf(log).round(), alpha))
            .filter(|(width, _)| *width <= 1.01 * last)
            .collect(),
    });
    references.collect()
}
