//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::synthetic::{rows, rows_with};
use super::*;
use crate::formation::check::{figure, noted, only, shows, verdicts};
use crate::formation::synthetic::Trained;

const ID: &str = "crh-training";

#[test]
fn corrupted_rows_show() {
    let last = rows().iter().map(|row| row.step).max().unwrap();
    let one_fails = |alpha: f64, of: &Trained| match &*RELATIONS[of.place].short() {
        "GWA b" => 0.1 * alpha,
        _ => alpha,
    };
    verdicts!(ID;
        rows_with(|alpha, of| alpha.max(0.3) + 0.5 - 0.1 * of.measurement as f64)
            => Contradicted("alignment-grows", "alignment-rises");
        rows_with(one_fails) => Contradicted("all-six-positive"), Reproduced("alignment-grows");
        rows_with(|alpha, of| alpha - 0.2 * f64::from(of.map) + 0.6) => Contradicted("later-layers-better");
        // A single measurement shows no growth.
        only(rows(), |row| row.step == last) => NotTested("alignment-grows"), Reproduced("all-six-positive");
    );
    noted(ID, rows_with(one_fails), "all-six-positive", "GWA b 0.0");
}

#[test]
fn every_relation_has_its_panel_null_and_twin() {
    let bundle = figure(ID, rows());
    for relation in RELATIONS {
        let title = relation.title();
        let panels = [format!(">{title}<"), format!(">{}, raw<", relation.short())];
        shows(&bundle, &panels.each_ref().map(String::as_str));
        shows(&bundle, &[&format!("{title}:\n\n| step |")]);
    }
    shows(&bundle, &["null level"]);
}
