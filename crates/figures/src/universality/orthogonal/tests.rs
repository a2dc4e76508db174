//! Verdicts on synthetic metrics, and how they change when these are corrupted.

use super::synthetic::{tables, tables_with};
use super::*;
use crate::Verdict::NotTested;
use crate::figures::check::verdicts;

#[test]
fn verdicts_follow_the_metrics() {
    let initial = tables_with(|_, _, metric, _| match metric {
        CONTEXT => 0.94,
        COSINE => -0.19,
        _ if RELEVANT.contains(&metric) => 1.08,
        _ => 0.9,
    });
    let large_that_learn = tables_with(|setting, _, metric, value| match (setting, metric) {
        ("high_init", CONTEXT) => 0.1,
        ("high_init", COSINE) => 0.9,
        ("high_init", _) => 10.0 * value,
        _ => value,
    });
    let idle_tanh =
        tables_with(|_, activation, _, value| if activation == "tanh" { 1.0 } else { value });
    verdicts!(FIGURE.id;
        initial => Contradicted("context-lost", "irrelevant-removed", "few-dimensions", "axes-parallel", "tanh-too"), Reproduced("context-kept", "both-positions", "axes-far-from-parallel");
        large_that_learn => Contradicted("context-kept", "both-positions", "axes-far-from-parallel");
        idle_tanh => Reproduced("irrelevant-removed"), Contradicted("tanh-too");
    );
}

#[test]
fn claims_are_about_leaky_relu_and_say_what_is_missing() {
    let mut tables = tables();
    tables.values.retain(|row| row.activation == "tanh");
    tables.embedded.retain(|row| row.activation == "tanh");
    let missing = FIGURE.claim(&tables, "irrelevant-removed");
    assert_eq!((missing.verdict(), missing.ours()), (NotTested, None));
    let bundle = FIGURE.drawn(&tables);
    assert!(bundle.report.contains("not tested: high_init, "));
    assert!(!bundle.picture.svg.contains(">leaky relu<"));
}

#[test]
fn every_setting_is_seen_by_both_positions() {
    let bundle = FIGURE.drawn(&tables());
    let titles = ["high_init (gain 2), by x", "vlow_init (gain 0.275), by y"];
    bundle.shows(&titles);
    bundle.shows(&["the target is x", "variance between contexts"]);
    let svg = bundle.picture.svg;
    assert!(svg.len() < 1_000_000, "{} bytes", svg.len());
}
