//! The checked table: every lookup that claims, picture and report make.

use std::collections::HashMap;

use super::{LayerRow, Outcome, Position, Variant};
use crate::{Estimate, FigureError, Range};

/// Hidden layers of the figure.
pub const LAYERS: [u32; 5] = [1, 2, 3, 4, 5];

/// A series of the figure: which h and g, and how their moments are formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Series {
    /// Which h and g.
    pub position: Position,
    /// How their moments are formed.
    pub variant: Variant,
}

/// The series that the figure shows: normalized (FOUND) and post-activation, which of the two positions comes nearer to the
/// digitised values (MEASURED; the paper does not say).
pub const HEADLINE: Series = Series {
    position: Position::Post,
    variant: Variant::Normalized,
};

/// The rows of F-gamma, checked, at the last step of each training run.
#[derive(Debug, Clone)]
pub struct Table {
    rows: HashMap<(Series, u32, u64, u64), LayerRow>,
    gammas: Vec<f64>,
    seeds: Vec<u64>,
    diverged: Vec<(f64, u64)>,
}

impl Table {
    /// Checks `rows` and indexes them. Where a run was measured at several steps its last one counts.
    ///
    /// # Errors
    ///
    /// [`FigureError::Table`]: no rows, a weight decay that is not above 0, a layer outside 1 to 5, a row that occurs
    /// twice, or, in a run that finished, a correlation outside -1 to 1 or an effective rank below 1.
    pub fn new(rows: &[LayerRow]) -> Result<Self, FigureError> {
        let mut last: HashMap<(Series, u32, u64, u64), LayerRow> = HashMap::new();
        for row in rows {
            check(row)?;
            let series = Series {
                position: row.position,
                variant: row.variant,
            };
            let key = (series, row.layer, row.gamma.to_bits(), row.seed);
            match last.get(&key) {
                Some(other) if other.step == row.step => {
                    return Err(unusable(row, "occurs twice"));
                }
                Some(other) if other.step > row.step => {}
                _ => {
                    last.insert(key, row.clone());
                }
            }
        }
        if last.is_empty() {
            return Err(FigureError::Table {
                line: None,
                reason: "it holds no rows; expected one for each layer of each run".to_owned(),
            });
        }
        let mut table = Self {
            gammas: distinct(last.values().map(|row| row.gamma), f64::total_cmp),
            seeds: distinct(last.values().map(|row| row.seed), u64::cmp),
            diverged: Vec::new(),
            rows: last,
        };
        table.diverged = table.find_diverged();
        Ok(table)
    }

    fn find_diverged(&self) -> Vec<(f64, u64)> {
        let diverged = self
            .rows
            .values()
            .filter(|row| row.outcome == Outcome::Diverged);
        distinct(diverged.map(|row| (row.gamma, row.seed)), |a, b| {
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        })
    }

    /// Weight decays, from the smallest.
    pub fn gammas(&self) -> &[f64] {
        &self.gammas
    }

    /// Seeds, from the smallest.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// Runs that diverged: weight decay and seed.
    pub fn diverged(&self) -> &[(f64, u64)] {
        &self.diverged
    }

    /// The last step of any run.
    pub fn steps(&self) -> u64 {
        self.rows.values().map(|row| row.step).max().unwrap_or(0)
    }

    /// Neurons of the widest layer.
    pub fn width(&self) -> u32 {
        self.rows.values().map(|row| row.width).max().unwrap_or(0)
    }

    /// The row of a run that finished.
    pub fn row(&self, series: Series, layer: u32, gamma: f64, seed: u64) -> Option<&LayerRow> {
        self.rows
            .get(&(series, layer, gamma.to_bits(), seed))
            .filter(|row| row.outcome == Outcome::Finished)
    }

    /// Alpha of the headline series.
    pub fn alpha(&self, layer: u32, gamma: f64, seed: u64) -> Option<f64> {
        self.row(HEADLINE, layer, gamma, seed)?.alpha
    }

    /// One value a seed that has it, seeds in order.
    pub fn over_seeds(&self, value: impl Fn(u64) -> Option<f64>) -> Vec<f64> {
        self.seeds.iter().filter_map(|&seed| value(seed)).collect()
    }

    /// Mean and interval over seeds of a quantity of one layer at one weight decay.
    pub fn estimate(
        &self,
        series: Series,
        layer: u32,
        gamma: f64,
        range: Range,
        quantity: impl Fn(&LayerRow) -> Option<f64>,
    ) -> Option<Estimate> {
        let values = self.over_seeds(|seed| quantity(self.row(series, layer, gamma, seed)?));
        Estimate::mean(&values, range)
    }

    /// Mean and interval over seeds of the headline alpha.
    pub fn alpha_estimate(&self, layer: u32, gamma: f64) -> Option<Estimate> {
        self.estimate(HEADLINE, layer, gamma, Range::Correlation, |row| row.alpha)
    }
}

fn check(row: &LayerRow) -> Result<(), FigureError> {
    if !(row.gamma > 0.0 && row.gamma.is_finite()) {
        return Err(unusable(row, "needs a finite weight decay above 0"));
    }
    if !LAYERS.contains(&row.layer) {
        return Err(unusable(row, "needs a layer from 1 to 5"));
    }
    if row.outcome == Outcome::Diverged {
        // Its numbers are not used: it may have any.
        return Ok(());
    }
    for (name, value) in [
        ("alpha", row.alpha),
        ("alpha_offdiagonal", row.alpha_offdiagonal),
        ("cosine", row.cosine),
        ("null_mean", row.null_mean),
        ("null_q95", row.null_q95),
    ] {
        // Rounding can push a correlation past 1 by an ulp or two.
        if value.is_some_and(|value| value.is_nan() || value.abs() > 1.0 + 1e-9) {
            let reason = format!("has {name} = {value:?}, expected -1 to 1");
            return Err(unusable(row, &reason));
        }
    }
    for (name, value) in [
        ("effective_rank_h", row.effective_rank_h),
        ("effective_rank_g", row.effective_rank_g),
    ] {
        if value.is_some_and(|value| !(value.is_finite() && value > 1.0 - 1e-9)) {
            let reason = format!("has {name} = {value:?}, expected 1 or more");
            return Err(unusable(row, &reason));
        }
    }
    Ok(())
}

fn unusable(row: &LayerRow, reason: &str) -> FigureError {
    FigureError::Table {
        line: None,
        reason: format!(
            "the row gamma {:e}, seed {}, layer {}, {:?}, {:?}, step {} {reason}",
            row.gamma, row.seed, row.layer, row.position, row.variant, row.step
        ),
    }
}

fn distinct<T: Copy>(
    values: impl Iterator<Item = T>,
    order: impl Fn(&T, &T) -> std::cmp::Ordering,
) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_by(&order);
    values.dedup_by(|a, b| order(a, b).is_eq());
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formation::gamma::synthetic;

    fn refused(change: impl Fn(&mut LayerRow)) -> String {
        let mut rows = synthetic::rows();
        change(&mut rows[7]);
        Table::new(&rows).unwrap_err().to_string()
    }

    #[test]
    fn unusable_rows_are_refused_by_name() {
        assert!(refused(|row| row.gamma = 0.0).contains("weight decay above 0"));
        assert!(refused(|row| row.gamma = f64::NAN).contains("weight decay above 0"));
        assert!(refused(|row| row.layer = 6).contains("layer from 1 to 5"));
        assert!(refused(|row| row.alpha = Some(1.5)).contains("alpha = Some(1.5)"));
        assert!(refused(|row| row.null_q95 = Some(f64::NAN)).contains("null_q95"));
        let twice = [synthetic::rows(), synthetic::rows()].concat();
        assert!(
            Table::new(&twice)
                .unwrap_err()
                .to_string()
                .contains("occurs twice")
        );
        assert!(Table::new(&[]).unwrap_err().to_string().contains("no rows"));
    }

    #[test]
    fn the_last_step_counts_in_any_order() {
        let rows = synthetic::rows();
        let early = rows.iter().map(|row| LayerRow {
            step: 1,
            alpha: Some(-1.0),
            ..row.clone()
        });
        let mixed: Vec<_> = early.chain(rows.iter().cloned()).collect();
        let (plain, mixed) = (Table::new(&rows).unwrap(), Table::new(&mixed).unwrap());
        let gamma = plain.gammas()[2];
        assert_eq!(
            mixed.alpha_estimate(3, gamma),
            plain.alpha_estimate(3, gamma)
        );
        assert_eq!(mixed.steps(), plain.steps());
    }

    #[test]
    fn a_diverged_run_is_listed_and_left_out() {
        let mut rows = synthetic::rows();
        let (gamma, seed) = (rows[0].gamma, rows[0].seed);
        for row in rows
            .iter_mut()
            .filter(|row| (row.gamma, row.seed) == (gamma, seed))
        {
            row.outcome = Outcome::Diverged;
        }
        let table = Table::new(&rows).unwrap();
        assert_eq!(table.diverged(), [(gamma, seed)]);
        assert_eq!(
            table.alpha_estimate(1, gamma).unwrap().n,
            table.seeds().len() - 1
        );
    }
}
