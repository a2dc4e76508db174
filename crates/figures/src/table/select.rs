//! Selections of a table, written so that figures read like sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use super::{Network, Row};
use super::{Table, range_of};
use crate::Centre;
use crate::{Estimate, Range};

type Keep<'t> = Rc<dyn Fn(&Row) -> bool + 't>;
type Quantity<'t> = Rc<dyn Fn(&Row) -> Option<f64> + 't>;

/// Rows of a [`Table`] and which of their numbers is meant. Each method narrows the selection; nothing is looked up until
/// a number is requested.
///
/// ```
/// # use formant_figures::{formation::synthetic, table::Table};
/// # let rows = synthetic::gamma_rows();
/// let table = Table::new(&rows)?;
/// let alpha = table.select().layer(3).side("a").statistic("alpha_rga").variant("normalized");
/// for (gamma, alpha) in alpha.at_last_step().by_x(|row| row.weight_decay) {
///     println!("{gamma:e}: {} from {} seeds", alpha.value, alpha.n);
/// }
/// # Ok::<(), formant_figures::FigureError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Select<'t> {
    table: &'t Table<'t>,
    statistic: Option<String>,
    keep: Vec<Keep<'t>>,
    quantity: Quantity<'t>,
    range: Option<Range>,
    centre: Centre,
    has_null: bool,
}

impl fmt::Debug for Select<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select")
            .field("statistic", &self.statistic)
            .field("conditions", &self.keep.len())
            .finish_non_exhaustive()
    }
}

/// A point of a single seed: x, and the mean of the seed's values there.
pub type SeedPoints = Vec<(f64, f64)>;

impl<'t> Select<'t> {
    pub(super) fn new(table: &'t Table<'t>) -> Self {
        Self {
            table,
            statistic: None,
            keep: Vec::new(),
            quantity: Rc::new(|row| row.value),
            range: None,
            centre: Centre::Mean,
            has_null: true,
        }
    }

    /// Rows for which `keep` holds.
    pub fn filter(mut self, keep: impl Fn(&Row) -> bool + 't) -> Self {
        self.keep.push(Rc::new(keep));
        self
    }

    /// Rows of this statistic; intervals are clipped to its range ([`range_of`]).
    pub fn statistic(mut self, statistic: impl Into<String>) -> Self {
        self.statistic = Some(statistic.into());
        self
    }

    /// Rows of this linear map; 0 is the whole network.
    pub fn layer(self, layer: u32) -> Self {
        self.filter(move |row| row.layer == layer)
    }

    /// Rows of this side: `a`, `b` or empty.
    pub fn side(self, side: &'t str) -> Self {
        self.filter(move |row| row.side == side)
    }

    /// Rows of this variant: `raw`, `centered`, `normalized` or empty.
    pub fn variant(self, variant: &'t str) -> Self {
        self.filter(move |row| row.variant == variant)
    }

    /// Rows with exactly this weight decay.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.filter(move |row| row.weight_decay == weight_decay)
    }

    /// Rows of this seed.
    pub fn seed(self, seed: u64) -> Self {
        self.filter(move |row| row.seed == seed)
    }

    /// Rows of the last step at which their network was measured.
    pub fn at_last_step(self) -> Self {
        let table = self.table;
        self.filter(move |row| table.last_step(&row.network()) == Some(row.step))
    }

    /// Rows of linear maps whose weight has an effective rank above 3 at that step. Relations of a weight of few directions
    /// hold by algebra, whatever training does. Where the rank was not measured nothing is left.
    pub fn beyond_collapse(self) -> Self {
        let ranks = self.table.rows(Some("effective_rank_z")).into_iter();
        let wide = ranks.filter(|row| row.value.is_some_and(|rank| rank > FEW_DIRECTIONS));
        let wide: BTreeSet<Place<'t>> = wide.map(|row| place(row)).collect();
        self.filter(move |row| has(&wide, &place(row)))
    }

    /// Reads another number than the value, such as the null's quantile.
    pub fn quantity(mut self, quantity: impl Fn(&Row) -> Option<f64> + 't) -> Self {
        self.quantity = Rc::new(quantity);
        self
    }

    /// A number made of each number.
    pub fn map(self, of: impl Fn(f64) -> Option<f64> + 't) -> Self {
        let quantity = Rc::clone(&self.quantity);
        self.quantity(move |row| of(quantity(row)?))
    }

    /// The size of each number.
    pub fn size(self) -> Self {
        self.range(Range::NonNegative)
            .map(|value| Some(value.abs()))
    }

    /// Another way from the values of seeds to one number.
    pub fn centre(mut self, centre: Centre) -> Self {
        self.centre = centre;
        self
    }

    /// Clips intervals to this range instead of that of the statistic.
    pub fn range(mut self, range: Range) -> Self {
        self.range = Some(range);
        self
    }

    /// The same without a null level in pictures.
    pub fn without_null(self) -> Self {
        Self {
            has_null: false,
            ..self
        }
    }

    /// Whether the null level of its rows is that of its numbers.
    pub(super) fn has_null(&self) -> bool {
        self.has_null
    }

    /// The selected rows, whether or not they have a number.
    pub fn rows(&self) -> Vec<&'t Row> {
        let mut rows = self.table.rows(self.statistic.as_deref());
        rows.retain(|row| self.keep.iter().all(|keep| keep(row)));
        rows
    }

    /// The rows that have a number, and the number.
    pub fn numbers(&self) -> Vec<(&'t Row, f64)> {
        let rows = self.rows().into_iter();
        rows.filter_map(|row| Some((row, (self.quantity)(row)?)))
            .collect()
    }

    /// The distinct values of a column among the selected rows, from the smallest.
    pub fn distinct(&self, column: impl Fn(&Row) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.rows().into_iter().map(column).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    }

    /// The distinct linear maps of the selected rows, from the smallest.
    pub fn layers(&self) -> Vec<u32> {
        let layers: BTreeSet<u32> = self.rows().iter().map(|row| row.layer).collect();
        layers.into_iter().collect()
    }

    /// The distinct seeds of the selected rows, from the smallest.
    pub fn seeds(&self) -> Vec<u64> {
        let seeds: BTreeSet<u64> = self.rows().iter().map(|row| row.seed).collect();
        seeds.into_iter().collect()
    }

    /// One number a seed: the mean over the seed's selected rows that have one.
    pub fn per_seed(&self) -> BTreeMap<u64, f64> {
        let mut values: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for (row, value) in self.numbers() {
            values.entry(row.seed).or_default().push(value);
        }
        let values = values.into_iter();
        values.map(|(seed, values)| (seed, mean(&values))).collect()
    }

    /// The [`Centre`] of seeds ([`Select::per_seed`]) with its interval; `None` where no seed has a number.
    pub fn estimate(&self) -> Option<Estimate> {
        let values: Vec<f64> = self.per_seed().into_values().collect();
        Estimate::of(&values, self.centre, self.clip())
    }

    /// The [`Centre`] of seeds with its interval at each x, from the smallest x.
    pub fn by_x(&self, x: impl Fn(&Row) -> f64) -> Vec<(f64, Estimate)> {
        let of = |values: &[f64]| Estimate::of(values, self.centre, self.clip());
        let points = self.seeds_by_x(x).into_iter();
        points
            .filter_map(|(x, values)| Some((x, of(&values)?)))
            .collect()
    }

    /// One number a seed at each x, from the smallest x.
    pub fn seeds_by_x(&self, x: impl Fn(&Row) -> f64) -> Vec<(f64, Vec<f64>)> {
        let mut points: Vec<(f64, Vec<f64>)> = Vec::new();
        for line in self.seed_lines(x).into_values() {
            for (x, value) in line {
                match points.iter_mut().find(|point| point.0 == x) {
                    Some(point) => point.1.push(value),
                    None => points.push((x, vec![value])),
                }
            }
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    }

    /// For each seed its points from the smallest x; several rows at one x are averaged.
    pub fn seed_lines(&self, x: impl Fn(&Row) -> f64) -> BTreeMap<u64, SeedPoints> {
        let mut lines: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
        for (row, value) in self.numbers() {
            lines.entry(row.seed).or_default().push((x(row), value));
        }
        for line in lines.values_mut() {
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
            let averaged = line.chunk_by(|a, b| a.0 == b.0).map(|points| {
                let values: Vec<f64> = points.iter().map(|point| point.1).collect();
                (points[0].0, mean(&values))
            });
            *line = averaged.collect();
        }
        lines
    }

    /// Mean and interval over seeds of a number that is made of each seed's line, such as a rank correlation.
    pub fn over_seeds(
        &self,
        x: impl Fn(&Row) -> f64,
        range: Range,
        of_line: impl Fn(&[(f64, f64)]) -> Option<f64>,
    ) -> Option<Estimate> {
        let lines = self.seed_lines(x);
        let values: Vec<f64> = lines.values().filter_map(|line| of_line(line)).collect();
        Estimate::mean(&values, range)
    }

    /// Mean and interval over seeds of this selection's mean less that of `other`, seed by seed.
    pub fn difference(&self, other: &Self) -> Option<Estimate> {
        let (mine, others) = (self.per_seed(), other.per_seed());
        self.table.over_seeds(Range::Real, |seed| {
            Some(mine.get(&seed)? - others.get(&seed)?)
        })
    }

    /// The numbers of this selection beside those of `other` for the same network and step.
    pub fn beside(&self, other: &Self) -> Vec<(&'t Row, f64, f64)> {
        let others = other.numbers().into_iter();
        let others = others.map(|(row, value)| ((row.network(), row.step), value));
        let others: BTreeMap<(Network<'_>, u64), f64> = others.collect();
        let mine = self.numbers().into_iter();
        mine.filter_map(|(row, value)| Some((row, value, *others.get(&(row.network(), row.step))?)))
            .collect()
    }

    /// Each number less that of `other` for the same network, step and linear map.
    pub fn minus(self, other: &Self) -> Self {
        let others = other.numbers().into_iter();
        let others = others.map(|(row, value)| ((row.network(), row.step, row.layer), value));
        let others: BTreeMap<(Network<'t>, u64, u32), f64> = others.collect();
        self.less(move |row| find(&others, &(row.network(), row.step, row.layer)))
    }

    /// Each number less that of `other` for the same seed and linear map: of networks that differ in something else.
    pub fn minus_in_seed(self, other: &Self) -> Self {
        let others = other.numbers().into_iter();
        let others: BTreeMap<(u64, u32), f64> = others
            .map(|(row, value)| ((row.seed, row.layer), value))
            .collect();
        self.less(move |row| others.get(&(row.seed, row.layer)).copied())
    }

    fn less(mut self, other: impl Fn(&Row) -> Option<f64> + 't) -> Self {
        // A difference has no null, though its rows may carry that of the statistic.
        self.has_null = false;
        let quantity = Rc::clone(&self.quantity);
        self.range(Range::Real)
            .quantity(move |row| Some(quantity(row)? - other(row)?))
    }

    fn clip(&self) -> Range {
        self.range
            .unwrap_or_else(|| self.statistic.as_deref().map_or(Range::Real, range_of))
    }
}

/// Effective rank of W above which a layer has not collapsed (ours).
pub(crate) const FEW_DIRECTIONS: f64 = 3.0;

/// Network, step and linear map.
type Place<'k> = (Network<'k>, u64, u32);

fn place(row: &Row) -> Place<'_> {
    (row.network(), row.step, row.layer)
}

/// As [`find`].
fn has<'k>(places: &BTreeSet<Place<'k>>, place: &Place<'k>) -> bool {
    places.contains(place)
}

/// A look-up whose key may live shorter than the map's.
fn find<'k>(
    map: &BTreeMap<(Network<'k>, u64, u32), f64>,
    key: &(Network<'k>, u64, u32),
) -> Option<f64> {
    map.get(key).copied()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
