//! The null of RWA b and GWA a, whose matrices share the weight: against really rotating, and untrained maps.

use crate::common::{decades, layer_of, normal, orthogonal, turned};
use formant_alignment::{
    LayerReport, NEARLY_RANK_ONE, NullLevel, Relation, ReportOptions, Side, Variant, calibrated,
    pearson,
};
use formant_moments::Moment;
use ndarray::{Array1, Array2};

fn report(h_a: &Array2<f64>, g_b: &Array2<f64>, weight: &Array2<f64>) -> LayerReport {
    LayerReport::new(&layer_of(h_a, g_b, weight), &ReportOptions::default()).unwrap()
}

/// `alpha(W Q M Q^T W^T, W W^T)` for really rotated moments.
fn slow(moment: &Array2<f64>, weight: &Array2<f64>, draws: u64) -> NullLevel {
    let z = weight.dot(&weight.t());
    let value = |seed| {
        let carried = weight
            .dot(&turned(moment, &orthogonal(moment.nrows(), seed)))
            .dot(&weight.t());
        pearson(carried.view(), z.view()).unwrap()
    };
    NullLevel::of((0..draws).map(value).collect())
}

/// Columns of sizes that fall to `least`.
fn falling(rows: usize, d: usize, least: f64, seed: u64) -> Array2<f64> {
    normal(rows, d, seed) * Array1::from(decades(d, least))
}

#[test]
fn the_null_is_that_of_really_rotating_the_other_side() {
    // Drawn and taken at means, wide to narrow and narrow to wide, flat weights and steep ones.
    for (case, (d_a, d_b, least, steep, drawn)) in [
        (6, 6, 0.3, 0.3, true),
        (9, 5, 0.1, 0.1, true),
        (5, 9, 0.1, 0.1, true),
        (40, 34, 1.0, 1.0, false),
        (36, 40, 0.5, 1.0, false),
        (40, 36, 0.02, 0.02, true),
        (36, 40, 0.02, 0.1, true),
    ]
    .into_iter()
    .enumerate()
    {
        let h_a = falling(300, d_a, least, 1) + 0.2;
        let g_b = falling(300, d_b, least, 2);
        let weight = falling(d_b, d_a, steep, 3);
        let layer = layer_of(&h_a, &g_b, &weight);
        let found = LayerReport::new(&layer, &ReportOptions::default()).unwrap();
        let nulls = found.null_through_weight;
        for variant in [Variant::Centered, Variant::Normalized] {
            let h = layer.second_moment(Side::A, Moment::H, variant);
            let g = layer.second_moment(Side::B, Moment::G, variant);
            for (level, slow, error) in [
                (
                    nulls.b_rwa.get(variant),
                    slow(&h, &weight, 400),
                    found.null_through_weight_error.b_rwa.get(variant),
                ),
                (
                    nulls.a_gwa.get(variant),
                    slow(&g, &weight.t().to_owned(), 400),
                    found.null_through_weight_error.a_gwa.get(variant),
                ),
            ] {
                let spread = slow.q95.unwrap() - slow.mean.unwrap();
                let off = (level.mean.unwrap() - slow.mean.unwrap()).abs();
                assert!(
                    off < 0.01 + 0.2 * spread,
                    "{case} {variant:?}: {level:?}, really {slow:?}"
                );
                if let Some(q95) = level.q95 {
                    let off = (q95 - slow.q95.unwrap()).abs();
                    assert!(
                        off < 0.015 + 0.35 * spread,
                        "{case}: {level:?}, really {slow:?}"
                    );
                }
                assert_eq!(level.q95.is_some(), drawn, "{case} {variant:?}");
                assert_eq!(error.is_some(), drawn, "{case} {variant:?} {error:?}");
            }
        }
    }
}

#[test]
fn an_untrained_map_is_at_this_null_and_far_above_the_other() {
    let d = 60;
    let (h_a, g_b) = (falling(500, d, 0.3, 1), falling(500, d, 0.3, 2));
    let found = report(&h_a, &g_b, &normal(d, d, 3));
    for (side, relation, null) in [
        (Side::B, Relation::Rwa, found.null_through_weight.b_rwa),
        (Side::A, Relation::Gwa, found.null_through_weight.a_gwa),
    ] {
        let alpha = found.alpha(side, relation, Variant::Normalized).unwrap();
        let null = null.normalized.mean.unwrap();
        assert!((alpha - null).abs() < 0.04, "{alpha} {null}");
        let unrelated = found.null(side, relation).mean.unwrap();
        assert!(alpha > unrelated + 0.3, "{alpha} {unrelated}");
        assert!(
            found
                .calibrated_of(side, relation, Variant::Normalized)
                .unwrap()
                > 0.5
        );
    }
    let value = found.calibrated_through_weight.b_rwa.normalized.unwrap();
    let (alpha, null) = (
        found
            .alpha(Side::B, Relation::Rwa, Variant::Normalized)
            .unwrap(),
        found.null_through_weight.b_rwa.normalized.mean.unwrap(),
    );
    assert_eq!(Some(value), calibrated(alpha, null));
    assert!(value.abs() < 0.35, "{value}");
    let json = serde_json::to_value(&found).unwrap();
    assert!(json["null_through_weight"]["b_rwa"]["normalized"]["mean"].is_number());
    assert!(json["calibrated_through_weight"]["a_gwa"]["raw"].is_number());
    assert!(json["null"]["b_rwa"]["mean"].is_number());
    let reading = found
        .readings
        .get("alpha_rwa_through_weight", Side::B, Variant::Raw)
        .unwrap();
    assert_eq!(reading.null, found.null_through_weight.b_rwa.raw);
    assert!(
        found
            .readings
            .get("alpha_rwa_through_weight", Side::A, Variant::Raw)
            .is_none()
    );
}

#[test]
fn alignment_with_the_weight_is_above_this_null() {
    // Inputs along the weight's leading directions.
    let d = 40;
    let weight = falling(d, d, 0.05, 3).dot(&orthogonal(d, 4));
    let aligned = normal(600, d, 1).dot(&weight);
    let found = report(&aligned, &normal(600, d, 2), &weight);
    let value = found.calibrated_through_weight.b_rwa.raw.unwrap();
    assert!(value > 0.5, "{value}");
    let rotated = aligned.dot(&orthogonal(d, 5));
    let found = report(&rotated, &normal(600, d, 2), &weight);
    let lost = found.calibrated_through_weight.b_rwa.raw.unwrap();
    assert!(lost < value - 0.2, "{lost} {value}");
}

#[test]
fn what_is_one_by_definition_is_said_to_be() {
    // A scalar readout: G_a and Z_a are multiples of w w^T.
    let found = report(&normal(90, 7, 1), &normal(90, 1, 2), &normal(1, 7, 3));
    assert!(
        found
            .warnings
            .iter()
            .any(|w| w.contains("GWA a is 1 by definition"))
    );
    let alpha = found.alpha(Side::A, Relation::Gwa, Variant::Raw).unwrap();
    assert!((alpha - 1.0).abs() < 1e-9);
    let null = found.null_through_weight.a_gwa.raw;
    assert!((null.mean.unwrap() - 1.0).abs() < 1e-9, "{null:?}");
    assert_eq!(found.calibrated_through_weight.a_gwa.raw, None);
    let reading = found
        .readings
        .get("calibrated_gwa_through_weight", Side::A, Variant::Raw)
        .unwrap();
    assert!(
        reading.reason.as_ref().unwrap().contains("the null is 1.0"),
        "{reading:?}"
    );

    let found = report(&normal(90, 1, 1), &normal(90, 6, 2), &normal(6, 1, 3));
    assert!(
        found
            .warnings
            .iter()
            .any(|w| w.contains("RWA b is 1 by definition"))
    );
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(
        json["warnings"].as_array().unwrap().len(),
        found.warnings.len()
    );
}

#[test]
fn a_weight_of_nearly_rank_one_is_warned_of() {
    let spike = normal(6, 1, 1).dot(&normal(1, 7, 2));
    for (noise, warned) in [(0.0, true), (0.05, true), (1.0, false)] {
        let weight = &spike + &(normal(6, 7, 3) * noise);
        let found = report(&normal(90, 7, 4), &normal(90, 6, 5), &weight);
        let rank = found
            .readings
            .value("effective_rank_z", Side::A, Variant::Raw)
            .unwrap();
        assert_eq!(rank < NEARLY_RANK_ONE, warned, "{rank}");
        let said = found
            .warnings
            .iter()
            .any(|w| w.contains("nearly of rank one"));
        assert_eq!(said, warned, "{rank} {:?}", found.warnings);
    }
    let json = serde_json::to_value(report(
        &normal(90, 7, 4),
        &normal(90, 6, 5),
        &normal(6, 7, 3),
    ))
    .unwrap();
    assert!(json.get("warnings").is_none());
}
