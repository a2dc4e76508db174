//! The six relations of the canonical representation hypothesis.

use crate::figure::{Along, View};
use crate::table::{Row, Select};

/// Side and relation.
pub(crate) const RELATIONS: [Relation; 6] = [
    Relation::new("a", "alpha_rga", "RGA: cov(h, h) and cov(g, g), side a"),
    Relation::new("a", "alpha_rwa", "RWA: cov(h, h) and WᵀW, side a"),
    Relation::new("a", "alpha_gwa", "GWA: cov(g, g) and WᵀW, side a"),
    Relation::new("b", "alpha_rga", "RGA: cov(h, h) and cov(g, g), side b"),
    Relation::new("b", "alpha_rwa", "RWA: cov(h, h) and WWᵀ, side b"),
    Relation::new("b", "alpha_gwa", "GWA: cov(g, g) and WWᵀ, side b"),
];

/// Whether a row is about one of the six.
pub(crate) fn has(row: &Row) -> bool {
    let mut views = RELATIONS.iter().map(|relation| relation.view(Along::MAP));
    views.any(|view| view.uses(row))
}

/// One of the six relations of every linear map.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    pub side: &'static str,
    pub statistic: &'static str,
    pub title: &'static str,
}

impl Relation {
    const fn new(side: &'static str, statistic: &'static str, title: &'static str) -> Self {
        Self {
            side,
            statistic,
            title,
        }
    }

    /// `rga`.
    pub fn name(self) -> &'static str {
        self.statistic.trim_start_matches("alpha_")
    }

    /// `RGA a`.
    pub fn short(self) -> String {
        format!("{} {}", self.name().to_uppercase(), self.side)
    }

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
