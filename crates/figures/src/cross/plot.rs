//! The picture of crh-cross.

use super::{cross, maps, step};
use crate::chart::{Axis, Chart, Panel, Place, Series, palette};
use crate::sweep::{Data, Select, Table, null_points};

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let headline = cross(table, "b", "normalized");
    let main = panel(
        table,
        "α of cov(g, h) and WWᵀ: normalized, output side b",
        &headline,
    );
    let small = [
        ("α of cov(g, h) and WWᵀ, raw", cross(table, "b", "raw")),
        (
            "α of cov(g, h) and WᵀW, input side a",
            cross(table, "a", "normalized"),
        ),
        (
            "α of cov(g, h) and cov(h, h), side b",
            headline.clone().statistic("alpha_cross_h"),
        ),
        (
            "α of cov(g, h) and cov(g, g), side b",
            headline.clone().statistic("alpha_cross_g"),
        ),
    ];
    let place = |column, row, size| Place {
        column,
        row,
        columns: size,
        rows: size,
    };
    let mut panels = vec![(main, place(0, 0, 2))];
    let places = [
        place(2, 0, 1),
        place(3, 0, 1),
        place(2, 1, 1),
        place(3, 1, 1),
    ];
    let small = small.map(|(title, select)| panel(table, title, &select));
    panels.extend(small.into_iter().zip(places));
    Chart::new(
        "The cross term of gradients and representations against the weights over training",
        data.subtitle("F-C.7 of arXiv 2410.03006"),
    )
    .key("linear map (the last is the readout)")
    .row_height(290.0)
    .placed(4, panels)
}

fn panel(table: &Table<'_>, title: &str, of: &Select<'_>) -> Panel {
    let n = maps(table).count();
    let series = maps(table).enumerate().map(|(k, map)| {
        let alpha = of.clone().layer(map);
        Series::new(map.to_string(), palette::map(k, n), alpha.by_x(step))
            .marker(palette::marker(k))
    });
    let y = Axis::linear("").reaching([-1.0, 1.0]);
    Panel::new(title, Axis::linear("training step"), y)
        .series(series)
        .dodged()
        .null(null_points(std::slice::from_ref(of), step))
}
