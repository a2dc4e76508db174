//! What only the report of nfa-equivariance has: a table a quantity, with a column for each transform.

use super::maps::{KINDS, Maps, NONE};
use super::plot::MAP;
use crate::Section;
use crate::table::{Column, Grid, Select};

const MEAN: &str = "Mean over seeds [its 95 % interval].";

const TWINS: [(&str, &str, &str); 4] = [
    ("α(WᵀW, G_a), normalized", "alpha_gwa", "normalized"),
    ("α(WᵀW, G_a), centered", "alpha_gwa", "centered"),
    (
        "α(WᵀW, G_a), off-diagonal entries, normalized",
        "offdiagonal_gwa",
        "normalized",
    ),
    ("α(WᵀW, G_a), calibrated", "calibrated_gwa", "normalized"),
];

pub(super) fn sections(maps: &Maps<'_>) -> Vec<Section> {
    let kinds = KINDS.map(|kind| {
        let transforms = maps.transforms.iter();
        let alphas = transforms.map(|name| (*name, maps.select(kind.statistic, name)));
        let changes = maps.changed().map(|name| (name, maps.change(kind, name)));
        let text = format!(
            "{MEAN} Raw second moments.\n\n{}\nChange under the transform:\n\n{}",
            MAP.markdown(maps.table, alphas),
            precise(maps, changes)
        );
        Section::new(kind.name, text)
    });
    let coordinates = Section::new(
        "One and the same network in both coordinates",
        coordinates(maps),
    );
    let twins = TWINS.map(|(title, statistic, variant)| {
        let transforms = maps.transforms.iter();
        let alphas = transforms.map(|name| (*name, maps.select(statistic, name).variant(variant)));
        let body = MAP.markdown(maps.table, alphas);
        Section::new(title, format!("{MEAN}\n\n{body}"))
    });
    let alpha = maps.select("alpha_gwa", NONE).variant("normalized");
    let null = "95 % quantile of α(WᵀW, G_a), normalized, under random rotations";
    let null = MAP.markdown(maps.table, [(null, alpha.quantity(|row| row.null_q95))]);
    let null = Section::new("What would unrelated matrices give?", null);
    let sections = kinds.into_iter().chain([coordinates]);
    sections.chain(twins).chain([null]).collect()
}

/// A table of small numbers.
fn precise<'t>(maps: &Maps<'_>, columns: impl Iterator<Item = (&'t str, Select<'t>)>) -> String {
    let columns = columns.map(|(name, select)| Column {
        name: name.to_owned(),
        select,
    });
    let grid = Grid {
        decimals: 4,
        ..MAP.grid()
    };
    grid.to_markdown(maps.table, &columns.collect::<Vec<_>>())
}

/// What f' = Z f changes in networks that were trained without a transform.
fn coordinates(maps: &Maps<'_>) -> String {
    if let Some(coverage) = maps.coverage() {
        return format!("{coverage}.\n");
    }
    let changes = KINDS.into_iter();
    let changes = changes.map(|kind| (kind.name, maps.change_of_coordinates(kind)));
    format!(
        "Change of alpha between the coordinates f and f' = Z f of the output, in the \
         networks that have the transform Z. Mean over seeds [its 95 % interval].\n\n{}",
        precise(maps, changes)
    )
}
