//! Verdicts on synthetic matrices, and how they change when these are corrupted.

use proptest::prelude::*;

use super::matrices::*;
use super::synthetic::{tables, tables_with};
use super::*;
use crate::Verdict::{NotTested, Reproduced};
use crate::figures::check::verdicts;

#[test]
fn each_claim_can_fail() {
    for (setting, kind, pairs, factor, name) in [
        ("rich", "final", 0..1, 1.1, "rich-between-equal"),
        ("rich", "final", 2..3, 20.0, "rich-merged"),
        ("rich", "theory", 2..3, 40.0, "rich-theory"),
        ("intermediate", "final", 0..3, 0.5, "intermediate-apart"),
        ("intermediate", "theory", 3..4, 4.0, "intermediate-theory"),
        ("intermediate", "initial", 3..4, 4.0, "intermediate-initial"),
        ("lazy", "final", 2..3, 1.2, "lazy-kept"),
        ("lazy", "theory", 3..4, 2.0, "lazy-theory"),
        ("shallow", "final", 3..4, 0.5, "shallow-not-merged"),
    ] {
        let corrupted = tables_with(|s, k, pair, distance| {
            let chosen = (s, k) == (setting, kind) && pairs.contains(&pair);
            if chosen { factor * distance } else { distance }
        });
        verdicts!(FIGURE.id; corrupted => Contradicted(name););
    }
    let works = tables_with(|s, k, p, d| match (s, k) {
        ("shallow", "theory") => [0.839, 0.840, 0.120, 1.187, 0.840, 0.840][p],
        _ => d,
    });
    verdicts!(FIGURE.id; works => Contradicted("shallow-theory-fails"););
    let forgetful = tables_with(|s, k, p, d| match (s, k) {
        ("lazy", "initial") => 200.0 - d + p as f64,
        _ => d,
    });
    assert_ne!(
        FIGURE.claim(&forgetful, "rich-to-lazy").verdict(),
        Reproduced
    );
}

#[test]
fn what_was_not_measured_is_said() {
    let mut tables = tables();
    tables.distances.retain(|row| row.setting == "rich");
    let claims = FIGURE.judged(&tables);
    let lazy = claims.get("lazy-theory").unwrap();
    assert_eq!((lazy.verdict(), lazy.ours()), (NotTested, None));
    assert_eq!(claims.get("rich-theory").unwrap().verdict(), Reproduced);
    let report = FIGURE.drawn(&tables).report;
    assert!(report.contains(
        "`same-with-leaky-relu`: not tested: rich; intermediate; lazy; shallow (not measured)"
    ));
}

#[test]
fn activations_are_compared_setting_by_setting_and_a_matrix_with_a_hole_is_none() {
    let mut other_activation = tables();
    for row in &mut other_activation.distances {
        if row.setting == "shallow/leaky_relu" && row.i == 0 {
            row.distance *= 3.0;
        }
    }
    let mut hole = tables();
    hole.distances.remove(0);
    verdicts!(FIGURE.id;
        other_activation => Contradicted("same-with-leaky-relu"), Reproduced("shallow-theory-fails");
        hole => Contradicted("measured-everywhere");
    );
}

#[test]
fn network_and_theory_have_one_scale() {
    let drawn = FIGURE.drawn(&tables());
    let texts = ["rich: trained", "lazy: theory", "network = theory", "0.31"];
    drawn.shows(&texts);
    assert!(
        !drawn.picture.svg.contains("leaky relu: "),
        "no near-copies"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn ratios_know_no_unit(d in prop::array::uniform6(0.01f64..3.0), factor in 0.1f64..10.0) {
        let [d, scaled] = [1.0, factor].map(|factor| {
            let pairs = PAIRS.into_iter().zip(d.map(|d| factor * d));
            pairs.collect::<Pairs>()
        });
        for number in [spread, within_over_between, apart, ones_over_between] {
            let (one, other) = (number(&d).unwrap(), number(&scaled).unwrap());
            prop_assert!((one - other).abs() < 1e-9 * (1.0 + one.abs()));
        }
        let error = relative_error(&d, &scaled).unwrap();
        prop_assert!((error - (factor - 1.0).abs()).abs() < 1e-9);
    }
}
