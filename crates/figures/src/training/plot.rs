//! The picture of crh-training.

use super::{RELATIONS, Relation, maps, step};
use crate::chart::{Axis, Chart, Interval, Panel, Place, Series, palette};
use crate::sweep::{Data, Table, null_points};

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let place = |column, row, columns| Place {
        column,
        row,
        columns,
        rows: 1,
    };
    let mut panels = Vec::new();
    for (k, relation) in RELATIONS.into_iter().enumerate() {
        let main = panel(table, relation, "normalized", relation.title.to_owned());
        panels.push((main, place(k % 3 * 2, k / 3, 2)));
        let raw = panel(table, relation, "raw", format!("{}, raw", relation.short()));
        panels.push((raw, place(k, 2, 1)));
    }
    Chart::new(
        "The six relations of every linear map over training",
        data.subtitle("alignments over training, arXiv 2410.03006"),
    )
    .key("linear map (the last is the readout)")
    .note("Vertical: α of normalized covariances; small panels: α of raw second moments. Side a: input of the map, side b: its output.")
    .row_height(250.0)
    .placed(6, panels)
}

fn panel(table: &Table<'_>, relation: Relation, variant: &'static str, title: String) -> Panel {
    let n = maps(table).count();
    let series = maps(table).enumerate().map(|(k, map)| {
        let alpha = relation.alpha(table, variant).layer(map);
        Series::new(map.to_string(), palette::map(k, n), alpha.by_x(step))
            .marker(palette::marker(k))
            .interval(Interval::Band)
    });
    let y = Axis::correlation();
    Panel::new(title, Axis::linear("training step"), y)
        .series(series)
        .null(null_points(&[relation.alpha(table, variant)], step))
}
