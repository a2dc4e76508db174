//! The table of F-gamma, from what was measured.

use formant_figures::formation::gamma::{LayerRow, Outcome};

use super::rows::{empty_rows, rows};
use crate::formation::networks::FinishedCell;
use crate::runner;

/// The rows of one network. One that diverged keeps the rows that it has, marked; without any, it gets empty ones.
pub fn of_cell(cell: &FinishedCell) -> Vec<LayerRow> {
    let spec = &cell.record.spec;
    let measured = cell.found.iter().flat_map(|measurement| {
        let loss = measurement.test_loss.unwrap_or(f64::NAN);
        rows(spec, measurement.step, &measurement.layers, loss)
    });
    let mut rows: Vec<LayerRow> = measured.collect();
    if let runner::Outcome::Diverged(divergence) = &cell.record.outcome {
        if rows.is_empty() {
            rows = empty_rows(spec, divergence.step);
        }
        rows.iter_mut()
            .for_each(|row| row.outcome = Outcome::Diverged);
    }
    rows
}
