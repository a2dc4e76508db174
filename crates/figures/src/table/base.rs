//! Which networks belong to a sweep: those that differ from the base point in one setting only.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::Estimate;
use crate::table::{Network, Row, Select, Table};

/// A setting that a sweep can vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Factor {
    WeightDecay,
    LearningRate,
    Batch,
    Width,
    Depth,
    Activation,
    InitScale,
    LabelNoise,
    Transform,
}

impl Factor {
    pub const ALL: [Self; 9] = [
        Self::WeightDecay,
        Self::LearningRate,
        Self::Batch,
        Self::Width,
        Self::Depth,
        Self::Activation,
        Self::InitScale,
        Self::LabelNoise,
        Self::Transform,
    ];

    /// Its name in words.
    pub fn name(self) -> &'static str {
        self.described().0
    }

    /// Its value in a row.
    pub fn level(self, row: &Row) -> Level<'_> {
        self.described().1(row)
    }

    fn described(self) -> (&'static str, fn(&Row) -> Level<'_>) {
        match self {
            Self::WeightDecay => ("weight decay", |row| Level::number(row.weight_decay)),
            Self::LearningRate => ("learning rate", |row| Level::number(row.learning_rate)),
            Self::Batch => ("batch size", |row| Level::number(row.batch)),
            Self::Width => ("width", |row| Level::number(row.width)),
            Self::Depth => ("depth", |row| Level::number(row.depth)),
            Self::Activation => ("activation", |row| Level::Word(&row.activation)),
            Self::InitScale => ("initial scale", |row| Level::number(row.init_scale)),
            Self::LabelNoise => ("label noise", |row| Level::number(row.label_noise)),
            Self::Transform => ("output transform", |row| Level::Word(&row.transform)),
        }
    }
}

/// A value of a setting. Numbers by their bits, which order numbers of 0 and more as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level<'a> {
    Number(u64),
    Word(&'a str),
}

impl Level<'_> {
    fn number(value: impl Into<f64>) -> Self {
        // A negative zero is a zero.
        Self::Number((value.into() + 0.0).to_bits())
    }

    /// The number; `None` for a word.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Number(bits) => Some(f64::from_bits(bits)),
            Self::Word(_) => None,
        }
    }

    /// As text: `0.001`, `1e-4`, `3.6e-5`, `tanh`.
    pub fn text(self) -> String {
        match self {
            Self::Number(bits) => match f64::from_bits(bits) {
                value if value != 0.0 && !(1e-3..1e6).contains(&value) => short(value),
                value => format!("{value}"),
            },
            Self::Word(word) => word.to_owned(),
        }
    }
}

/// Two digits, or one where the second is 0.
fn short(value: f64) -> String {
    format!("{value:.1e}").replace(".0e", "e")
}

/// The point that sweeps have in common: of each setting the value that most networks have, and of values that equally
/// many have, the largest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Base<'t> {
    pub table: &'t Table<'t>,
    /// The only task whose networks count; `None` for all.
    task: Option<&'t str>,
    levels: [Level<'t>; 9],
}

impl<'t> Base<'t> {
    /// The base point of a table, networks that diverged included.
    pub fn of(table: &'t Table<'t>) -> Self {
        Self::new(table, None)
    }

    /// The base points of the networks of each task.
    pub fn of_tasks(table: &'t Table<'t>) -> Vec<Self> {
        let tasks = table.tasks().into_iter();
        tasks.map(|task| Self::new(table, Some(task))).collect()
    }

    fn new(table: &'t Table<'t>, task: Option<&'t str>) -> Self {
        let mut rows = table.select().rows();
        rows.extend(table.diverged());
        rows.retain(|row| task.is_none_or(|task| row.task == task));
        let levels = Factor::ALL.map(|factor| {
            let mut networks: BTreeMap<Level<'t>, BTreeSet<Network<'t>>> = BTreeMap::new();
            for row in &rows {
                let same = networks.entry(factor.level(row)).or_default();
                same.insert(row.network());
            }
            let most = networks
                .iter()
                .max_by_key(|(level, same)| (same.len(), **level));
            // A table holds rows of each of its tasks, so that there is always one.
            most.map_or(Level::Word(""), |(level, _)| *level)
        });
        Self {
            table,
            task,
            levels,
        }
    }

    /// The name of the task; empty for all.
    pub fn task(&self) -> &'t str {
        self.task.unwrap_or_default()
    }

    /// A case of a claim, named after the task and its own name.
    pub fn case(
        &self,
        name: impl fmt::Display,
        ours: Option<Estimate>,
    ) -> (String, Option<Estimate>) {
        (format!("{}, {name}", self.task()), ours)
    }

    /// The base value of a setting.
    pub fn level(&self, factor: Factor) -> Level<'t> {
        self.levels[factor as usize]
    }

    /// Whether the network of a row differs from the base point in nothing but `free`.
    fn admits(&self, row: &Row, free: Option<Factor>) -> bool {
        let mut fixed = Factor::ALL
            .into_iter()
            .filter(|factor| Some(*factor) != free);
        self.task.is_none_or(|task| row.task == task)
            && fixed.all(|factor| factor.level(row) == self.level(factor))
    }

    /// Such as `weight decay 1.3e-4, depth 5, …`; an output transform only where there is one.
    pub fn in_words(&self) -> String {
        let shown = Factor::ALL.into_iter().filter(|&factor| {
            factor != Factor::Transform || self.level(factor) != Level::Word("none")
        });
        let words = shown.map(|factor| format!("{} {}", factor.name(), self.level(factor).text()));
        words.collect::<Vec<_>>().join(", ")
    }

    /// Rows of the base point.
    pub fn networks(self) -> Select<'t> {
        self.table
            .select()
            .filter(move |row| self.admits(row, None))
    }

    /// Rows that differ from the base point in nothing but `free`.
    pub fn sweep(self, free: Factor) -> Select<'t> {
        let select = self.table.select();
        select.filter(move |row| self.admits(row, Some(free)))
    }

    /// The values that `factor` takes where everything else is as at the base point, in order.
    pub fn levels(&self, factor: Factor) -> Vec<Level<'t>> {
        let rows = self.sweep(factor).rows().into_iter();
        let levels: BTreeSet<Level<'_>> = rows.map(|row| factor.level(row)).collect();
        levels.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formation::synthetic::row;

    #[test]
    fn the_base_point_is_what_most_networks_share() {
        let networks = [(0.1, 5), (0.3, 5), (0.03, 5), (0.1, 7)];
        let rows = networks.map(|(learning_rate, depth)| Row {
            learning_rate,
            depth,
            ..row()
        });
        let table = Table::new(&rows).unwrap();
        let base = Base::of(&table);
        assert_eq!(base.level(Factor::LearningRate).text(), "0.1");
        assert_eq!(base.level(Factor::Depth).value(), Some(5.0));
        let texts = |factor| {
            let levels = base.levels(factor).into_iter();
            levels.map(Level::text).collect::<Vec<_>>()
        };
        assert_eq!(texts(Factor::LearningRate), ["0.03", "0.1", "0.3"]);
        assert_eq!(texts(Factor::Depth), ["5", "7"]);
        assert_eq!(texts(Factor::Activation), ["tanh"]);
        assert_eq!(base.sweep(Factor::Depth).rows().len(), 2);
    }

    #[test]
    fn of_equally_frequent_values_the_largest_counts_and_divergence_too() {
        let mut rows = [1e-5, 1e-4].map(|weight_decay| Row {
            weight_decay,
            ..row()
        });
        rows[1].outcome = crate::Outcome::Diverged;
        let table = Table::new(&rows).unwrap();
        let base = Base::of(&table);
        assert_eq!(base.level(Factor::WeightDecay).text(), "1e-4");
        assert_eq!(base.level(Factor::LabelNoise).text(), "0");
    }
}
