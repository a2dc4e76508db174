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
            let reason = "it holds no rows that this figure uses; expected one for each statistic of each layer of each run";
            let reason = reason.to_owned();
            return Err(FigureError::Table { line: None, reason });
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
            let alike = table.by_statistic.entry(&row.statistic).or_default();
            alike.push(row);
        }
        Ok(table)
    }

    /// The table of networks whose rows `keep` holds for.
    pub fn of_networks(&self, keep: impl Fn(&Row) -> bool) -> Self {
        let mut kept = Self {
            by_statistic: self.by_statistic.clone(),
            last: BTreeMap::new(),
            diverged: self.diverged.clone(),
        };
        let of_statistics = kept.by_statistic.values_mut();
        of_statistics.for_each(|rows| rows.retain(|row| keep(row)));
        kept.diverged.retain(|_, row| keep(row));
        let rows = kept.by_statistic.values().flatten();
        let networks: BTreeSet<Network<'_>> = rows.map(|row| row.network()).collect();
        let last = self.last.iter().filter(|last| networks.contains(last.0));
        kept.last = last.map(|(network, step)| (*network, *step)).collect();
        kept
    }

    /// Starts a selection of all rows.
    pub fn select(&self) -> Select<'_> {
        Select::new(self)
    }

    /// The rows of one statistic, or all of them.
    pub(super) fn rows(&self, statistic: Option<&str>) -> Vec<&'a Row> {
        let all = || self.by_statistic.values().flatten().copied().collect();
        let one = |statistic| self.by_statistic.get(statistic).cloned();
        statistic.map_or_else(all, |statistic| one(statistic).unwrap_or_default())
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

    /// How many decay times each network trained for, where that is defined.
    pub fn decay_times(&self) -> Vec<f64> {
        let rows = self.by_statistic.values().flatten();
        let ages = rows.map(|row| (row.network(), row.decay_times()));
        let mut oldest: BTreeMap<Network<'_>, f64> = BTreeMap::new();
        for (network, times) in ages.filter_map(|(network, times)| Some((network, times?))) {
            let known = oldest.entry(network).or_insert(times);
            *known = known.max(times);
        }
        oldest.into_values().collect()
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
            let same = texts.all(|text| text == first);
            same.then(|| format!("{name}{first}"))
        };
        let settings = [
            one("weight decay ", &|row| format!("{:.2e}", row.weight_decay)),
            one("learning rate ", &|row| row.learning_rate.to_string()),
            one("batch ", &|row| row.batch.to_string()),
            one("width ", &|row| row.width.to_string()),
            one("hidden layers: ", &|row| row.depth.to_string()),
            one("activation ", &|row| row.activation.clone()),
        ];
        let shared: Vec<String> = settings.into_iter().flatten().collect();
        shared.join(", ")
    }

    /// The tasks of all networks, those that diverged included.
    pub fn tasks(&self) -> Vec<&'a str> {
        self.words(|row| &row.task)
    }

    /// Their activations.
    pub fn activations(&self) -> Vec<&'a str> {
        self.words(|row| &row.activation)
    }

    fn words(&self, of: impl Fn(&'a Row) -> &'a str) -> Vec<&'a str> {
        let rows = self.by_statistic.values().flatten().copied();
        let rows = rows.chain(self.diverged());
        let words: BTreeSet<&str> = rows.map(of).collect();
        words.into_iter().collect()
    }
}

/// The numbers of a network as a whole; those of a layer are in the list of statistics.
const OF_NETWORKS: [(&str, Range); 3] = [
    ("test_loss", Range::NonNegative),
    ("test_loss_constant", Range::NonNegative),
    ("test_accuracy", Range::Share),
];

/// The name of a statistic without what says that it is of means over late iterates, or that it is the error of such a one.
pub fn instantaneous(statistic: &str) -> &str {
    let averaged = statistic.strip_prefix(AVERAGED);
    averaged.map_or(statistic, |name| name.trim_end_matches(ERROR))
}

/// How the names of statistics of means over late iterates start, and how those of their standard errors end.
pub(crate) const AVERAGED: &str = "averaged_";
pub(crate) const ERROR: &str = "_error";

/// The values that a statistic can take, by its name: that of its description, or any real number if it has none.
pub fn range_of(statistic: &str) -> Range {
    if statistic.ends_with(ERROR) {
        return Range::NonNegative;
    }
    let statistic = instantaneous(statistic);
    let of_networks = OF_NETWORKS.iter().find(|(name, _)| *name == statistic);
    let of_layers = || Some(formant_alignment::describe(statistic)?.range);
    let range = of_networks.map(|(_, range)| *range).or_else(of_layers);
    range.unwrap_or(Range::Real)
}

fn check(row: &Row) -> Result<(), FigureError> {
    let range = range_of(&row.statistic);
    let names = ["value", "null_mean", "null_q95"].into_iter();
    let numbers = names.zip([row.value, row.null_mean, row.null_q95]);
    let mut outside = numbers.filter(|(_, value)| value.is_some_and(|v| !range.contains(v)));
    let Some((name, Some(value))) = outside.next() else {
        return Ok(());
    };
    let (min, max) = range.bounds();
    let reason = format!("has {name} = {value:?}, expected {min} to {max}");
    Err(unusable(row, &reason))
}

fn unusable(row: &Row, reason: &str) -> FigureError {
    let network = row.network_in_words();
    let (step, layer, side) = (row.step, row.layer, &row.side);
    let (statistic, variant) = (&row.statistic, &row.variant);
    let reason = format!(
        "the row {network}, step {step}, layer {layer}{side}, {statistic} {variant} {reason}"
    );
    FigureError::Table { line: None, reason }
}
