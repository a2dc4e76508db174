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
fn value_and_whole_interval_decide() {
    assert_eq!(verdict(&[&[0.6, 0.61, 0.59]]), Verdict::Reproduced);
    assert_eq!(verdict(&[&[0.4, 0.41, 0.39]]), Verdict::Contradicted);
    assert_eq!(verdict(&[&[0.9, 0.5, 0.2]]), Verdict::Undecided);
    assert_eq!(verdict(&[&[0.7, 0.4, 0.2]]), Verdict::Undecided);
    assert_eq!(verdict(&[&[0.9]]), Verdict::Undecided, "one seed");
    assert_eq!(verdict(&[&[0.1]]), Verdict::Undecided, "one seed");
    for (value, expected) in [(0.9, Verdict::Reproduced), (0.1, Verdict::Contradicted)] {
        let value = claim(draft().by_value("x", Bound::Above(0.5)), [&[value][..]]);
        assert_eq!(value.verdict(), expected);
    }
}

#[test]
fn every_part_counts() {
    let [good, bad, wide]: [&[f64]; 3] = [&[0.9, 0.91], &[0.1, 0.11], &[0.9, 0.2]];
    assert_eq!(verdict(&[good, good, good]), Verdict::Reproduced);
    assert_eq!(verdict(&[good, good, bad]), Verdict::Contradicted);
    assert_eq!(verdict(&[wide, good, bad]), Verdict::Contradicted);
    assert_eq!(verdict(&[good, good, wide]), Verdict::Undecided);
    // Evidence for less than the claim.
    assert_eq!(verdict(&[good, good, &[]]), Verdict::Undecided);
    assert_eq!(verdict(&[bad, &[]]), Verdict::Contradicted);
    assert_eq!(verdict(&[&[], &[]]), Verdict::NotTested);
    assert_eq!(verdict(&[]), Verdict::NotTested, "no parts");
}

#[test]
fn a_reason_leaves_a_part_or_a_claim_untested() {
    let good = Estimate::mean(&[0.9, 0.91], Range::Real);
    let because = || Some("trained for too short".to_owned());
    let case = |name: &str| Case::from((name, good));
    let all = above(0.5).untested(because()).parts([case("a")]);
    assert_eq!((all.verdict(), all.ours()), (Verdict::NotTested, None));
    assert_eq!(all.parts()[0].not_tested_because(), because().as_deref());
    let one = above(0.5).parts([case("a"), case("b").untested(because())]);
    assert_eq!(one.verdict(), Verdict::Undecided);
    assert_eq!(
        above(0.5).untested(None).parts([case("a")]).verdict(),
        Verdict::Reproduced
    );
}

/// What contradicts one part need not contradict a claim of many.
#[test]
fn a_contradiction_has_to_stand_out_among_all_parts() {
    // 95 % of one comparison: 0.4 and 0.05 to either side.
    let outside: &[f64] = &[0.38, 0.40, 0.42];
    assert_eq!(verdict(&[outside]), Verdict::Contradicted);
    let good: &[f64] = &[0.90, 0.91, 0.92];
    let many = [vec![outside], vec![good; 19]].concat();
    let many = claim(above(0.5), many);
    assert_eq!(many.verdict(), Verdict::Undecided);
    assert_eq!(many.parts()[0].verdict(), Verdict::Contradicted);
    assert_eq!(many.worst.as_deref(), Some("a"));
    let far: &[f64] = &[-0.22, -0.20, -0.18];
    assert_eq!(
        verdict(&[vec![far], vec![good; 19]].concat()),
        Verdict::Contradicted
    );
}

/// Parts at the bound: as much above as below.
#[test]
fn a_claim_without_any_effect_is_undecided() {
    for (seeds, parts) in [(3, 1), (3, 6), (5, 6), (5, 25), (10, 2)] {
        let mut state = 88_172_645_463_325_252_u64;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let undecided = (0..400).filter(|_| {
            let part = |_| -> Vec<f64> { (0..seeds).map(|_| normal()).collect() };
            let parts: Vec<Vec<f64>> = (0..parts).map(part).collect();
            let claim = claim(above(0.0), parts.iter().map(Vec::as_slice));
            claim.verdict() == Verdict::Undecided
        });
        let share = undecided.count() as f64 / 400.0;
        assert!(share > 0.92, "{seeds} seeds, {parts} parts: {share}");
    }
}

#[test]
fn narrow_and_equal_intervals_are_not_printed_as_numbers_that_look_alike() {
    let shown = |values: &[f64]| estimate(Estimate::mean(values, Range::Correlation).unwrap());
    assert_eq!(shown(&[0.7, 0.72, 0.71]), "0.710 [0.684, 0.735] (3)");
    assert_eq!(shown(&[1.0; 3]), "1.000, all equal (3)");
    assert_eq!(shown(&[1.0; 2]), "1.000 (2)");
    let near = shown(&[0.99990, 0.99991, 0.99992]);
    assert!(
        near.starts_with("1.000 ± ") && near.ends_with("e-5 (3)"),
        "{near}"
    );
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
        for line in text.lines().take_while(|line| !line.is_empty()) {
            let bare = line.replace("\\|", "");
            assert_eq!(bare.matches('|').count(), 6, "{line}");
        }
        assert!(text.contains("\\|a - b\\|: at most 0.5") && text.contains("\\|a\\| is"));
    }
}

#[test]
fn the_tally_keeps_kinds_apart() {
    let value = || draft().by_value("x", Bound::Above(0.0));
    let [good, bad] = [1.0, -1.0].map(|number| claim(value(), [&[number][..]]));
    let all = |claims: &[&Claim]| {
        let claims = claims.iter().map(|claim| (*claim).clone());
        Claims::new("crh-gamma", Preset::Quick, claims.collect())
    };
    let (sound, unsound) = (good.clone().soundness(), bad.clone().soundness());
    let fitted = bad.clone().fitted();
    let claims = all(&[&good, &bad, &good, &sound, &unsound, &fitted]);
    assert_eq!(
        claims.tally().to_string(),
        "2 reproduced, 1 contradicted, 0 undecided, 0 not tested; soundness 1 of 2; 1 fitted, not counted"
    );
    assert!(!all(&[]).all_met() && !claims.all_met());
    assert!(all(&[&good, &sound, &fitted]).all_met());
    assert!(!all(&[&good, &unsound]).all_met());
    let text = claims.to_markdown();
    assert_eq!(text.matches("| reproduced |").count(), 2);
    assert!(
        text.contains("1 of 2 checks of our own runs hold")
            && text.contains("counted for nothing: `id`"),
        "{text}"
    );
}

#[test]
fn a_report_has_ten_rows_and_names_the_others() {
    let value = || draft().by_value("x", Bound::Above(0.0));
    let claims = (0..13).map(|_| claim(value(), [&[1.0][..]])).collect();
    let text = Claims::new("crh-gamma", Preset::Quick, claims).to_markdown();
    assert_eq!(text.matches("| reproduced |").count(), 10);
    assert_eq!(text.matches("`id` reproduced").count(), 3);
}
