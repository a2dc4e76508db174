//! Verdicts on made-up matrices, and how they change when these are corrupted.

use super::*;
use crate::Preset;
use crate::Verdict::{Not, Partly, Reproduced};
use crate::universality::check::{all, claim, figure, meets, sound, verdict};
use crate::universality::distance_matrices::mean_of;
use crate::universality::{Distance, Value};

const ID: &str = "univ-mnist-structure";

#[test]
fn the_figure_is_sound_and_meets_its_claims() {
    let tables = synthetic::tables();
    sound(ID, &tables);
    meets(ID, &tables, &[]);
}

#[test]
fn each_claim_can_fail() {
    let without_values = |change: fn(&str, bool, f64) -> f64| {
        let mut tables = synthetic::tables_with(change, 0.7);
        tables.values.clear();
        tables
    };
    let spread = without_values(
        |kind, same, d| {
            if kind == "final" && same { 6.0 * d } else { d }
        },
    );
    assert_eq!(verdict(ID, &spread, "within-collapse"), Not);
    let opposite = without_values(|kind, _, d| if kind == "final" { 20.0 - d } else { d });
    // Class counts are not in the distances: not measured.
    let unmet = ["blocks", "between-order", "without-class-counts"];
    all(ID, &opposite, &unmet, Not);
    let counts = synthetic::tables_with(|_, _, d| d, -0.1);
    assert_eq!(verdict(ID, &counts, "without-class-counts"), Not);
    let mut varied = synthetic::tables();
    for (k, row) in varied.distances.iter_mut().enumerate() {
        row.distance *= 1.0 + 1e-3 * (k % 7) as f64;
    }
    assert_eq!(verdict(ID, &varied, "theory-constant"), Not);
}

#[test]
fn without_values_the_distances_speak() {
    let mut tables = synthetic::tables();
    tables.values.clear();
    let within = claim(ID, &tables, "within-collapse");
    assert_eq!(within.verdict(), Reproduced);
    let ours = within.ours().unwrap();
    assert!(
        (ours.value - 1.4 / 9.0).abs() < 0.03 && ours.n == 3,
        "{ours:?}"
    );
    // One averaged matrix has no interval.
    tables
        .distances
        .retain(|row| row.kind == "theory" || row.seed == 0);
    assert_eq!(verdict(ID, &tables, "blocks"), Partly);
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
    let tables = synthetic::tables();
    let data = CheckedTables::new(Structure.select(&tables), Preset::Quick).unwrap();
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
    let mut tables = synthetic::tables();
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
    assert_eq!(Structure.select(&tables), synthetic::tables());
}

#[test]
fn digits_stand_at_the_middle_of_their_blocks_and_the_file_stays_small() {
    let svg = figure(ID, &synthetic::tables()).picture.svg;
    assert!(svg.contains(">theory<") && svg.contains(">9<"));
    assert!(svg.len() < 2_000_000, "{} bytes", svg.len());
}
