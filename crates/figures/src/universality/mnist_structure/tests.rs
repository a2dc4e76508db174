//! Verdicts on synthetic matrices, and how they change when these are corrupted.

use super::synthetic::{tables, tables_with};
use super::*;
use crate::Preset;
use crate::figures::check::verdicts;
use crate::universality::distance_matrices::mean_of;
use crate::universality::{Distance, Value};

fn changed(change: impl Fn(&str, bool, f64) -> f64) -> Tables {
    tables_with(change, 0.7)
}

#[test]
fn each_claim_can_fail() {
    let spread = |kind: &str, same, d| if kind == "final" && same { 6.0 * d } else { d };
    let opposite = |kind: &str, _, d| if kind == "final" { 20.0 - d } else { d };
    let counted = tables_with(|_, _, d| d, -0.1);
    verdicts!(FIGURE.id;
        changed(spread) => Contradicted("within-collapse");
        changed(opposite) => Contradicted("blocks", "between-order");
        counted => Contradicted("without-class-counts");
    );
}

#[test]
fn each_number_is_of_each_network() {
    let mut tables = tables();
    let within = FIGURE.claim(&tables, "within-collapse");
    let ours = within.ours().unwrap();
    let found = (ours.value - 1.4 / 9.0).abs() < 0.03 && ours.n == 3;
    assert!(found, "{ours:?}");
    // One network has no interval, and class counts are not in the distances.
    let kept = |row: &Distance| row.kind == "theory" || row.seed == 0;
    tables.distances.retain(kept);
    tables.values.clear();
    verdicts!(FIGURE.id; tables => Undecided("blocks"), NotTested("without-class-counts"););
}

/// Slow and obvious.
fn slow_ratio(rows: &[Distance], seed: u64) -> f64 {
    let mean = |same: bool| {
        let rows = rows.iter().filter(|row| {
            row.kind == "final" && row.seed == seed && (row.label_i == row.label_j) == same
        });
        let values: Vec<f64> = rows.map(|row| row.distance).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    mean(true) / mean(false)
}

#[test]
fn numbers_of_the_matrices_are_their_slow_twins() {
    let tables = tables();
    let data = CheckedTables::new(select(&tables), Preset::Quick).unwrap();
    let items = Items::new(&data);
    assert_eq!((items.len(), items.distinct().len()), (100, 10));
    assert_eq!(items.mean().len(), 4950);
    for (seed, pairs) in (0..3).zip(&items.networks) {
        let slow = slow_ratio(&tables.distances, seed);
        assert!((items.within_over_between(pairs).unwrap() - slow).abs() < 1e-12);
    }
    let unit = items.normalized(&items.theory);
    let unit = mean_of(&unit, |pair| !items.same(pair)).unwrap();
    assert!((unit - 1.0).abs() < 1e-12);
    assert_eq!(items.means(&items.theory).len(), 55);
    assert_eq!(items.pearson_between(&items.theory), Some(1.0));
}

#[test]
fn rows_of_other_figures_are_left_out() {
    let mut tables = tables();
    let of = |metric: &str, setting: &str| Value {
        metric: metric.to_owned(),
        setting: setting.to_owned(),
        ..tables.values[0].clone()
    };
    let foreign = [of("accuracy", "structure"), of("pearson_all", "rich")];
    let other = Distance {
        label_i: "(0,0)".to_owned(),
        ..tables.distances[0].clone()
    };
    tables.values.extend(foreign);
    tables.distances.push(other);
    assert_eq!(select(&tables), synthetic::tables());
}

#[test]
fn digits_stand_at_the_middle_of_their_blocks_and_the_file_stays_small() {
    let svg = FIGURE.drawn(&tables()).picture.svg;
    assert!(svg.contains(">theory<") && svg.contains(">9<"));
    assert!(svg.len() < 2_000_000, "{} bytes", svg.len());
}
