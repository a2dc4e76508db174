//! Verdicts on made-up rows, and how they change when these are spoilt.

use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::formation::check::{figure, judged, sound};

const ID: &str = "crh-rank";

fn verdict(rows: &[Row], id: &str) -> Verdict {
    judged(ID, rows).get(id).unwrap().verdict()
}

#[test]
fn the_figure_is_sound() {
    sound(ID, &synthetic::rows());
}

#[test]
fn the_papers_own_points_meet_every_criterion() {
    let paper = synthetic::rows_with(|point, _, _, _| point);
    for claim in &judged(ID, &paper) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
    let claims = judged(ID, &paper);
    let rho = claims
        .get("alignment-with-low-rank")
        .unwrap()
        .ours()
        .unwrap();
    assert!((rho.value - PAPER_RHO).abs() < 0.005, "{rho:?}");
}

#[test]
fn swapped_deficiencies_undo_the_correlation() {
    let rows = synthetic::rows_with(|(x, y), _, _, _| (x, 0.95 - y));
    assert_eq!(verdict(&rows, "alignment-with-low-rank"), Not);
    assert_eq!(verdict(&rows, "knee"), Not, "nothing doubles");
    assert_eq!(verdict(&rows, "misalignment-falls"), Reproduced);
}

#[test]
fn another_rank_is_no_saturation() {
    // Rank 5 is a collapse beyond the outputs, rank 20 is not there yet.
    for deficiency in [0.95, 0.8] {
        let rows = synthetic::rows_with(|(x, y), _, _, _| {
            (
                x,
                if y == 0.9 {
                    deficiency
                } else {
                    y.min(deficiency)
                },
            )
        });
        assert_eq!(verdict(&rows, "saturation"), Not);
    }
    // One layer of rank 10 alone is the half of it.
    let rows =
        synthetic::rows_with(|(x, y), _, layer, _| (x, if layer == 5 { y } else { y.min(0.5) }));
    assert_eq!(verdict(&rows, "saturation"), Not);
}

#[test]
fn a_knee_elsewhere_is_not_the_papers() {
    let early = synthetic::rows_with(|(x, _), _, _, k| (x, if k == 0 { 0.1 } else { 0.5 }));
    assert_eq!(verdict(&early, "knee"), Not);
    // One seed that never doubles leaves no knee to speak of.
    let one = synthetic::rows_with(|(x, y), seed, _, _| (x, if seed == 1 { 0.1 } else { y }));
    let claims = judged(ID, &one);
    let knee = claims.get("knee").unwrap();
    assert!(knee.ours().is_none() && knee.notes()[0].contains("2 of our 3 seeds"));
}

#[test]
fn rising_misalignment_is_seen() {
    let rows = synthetic::rows_with(|(x, y), _, _, k| (0.05 + 0.1 * k as f64 + 0.0 * x, y));
    assert_eq!(verdict(&rows, "misalignment-falls"), Not);
    assert_ne!(verdict(&rows, "alignment-with-low-rank"), Partly);
}

#[test]
fn the_picture_has_a_colour_key_and_a_key_of_shapes() {
    let svg = figure(ID, &synthetic::rows()).picture.svg;
    for text in [
        "weight decay γ:",
        "hidden layer:",
        ">1.0·10⁻⁶<",
        ">1.7·10⁻⁴<",
        "rank = 10",
        "open markers",
        "null level",
        "raw second moments",
    ] {
        assert!(svg.contains(text), "{text}");
    }
}

#[test]
fn the_report_stands_beside_the_papers_summary() {
    let report = figure(ID, &synthetic::rows()).report;
    assert!(
        report.contains("| 5.995e-5 |")
            && report.contains("| 0.424 |")
            && report.contains("| 0.053 |")
    );
}

#[test]
fn the_papers_ranks_are_nearest_at_the_threshold_they_were_made_with() {
    let paper = synthetic::rows_with(|point, _, _, _| point);
    let report = figure(ID, &paper).report;
    let line = report.lines().find(|line| line.starts_with("| distance"));
    let cells: Vec<&str> = line.unwrap().split('|').map(str::trim).collect();
    let distances = cells[3..3 + RANK_THRESHOLDS.len()]
        .iter()
        .map(|cell| cell.parse::<f64>().unwrap());
    for (distance, threshold) in distances.zip(RANK_THRESHOLDS) {
        assert_eq!(
            distance == 0.0,
            threshold == THRESHOLD,
            "{threshold}: {distance}"
        );
    }
}
