//! The alphas of each map at the end of training, with and without a transform of the output.

use std::collections::BTreeMap;

use crate::claims::measures::mean;
use crate::table::base::{Base, Factor, Level};
use crate::table::{Select, Table};
use crate::{Estimate, Range};

/// The transform that is none.
pub(super) const NONE: &str = "none";

/// What WᵀW is compared with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub statistic: &'static str,
    pub name: &'static str,
}

/// G_a, AGOP and its root.
pub(super) static KINDS: [Kind; 3] = [
    Kind {
        statistic: "alpha_gwa_raw",
        name: "GWA: α(WᵀW, G_a)",
    },
    Kind {
        statistic: "alpha_agop",
        name: "NFA: α(WᵀW, AGOP)",
    },
    Kind {
        statistic: "alpha_agop_sqrt",
        name: "NFA: α(WᵀW, AGOP^½)",
    },
];

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
        let levels = base.levels(table, Factor::Transform).into_iter();
        let mut transforms: Vec<&str> = levels
            .filter_map(|level| match level {
                Level::Word(word) => Some(word),
                Level::Number(_) => None,
            })
            .collect();
        transforms.sort_by_key(|name| (*name != NONE, *name));
        let rows = base
            .sweep(table, Factor::Transform)
            .statistic(KINDS[0].statistic);
        let layers = rows.distinct(|row| f64::from(row.layer));
        Self {
            table,
            base,
            transforms,
            layers: layers.into_iter().map(|layer| layer as u32).collect(),
        }
    }

    /// The transforms other than none.
    pub fn changed(&self) -> impl Iterator<Item = &'t str> {
        self.transforms.iter().copied().filter(|name| *name != NONE)
    }

    /// A statistic of networks with this transform at the end of training.
    pub fn select(&self, statistic: &str, transform: &'t str) -> Select<'t> {
        let sweep = self.base.sweep(self.table, Factor::Transform);
        let select = sweep.statistic(statistic).at_last_step();
        select.filter(move |row| row.transform == transform)
    }

    /// A statistic of networks with any transform at the end of training.
    pub fn with_transform(&self, statistic: &str) -> Select<'t> {
        let sweep = self.base.sweep(self.table, Factor::Transform);
        let select = sweep.statistic(statistic).at_last_step();
        select.filter(|row| row.transform != NONE)
    }

    /// Of each seed and map the change that a transform makes.
    fn changes(&self, kind: &Kind, transform: &'t str) -> BTreeMap<(u64, u32), f64> {
        let at = |transform| {
            let numbers = self.select(kind.statistic, transform).numbers().into_iter();
            let keyed = numbers.map(|(row, value)| ((row.seed, row.layer), value));
            keyed.collect::<BTreeMap<_, _>>()
        };
        let plain = at(NONE);
        let changes = at(transform).into_iter();
        changes
            .filter_map(|(key, value)| Some((key, value - plain.get(&key)?)))
            .collect()
    }

    /// The change of one map's alpha, mean over seeds.
    pub fn change(&self, kind: &Kind, transform: &'t str, layer: u32) -> Option<Estimate> {
        let changes = self.changes(kind, transform).into_iter();
        let of_layer = changes.filter(|((_, other), _)| *other == layer);
        Estimate::mean(
            &of_layer.map(|(_, change)| change).collect::<Vec<f64>>(),
            Range::Real,
        )
    }

    /// Of each seed the mean over maps of the size of the change.
    pub fn sizes(&self, kind: &Kind, transform: &'t str) -> BTreeMap<u64, f64> {
        let mut sizes: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for ((seed, _), change) in self.changes(kind, transform) {
            sizes.entry(seed).or_default().push(change.abs());
        }
        let means = sizes.into_iter();
        means
            .filter_map(|(seed, sizes)| Some((seed, mean(sizes)?)))
            .collect()
    }
}
