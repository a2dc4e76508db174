//! What only the report of nfa-equivariance has: a table a quantity, with a column for each transform.

use super::maps::{KINDS, Maps, NONE};
use super::same;
use crate::Section;
use crate::claims::shown;
use crate::table::{Column, Grid, Select, null_level};
use crate::text::{decimals, markdown_table};

pub(super) fn sections(maps: &Maps<'_>) -> Vec<Section> {
    let note = "Mean over seeds [its 95 % interval].";
    let mut sections: Vec<Section> = KINDS
        .iter()
        .map(|kind| {
            let body = grid(maps, |transform| maps.select(kind.statistic, transform));
            let text = format!(
                "{note} Raw second moments.\n\n{body}\nChange under the transform:\n\n{}",
                changes(maps, kind)
            );
            Section::new(kind.name, text)
        })
        .collect();
    sections.push(Section::new(
        "One and the same network in both coordinates",
        same_network(maps),
    ));
    let twins = [
        ("α(WᵀW, G_a), normalized", "alpha_gwa", "normalized"),
        ("α(WᵀW, G_a), centered", "alpha_gwa", "centered"),
        (
            "α(WᵀW, G_a), off-diagonal entries, normalized",
            "offdiagonal_gwa",
            "normalized",
        ),
        ("α(WᵀW, G_a), calibrated", "calibrated_gwa", "normalized"),
    ];
    sections.extend(twins.map(|(title, statistic, variant)| {
        let body = grid(maps, |transform| {
            maps.select(statistic, transform).variant(variant)
        });
        Section::new(title, format!("{note}\n\n{body}"))
    }));
    sections.push(Section::new(
        "What would unrelated matrices give?",
        nulls(maps),
    ));
    sections
}

fn grid<'t>(maps: &Maps<'t>, select: impl Fn(&'t str) -> Select<'t>) -> String {
    let columns = maps.transforms.iter().map(|&transform| Column {
        name: transform.to_owned(),
        select: select(transform),
    });
    let grid = Grid {
        x_name: "map",
        x: |row| f64::from(row.layer),
        x_text: |layer| format!("{layer:.0}"),
        decimals: 3,
    };
    grid.to_markdown(maps.table, &columns.collect::<Vec<_>>())
}

fn changes(maps: &Maps<'_>, kind: &super::maps::Kind) -> String {
    let seeds = maps.table.seeds().len();
    let transforms: Vec<&str> = maps.changed().collect();
    let mut header = vec!["map".to_owned()];
    header.extend(transforms.iter().map(|name| (*name).to_owned()));
    let rows = maps.layers.iter().map(|&layer| {
        let cells = transforms
            .iter()
            .map(|name| shown(seeds, maps.change(kind, name, layer), decimals(4)));
        [vec![layer.to_string()], cells.collect()].concat()
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

/// What f' = Z f changes in networks that were trained without a transform.
fn same_network(maps: &Maps<'_>) -> String {
    if let Some(coverage) = same::coverage(maps) {
        return format!("{coverage}.\n");
    }
    let columns = KINDS.iter().map(|kind| Column {
        name: kind.name.to_owned(),
        select: same::change(maps, kind),
    });
    let grid = Grid {
        x_name: "map",
        x: |row| f64::from(row.layer),
        x_text: |layer| format!("{layer:.0}"),
        decimals: 4,
    };
    format!(
        "Change of alpha between the coordinates f and f' = Z f of the output, in the \
         networks that have the transform Z. Mean over seeds [its 95 % interval].\n\n{}",
        grid.to_markdown(maps.table, &columns.collect::<Vec<_>>())
    )
}

/// The null of the normalized relation without a transform.
fn nulls(maps: &Maps<'_>) -> String {
    let seeds = maps.table.seeds().len();
    let rows = maps.layers.iter().map(|&layer| {
        let alpha = maps
            .select("alpha_gwa", NONE)
            .variant("normalized")
            .layer(layer);
        vec![
            layer.to_string(),
            shown(seeds, null_level(&alpha), decimals(3)),
        ]
    });
    let header = [
        "map",
        "95 % quantile of α(WᵀW, G_a), normalized, under random rotations",
    ]
    .map(str::to_owned);
    markdown_table(&header, &rows.collect::<Vec<_>>())
}
