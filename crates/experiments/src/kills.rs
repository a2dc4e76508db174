//! Short runs of every family, stopped at each operation on the file system as a kill would stop them: the cells that a
//! second process finishes are those of an undisturbed run, byte by byte.
//!
//! `FORMANT_KILLS=N` tries N kills or pairs of kills of each run instead of a few.

#![cfg(test)]

use std::fs;

use crate::runner::{Context, Family, Plan, faults};
use crate::small_runs::{self, contents, context};

/// Kills and pairs of kills of a run that are tried: as many as the environment says, or else `few`. Every operation once,
/// if there are enough; then pairs, of which the second comes sooner or later after the first.
fn kills(operations: u64, few: u64) -> Vec<Vec<u64>> {
    let said = std::env::var("FORMANT_KILLS").ok();
    let count = said.map_or(few, |count| count.parse().unwrap());
    let singles = match count < operations {
        true => count.div_ceil(2),
        false => operations,
    };
    let single = |k: u64| vec![k * operations / singles];
    let step = |k: u64, ratio: f64| ((k as f64 * ratio).fract() * operations as f64) as u64;
    // Two ratios that no small number of kills brings back to where they began.
    let pair = |k: u64| vec![step(k, 0.618_033_988_75), step(k, 0.414_213_562_37)];
    let pairs = (1..=count - singles).map(pair);
    (0..singles).map(single).chain(pairs).collect()
}

/// Runs the plan with each of the kills.
fn survives<F: Family>(few: u64, plan: impl Fn(&Context) -> Plan<F>) {
    let dir = tempfile::tempdir().unwrap();
    let run = |name: &str, kills: &[u64]| {
        let out = dir.path().join(name);
        let context = context(&out);
        let mut left = 0;
        for (number, passing) in kills.iter().enumerate() {
            faults::arm(&out, *passing);
            let result = plan(&context).run(&context).map(drop);
            left = faults::disarm(&out);
            // Where the first kill left little to do, the second may come too late.
            let killed = result.is_err() || number > 0 || *passing == u64::MAX;
            assert!(killed, "{passing} operations were all");
        }
        plan(&context).run(&context).unwrap();
        let found = contents(&out);
        fs::remove_dir_all(out).unwrap();
        (found, left)
    };
    let (expected, left) = run("undisturbed", &[u64::MAX]);
    let operations = u64::MAX - left;
    assert!(operations > 20, "{operations}");
    let kills = kills(operations, few);
    for kills in &kills {
        let (found, _) = run(&format!("{kills:?}"), kills);
        assert_eq!(found, expected, "killed after {kills:?}");
    }
    let pairs = kills.iter().filter(|kills| kills.len() == 2).count();
    println!(
        "{operations} operations; {} kills and {pairs} pairs",
        kills.len() - pairs
    );
}

#[test]
fn networks_over_weight_decays_survive_every_kill() {
    survives(300, small_runs::networks);
}

#[test]
fn a_network_that_diverges_beside_another_survives_kills() {
    survives(8, small_runs::diverging);
}

#[test]
fn networks_with_moments_of_the_measurement_before_survive_kills() {
    survives(24, small_runs::balance);
}

#[test]
fn networks_on_few_points_survive_every_kill() {
    survives(100, small_runs::few_points);
}

#[test]
fn every_kind_of_network_on_few_points_resumes() {
    survives(8, small_runs::every_kind);
}

#[test]
fn networks_on_many_points_survive_every_kill() {
    survives(100, small_runs::many_points);
}
