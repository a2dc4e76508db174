//! The readout of the networks of one task, over training.

use std::collections::BTreeMap;

use crate::Range;
use crate::figure::Along;
use crate::formation::relations::RELATIONS;
use crate::table::base::Base;
use crate::table::{Row, Select, Table};

/// Training steps on a logarithmic axis.
pub(super) const STEP: Along = Along {
    label: "step",
    scale: crate::figure::Spacing::Log,
    ..Along::STEP
};

/// A measure of neural collapse, 0 at collapse, and the value below which it counts as reached (ours).
#[derive(Debug)]
pub(super) struct Measure {
    pub statistic: &'static str,
    pub name: &'static str,
    pub reached: f64,
}

const fn measure(statistic: &'static str, name: &'static str, reached: f64) -> Measure {
    Measure {
        statistic,
        name,
        reached,
    }
}

/// The measures of neural collapse.
pub(super) const COLLAPSE: [Measure; 7] = [
    measure("nc1", "NC1", 0.1),
    measure("nc2_equinorm", "NC2 norms", 0.1),
    measure("nc2_equiangular", "NC2 angles", 0.1),
    measure("nc2_w_equinorm", "NC2 norms of W", 0.1),
    measure("nc2_w_equiangular", "NC2 angles of W", 0.1),
    measure("nc3", "NC3", 0.2),
    measure("nc4", "NC4", 0.01),
];

/// Whether a statistic is one of collapse or its conditions.
pub(super) fn is_collapse(statistic: &str) -> bool {
    ["quasi_interpolation", "isotropy"].contains(&statistic)
        || COLLAPSE.iter().any(|part| part.statistic == statistic)
}

/// What one network has at the end.
#[derive(Debug)]
pub(super) struct State {
    pub seed: u64,
    pub lowest_alpha: f64,
    /// In units of the value at which a measure counts as reached.
    pub worst_collapse: f64,
}

/// Networks of one task at their base point.
pub(super) struct Readout<'t> {
    pub base: Base<'t>,
}

impl<'t> Readout<'t> {
    /// One for each task.
    pub fn of_tasks(table: &'t Table<'t>) -> Vec<Self> {
        let bases = Base::of_tasks(table).into_iter();
        bases.map(|base| Self { base }).collect()
    }

    /// A statistic at all steps. All of them but the isotropy are sizes.
    pub fn select(&self, statistic: &str) -> Select<'t> {
        let select = self.base.networks().statistic(statistic);
        match statistic {
            "isotropy" | "test_accuracy" => select,
            _ => select.range(Range::NonNegative),
        }
    }

    /// A kind of alpha of all six relations, with their names.
    pub fn relations(&self, kind: &str, variant: &'static str) -> [(String, Select<'t>); 6] {
        let select = self.base.networks().variant(variant);
        RELATIONS.map(|relation| (relation.short(), relation.of(kind, select.clone())))
    }

    pub fn alphas(&self) -> [(String, Select<'t>); 6] {
        self.relations("alpha", "normalized")
    }

    /// What claims judge of each relation: alpha on the scale of its null where the matrices share the weight.
    pub fn judged(&self) -> [(String, Select<'t>); 6] {
        let select = self.base.networks().variant("normalized");
        RELATIONS.map(|relation| {
            let kind = match relation.shares_weight() {
                true => "calibrated",
                false => "alpha",
            };
            (relation.short(), relation.of(kind, select.clone()))
        })
    }

    /// Every measure of collapse with its name.
    pub fn collapse(&self) -> Vec<(String, Select<'t>)> {
        let parts = COLLAPSE.map(|part| (part.name.to_owned(), self.select(part.statistic)));
        parts.into()
    }

    /// Every measure of collapse at the end, in units of the value at which it counts as reached.
    pub fn collapse_at_end(&self) -> [(&'static str, Select<'t>); 7] {
        COLLAPSE.map(|part| {
            let last = self.select(part.statistic).at_last_step();
            (part.name, last.map(move |value| Some(value / part.reached)))
        })
    }

    /// The networks of which everything was measured, at the end.
    pub fn states(&self) -> Vec<State> {
        let alphas = self.judged().map(|(_, alpha)| alpha.at_last_step());
        let alphas = alphas.map(|alpha| alpha.per_seed());
        let measures = self.collapse_at_end().map(|measure| measure.1.per_seed());
        let seeds = self.base.table.seeds().into_iter();
        let states = seeds.filter_map(|seed| {
            Some(State {
                seed,
                lowest_alpha: chosen(&alphas, seed, f64::min)?,
                worst_collapse: chosen(&measures, seed, f64::max)?,
            })
        });
        states.collect()
    }

    /// NC1 and the mean of the six alphas of each seed, step by step.
    pub fn trajectories(&self) -> Vec<(u64, Vec<(f64, f64)>)> {
        let is_alpha = |row: &Row| {
            let mut six = RELATIONS.iter();
            six.any(|relation| (relation.side, relation.statistic) == (&row.side, &row.statistic))
        };
        let alphas = self.base.networks().variant("normalized").filter(is_alpha);
        let nc1 = self.select("nc1").seed_lines(STEP.of);
        let lines = alphas.seed_lines(STEP.of).into_iter();
        let lines = lines.filter_map(|(seed, alphas)| {
            let nc1 = nc1.get(&seed)?;
            let line = alphas.into_iter().filter_map(|(step, alpha)| {
                let here = nc1.iter().find(|point| point.0 == step)?;
                Some((here.1, alpha))
            });
            Some((seed, line.collect()))
        });
        lines.collect()
    }
}

/// The number of a seed that is chosen among these; `None` unless all are there.
fn chosen(of: &[BTreeMap<u64, f64>], seed: u64, choose: fn(f64, f64) -> f64) -> Option<f64> {
    let values = of.iter().map(|numbers| numbers.get(&seed).copied());
    let values: Option<Vec<f64>> = values.collect();
    values?.into_iter().reduce(choose)
}
