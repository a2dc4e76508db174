//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::synthetic::{Aged, rows, rows_with};
use crate::formation::check::{changed, claim, figure, only, shows, verdicts};

const ID: &str = "crh-clock";

fn decades(of: &Aged) -> f64 {
    (of.weight_decay / 1e-5).log10()
}

#[test]
fn corrupted_rows_show() {
    verdicts!(ID;
        // Weight decay itself aligns all layers alike.
        rows_with(|of| 0.5 + 0.2 * decades(of)) => Contradicted("deep-layers-one-clock", "deep-layers-aligned"), Reproduced("early-layers-rise");
        // Only decay times do.
        rows_with(|of| 1.0 - 0.6 * (-2.0 * of.times).exp()) => Reproduced("deep-layers-one-clock"), Undecided("early-layers-rise");
        // It delays.
        rows_with(|of| 0.9 - 0.2 * decades(of)) => Contradicted("early-layers-rise", "deep-layers-one-clock");
        changed(rows(), |row| row.null_q95 = row.null_q95.and(Some(0.99))) => Contradicted("above-null");
    );
}

#[test]
fn networks_of_other_ages_are_not_compared() {
    let younger = only(rows(), |row| row.decay_times().unwrap() < 1.6);
    verdicts!(ID; &younger => Contradicted("trained-long-enough"), NotTested("deep-layers-aligned"););
    let bundle = figure(ID, younger);
    shows(&bundle, &["one output, n = 1.50"]);
    assert!(!bundle.picture.svg.contains("n = 3.00"));
    // The smallest weight decay alone is younger: all are compared at its age.
    let one = only(rows(), |row| {
        row.weight_decay > 2e-5 || row.decay_times().unwrap() < 1.6
    });
    let compared = claim(ID, one, "deep-layers-one-clock");
    let names: Vec<&str> = compared.parts().iter().map(crate::Part::name).collect();
    assert!(
        names.contains(&"one output, layer 3, 1.50 decay times"),
        "{names:?}"
    );
    assert!(!names.iter().any(|name| name.contains("3.00")), "{names:?}");
}

#[test]
fn momentum_is_part_of_the_clock() {
    let without = changed(rows(), |row| row.momentum = Some(0.0));
    verdicts!(ID; without => Contradicted("trained-long-enough"), Reproduced("early-layers-rise"););
}
