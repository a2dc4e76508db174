//! Views of the six relations.

use crate::Section;
use crate::chart::{Panel, Place};
use crate::figure::{Along, View};
use crate::table::{Column, Row, Select, Table, alpha_sections};
pub(crate) use crate::table::{RELATIONS, Relation};

/// Whether a row is about one of the six.
pub(crate) fn has(row: &Row) -> bool {
    let mut views = RELATIONS.iter().map(|relation| relation.view(Along::MAP));
    views.any(|view| view.uses(row))
}

impl Relation {
    /// A statistic of this relation among the selected rows: `alpha`, `offdiagonal`, `calibrated`.
    pub fn of<'t>(self, kind: &str, select: Select<'t>) -> Select<'t> {
        let statistic = format!("{kind}_{}", self.name());
        select.statistic(statistic).side(self.side)
    }

    /// Alpha of normalized covariances along a column.
    pub const fn view(self, along: Along) -> View {
        View::of_maps(self.statistic, self.side, along)
    }
}

/// Panels in six columns from row `top` on: the six of normalized covariances, and in a row below, small, of raw moments.
/// `panel` makes one, of a variant, with a title.
pub(crate) fn relation_panels(
    top: usize,
    panel: impl Fn(Relation, &'static str, String) -> Panel,
) -> Vec<(Panel, Place)> {
    let mut panels = Vec::new();
    for (k, relation) in RELATIONS.into_iter().enumerate() {
        let main = panel(relation, "normalized", relation.title());
        let raw = panel(relation, "raw", format!("{}, raw", relation.short()));
        panels.push((main, Place::at(k % 3 * 2, top + k / 3).over(2, 1)));
        panels.push((raw, Place::at(k, top + 2)));
    }
    panels
}

/// The tables that every alpha needs, of the last measurement: a column for each relation.
pub(crate) fn relation_sections(table: &Table<'_>, along: Along) -> Vec<Section> {
    alpha_sections(table, &along.grid(), |of| {
        let columns = RELATIONS.map(|relation| Column {
            name: relation.short(),
            select: of(relation.name()).side(relation.side).at_last_step(),
        });
        columns.into()
    })
}
