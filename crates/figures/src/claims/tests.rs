//! How verdicts follow from parts.

use super::*;
use crate::Range;

fn draft() -> Draft {
    Tag::Ours.claim("id", "|a| is |b|")
}

/// A claim with a case of each of these values of seeds; `a`, `b`, … are their names.
fn claim<'s>(judged: Judged, seeds: impl IntoIterator<Item = &'s [f64]>) -> Claim {
    let names = ('a'..).map(String::from);
    let cases = names.zip(seeds);
    judged.parts(cases.map(|(name, values)| {
        let paper = values.first().copied();
        (name, paper, Estimate::mean(values, Range::Real))
    }))
}

fn above(bound: f64) -> Judged {
    draft().by_interval("x", Bound::Above(bound))
}

fn verdict(seeds: &[&[f64]]) -> Verdict {
    claim(above(0.5), seeds.iter().copied()).verdict()
}

#[test]
fn the_interval_decides_between_reproduced_and_partly() {
    assert_eq!(verdict(&[&[0.6, 0.61, 0.59]]), Verdict::Reproduced);
    assert_eq!(verdict(&[&[0.9, 0.5, 0.2]]), Verdict::Partly);
    assert_eq!(verdict(&[&[0.4, 0.41, 0.39]]), Verdict::Not);
    assert_eq!(verdict(&[&[0.9]]), Verdict::Partly, "one seed");
    let value = claim(draft().by_value("x", Bound::Above(0.5)), [&[0.9][..]]);
    assert_eq!(value.verdict(), Verdict::Reproduced);
}

#[test]
fn most_parts_make_partly_and_half_do_not() {
    let (good, bad): (&[f64], &[f64]) = (&[0.9, 0.91], &[0.1, 0.11]);
    assert_eq!(verdict(&[good, good, bad]), Verdict::Partly);
    assert_eq!(verdict(&[good, bad]), Verdict::Not);
    let with_a_missing_part = verdict(&[good, good, &[]]);
    assert_eq!(with_a_missing_part, Verdict::Partly);
    assert_eq!(verdict(&[]), Verdict::Not, "no parts");
}

#[test]
fn bounds_are_strict_only_where_they_say_so() {
    assert!(!Bound::Above(0.5).holds(0.5) && Bound::AtLeast(0.5).holds(0.5));
    assert!(!Bound::Below(0.5).holds(0.5) && Bound::AtMost(0.5).holds(0.5));
    assert!(!Bound::AtMost(0.5).holds(f64::NAN) && !Bound::Above(0.5).holds(f64::NAN));
}

#[test]
fn the_worst_part_stands_for_the_claim() {
    let below = draft().by_interval("x", Bound::Below(0.0));
    let claim = claim(below, [&[-0.9; 2][..], &[-0.1; 2], &[-0.5; 2]]);
    assert_eq!(claim.worst.as_deref(), Some("b"));
    let ours = claim.ours.unwrap().value;
    assert_eq!((claim.paper_value, ours), (Some(-0.1), -0.1));
}

#[test]
fn no_part_is_the_worst_where_all_are_alike() {
    let of = |values: [f64; 2]| claim(above(0.0), values.chunks(1));
    assert_eq!(of([0.5, 0.5]).worst, None);
    assert_eq!(of([0.4, 0.5]).worst.as_deref(), Some("a"));
    let undefined = of([0.5, f64::NAN]).ours().unwrap();
    assert!(undefined.value.is_nan(), "a NaN is the worst");
}

#[test]
fn a_pipe_ends_no_cell_of_a_table() {
    for values in [&[0.1, 0.9][..], &[0.1]] {
        let parts = ["|x|", "y"].into_iter().zip(values);
        let parts = parts.map(|(name, value)| (name, Estimate::mean(&[*value], Range::Real)));
        let at_most = draft().by_value("|a - b|", Bound::AtMost(0.5));
        let claims = vec![at_most.parts(parts)];
        let text = Claims::new("crh-gamma", Preset::Quick, claims).to_markdown();
        for line in text.lines() {
            let bare = line.replace("\\|", "");
            assert_eq!(bare.matches('|').count(), 6, "{line}");
        }
        assert!(text.contains("\\|a - b\\|: at most 0.5") && text.contains("\\|a\\| is"));
    }
}

#[test]
fn the_summary_counts_verdicts_and_no_claims_are_not_met() {
    let value = || draft().by_value("x", Bound::Above(0.0));
    let claims = [1.0, -1.0, 2.0].map(|number| claim(value(), [&[number][..]]));
    let claims = Claims::new("crh-gamma", Preset::Quick, claims.into());
    assert_eq!(claims.summary(), "2 reproduced, 0 partly, 1 not");
    assert!(!Claims::new("crh-gamma", Preset::Smoke, Vec::new()).all_met());
}
