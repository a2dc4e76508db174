//! The alphas of each map at the end of training, with and without a transform of the output.

use crate::table::base::{Base, Factor, Level};
use crate::table::{Row, Select, Table};

/// The transform that is none.
pub(super) const NONE: &str = "none";

/// Alpha of WᵀW and G_a with the null that fits two matrices that share W.
pub(super) const FITTING_NULL: &str = "alpha_gwa_through_weight";

/// What WᵀW is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub statistic: &'static str,
    pub name: &'static str,
}

impl Kind {
    /// The name of the same quantity in the coordinates \\(f\\) that the loss sees. Networks with a transform have the alphas
    /// in \\(f' = Z f\\), and beside them at the same steps these, where they were computed.
    pub fn untransformed(self) -> String {
        format!("{}_untransformed", self.statistic)
    }
}

/// G_a.
pub(super) const GWA: Kind = Kind {
    statistic: "alpha_gwa_raw",
    name: "GWA: α(WᵀW, G_a)",
};

/// AGOP and its root: both forms of the ansatz.
pub(super) const ANSATZ: [Kind; 2] = [
    Kind {
        statistic: "alpha_agop",
        name: "NFA: α(WᵀW, AGOP)",
    },
    Kind {
        statistic: "alpha_agop_sqrt",
        name: "NFA: α(WᵀW, AGOP^½)",
    },
];

/// All three.
pub(super) const KINDS: [Kind; 3] = [GWA, ANSATZ[0], ANSATZ[1]];

/// Whether a row is of a map before the last.
pub(super) fn is_before_readout(row: &Row) -> bool {
    row.layer <= row.depth
}

/// The maps of networks that differ in nothing but the transform of their output.
pub(super) struct Maps<'t> {
    pub table: &'t Table<'t>,
    base: Base<'t>,
    /// Names of transforms, `none` first where it is there.
    pub transforms: Vec<&'t str>,
    pub layers: Vec<u32>,
}

impl<'t> Maps<'t> {
    pub fn new(table: &'t Table<'t>) -> Self {
        let base = Base::of(table);
        let levels = base.levels(Factor::Transform).into_iter();
        let mut transforms: Vec<&str> = levels
            .filter_map(|level| match level {
                Level::Word(word) => Some(word),
                Level::Number(_) => None,
            })
            .collect();
        transforms.sort_by_key(|name| (*name != NONE, *name));
        let measured = base.sweep(Factor::Transform).statistic(GWA.statistic);
        Self {
            table,
            base,
            transforms,
            layers: measured.layers(),
        }
    }

    /// The transforms other than none.
    pub fn changed(&self) -> impl Iterator<Item = &'t str> {
        self.transforms.iter().copied().filter(|name| *name != NONE)
    }

    /// The ansatz of the last map, whose Jacobian is its own weight, holds by definition and is left out.
    fn at_end(&self, statistic: &str) -> Select<'t> {
        let sweep = self.base.sweep(Factor::Transform);
        let at_end = sweep.statistic(statistic).at_last_step();
        match statistic.starts_with(ANSATZ[0].statistic) {
            true => at_end.filter(is_before_readout),
            false => at_end,
        }
    }

    /// A statistic of networks with this transform.
    pub fn select(&self, statistic: &str, transform: &'t str) -> Select<'t> {
        let networks = self.at_end(statistic);
        networks.filter(move |row| row.transform == transform)
    }

    /// The same with each transform, and its name.
    pub fn by_transform(&self, statistic: &str) -> impl Iterator<Item = (&'t str, Select<'t>)> {
        let transforms = self.transforms.iter();
        transforms.map(move |name| (*name, self.select(statistic, name)))
    }

    /// What training with a transform changes, seed by seed.
    pub fn change(&self, kind: Kind, transform: &'t str) -> Select<'t> {
        let plain = self.select(kind.statistic, NONE);
        self.select(kind.statistic, transform).minus_in_seed(&plain)
    }

    /// What the coordinates \\(f' = Z f\\) of the output change in one and the same network, of those that have a transform.
    pub fn change_of_coordinates(&self, kind: Kind) -> Select<'t> {
        let change = self
            .at_end(kind.statistic)
            .minus(&self.at_end(&kind.untransformed()));
        change.filter(|row| row.transform != NONE)
    }

    /// Whether any network was measured in both coordinates.
    pub fn has_both(&self, kind: Kind) -> bool {
        !self.change_of_coordinates(kind).numbers().is_empty()
    }

    /// What a report should say where no ansatz was measured in both coordinates.
    pub fn coverage(&self) -> Option<&'static str> {
        let measured = ANSATZ.into_iter().any(|kind| self.has_both(kind));
        (!measured).then_some("not tested here: one and the same network in both coordinates, of which the invariance is FOUND; its rows hold no untransformed alphas")
    }
}
