//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::synthetic::{rows, rows_with};
use super::*;
use crate::formation::check::{claim, figure, meets, shows, verdicts};

const ID: &str = "crh-rank";

#[test]
fn the_thresholds_are_those_that_are_measured() {
    let thresholds = THRESHOLDS.map(|(threshold, _)| threshold);
    assert_eq!(thresholds, formant_alignment::RANK_THRESHOLDS);
    for (threshold, rank) in THRESHOLDS {
        assert_eq!(rank.statistic, format!("numerical_rank_w_at_{threshold}"));
    }
    let of_h = format!("numerical_rank_h_at_{THRESHOLD}");
    assert_eq!(REPRESENTATION.statistic, of_h);
}

#[test]
fn the_papers_own_points_meet_every_criterion() {
    let paper = rows_with(|point, _, _, _| point);
    meets(ID, &paper, &[]);
    let rho = claim(ID, &paper, "alignment-with-low-rank").ours().unwrap();
    assert!((rho.value - paper_rho_within()).abs() < 0.005, "{rho:?}");
}

#[test]
fn corrupted_rows_show() {
    let saturated =
        |at: f64| rows_with(move |(x, y), _, _, _| (x, if y == 0.9 { at } else { y.min(at) }));
    verdicts!(ID;
        // Nothing doubles.
        rows_with(|(x, y), _, _, _| (x, 0.95 - y))
            => Contradicted("alignment-with-low-rank"), NotTested("knee"), Reproduced("misalignment-falls");
        // Rank 5 is a collapse beyond the outputs, rank 20 is not there yet.
        saturated(0.95) => Contradicted("saturation");
        saturated(0.8) => Contradicted("saturation");
        // One layer of rank 10 alone is the half of it.
        rows_with(|(x, y), _, layer, _| (x, if layer == 5 { y } else { y.min(0.5) })) => Contradicted("saturation");
        rows_with(|(x, _), _, _, k| (x, if k == 0 { 0.1 } else { 0.5 })) => Contradicted("knee");
        rows_with(|(_, y), _, _, k| (0.05 + 0.1 * k as f64, y))
            => Contradicted("misalignment-falls"), NotTested("alignment-with-low-rank");
    );
}

#[test]
fn one_seed_that_never_doubles_leaves_no_knee_to_speak_of() {
    let one = rows_with(|(x, y), seed, _, _| (x, if seed == 1 { 0.1 } else { y }));
    let knee = claim(ID, one, "knee");
    assert!(knee.ours().is_none() && knee.notes()[0].contains("2 of our 3 seeds"));
}

#[test]
fn picture_and_report_have_the_papers_points_beside_ours() {
    let bundle = figure(ID, rows());
    let colours = [">1.0·10⁻⁶<", ">1.7·10⁻⁴<", "open markers", "null level"];
    shows(&bundle, &colours);
    shows(&bundle, &["| 5.995e-5 |", "| 0.424 |", "| 0.053 |"]);
}

#[test]
fn the_papers_ranks_are_nearest_at_the_threshold_they_were_made_with() {
    let report = figure(ID, rows_with(|point, _, _, _| point)).report;
    let line = report.lines().find(|line| line.starts_with("| distance"));
    let cells: Vec<&str> = line.unwrap().split('|').map(str::trim).collect();
    for (cell, (threshold, _)) in cells[3..].iter().zip(THRESHOLDS) {
        let distance: f64 = cell.parse().unwrap();
        assert_eq!(distance == 0.0, threshold == THRESHOLD, "{threshold}");
    }
}
