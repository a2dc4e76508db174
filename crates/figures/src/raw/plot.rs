//! The picture of crh-raw.

use super::{alpha, difference, gamma, layers};
use crate::chart::{Axis, Chart, Guide, Panel, Series, palette};
use crate::sweep::{Data, Select, Table, null_points};

pub(super) fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let of = |variant: &'static str| move |layer| alpha(table, layer, variant);
    let zero_to_one = || Axis::correlation();
    let change = |variant: &'static str| {
        let title = format!("α {variant} minus α normalized");
        let select = move |layer| difference(table, layer, variant);
        let y = Axis::linear("").reaching([-0.1, 0.1]);
        // A difference has no null, though its rows may carry that of alpha.
        panel(table, &title, y, select)
            .without_null()
            .guides([Guide::horizontal("no difference", 0.0)])
    };
    let panels = vec![
        panel(
            table,
            "α, normalized covariances (the paper's)",
            zero_to_one(),
            of("normalized"),
        ),
        panel(
            table,
            "α, centered covariances",
            zero_to_one(),
            of("centered"),
        ),
        panel(
            table,
            "α, raw second moments (the theory's)",
            zero_to_one(),
            of("raw"),
        ),
        panel(
            table,
            "α, normalized, off-diagonal entries only",
            zero_to_one(),
            |layer| alpha(table, layer, "normalized").statistic("offdiagonal_rga"),
        ),
        change("centered"),
        change("raw"),
    ];
    Chart::new(
        "Raw, centered and normalized moments: alignment against weight decay",
        data.subtitle("F-raw of arXiv 2410.03006 (content not known)"),
    )
    .key("hidden layer")
    .note("α between cov(g, g) and cov(h, h), post-activations. Differences are taken network by network.")
    .row_height(320.0)
    .tiles(3, panels)
}

fn panel<'t>(table: &'t Table<'t>, title: &str, y: Axis, of: impl Fn(u32) -> Select<'t>) -> Panel {
    let n = layers(table).count();
    let series = layers(table).enumerate().map(|(k, layer)| {
        let alpha = of(layer);
        Series::new(layer.to_string(), palette::layer(k, n), alpha.by_x(gamma))
            .marker(palette::marker(k))
            .seeds(alpha.seed_lines(gamma).into_values())
    });
    let selections: Vec<Select<'_>> = layers(table).map(&of).collect();
    Panel::new(title, Axis::log("weight decay γ"), y)
        .series(series)
        .null(null_points(&selections, gamma))
        .dodged()
}
