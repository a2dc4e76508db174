//! Verdicts on the synthetic collapse, and how they change when it is corrupted.

use super::synthetic::rows;
use crate::formation::check::{changed, figure, noted, only, revalued, verdicts};
use crate::table::Row;

const ID: &str = "nc-equivalence";

/// The synthetic rows with the statistics whose names start like this changed.
fn corrupted(prefix: &str, value: impl Fn(f64) -> f64) -> Vec<Row> {
    revalued(rows(), |row| row.statistic.starts_with(prefix), value)
}

#[test]
fn corrupted_rows_show() {
    let is_one = |row: &Row| row.statistic == "alpha_gwa" && row.side == "b";
    let neither = revalued(
        corrupted("alpha", |_| 0.2),
        |row| row.statistic == "nc3",
        |_| 1.2,
    );
    let unmeasured = changed(rows(), |row| {
        row.value = row.value.filter(|_| row.statistic != "nc2_w_equinorm");
    });
    verdicts!(ID;
        // Alignment without collapse; the other measures are reached.
        corrupted("nc1", |_| 2.0) => Contradicted("nc1-falls", "equivalent"), NotTested("together"),
            Reproduced("aligned-at-the-end"), Contradicted("collapsed-at-the-end");
        // That both fail supports no equivalence.
        &neither => NotTested("equivalent"), Contradicted("aligned-at-the-end");
        corrupted("alpha", |alpha| 1.0 - alpha) => Contradicted("alpha-rises", "together");
        corrupted("isotropy", |_| 0.5) => Contradicted("isotropy");
        corrupted("quasi", |_| 0.5) => Contradicted("quasi-interpolation");
        // Collapsed, and one relation is not aligned.
        revalued(rows(), is_one, |_| 0.3) => Contradicted("aligned-at-the-end", "equivalent");
        unmeasured => NotTested("equivalent"), Undecided("collapsed-at-the-end");
    );
    noted(ID, neither, "equivalent", "digits seed 1 0.20 and 6.00");
}

#[test]
fn picture_and_report_have_a_column_and_tables_for_each_task() {
    let digits = only(rows(), |row| row.task == "digits");
    for (rows, tasks) in [(rows(), 2), (digits, 1)] {
        let bundle = figure(ID, rows);
        let svg = &bundle.picture.svg;
        assert_eq!(svg.matches("raw second moments").count(), tasks);
        assert_eq!(svg.contains("mnist: α"), tasks == 2);
        assert_eq!(bundle.report.matches(": calibrated alpha").count(), tasks);
    }
}
