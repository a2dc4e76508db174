//! What else is measured of the networks of F-gamma: all six relations of every linear map, power laws, phases, and the
//! balance of noise and decay where it was measured.
//!
//! The paper's picture shows one relation, RGA of hidden layers. The hypothesis is about six (FOUND), so that all are drawn,
//! with null level and un-normalised twin. Tables of power laws, phases and balance are those of `pah-exponents`,
//! `pah-phases` and `crh-balance`.

mod claims;
mod plot;
mod sections;

pub(super) use plot::{HEIGHT, map_sign, panels};
pub(super) use sections::sections;

use std::collections::HashMap;

use super::Task;
use crate::figure::{Along, Lines};
use crate::figure::{Data, SweepFigure};
use crate::formation::balance::Balance;
use crate::formation::exponents::Exponents;
use crate::formation::phases::Phases;
use crate::formation::relations::Relation;
use crate::formation::training::Training;
use crate::table::{Network, Row, Select, Table, is_loss};
use crate::{Claim, FigureError, Outcome, Preset};

/// The rows of the networks' last measurements, checked.
#[derive(Debug, Clone)]
pub struct Relations<'a> {
    rows: Vec<&'a Row>,
    data: Data<'a>,
}

impl<'a> Relations<'a> {
    /// Picks from all rows of the networks what is shown here, at the last step of each; `None` where there is nothing.
    ///
    /// # Errors
    ///
    /// Those of [`Table::new`].
    pub fn new(rows: &'a [Row], preset: Preset) -> Result<Option<Self>, FigureError> {
        let mut last: HashMap<Network<'_>, u64> = HashMap::new();
        for row in rows {
            let step = last.entry(row.network()).or_default();
            *step = row.step.max(*step);
        }
        let is_last = |row: &Row| last.get(&row.network()) == Some(&row.step);
        let shown = rows.iter().filter(|row| uses(row) && is_last(row));
        let rows: Vec<&Row> = shown.collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let data = Data::new(Table::new(rows.iter().copied())?, &[], preset, &[]);
        Ok(Some(Self { rows, data }))
    }

    /// The rows that are shown, and those of networks that diverged.
    pub fn rows(&self) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().copied()
    }

    /// The claims that they allow.
    pub(super) fn claims(&self, task: Task) -> Vec<Claim> {
        claims::claims(self, task)
    }

    fn table(&self) -> &Table<'a> {
        &self.data.table
    }

    /// The linear maps: one for each hidden layer, and the readout.
    fn maps(&self) -> std::ops::RangeInclusive<u32> {
        Lines::Maps.of(self.table())
    }

    /// Alpha of one relation in all maps.
    fn alpha(&self, relation: Relation, variant: &'static str) -> Select<'_> {
        relation
            .view(Along::WEIGHT_DECAY)
            .variant(variant)
            .all(self.table())
    }

    /// Whether the balance equations were measured.
    fn has_balance(&self) -> bool {
        let residuals = self.table().select().statistic("residual_i");
        !residuals.rows().is_empty()
    }
}

fn uses(row: &Row) -> bool {
    let figures: [&dyn SweepFigure; 4] = [&Training, &Exponents, &Phases, &Balance];
    row.outcome == Outcome::Diverged
        || is_loss(row)
        || figures.iter().any(|figure| figure.uses(row))
}

fn gamma(row: &Row) -> f64 {
    row.gamma
}

#[cfg(test)]
mod tests;
