//! Views of the six relations.

use crate::Section;
use crate::chart::{Panel, Place};
use crate::figure::{Along, View};
use crate::table::is_one_by_definition;
use crate::table::{Column, Row, Select, Table, alpha_sections};
pub(crate) use crate::table::{RELATIONS, Relation};

/// Whether a row is about one of the six.
pub(crate) fn has(row: &Row) -> bool {
    let mut views = RELATIONS.iter().map(|relation| relation.view(Along::MAP));
    views.any(|view| view.uses(row))
}

impl Relation {
    /// A statistic of this relation among the selected rows: `alpha`, `offdiagonal`, `calibrated`. What is 1 by definition
    /// is left out.
    pub fn of<'t>(self, kind: &str, select: Select<'t>) -> Select<'t> {
        let name = match kind {
            "offdiagonal" => self.name(),
            _ => self.statistic.trim_start_matches("alpha_"),
        };
        let select = select.statistic(format!("{kind}_{name}")).side(self.side);
        select.filter(|row| !is_one_by_definition(row))
    }

    /// What claims about the size of alpha judge along a column: alpha, but on the scale of its null (0 at its mean, 1 for
    /// perfect alignment) where the two matrices share the weight.
    pub fn judged(self, along: Along) -> View {
        let view = self.view(along);
        match (self.shares_weight(), self.side) {
            (false, _) => view,
            (true, "a") => view.statistic("calibrated_gwa_through_weight"),
            (true, _) => view.statistic("calibrated_rwa_through_weight"),
        }
    }

    /// What a table of [`alpha_sections`] shows of this relation.
    fn of_sections<'t>(self, of: &dyn Fn(&str) -> Select<'t>) -> Select<'t> {
        let select = of(self.statistic.trim_start_matches("alpha_")).side(self.side);
        select.filter(|row| !is_one_by_definition(row))
    }

    /// Alpha of normalized covariances along a column.
    pub const fn view(self, along: Along) -> View {
        View::of_maps(self.statistic, self.side, along)
    }
}

/// Panels in six columns: the six of normalized covariances, and in a row below, small, of raw moments. `panel` makes one, of a
/// variant, with a title.
pub(crate) fn relation_panels(
    panel: impl Fn(Relation, &'static str, String) -> Panel,
) -> Vec<(Panel, Place)> {
    let mut panels = Vec::new();
    for (k, relation) in RELATIONS.into_iter().enumerate() {
        let main = panel(relation, "normalized", relation.title());
        let raw = panel(relation, "raw", format!("{}, raw", relation.short()));
        panels.push((main, Place::at(k % 3 * 2, k / 3).over(2, 1)));
        panels.push((raw, Place::at(k, 2)));
    }
    panels
}

/// The tables that every alpha needs, of the last measurement: a column for each relation.
pub(crate) fn relation_sections(table: &Table<'_>, along: Along) -> Vec<Section> {
    alpha_sections(table, &along.grid(), |of| {
        let columns = RELATIONS.map(|relation| Column {
            name: relation.short(),
            select: relation.of_sections(of).at_last_step(),
        });
        columns.into()
    })
}

/// What readers of claims about all six have to know.
pub(crate) const JUDGED: &str = "RWA b and GWA a, whose matrices share the weight, are judged on the scale of their null, a random moment carried through the weight: 0 is what an untrained map has; GWA a of a readout with one output, 1 by definition, is left out";
