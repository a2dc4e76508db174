//! Which networks belong to a sweep: those that differ from the base point in one setting only.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::{Network, Row, Select, Table};

/// A setting that a sweep can vary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Factor {
    Gamma,
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
        Self::Gamma,
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
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gamma => "weight decay",
            Self::LearningRate => "learning rate",
            Self::Batch => "batch size",
            Self::Width => "width",
            Self::Depth => "depth",
            Self::Activation => "activation",
            Self::InitScale => "initial scale",
            Self::LabelNoise => "label noise",
            Self::Transform => "output transform",
        }
    }

    /// Its value in a row.
    pub fn level(self, row: &Row) -> Level<'_> {
        match self {
            Self::Gamma => Level::number(row.gamma),
            Self::LearningRate => Level::number(row.learning_rate),
            Self::Batch => Level::number(f64::from(row.batch)),
            Self::Width => Level::number(f64::from(row.width)),
            Self::Depth => Level::number(f64::from(row.depth)),
            Self::Activation => Level::Word(&row.activation),
            Self::InitScale => Level::number(row.init_scale),
            Self::LabelNoise => Level::number(row.label_noise),
            Self::Transform => Level::Word(&row.transform),
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
    fn number(value: f64) -> Self {
        // A negative zero is a zero.
        Self::Number((value + 0.0).to_bits())
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
pub(crate) struct Base<'a>([Level<'a>; 9]);

impl<'a> Base<'a> {
    /// The base point of a table, networks that diverged included.
    pub fn of(table: &'a Table<'a>) -> Self {
        Self::of_rows(&all(table))
    }

    /// The base point of the networks of one task.
    pub fn of_task(table: &'a Table<'a>, task: &str) -> Self {
        let mut rows = all(table);
        rows.retain(|row| row.task == task);
        Self::of_rows(&rows)
    }

    fn of_rows(rows: &[&'a Row]) -> Self {
        Self(Factor::ALL.map(|factor| {
            let mut networks: BTreeMap<Level<'a>, BTreeSet<Network<'a>>> = BTreeMap::new();
            for row in rows {
                let same = networks.entry(factor.level(row)).or_default();
                same.insert(row.network());
            }
            let most = networks
                .iter()
                .max_by_key(|(level, same)| (same.len(), **level));
            // A table holds rows of each of its tasks, so that there is always one.
            most.map_or(Level::Word(""), |(level, _)| *level)
        }))
    }

    /// The base value of a setting.
    pub fn level(&self, factor: Factor) -> Level<'a> {
        self.0[factor as usize]
    }

    /// Whether the network of a row is one of the base point.
    pub fn is(&self, row: &Row) -> bool {
        self.admits(row, Factor::Gamma) && Factor::Gamma.level(row) == self.level(Factor::Gamma)
    }

    /// Whether the network of a row differs from the base point in nothing but `free`.
    pub fn admits(&self, row: &Row, free: Factor) -> bool {
        let mut fixed = Factor::ALL.into_iter().filter(|factor| *factor != free);
        fixed.all(|factor| factor.level(row) == self.level(factor))
    }

    /// Such as `weight decay 1.3e-4, depth 5, …`; an output transform only where there is one.
    pub fn in_words(&self) -> String {
        let shown = Factor::ALL.into_iter().filter(|&factor| {
            factor != Factor::Transform || self.level(factor) != Level::Word("none")
        });
        let words = shown.map(|factor| format!("{} {}", factor.name(), self.level(factor).text()));
        words.collect::<Vec<_>>().join(", ")
    }

    /// The values that `factor` takes where everything else is as at the base point, in order.
    pub fn levels(&self, table: &'a Table<'a>, factor: Factor) -> Vec<Level<'a>> {
        let rows = table.select().rows();
        let sweep = rows.into_iter().filter(|row| self.admits(row, factor));
        let levels: BTreeSet<Level<'_>> = sweep.map(|row| factor.level(row)).collect();
        levels.into_iter().collect()
    }

    /// Rows that differ from the base point in nothing but `free`.
    pub fn sweep(self, table: &'a Table<'a>, free: Factor) -> Select<'a> {
        table.select().filter(move |row| self.admits(row, free))
    }
}

/// Rows of all networks, those that diverged included.
fn all<'a>(table: &'a Table<'a>) -> Vec<&'a Row> {
    let mut rows = table.select().rows();
    rows.extend(table.diverged());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formation::synthetic::row;

    #[test]
    fn the_base_point_is_what_most_networks_share() {
        let rows: Vec<Row> = [(0.1, 5), (0.3, 5), (0.03, 5), (0.1, 7)]
            .into_iter()
            .map(|(learning_rate, depth)| Row {
                learning_rate,
                depth,
                ..row()
            })
            .collect();
        let table = Table::new(&rows).unwrap();
        let base = Base::of(&table);
        assert_eq!(base.level(Factor::LearningRate).text(), "0.1");
        assert_eq!(base.level(Factor::Depth).value(), Some(5.0));
        let texts = |factor| {
            base.levels(&table, factor)
                .iter()
                .map(|level| level.text())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(Factor::LearningRate), ["0.03", "0.1", "0.3"]);
        assert_eq!(texts(Factor::Depth), ["5", "7"]);
        assert_eq!(texts(Factor::Activation), ["tanh"]);
        assert_eq!(base.sweep(&table, Factor::Depth).rows().len(), 2);
    }

    #[test]
    fn of_equally_frequent_values_the_largest_counts_and_divergence_too() {
        let mut rows: Vec<Row> = [1e-5, 1e-4].map(|gamma| Row { gamma, ..row() }).to_vec();
        rows[1].outcome = crate::Outcome::Diverged;
        let table = Table::new(&rows).unwrap();
        let base = Base::of(&table);
        assert_eq!(base.level(Factor::Gamma).text(), "1e-4");
        assert_eq!(base.level(Factor::LabelNoise).text(), "0");
    }
}
