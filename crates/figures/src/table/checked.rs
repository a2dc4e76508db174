//! The checked table of a figure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::select::Select;
use super::{Network, Row};
use crate::table::Outcome;
use crate::{Estimate, FigureError, Range};

/// The rows of networks that finished, checked; networks that diverged are listed and left out.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    by_statistic: BTreeMap<&'a str, Vec<&'a Row>>,
    /// The last step of each network that finished, over all of its rows.
    last: BTreeMap<Network<'a>, u64>,
    diverged: BTreeMap<Network<'a>, &'a Row>,
}

impl<'a> Table<'a> {
    /// Checks `rows` and indexes them. A network is left out as a whole where any of its rows says that it diverged.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`]: no rows, a weight decay below 0, a row that occurs twice, or, in a network that finished, a
    /// value that is not finite or outside the range of its statistic ([`range_of`]).
    pub fn new(rows: impl IntoIterator<Item = &'a Row>) -> Result<Self, FigureError> {
        let rows: Vec<&Row> = rows.into_iter().collect();
        if rows.is_empty() {
            return Err(FigureError::Table {
                line: None,
                reason: "it holds no rows that this figure uses; expected one for each statistic of each layer of each run"
                    .to_owned(),
            });
        }
        let diverged: BTreeMap<Network<'_>, &Row> = rows
            .iter()
            .filter(|row| row.outcome == Outcome::Diverged)
            .map(|row| (row.network(), *row))
            .collect();
        let mut table = Self {
            by_statistic: BTreeMap::new(),
            last: BTreeMap::new(),
            diverged,
        };
        let mut seen = HashSet::new();
        for row in rows {
            let network = row.network();
            if !(row.weight_decay >= 0.0 && row.weight_decay.is_finite()) {
                return Err(unusable(row, "needs a finite weight decay of 0 or more"));
            }
            if table.diverged.contains_key(&network) {
                // Its numbers are not used: it may have any.
                continue;
            }
            check(row)?;
            let place = (row.step, row.layer, row.side.as_str());
            if !seen.insert((network, place, row.statistic.as_str(), row.variant.as_str())) {
                return Err(unusable(row, "occurs twice"));
            }
            let last = table.last.entry(network).or_insert(row.step);
            *last = row.step.max(*last);
            table
                .by_statistic
                .entry(&row.statistic)
                .or_default()
                .push(row);
        }
        Ok(table)
    }

    /// Starts a selection of all rows.
    pub fn select(&self) -> Select<'_> {
        Select::new(self)
    }

    /// The rows of one statistic, or all of them.
    pub(super) fn rows(&self, statistic: Option<&str>) -> Vec<&'a Row> {
        match statistic {
            Some(statistic) => self
                .by_statistic
                .get(statistic)
                .cloned()
                .unwrap_or_default(),
            None => self.by_statistic.values().flatten().copied().collect(),
        }
    }

    /// Networks that finished.
    pub fn networks(&self) -> usize {
        self.last.len()
    }

    /// A row of each network that diverged.
    pub fn diverged(&self) -> impl ExactSizeIterator<Item = &'a Row> {
        self.diverged.values().copied()
    }

    /// The last step at which a network was measured.
    pub fn last_step(&self, network: &Network<'_>) -> Option<u64> {
        self.last.get(network).copied()
    }

    /// The last step at which any network was measured; 0 where none finished.
    pub fn steps(&self) -> u64 {
        self.last.values().copied().max().unwrap_or(0)
    }

    /// Seeds of all networks, those that diverged included, from the smallest.
    pub fn seeds(&self) -> Vec<u64> {
        let networks = self.last.keys().chain(self.diverged.keys());
        let seeds: BTreeSet<u64> = networks.map(Network::seed).collect();
        seeds.into_iter().collect()
    }

    /// Mean and interval over seeds of a number that is made of each.
    pub fn over_seeds(
        &self,
        range: Range,
        number: impl Fn(u64) -> Option<f64>,
    ) -> Option<Estimate> {
        let numbers: Vec<f64> = self.seeds().into_iter().filter_map(number).collect();
        Estimate::mean(&numbers, range)
    }

    /// The most hidden layers of any network; 0 where none finished.
    pub fn depth(&self) -> u32 {
        let rows = self.by_statistic.values().flatten();
        rows.map(|row| row.depth).max().unwrap_or(0)
    }

    /// The settings in words: the value of each that all networks share; those that differ are passed over.
    pub fn shared_settings(&self) -> String {
        let rows = || self.by_statistic.values().flatten();
        let one = |name: &str, text: &dyn Fn(&Row) -> String| {
            let mut texts = rows().map(|row| text(row));
            let first = texts.next()?;
            texts
                .all(|text| text == first)
                .then(|| format!("{name}{first}"))
        };
        let settings = [
            one("weight decay ", &|row| format!("{:.2e}", row.weight_decay)),
            one("learning rate ", &|row| row.learning_rate.to_string()),
            one("batch ", &|row| row.batch.to_string()),
            one("width ", &|row| row.width.to_string()),
            one("hidden layers: ", &|row| row.depth.to_string()),
            one("activation ", &|row| row.activation.clone()),
        ];
        settings
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The task of the rows; several are joined.
    pub fn tasks(&self) -> Vec<&'a str> {
        let rows = self.by_statistic.values().flatten();
        let tasks: BTreeSet<&str> = rows
            .map(|row| row.task.as_str())
            .chain(self.diverged.values().map(|row| row.task.as_str()))
            .collect();
        tasks.into_iter().collect()
    }
}

/// The numbers of a network as a whole; those of a layer are in the list of statistics.
const OF_NETWORKS: [(&str, Range); 4] = [
    ("test_loss", Range::NonNegative),
    ("test_loss_constant", Range::NonNegative),
    ("test_accuracy", Range::Share),
    ("steps_times_eta_gamma", Range::NonNegative),
];

/// The values that a statistic can take, by its name: that of its description, or any real number if it has none.
pub fn range_of(statistic: &str) -> Range {
    let of_networks = OF_NETWORKS.iter().find(|(name, _)| *name == statistic);
    let of_layers = || Some(formant_alignment::describe(statistic)?.range);
    let range = of_networks.map(|(_, range)| *range).or_else(of_layers);
    range.unwrap_or(Range::Real)
}

fn check(row: &Row) -> Result<(), FigureError> {
    for (name, value) in [
        ("value", row.value),
        ("null_mean", row.null_mean),
        ("null_q95", row.null_q95),
    ] {
        let Some(value) = value else { continue };
        let range = range_of(&row.statistic);
        if !range.contains(value) {
            let (min, max) = range.bounds();
            let reason = format!("has {name} = {value:?}, expected {min} to {max}");
            return Err(unusable(row, &reason));
        }
    }
    Ok(())
}

fn unusable(row: &Row, reason: &str) -> FigureError {
    FigureError::Table {
        line: None,
        reason: format!(
            "the row {}, step {}, layer {}{}, {} {} {reason}",
            row.network_in_words(),
            row.step,
            row.layer,
            row.side,
            row.statistic,
            row.variant
        ),
    }
}
