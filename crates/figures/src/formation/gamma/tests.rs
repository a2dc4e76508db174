//! Whole figures and verdicts on synthetic rows, and how they change when these are corrupted.

use super::claims::{Crossing, crossing, delay};
use super::*;
use crate::Verdict::{self, Not, Partly, Reproduced};
use crate::figure::FigureInput;
use crate::formation::check::{Case, changed as spoilt, figure, judged, sound, verdicts};
use crate::formation::relations::RELATIONS;
use crate::formation::synthetic::{diverged, input};
use crate::formation::{balance, reproduce};
use crate::{Claims, Identity, Preset};
use synthetic::{rows, rows_with};

const ID: &str = "crh-gamma";

fn verdict(rows: &[Row], id: &str) -> Verdict {
    judged(ID, rows).get(id).unwrap().verdict()
}

fn notes(rows: &[Row], id: &str) -> String {
    judged(ID, rows).get(id).unwrap().notes().join("; ")
}

fn paper_rows() -> Vec<Row> {
    rows_with(|_, _, layer, k| PAPER_ALPHA[k][layer as usize - 1])
}

/// The synthetic rows with normalized alphas of one relation changed.
fn altered(of: &str, side: &str, change: impl Fn(f64) -> f64) -> Vec<Row> {
    spoilt(rows(), |row| {
        let meant = (row.statistic.as_str(), row.side.as_str()) == (of, side);
        if meant && row.variant == "normalized" {
            row.value = row.value.map(|alpha| change(alpha).clamp(-1.0, 1.0));
        }
    })
}

#[test]
fn the_figures_are_sound() {
    for task in [Task::Teacher, Task::Digits] {
        sound(task.id(), &rows());
    }
}

#[test]
fn the_papers_own_values_meet_every_criterion() {
    for claim in &judged(ID, &paper_rows()) {
        assert_eq!(claim.verdict(), Reproduced, "{}: {claim:?}", claim.id());
    }
}

/// Six decimals: the last digits depend on the platform's sine.
fn rounded(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded = (number.as_f64().unwrap() * 1e6).round() / 1e6;
            serde_json::json!(rounded)
        }
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(k, v)| (k, rounded(v))).collect(),
        other => other,
    }
}

#[test]
fn snapshots_of_claims_and_table() {
    let claims = judged(ID, &rows());
    insta::assert_json_snapshot!(rounded(serde_json::to_value(&claims).unwrap()));
    insta::assert_snapshot!(claims.to_table(Some(120)));
    insta::assert_snapshot!(claims.to_table(Some(80)));
    insta::assert_snapshot!(claims.to_markdown());
}

#[test]
fn the_table_keeps_to_its_width() {
    let claims = judged(ID, &rows());
    for width in [60, 80, 99, 100, 120, 200] {
        let text = claims.to_table(Some(width));
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.unwrap() <= usize::from(width), "{width}:\n{text}");
        for claim in &claims {
            // Words are kept whole: the last of each statement can be found.
            let word = claim.statement().split(' ').next_back().unwrap();
            assert!(text.contains(word), "{width} {word}");
        }
    }
}

#[test]
fn what_is_spoilt_shows() {
    let reversed = |row: &mut Row| {
        let k = PAPER.place(row.weight_decay).unwrap();
        row.weight_decay = PAPER_GAMMAS[4 - k];
    };
    let noisy = |alpha, seed: u64, layer, k| match (layer, k) {
        (3.., 0) => [0.2, 0.7, 0.8][seed as usize],
        _ => alpha,
    };
    let of_rank = |rank: fn(f64) -> f64| {
        spoilt(rows(), move |row| {
            if row.statistic == "numerical_rank_w" {
                row.value = row.value.map(rank);
            }
        })
    };
    let null = |null: fn(&Row) -> Option<f64>| spoilt(rows(), move |row| row.null_q95 = null(row));
    let third = |alpha: f64| {
        rows_with(move |_, _, layer, k| match (k, layer) {
            (2, 3..) => alpha,
            _ => PAPER_ALPHA[k][layer as usize - 1],
        })
    };
    let only = |keep: fn(&Row) -> bool| -> Vec<Row> { rows().into_iter().filter(keep).collect() };
    let falling_b = altered("alpha_gwa", "b", |alpha| 1.0 - alpha);
    let falling_headline = altered("alpha_rga", "a", |alpha| 1.0 - alpha);
    let cases: [Case<'_>; 16] = [
        (
            spoilt(rows(), reversed),
            &[
                ("alpha-rises", Not),
                ("digitised-values", Not),
                ("deep-layers-at-largest", Not),
            ],
        ),
        (
            rows_with(|alpha, _, layer, _| if layer == 1 { 0.1 } else { alpha }),
            &[("alpha-rises", Partly)],
        ),
        (
            rows_with(|_, _, layer, k| PAPER_ALPHA[k][5 - layer as usize]),
            &[("first-layer-lowest", Not), ("first-layer-last", Not)],
        ),
        (rows_with(noisy), &[("deep-layers-at-smallest", Partly)]),
        (of_rank(|_| 100.0), &[("rank-falls", Not)]),
        (of_rank(|rank| 103.0 - rank), &[("rank-falls", Not)]),
        // A missing null is no pass.
        (
            null(|row| row.null_q95.filter(|_| row.layer > 3)),
            &[("above-null", Not)],
        ),
        (
            null(|_| None),
            &[("above-null", Not), ("relations-above-null", Not)],
        ),
        (
            null(|row| row.null_q95.map(|_| 1.0)),
            &[("above-null", Not), ("relations-above-null", Not)],
        ),
        (
            rows_with(|alpha, _, _, _| alpha - 0.2),
            &[("digitised-values", Not)],
        ),
        (third(0.98), &[("deep-layers-at-third", Reproduced)]),
        // 0.97 is the bound.
        (third(0.969), &[("deep-layers-at-third", Not)]),
        (
            only(|row| PAPER.place(row.weight_decay) != Some(2)),
            &[("deep-layers-at-third", Not), ("digitised-values", Not)],
        ),
        // One seed never reproduces a claim about seeds.
        (
            only(|row| row.seed == 0),
            &[("alpha-rises", Partly), ("deep-layers-at-largest", Partly)],
        ),
        (
            falling_b,
            &[
                ("relations-rise", Partly),
                ("relations-high", Partly),
                ("relations-raw", Partly),
            ],
        ),
        // The headline relation is judged once.
        (
            falling_headline,
            &[("relations-rise", Reproduced), ("relations-high", Partly)],
        ),
    ];
    verdicts(ID, &cases);
}

#[test]
fn a_constant_does_not_rise() {
    let flat = rows_with(|alpha, _, layer, _| if layer == 1 { 0.1 } else { alpha });
    let claims = judged(ID, &flat);
    let rises = claims.get("alpha-rises").unwrap();
    assert_eq!(rises.ours().unwrap().value, 0.0);
}

#[test]
fn the_papers_values_inside_our_intervals_are_counted() {
    let count = |rows: &[Row], expected: &str| {
        let notes = notes(rows, "digitised-values");
        assert!(notes.contains(expected), "{notes}");
    };
    count(&rows(), "of 25 means with an interval, 25 have");
    // Layer 1 alone moves out; its seeds vary, but not by this much.
    let shifted = rows_with(|alpha, _, layer, _| alpha - if layer == 1 { 0.8 } else { 0.0 });
    count(&shifted, "of 25 means with an interval, 20 have");
    let mut one_seed = rows();
    one_seed.retain(|row| row.seed == 0);
    count(&one_seed, "of 0 means with an interval, 0 have");
}

#[test]
fn crossings_are_interpolated_in_log_gamma() {
    use Crossing::{At, Beyond};
    let of = |alphas: [f64; 2]| crossing(&[(1e-4, alphas[0]), (1e-2, alphas[1])]);
    assert_eq!(of([0.8, 1.0]), Some(At(-3.0)));
    assert_eq!(of([0.95, 1.0]), Some(At(-4.0)));
    assert_eq!(of([0.1, 0.2]), Some(Beyond(-2.0)));
    assert_eq!(crossing(&[]), None);
    assert_eq!(delay(&[At(-2.0), At(-4.0), At(-3.0)]), Some(1.0));
    assert_eq!(delay(&[Beyond(-2.0), At(-4.0), At(-3.0)]), Some(1.0));
    assert_eq!(delay(&[Beyond(-2.0), At(-4.0), Beyond(-2.0)]), Some(0.0));
    assert_eq!(delay(&[At(-4.0), At(-3.0)]), Some(-1.0));
}

fn ids(claims: &Claims) -> Vec<&'static str> {
    claims.iter().map(Claim::id).collect()
}

#[test]
fn smoke_claims_only_what_it_can() {
    let judge = |relative_error| {
        let rows = rows();
        let identities = vec![Identity {
            name: "H_b = W H_a W^T".to_owned(),
            relative_error,
            tolerance: 1e-5,
            runs: 2,
        }];
        let input = FigureInput {
            identities,
            ..input("crh-gamma-mnist", Preset::Smoke, &rows, &[])
        };
        reproduce("crh-gamma-mnist", input).unwrap().claims
    };
    let sound = judge(1e-7);
    let expected = [
        "runs-finished",
        "measured-everywhere",
        "relations-measured",
        "identities",
    ];
    assert_eq!(ids(&sound), expected);
    assert!(sound.all_met());
    assert!(!judge(1e-3).all_met() && !judge(f64::NAN).all_met());
}

#[test]
fn the_teacher_task_alone_has_the_papers_values_and_figures_of_exponents_and_phases() {
    let teacher = judged(ID, &rows());
    for (of_paper, of_others) in [
        ("digitised-values", "positive-inside-range"),
        ("deep-layers-at-third", "crh-rows"),
    ] {
        assert!(teacher.get(of_paper).is_some() && teacher.get(of_others).is_none());
        for task in [Task::Mnist, Task::Digits] {
            let claims = judged(task.id(), &rows());
            assert!(claims.get(of_paper).is_none() && claims.get(of_others).is_some());
            assert!(claims.get("alpha-rises").is_some());
            let mut distinct = ids(&claims);
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), claims.iter().count());
        }
    }
    let (with, without) = (figure(ID, &rows()), figure("crh-gamma-digits", &rows()));
    assert!(with.report.contains("*0.159*") && !without.report.contains("*0.159*"));
    // One for each weight decay and layer, and one in the legend.
    let open = |svg: &str| svg.matches(r#"fill="none""#).count();
    assert_eq!(open(&with.picture.svg), open(&without.picture.svg) + 26);
}

#[test]
fn everything_is_shown() {
    let bundle = figure(ID, &rows());
    for relation in RELATIONS {
        for text in [
            relation.title.to_owned(),
            format!("{}, raw", relation.short()),
        ] {
            assert!(bundle.picture.svg.contains(&text), "{text}");
        }
        let heading = format!("### {}, map by map", relation.title);
        assert!(bundle.report.contains(&heading), "{heading}");
    }
    for text in [
        "α between cov(g, g) and cov(h, h)",
        "numerical rank of W",
        "hidden layer:",
        "linear map (the last is the readout):",
        "null level",
        "3 seeds, 16,000 steps",
        "preset quick",
    ] {
        assert!(bundle.picture.svg.contains(text), "{text}");
    }
    for text in [
        "## Numerical rank of W",
        "## Pre- or post-activation?",
        "## Which normaliser has alpha?",
        "### Calibrated alpha",
        "## Power laws",
        "### teacher: G_b ∝ H_b^p",
        "and 0 refused",
        "## Phases of the linear maps",
    ] {
        assert!(bundle.report.contains(text), "{text}");
    }
    assert!(!bundle.report.contains("## Noise and regularisation"));
    let with_balance = [balance::synthetic::rows(), rows()].concat();
    let report = figure(ID, &with_balance).report;
    assert!(report.contains("## Noise and regularisation"));
}

#[test]
fn divergence_is_counted_and_left_out() {
    // One seed diverged at the smallest weight decay, all at the largest.
    let (lost, mut rows): (Vec<Row>, Vec<Row>) = rows().into_iter().partition(|row| {
        row.weight_decay == PAPER_GAMMAS[4]
            || (row.weight_decay == PAPER_GAMMAS[0] && row.seed == 1)
    });
    rows.extend(diverged(lost));
    let bundle = figure(ID, &rows);
    assert!(bundle.picture.svg.contains("4 diverged, not drawn"));
    let claim = |id| bundle.claims.get(id).unwrap();
    let finished = claim("runs-finished");
    assert_eq!((finished.verdict(), finished.notes().len()), (Not, 4));
    assert!((finished.ours().unwrap().value - 11.0 / 15.0).abs() < 1e-12);
    assert_eq!(claim("deep-layers-at-largest").verdict(), Not);
    assert_eq!(claim("deep-layers-at-smallest").ours().unwrap().n, 2);
    let report = &bundle.report;
    assert_eq!(report.matches("- **Diverged:**").count(), 4);
    assert!(report.contains("] (2) |"), "two of three seeds are said so");
    assert!(report.contains("`deep-layers-at-largest`, layer 3: no value, not measured."));
    assert!(report.contains("only 20 of the 25 values can be compared"));
}

#[test]
fn the_last_step_counts() {
    let early = spoilt(rows(), |row| (row.step, row.value) = (1, Some(1.0)));
    let both = [early, rows()].concat();
    assert_eq!(figure(ID, &both).report, figure(ID, &rows()).report);
}

/// Slow and obvious: a mean over seeds of means over maps.
#[test]
fn alpha_over_maps_is_its_slow_twin() {
    let (rows, largest) = (rows(), PAPER_GAMMAS[4]);
    let claims = judged(ID, &rows);
    let high = claims.get("relations-high").unwrap();
    for (relation, part) in RELATIONS.into_iter().zip(high.parts()) {
        let mut total = 0.0;
        for seed in 0..3 {
            let mut alphas = Vec::new();
            for row in &rows {
                let here =
                    row.weight_decay == largest && row.seed == seed && row.side == relation.side;
                if here && row.statistic == relation.statistic && row.variant == "normalized" {
                    alphas.push(row.value.unwrap());
                }
            }
            total += alphas.iter().sum::<f64>() / alphas.len() as f64;
        }
        let found = part.ours().unwrap().value;
        assert!((found - total / 3.0).abs() < 1e-12, "{}", relation.short());
    }
}

#[test]
fn the_rank_of_a_layer_is_that_of_the_map_that_makes_it() {
    let rows = rows();
    let table = Table::new(&rows).unwrap();
    let (alpha, rank) = (ALPHA.line(&table, 2), RANK.line(&table, 2));
    let pairs = alpha.beside(&rank);
    assert_eq!(pairs.len(), 15);
    assert!(alpha.rows().iter().all(|row| row.layer == 3));
    assert!(rank.rows().iter().all(|row| row.layer == 2));
    assert_eq!(RANK.each(&table).count(), 5, "the readout makes no layer");
}

#[test]
fn only_undefined_alphas_are_missing_refusals_are_answers() {
    let undefined = spoilt(rows(), |row| {
        if row.statistic == "alpha_rga" && row.side == "b" && row.layer == 3 && row.seed == 1 {
            row.value = None;
        }
    });
    let claims = judged(ID, &undefined);
    let defined = claims.get("relations-measured").unwrap();
    assert_eq!(defined.verdict(), Partly);
    assert!((defined.ours().unwrap().value - 2.0 / 3.0).abs() < 1e-12);
    let refused = spoilt(rows(), |row| {
        if row.statistic.starts_with("exponent_h_b") || row.statistic.starts_with("phase_") {
            row.value = None;
        }
    });
    assert_eq!(verdict(&refused, "relations-measured"), Reproduced);
    assert!(figure(ID, &refused).report.contains("and 90 refused"));
}
