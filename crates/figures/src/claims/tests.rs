//! How verdicts follow from parts.

use super::*;
use crate::Range;

fn judged(criterion: &Criterion, seeds: &[&[f64]]) -> Verdict {
    let parts = seeds
        .iter()
        .map(|values| criterion.part("case", None, Estimate::mean(values, Range::Real)))
        .collect();
    Claim::new("id", Tag::Ours, "statement", criterion.clone(), parts).verdict()
}

#[test]
fn the_interval_decides_between_reproduced_and_partly() {
    let above = Criterion::by_interval("x", Bound::Above(0.5));
    assert_eq!(judged(&above, &[&[0.6, 0.61, 0.59]]), Verdict::Reproduced);
    assert_eq!(judged(&above, &[&[0.9, 0.5, 0.2]]), Verdict::Partly);
    assert_eq!(judged(&above, &[&[0.4, 0.41, 0.39]]), Verdict::Not);
    assert_eq!(judged(&above, &[&[0.9]]), Verdict::Partly, "one seed");
    let value = Criterion::by_value("x", Bound::Above(0.5));
    assert_eq!(judged(&value, &[&[0.9]]), Verdict::Reproduced);
}

#[test]
fn most_parts_make_partly_and_half_do_not() {
    let (good, bad): (&[f64], &[f64]) = (&[0.9, 0.91], &[0.1, 0.11]);
    let above = Criterion::by_interval("x", Bound::Above(0.5));
    assert_eq!(judged(&above, &[good, good, bad]), Verdict::Partly);
    assert_eq!(judged(&above, &[good, bad]), Verdict::Not);
    assert_eq!(
        judged(&above, &[good, good, &[]]),
        Verdict::Partly,
        "a missing part"
    );
    assert_eq!(judged(&above, &[]), Verdict::Not, "no parts");
}

#[test]
fn bounds_are_strict_only_where_they_say_so() {
    assert!(!Bound::Above(0.5).holds(0.5) && Bound::AtLeast(0.5).holds(0.5));
    assert!(!Bound::Below(0.5).holds(0.5) && Bound::AtMost(0.5).holds(0.5));
    assert!(!Bound::AtMost(0.5).holds(f64::NAN) && !Bound::Above(0.5).holds(f64::NAN));
}

#[test]
fn the_worst_part_stands_for_the_claim() {
    let below = Criterion::by_interval("x", Bound::Below(0.0));
    let part =
        |name, value| below.part(name, Some(value), Estimate::mean(&[value; 2], Range::Real));
    let parts = vec![part("a", -0.9), part("b", -0.1), part("c", -0.5)];
    let claim = Claim::new("id", Tag::Ours, "s", below.clone(), parts);
    assert_eq!(claim.worst.as_deref(), Some("b"));
    assert_eq!(
        (claim.paper_value, claim.ours.unwrap().value),
        (Some(-0.1), -0.1)
    );
}

#[test]
fn no_part_is_the_worst_where_all_are_alike() {
    let above = Criterion::by_value("x", Bound::Above(0.0));
    let claim = |values: [f64; 2]| {
        let part = |value| above.part("a", None, Estimate::mean(&[value], Range::Real));
        Claim::new("id", Tag::Ours, "s", above.clone(), values.map(part).into())
    };
    assert_eq!(claim([0.5, 0.5]).worst, None);
    assert_eq!(claim([0.5, 0.4]).worst.as_deref(), Some("a"));
    let undefined = claim([0.5, f64::NAN]);
    assert!(
        undefined.ours().unwrap().value.is_nan(),
        "a NaN is the worst"
    );
}

#[test]
fn a_pipe_ends_no_cell_of_a_table() {
    let at_most = Criterion::by_value("|a - b|", Bound::AtMost(0.5));
    let parts = [("|x|", 0.1), ("y", 0.9)]
        .map(|(name, value)| at_most.part(name, None, Estimate::mean(&[value], Range::Real)));
    let [x, y] = parts.clone();
    for parts in [vec![x.clone(), y], vec![x]] {
        let claim = Claim::new("id", Tag::Ours, "|a| is |b|", at_most.clone(), parts);
        let text = Claims::new("crh-gamma", Preset::Quick, vec![claim]).to_markdown();
        for line in text.lines() {
            let bare = line.replace("\\|", "");
            assert_eq!(bare.matches('|').count(), 6, "{line}");
        }
        assert!(text.contains("\\|a - b\\|: at most 0.5") && text.contains("\\|a\\| is"));
    }
}

#[test]
fn the_summary_counts_verdicts() {
    let above = Criterion::by_value("x", Bound::Above(0.0));
    let claim = |value| {
        let parts = vec![above.part("a", None, Estimate::mean(&[value], Range::Real))];
        Claim::new("id", Tag::Ours, "s", above.clone(), parts)
    };
    let claims = [1.0, -1.0, 2.0].map(claim).into();
    let claims = Claims::new("crh-gamma", Preset::Quick, claims);
    assert_eq!(claims.summary(), "2 reproduced, 0 partly, 1 not");
}

#[test]
fn no_claims_are_not_met() {
    assert!(!Claims::new("crh-gamma", Preset::Smoke, Vec::new()).all_met());
}
