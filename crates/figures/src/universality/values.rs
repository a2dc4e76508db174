//! Rows of the table of values: which of them, and means over seeds of what they hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::claims::measures::mean;
use crate::table::Relation;
use crate::universality::{CheckedTables, Coverage, Value};
use crate::{Estimate, Range};

impl Value {
    /// A number of a network at an epoch, of no activation, layer or side in particular, without a null level.
    pub fn new(setting: &str, metric: &str, (seed, epoch): (u64, u64), value: f64) -> Self {
        Self {
            setting: setting.to_owned(),
            activation: String::new(),
            seed,
            epoch,
            layer: 0,
            side: String::new(),
            metric: metric.to_owned(),
            value: Some(value),
            null_q95: None,
        }
    }
}

/// Some rows of the table of values.
#[derive(Debug, Clone)]
pub(crate) struct Values<'t> {
    rows: Vec<&'t Value>,
}

impl<'t> Values<'t> {
    /// All rows.
    pub fn of(data: &'t CheckedTables) -> Self {
        let rows = data.tables.values.iter().collect();
        Self { rows }
    }

    /// The rows for which `holds`.
    #[must_use]
    pub fn filter(mut self, holds: impl Fn(&Value) -> bool) -> Self {
        self.rows.retain(|row| holds(row));
        self
    }

    /// Of one setting.
    #[must_use]
    pub fn setting(self, name: &str) -> Self {
        self.filter(|row| row.setting == name)
    }

    /// Of one activation.
    #[must_use]
    pub fn activation(self, name: &str) -> Self {
        self.filter(|row| row.activation == name)
    }

    /// Of one metric.
    #[must_use]
    pub fn metric(self, name: &str) -> Self {
        self.metrics(&[name])
    }

    /// The alphas of one relation.
    #[must_use]
    pub fn relation(self, relation: Relation) -> Self {
        self.metric(relation.plain_statistic())
            .filter(|row| row.side == relation.side)
    }

    /// Of several metrics.
    #[must_use]
    pub fn metrics(self, names: &[&str]) -> Self {
        self.filter(|row| names.contains(&row.metric.as_str()))
    }

    /// The metrics of the rows, by name.
    pub fn each_metric(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let names: BTreeSet<&str> = self.rows.iter().map(|row| row.metric.as_str()).collect();
        names.into_iter()
    }

    /// Of one layer.
    #[must_use]
    pub fn layer(self, layer: u32) -> Self {
        self.filter(|row| row.layer == layer)
    }

    /// The layers of the rows, from the first.
    pub fn each_layer(&self) -> impl DoubleEndedIterator<Item = u32> + use<> {
        let layers: BTreeSet<u32> = self.rows.iter().map(|row| row.layer).collect();
        layers.into_iter()
    }

    /// Of the last epoch at which a network's metric was measured.
    #[must_use]
    pub fn at_end(mut self) -> Self {
        let key = |row: &'t Value| (&row.setting, &row.activation, row.seed, &row.metric);
        let mut last = BTreeMap::new();
        for row in &self.rows {
            let epoch = last.entry(key(row)).or_insert(row.epoch);
            *epoch = row.epoch.max(*epoch);
        }
        self.rows.retain(|row| last[&key(row)] == row.epoch);
        self
    }

    /// The rows.
    pub fn rows(&self) -> &[&'t Value] {
        &self.rows
    }

    /// How many of the runs have a value.
    pub fn coverage(&self, name: impl Into<String>, data: &CheckedTables) -> Coverage {
        let known = self.rows.iter().filter(|row| row.value.is_some());
        let runs: BTreeSet<_> = known.map(|row| (&row.setting, row.seed)).collect();
        data.coverage(name, runs.len())
    }

    /// Of each seed the mean of what `number` makes of its rows, where it makes anything.
    pub fn per_seed(&self, number: impl Fn(&Value) -> Option<f64>) -> BTreeMap<u64, f64> {
        let seeds: BTreeSet<u64> = self.rows.iter().map(|row| row.seed).collect();
        let of_seed = |seed| {
            let rows = self.rows.iter().filter(|row| row.seed == seed);
            Some((seed, mean(rows.filter_map(|row| number(row)))?))
        };
        seeds.into_iter().filter_map(of_seed).collect()
    }

    /// The mean over seeds of each seed's mean value.
    pub fn estimate(&self, range: Range) -> Option<Estimate> {
        over_seeds(&self.per_seed(|row| row.value), range)
    }

    /// The mean over seeds at each epoch.
    pub fn by_epoch(&self, range: Range) -> Vec<(f64, Estimate)> {
        let epochs: BTreeSet<u64> = self.rows.iter().map(|row| row.epoch).collect();
        let at = |epoch: u64| {
            let rows = self.clone().filter(|row| row.epoch == epoch);
            Some((epoch as f64, rows.estimate(range)?))
        };
        epochs.into_iter().filter_map(at).collect()
    }

    /// Of each seed its line over epochs.
    pub fn seed_lines(&self) -> BTreeMap<u64, Vec<(f64, f64)>> {
        let mut cells: BTreeMap<u64, BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
        for row in &self.rows {
            if let Some(value) = row.value {
                let line = cells.entry(row.seed).or_default();
                line.entry(row.epoch).or_default().push(value);
            }
        }
        let lines = cells.into_iter().map(|(seed, line)| {
            let points = line.into_iter();
            let points = points.filter_map(|(epoch, values)| Some((epoch as f64, mean(values)?)));
            (seed, points.collect())
        });
        lines.collect()
    }
}

/// The mean of one number a seed.
pub(crate) fn over_seeds(numbers: &BTreeMap<u64, f64>, range: Range) -> Option<Estimate> {
    Estimate::mean(&numbers.values().copied().collect::<Vec<f64>>(), range)
}

/// One number a seed less another, mean over the seeds that have both.
pub(crate) fn difference(of: &BTreeMap<u64, f64>, less: &BTreeMap<u64, f64>) -> Option<Estimate> {
    let both = of.iter();
    let both = both.filter_map(|(seed, number)| Some((*seed, number - less.get(seed)?)));
    over_seeds(&both.collect(), Range::Real)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preset;
    use crate::universality::Tables;

    fn row(seed: u64, epoch: u64, layer: u32, value: Option<f64>) -> Value {
        Value {
            layer,
            value,
            ..Value::new("s", "m", (seed, epoch), 0.0)
        }
    }

    #[test]
    fn means_are_over_rows_then_over_seeds() {
        // Seed 0 ends at epoch 20 with two layers, seed 1 at epoch 10 with one value and one that is undefined.
        let rows = vec![
            row(0, 10, 1, Some(9.0)),
            row(0, 20, 1, Some(1.0)),
            row(0, 20, 2, Some(3.0)),
            row(1, 10, 1, Some(4.0)),
            row(1, 10, 2, None),
        ];
        let tables = Tables {
            values: rows,
            ..Tables::default()
        };
        let data = CheckedTables::new(tables, Preset::Quick).unwrap();
        let values = Values::of(&data).setting("s").activation("").metric("m");
        let end = values.clone().at_end().estimate(Range::Real).unwrap();
        assert_eq!((end.value, end.n), (3.0, 2));
        let lines = values.seed_lines();
        assert_eq!(lines[&0], [(10.0, 9.0), (20.0, 2.0)]);
        assert_eq!(lines[&1], [(10.0, 4.0)]);
        let by_epoch = values.by_epoch(Range::Real);
        let shown: Vec<_> = by_epoch.iter().map(|(x, e)| (*x, e.value, e.n)).collect();
        assert_eq!(shown, [(10.0, 6.5, 2), (20.0, 2.0, 1)]);
        assert_eq!(values.coverage("m", &data).measured, 2);
        let undefined = values.filter(|row| row.layer == 2 && row.seed == 1);
        let measured = undefined.coverage("m", &data).measured;
        assert_eq!((undefined.rows().len(), measured), (1, 0));
    }

    #[test]
    fn differences_are_of_seeds_that_have_both() {
        let numbers = |pairs: &[(u64, f64)]| pairs.iter().copied().collect();
        let one = numbers(&[(0, 3.0), (1, 5.0), (2, 9.0)]);
        let other = numbers(&[(0, 1.0), (1, 1.0), (7, 1.0)]);
        let less = difference(&one, &other).unwrap();
        assert_eq!((less.value, less.n), (3.0, 2));
        assert_eq!(difference(&one, &numbers(&[])), None);
    }
}
