//! The readout of the networks of one task, over training.

use std::collections::BTreeMap;

use crate::claims::measures::mean;
use crate::table::base::Base;
use crate::table::{Row, Select, Table};

/// One of the six relations.
#[derive(Debug)]
pub(super) struct Relation {
    pub side: &'static str,
    pub statistic: &'static str,
    pub name: &'static str,
}

/// The six relations, in the order of the colours.
pub(super) static RELATIONS: [Relation; 6] = [
    Relation {
        side: "a",
        statistic: "alpha_rga",
        name: "RGA a",
    },
    Relation {
        side: "a",
        statistic: "alpha_rwa",
        name: "RWA a",
    },
    Relation {
        side: "a",
        statistic: "alpha_gwa",
        name: "GWA a",
    },
    Relation {
        side: "b",
        statistic: "alpha_rga",
        name: "RGA b",
    },
    Relation {
        side: "b",
        statistic: "alpha_rwa",
        name: "RWA b",
    },
    Relation {
        side: "b",
        statistic: "alpha_gwa",
        name: "GWA b",
    },
];

/// A measure of neural collapse, 0 at collapse, and the value below which it counts as reached (ours).
#[derive(Debug)]
pub(super) struct Part {
    pub statistic: &'static str,
    pub name: &'static str,
    pub reached: f64,
}

/// The measures of neural collapse.
pub(super) static COLLAPSE: [Part; 7] = [
    Part {
        statistic: "nc1",
        name: "NC1",
        reached: 0.1,
    },
    Part {
        statistic: "nc2_equinorm",
        name: "NC2 norms",
        reached: 0.1,
    },
    Part {
        statistic: "nc2_equiangular",
        name: "NC2 angles",
        reached: 0.1,
    },
    Part {
        statistic: "nc2_w_equinorm",
        name: "NC2 norms of W",
        reached: 0.1,
    },
    Part {
        statistic: "nc2_w_equiangular",
        name: "NC2 angles of W",
        reached: 0.1,
    },
    Part {
        statistic: "nc3",
        name: "NC3",
        reached: 0.2,
    },
    Part {
        statistic: "nc4",
        name: "NC4",
        reached: 0.01,
    },
];

/// Whether a statistic is one of collapse or its conditions.
pub(super) fn is_collapse(statistic: &str) -> bool {
    ["quasi_interpolation", "isotropy"].contains(&statistic)
        || COLLAPSE.iter().any(|part| part.statistic == statistic)
}

/// Networks of one task at their base point.
pub(super) struct Readout<'t> {
    table: &'t Table<'t>,
    base: Base<'t>,
    pub task: &'t str,
}

impl<'t> Readout<'t> {
    /// One for each task.
    pub fn all(table: &'t Table<'t>) -> Vec<Self> {
        let tasks = table.tasks().into_iter();
        let readout = |task| Self {
            table,
            base: Base::of_task(table, task),
            task,
        };
        tasks.map(readout).collect()
    }

    /// A statistic at all steps.
    pub fn select(&self, statistic: &str) -> Select<'t> {
        let (base, task) = (self.base, self.task);
        let select = self.table.select().statistic(statistic);
        select.filter(move |row| row.task == task && base.is(row))
    }

    pub fn alpha(&self, relation: &'static Relation, variant: &'t str) -> Select<'t> {
        let select = self.select(relation.statistic);
        select.side(relation.side).variant(variant)
    }

    /// Of each seed the numbers of `x` and `y` at the same steps.
    pub fn pairs(&self, x: &Select<'t>, y: &Select<'t>) -> BTreeMap<u64, Vec<(f64, f64)>> {
        let mut pairs: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
        for (row, x, y) in x.beside(y) {
            pairs.entry(row.seed).or_default().push((x, y));
        }
        pairs
    }

    /// Of each seed the smallest of the six alphas at the end; `None` unless all six are there.
    pub fn lowest_alpha(&self) -> BTreeMap<u64, Option<f64>> {
        let alphas = RELATIONS.iter().map(|relation| {
            let alpha = self.alpha(relation, "normalized").at_last_step();
            alpha.per_seed()
        });
        worst(alphas.collect(), f64::min)
    }

    /// Of each seed the largest measure of collapse at the end, in units of the value at which it counts as reached;
    /// `None` unless all are there.
    pub fn worst_collapse(&self) -> BTreeMap<u64, Option<f64>> {
        let measures = COLLAPSE.iter().map(|part| {
            let select = self.select(part.statistic).at_last_step();
            let relative = select.quantity(|row| Some(row.value? / part.reached));
            relative.per_seed()
        });
        worst(measures.collect(), f64::max)
    }

    /// Mean of the six alphas at each step, seed by seed.
    pub fn mean_alpha(&self, variant: &'t str) -> BTreeMap<u64, Vec<(f64, f64)>> {
        let mut by_step: BTreeMap<(u64, u64), Vec<f64>> = BTreeMap::new();
        for relation in &RELATIONS {
            for (row, alpha) in self.alpha(relation, variant).numbers() {
                by_step.entry((row.seed, row.step)).or_default().push(alpha);
            }
        }
        let mut lines: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
        for ((seed, step), alphas) in by_step {
            if let Some(alpha) = mean(alphas) {
                lines.entry(seed).or_default().push((step as f64, alpha));
            }
        }
        lines
    }
}

/// The step of a row, as a place on an axis.
pub(super) fn step(row: &Row) -> f64 {
    row.step as f64
}

fn worst(of: Vec<BTreeMap<u64, f64>>, choose: fn(f64, f64) -> f64) -> BTreeMap<u64, Option<f64>> {
    let seeds: std::collections::BTreeSet<u64> =
        of.iter().flat_map(|map| map.keys().copied()).collect();
    let chosen = seeds.into_iter().map(|seed| {
        let values: Option<Vec<f64>> = of.iter().map(|map| map.get(&seed).copied()).collect();
        (
            seed,
            values.and_then(|values| values.into_iter().reduce(choose)),
        )
    });
    chosen.collect()
}
