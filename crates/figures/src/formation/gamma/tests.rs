//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::claims::{Crossing, crossing, delay};
use super::*;
use crate::Verdict::{Contradicted, NotTested, Reproduced};
use crate::figures::reproduce;
use crate::formation::check::{
    changed, claim, figure, judged, meets, noted, only, revalued, shows, verdicts,
};
use crate::formation::relations::RELATIONS as SIX;
use crate::formation::synthetic::{diverged, made_up};
use crate::table::{Row, Table};
use crate::{Claim, Claims, FigureInput, Identity, Kind, Preset, Sweep};
use synthetic::{rows, rows_with};

const ID: &str = "crh-gamma";

/// The paper's alpha in every cell but those of which `other` makes one.
fn paper_but(other: impl Fn(u32, usize) -> Option<f64>) -> Vec<Row> {
    rows_with(|_, _, layer, k| {
        let paper = PAPER_ALPHA[k][layer as usize - 1];
        other(layer, k).unwrap_or(paper)
    })
}

/// The synthetic rows with normalized alphas of one relation turned around.
fn falling(of: &'static str, side: &'static str) -> Vec<Row> {
    let meant = |row: &Row| (row.statistic.as_str(), row.side.as_str()) == (of, side);
    let normalized = move |row: &Row| meant(row) && row.variant == "normalized";
    revalued(rows(), normalized, |alpha| 1.0 - alpha)
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
    let claims = judged(ID, rows());
    insta::assert_json_snapshot!(rounded(serde_json::to_value(&claims).unwrap()));
    insta::assert_snapshot!(claims.to_table(Some(120)));
    insta::assert_snapshot!(claims.to_table(Some(80)));
    insta::assert_snapshot!(claims.to_markdown());
}

#[test]
fn the_table_keeps_to_its_width() {
    let claims = judged(ID, rows());
    for width in [60, 80, 99, 100, 120, 200] {
        let text = claims.to_table(Some(width));
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.unwrap() <= usize::from(width), "{width}:\n{text}");
        for claim in claims.of_kind(Kind::Ordinary) {
            // Words are kept whole: the last of each statement can be found.
            let word = claim.statement().split(' ').next_back().unwrap();
            assert!(text.contains(word), "{width} {word}");
        }
    }
}

#[test]
fn corrupted_rows_show() {
    let rank = |rank: fn(f64) -> f64| {
        let is_rank = |row: &Row| row.statistic == RANK.statistic;
        revalued(rows(), is_rank, rank)
    };
    let null = |null: fn(&Row) -> Option<f64>| {
        changed(rows(), move |row| {
            row.null_q95 = null(row);
            row.null_mean = row.null_mean.filter(|_| row.null_q95.is_some());
        })
    };
    let third = |alpha| paper_but(move |layer, k| (layer >= 3 && k == 2).then_some(alpha));
    let constant_first = rows_with(|alpha, _, layer, _| if layer == 1 { 0.1 } else { alpha });
    let reversed = changed(rows(), |row| {
        let k = PAPER.place(row.weight_decay).unwrap();
        row.weight_decay = PAPER_GAMMAS[4 - k];
    });
    let noisy = rows_with(|alpha, seed, layer, k| match (layer, k) {
        (3.., 0) => [0.2, 0.7, 0.8][seed as usize],
        _ => alpha,
    });
    meets(ID, paper_but(|_, _| None), &[]);
    verdicts!(ID;
        reversed => Contradicted("alpha-rises", "digitised-values", "deep-layers-at-largest");
        &constant_first => Contradicted("alpha-rises");
        rows_with(|_, _, layer, k| PAPER_ALPHA[k][5 - layer as usize]) => Contradicted("first-layer-lowest", "first-layer-last");
        noisy => Undecided("deep-layers-at-smallest");
        // Ranks that are all alike have no order.
        rank(|_| 100.0) => NotTested("rank-falls");
        rank(|rank| 103.0 - rank) => Contradicted("rank-falls");
        // A missing null is no pass.
        null(|row| row.null_q95.filter(|_| row.layer > 3)) => NotTested("above-null");
        null(|_| None) => NotTested("above-null");
        null(|row| row.null_q95.map(|_| 1.0)) => Contradicted("above-null");
        rows_with(|alpha, _, _, _| alpha - 0.2) => Contradicted("digitised-values");
        third(0.98) => Reproduced("deep-layers-at-third");
        // 0.97 is the bound.
        third(0.969) => Contradicted("deep-layers-at-third");
        only(rows(), |row| PAPER.place(row.weight_decay) != Some(2)) => NotTested("deep-layers-at-third", "digitised-values");
        // One seed never reproduces a claim about seeds.
        only(rows(), |row| row.seed == 0) => Undecided("alpha-rises", "deep-layers-at-largest");
    );
    verdicts!(RELATIONS.id;
        null(|_| None) => NotTested("relations-above-null");
        null(|row| row.null_q95.map(|_| 1.0)) => Contradicted("relations-above-null");
        falling("alpha_gwa", "b") => Contradicted("relations-rise", "relations-high", "relations-raw");
        // The relation of crh-gamma is judged there.
        falling("alpha_rga", "a") => Reproduced("relations-rise"), Contradicted("relations-high");
    );
    let rises = claim(ID, constant_first, "alpha-rises");
    assert_eq!(rises.ours().unwrap().value, 0.0, "a constant does not rise");
}

#[test]
fn the_papers_values_inside_our_intervals_are_counted() {
    let count = |rows: Vec<Row>, expected: &str| noted(ID, rows, "digitised-values", expected);
    count(
        rows(),
        "of 25 prediction intervals for one new run, 25 hold",
    );
    // Layer 1 alone moves out; its seeds vary, but not by this much.
    let shifted = rows_with(|alpha, _, layer, _| alpha - if layer == 1 { 0.8 } else { 0.0 });
    count(
        shifted,
        "of 25 prediction intervals for one new run, 20 hold",
    );
    let one_seed = only(rows(), |row| row.seed == 0);
    count(
        one_seed,
        "of 0 prediction intervals for one new run, 0 hold",
    );
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
        let identities = vec![Identity {
            name: "H_b = W H_a W^T".to_owned(),
            relative_error,
            tolerance: 1e-5,
            runs: 2,
        }];
        let input = FigureInput {
            identities,
            ..made_up("crh-gamma-mnist", Preset::Smoke, Sweep::from(rows()))
        };
        reproduce("crh-gamma-mnist", input).unwrap().claims
    };
    let sound = judge(1e-7);
    assert_eq!(ids(&sound)[2..], ["fits-measured", "identities"]);
    assert!(sound.all_met());
    assert!(!judge(1e-3).all_met() && !judge(f64::NAN).all_met());
}

#[test]
fn the_teacher_task_alone_has_the_papers_values_and_figures_of_exponents_and_phases() {
    let teacher = judged(ID, rows());
    for (of_paper, of_others) in [
        ("digitised-values", "positive-inside-range"),
        ("deep-layers-at-third", "crh-rows"),
    ] {
        assert!(teacher.get(of_paper).is_some() && teacher.get(of_others).is_none());
        for task in [Task::Mnist, Task::Digits] {
            let claims = judged(task.id(), rows());
            assert!(claims.get(of_paper).is_none() && claims.get(of_others).is_some());
            assert!(claims.get("alpha-rises").is_some());
        }
    }
    let (with, without) = (figure(ID, rows()), figure("crh-gamma-digits", rows()));
    assert!(with.report.contains("*0.159*") && !without.report.contains("*0.159*"));
    // One for each weight decay and layer, and one in the legend.
    let open = |svg: &str| svg.matches(r#"fill="none""#).count();
    assert_eq!(open(&with.picture.svg), open(&without.picture.svg) + 26);
}

#[test]
fn divergence_is_counted_and_left_out() {
    // One seed diverged at the smallest weight decay, all at the largest.
    let (lost, mut rows): (Vec<Row>, Vec<Row>) = rows().into_iter().partition(|row| {
        row.weight_decay == PAPER_GAMMAS[4]
            || (row.weight_decay == PAPER_GAMMAS[0] && row.seed == 1)
    });
    rows.extend(diverged(lost));
    let bundle = figure(ID, rows);
    let claim = |id| bundle.claims.get(id).unwrap();
    let finished = claim("runs-finished");
    assert_eq!(
        (finished.verdict(), finished.notes().len()),
        (Contradicted, 4)
    );
    assert!((finished.ours().unwrap().value - 11.0 / 15.0).abs() < 1e-12);
    assert_eq!(claim("deep-layers-at-largest").verdict(), NotTested);
    assert_eq!(claim("deep-layers-at-smallest").ours().unwrap().n, 2);
    assert_eq!(bundle.report.matches("- **Diverged:**").count(), 4);
    let texts = [
        "4 diverged, not drawn",
        // Two of three seeds.
        "] (2) |",
        "`deep-layers-at-largest`: not tested: layer 3; layer 4; layer 5 (not measured).",
        "only 20 of the 25 values can be compared",
    ];
    shows(&bundle, &texts);
}

#[test]
fn the_last_step_counts() {
    let early = changed(rows(), |row| (row.step, row.value) = (1, Some(1.0)));
    let both = [early, rows()].concat();
    assert_eq!(figure(ID, both).report, figure(ID, rows()).report);
}

/// Slow and obvious: a mean over seeds of means over maps.
#[test]
fn alpha_over_maps_is_its_slow_twin() {
    let (rows, largest) = (rows(), PAPER_GAMMAS[4]);
    let high = claim(RELATIONS.id, &rows, "relations-high");
    for (relation, part) in SIX.into_iter().zip(high.parts()) {
        let mut total = 0.0;
        for seed in 0..3 {
            let mut alphas = Vec::new();
            for row in &rows {
                let here =
                    row.weight_decay == largest && row.seed == seed && row.side == relation.side;
                let statistic = relation.judged(Along::STEP).statistic;
                // Of a readout with one output GWA a is 1 by definition.
                let defined = (relation.name(), relation.side, row.layer) == ("gwa", "a", 6);
                if here && !defined && row.statistic == statistic && row.variant == "normalized" {
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
    assert_eq!(alpha.beside(&rank).len(), 15);
    assert!(alpha.rows().iter().all(|row| row.layer == 3));
    assert!(rank.rows().iter().all(|row| row.layer == 2));
    assert_eq!(RANK.each(&table).count(), 5, "the readout makes no layer");
}

#[test]
fn only_undefined_alphas_are_missing_refusals_are_answers() {
    let undefined = changed(rows(), |row| {
        if row.statistic == "alpha_rga" && row.side == "b" && row.layer == 3 && row.seed == 1 {
            row.value = None;
        }
    });
    let defined = claim(RELATIONS.id, undefined, "measured-everywhere");
    assert_eq!(defined.verdict(), Contradicted);
    assert!((defined.ours().unwrap().value - 2.0 / 3.0).abs() < 1e-12);
    let refused = changed(rows(), |row| {
        if row.statistic.starts_with("exponent_h_b") || row.statistic.starts_with("phase_") {
            row.value = None;
        }
    });
    let of_digits = DIGITS.id;
    shows(&figure(of_digits, &refused), &["and 90 without a fit"]);
    let defined = claim(of_digits, refused, "fits-measured");
    assert_eq!(defined.verdict(), Reproduced);
}
