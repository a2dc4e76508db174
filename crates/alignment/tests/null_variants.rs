//! The rotation nulls of all variants and of the cross moment: drawn, and in closed form for wide layers.

use crate::common::{layer, layer_of, normal, orthogonal, positive, turned};
use formant_alignment::{
    AlignmentError, LayerReport, NullLevel, NullOptions, Relation, ReportOptions, calibrated,
    layer_nulls, pearson, relation_nulls, rotation_level, rotation_null,
};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::Array2;
use proptest::prelude::*;

fn options(draws: usize) -> NullOptions {
    NullOptions {
        draws: Some(draws),
        seed: 1,
    }
}

fn matrices(layer: &LayerMoments, side: Side, variant: Variant) -> [Array2<f64>; 4] {
    let cross = layer.second_moment(side, Moment::Cross, variant);
    [
        layer.second_moment(side, Moment::H, variant),
        layer.second_moment(side, Moment::G, variant),
        &cross + &cross.t(),
        layer.weight_gram(side),
    ]
}

#[test]
fn every_variant_and_the_cross_moment_have_the_null_of_their_pair() {
    for (d_a, d_b) in [(5, 5), (6, 4)] {
        let layer = layer(50, d_a, d_b, 9);
        let nulls = layer_nulls(&layer, options(40)).unwrap();
        for (side, variant) in Side::ALL
            .into_iter()
            .flat_map(|side| Variant::ALL.map(|v| (side, v)))
        {
            let [h, g, cross, z] = matrices(&layer, side, variant);
            let relation = |relation| *nulls.relations.get(side, relation).get(variant);
            for (found, a, b) in [
                (relation(Relation::Rga), &h, &g),
                (relation(Relation::Rwa), &h, &z),
                (relation(Relation::Gwa), &g, &z),
                (*nulls.cross.get(side).get(variant), &cross, &z),
            ] {
                let own = options(40).for_layer(layer.name());
                let sample = rotation_null(a.view(), b.view(), own).unwrap();
                let expected = NullLevel::of(sample);
                for (x, y) in [(found.mean, expected.mean), (found.q95, expected.q95)] {
                    assert!(
                        (x.unwrap() - y.unwrap()).abs() < 1e-9,
                        "{side:?} {variant:?} {found:?} {expected:?}"
                    );
                }
            }
        }
        let normalized = relation_nulls(&layer, options(40)).unwrap();
        for (side, relation) in Side::ALL
            .into_iter()
            .flat_map(|side| Relation::ALL.map(|r| (side, r)))
        {
            let [one, other] = [
                *normalized.get(side, relation),
                nulls.relations.get(side, relation).normalized,
            ];
            assert!((one.mean.unwrap() - other.mean.unwrap()).abs() < 1e-12);
        }
    }
}

#[test]
fn the_null_of_the_cross_moment_is_that_of_really_rotating() {
    let layer = layer(60, 5, 5, 3);
    let [_, _, cross, z] = matrices(&layer, Side::B, Variant::Raw);
    let draws = 3000;
    let slow: Vec<f64> = (0..draws)
        .map(|seed| pearson(cross.view(), turned(&z, &orthogonal(5, seed)).view()).unwrap())
        .collect();
    let slow = NullLevel::of(slow);
    let found = layer_nulls(&layer, options(3000)).unwrap().cross.b.raw;
    // A standard deviation of about 0.3 over the root of 3000.
    assert!((found.mean.unwrap() - slow.mean.unwrap()).abs() < 0.03);
    assert!((found.q95.unwrap() - slow.q95.unwrap()).abs() < 0.05);
}

#[test]
fn closed_forms_are_the_levels_of_wide_matrices() {
    let d = 200;
    let spike = {
        let v = normal(d, 1, 5);
        v.dot(&v.t()) + Array2::<f64>::eye(d) * 0.1
    };
    let signed = {
        let x = normal(d, d, 6);
        &x + &x.t()
    };
    for (name, a, b, tolerance) in [
        ("positive", positive(d, 1), positive(d, 2), 0.003),
        (
            "with a mean",
            positive(d, 1) + 0.3,
            positive(d, 2) + 0.5,
            0.003,
        ),
        ("signed", signed, positive(d, 2), 0.003),
        ("one spike", spike.clone(), positive(d, 2), 0.003),
        // A chi-squared distribution: 3.84 / d, the normal one has 3.33 / d.
        ("two spikes", spike.clone(), spike, 0.008),
    ] {
        let sample = rotation_null(a.view(), b.view(), options(600)).unwrap();
        let (drawn, closed) = (
            NullLevel::of(sample),
            rotation_level(a.view(), b.view()).unwrap(),
        );
        let [mean, q95] = [
            drawn.mean.unwrap() - closed.mean.unwrap(),
            drawn.q95.unwrap() - closed.q95.unwrap(),
        ];
        // The spread is at most sqrt 2 / d = 0.007.
        assert!(
            mean.abs() < 0.0015 && q95.abs() < tolerance,
            "{name}: {drawn:?} {closed:?}"
        );
    }
    let a = positive(4, 1);
    let zero = Array2::zeros((4, 4));
    assert!(matches!(
        rotation_level(a.view(), zero.view()),
        Err(AlignmentError::Zero { .. })
    ));
    assert!(rotation_level(Array2::ones((4, 4)).view(), a.view()).is_err());
    assert!(rotation_level(a.view(), positive(5, 1).view()).is_err());
}

#[test]
fn wide_layers_have_all_levels() {
    let d = 520;
    let layer = layer_of(
        &(normal(60, d, 1) + 0.3),
        &normal(60, 3, 2),
        &normal(3, d, 3),
    );
    let nulls = layer_nulls(&layer, options(4)).unwrap();
    for variant in Variant::ALL {
        let [h, g, cross, z] = matrices(&layer, Side::A, variant);
        let drawn = |a: &Array2<f64>, b: &Array2<f64>| {
            NullLevel::of(rotation_null(a.view(), b.view(), options(4)).unwrap())
                .mean
                .unwrap()
        };
        let found = |relation| {
            nulls
                .relations
                .get(Side::A, relation)
                .get(variant)
                .mean
                .unwrap()
        };
        for (found, expected) in [
            (found(Relation::Rga), drawn(&h, &g)),
            (found(Relation::Rwa), drawn(&h, &z)),
            (nulls.cross.a.get(variant).mean.unwrap(), drawn(&cross, &z)),
        ] {
            assert!(
                (found - expected).abs() < 0.01,
                "{variant:?}: {found} {expected}"
            );
        }
        assert!(nulls.cross.b.get(variant).q95.is_some());
    }
    // Unless rotations are requested, the normalized relations of the wide side have closed forms too.
    let default = layer_nulls(&layer, NullOptions::default()).unwrap();
    let [h, g, _, z] = matrices(&layer, Side::A, Variant::Normalized);
    let level = |side, relation| default.relations.get(side, relation).normalized;
    let asked = |side, relation| nulls.relations.get(side, relation).normalized;
    for (relation, a, b) in [
        (Relation::Rga, &h, &g),
        (Relation::Rwa, &h, &z),
        (Relation::Gwa, &g, &z),
    ] {
        assert_eq!(
            level(Side::A, relation),
            rotation_level(a.view(), b.view()).unwrap()
        );
        assert_ne!(level(Side::A, relation), asked(Side::A, relation));
        assert!(level(Side::B, relation).q95.is_some());
    }
}

#[test]
fn reports_calibrate_every_variant_and_read_records_that_do_not() {
    let layer = layer(60, 6, 5, 2);
    let report = LayerReport::new(
        &layer,
        &ReportOptions {
            null_draws: Some(20),
            null_seed: 1,
        },
    )
    .unwrap();
    let nulls = layer_nulls(&layer, options(20)).unwrap();
    for (side, variant) in Side::ALL
        .into_iter()
        .flat_map(|side| Variant::ALL.map(|v| (side, v)))
    {
        for relation in Relation::ALL {
            let null = report.null_of(side, relation, variant);
            assert_eq!(null, *nulls.relations.get(side, relation).get(variant));
            let alpha = report.alpha(side, relation, variant).unwrap();
            let expected = calibrated(alpha, null.mean.unwrap());
            assert!(expected.is_some());
            assert_eq!(report.calibrated_of(side, relation, variant), expected);
        }
        let null = report.null_cross(side, variant);
        assert_eq!(null, *nulls.cross.get(side).get(variant));
        let alpha = report.alpha_cross.get(side, variant).z.unwrap();
        let expected = calibrated(alpha, null.mean.unwrap());
        assert_eq!(report.calibrated_cross(side, variant), expected);
    }
    let mut json = serde_json::to_value(&report).unwrap();
    assert!(json["null_by_variant"]["b_rga"]["raw"]["q95"].is_number());
    assert!(json["calibrated_by_variant"]["b_rga"]["centered"].is_number());
    assert!(json["null_cross"]["a"]["normalized"]["mean"].is_number());
    assert!(json["alpha_cross_calibrated"]["b"]["raw"].is_number());
    let fields = json.as_object_mut().unwrap();
    for key in [
        "null_by_variant",
        "calibrated_by_variant",
        "null_cross",
        "alpha_cross_calibrated",
    ] {
        fields.remove(key);
    }
    let old: LayerReport = serde_json::from_value(json).unwrap();
    let at = (Side::B, Relation::Gwa);
    assert_eq!(
        old.null_of(at.0, at.1, Variant::Normalized),
        report.null(at.0, at.1)
    );
    assert_eq!(
        old.calibrated_of(at.0, at.1, Variant::Normalized),
        *report.alpha_calibrated.get(at.0, at.1)
    );
    assert_eq!(old.null_of(at.0, at.1, Variant::Raw), NullLevel::default());
    assert_eq!(old.null_cross(Side::A, Variant::Raw), NullLevel::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The null keeps spectra only: a scale of either matrix or a rotation of the turned one changes nothing.
    #[test]
    fn scales_and_rotations_of_the_second_change_nothing(
        d in 2..8_usize,
        seed in 0..1000_u64,
        scale in -60..60_i32,
    ) {
        let (a, b) = (positive(d, seed), positive(d, seed + 1));
        let scale = 10_f64.powi(scale);
        let draw = |a: &Array2<f64>, b: &Array2<f64>| rotation_null(a.view(), b.view(), options(5)).unwrap();
        let before = draw(&a, &b);
        let after = draw(&(&a * scale), &turned(&b, &orthogonal(d, seed + 2)));
        for (x, y) in before.iter().zip(&after) {
            prop_assert!((x - y).abs() < 1e-9 && x.abs() <= 1.0, "{x} {y}");
        }
        let [one, other] = [(a.clone(), b.clone()), (&a * scale, turned(&b, &orthogonal(d, seed + 2)))]
            .map(|(a, b)| rotation_level(a.view(), b.view()).unwrap());
        prop_assert!((one.mean.unwrap() - other.mean.unwrap()).abs() < 1e-9);
        prop_assert!((one.q95.unwrap() - other.q95.unwrap()).abs() < 1e-9);
        prop_assert!(one.mean <= one.q95);
    }

    #[test]
    fn calibration_has_its_fixed_points(alpha in -1.0..1.0_f64, null in -0.9..0.9_f64) {
        prop_assert!((calibrated(1.0, null).unwrap() - 1.0).abs() < 1e-12);
        prop_assert_eq!(calibrated(null, null), Some(0.0));
        let value = calibrated(alpha, null).unwrap();
        prop_assert!(value <= 1.0 + 1e-12 && (value > 0.0) == (alpha > null));
        prop_assert_eq!(calibrated(alpha, 1.0), None);
    }
}
