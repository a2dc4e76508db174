//! What is rounding is not measured: ties, constants, covariances, and squares that underflow.

use crate::common::{layer, layer_of, normal, orthogonal};
use formant_alignment::{
    AgopAccumulator, AlignmentError, BalanceAccumulator, CollapseAccumulator, Comparison,
    LayerReport, NullOptions, ReportOptions, RepresentationMeasure, RsaCorrelation, Sgd, Side,
    Variant, cross_alignment, layer_nulls, linear_cka_unbiased, pearson, pearson_offdiagonal,
    power_law, rsa, spearman, stationarity,
};
use formant_alignment::{LayerMatrix, PowerLawOptions, Relation, alpha};
use formant_moments::{LayerMoments, SampleBlock};
use ndarray::{Array2, Axis, concatenate};

/// To `f32` and back.
fn single(matrix: &Array2<f64>) -> Array2<f64> {
    matrix.mapv(|x| f64::from(x as f32))
}

/// As computed in `f64`, and as stored in `f32`.
fn both(matrix: &Array2<f64>) -> [Array2<f64>; 2] {
    [matrix.clone(), single(matrix)]
}

fn report(layer: &LayerMoments) -> LayerReport {
    LayerReport::new(layer, &ReportOptions::default()).unwrap()
}

const CORRELATIONS: [RsaCorrelation; 2] = [RsaCorrelation::Pearson, RsaCorrelation::Spearman];

#[test]
fn a_rotated_simplex_has_no_rsa() {
    let n = 20;
    let other = normal(n, 5, 1);
    for simplex in both(&(Array2::<f64>::eye(n).dot(&orthogonal(n, 2)) + 0.7)) {
        for correlation in CORRELATIONS {
            let error = rsa(correlation, other.view(), simplex.view()).unwrap_err();
            assert!(
                matches!(
                    error,
                    AlignmentError::Constant {
                        which: "second",
                        ..
                    }
                ),
                "{correlation:?}: {error}"
            );
        }
        let error = linear_cka_unbiased(simplex.view(), other.view()).unwrap_err();
        assert_eq!(error, AlignmentError::NoUnbiasedHsic { which: "first" });
    }
    // One sample that moves by a thousandth is data.
    let mut moved = Array2::<f64>::eye(n).dot(&orthogonal(n, 2));
    moved.row_mut(3).mapv_inplace(|x| x * 1.001);
    for correlation in CORRELATIONS {
        assert!(rsa(correlation, other.view(), moved.view()).is_ok());
    }
}

#[test]
fn equal_samples_tie_in_every_basis() {
    let few = normal(6, 8, 3);
    let twice = concatenate(Axis(0), &[few.view(), few.view(), few.view()]).unwrap();
    let other = normal(18, 4, 4);
    for turned in both(&(twice.dot(&orthogonal(8, 5)) + 0.3)) {
        for correlation in CORRELATIONS {
            let of = |x: &Array2<f64>| rsa(correlation, x.view(), other.view()).unwrap();
            assert!((of(&twice) - of(&turned)).abs() < 1e-6, "{correlation:?}");
        }
    }
    assert!(spearman(&[0.3, 0.1 + 0.2, 0.3], &[1.0, 2.0, 3.0]).is_err());
    let same = spearman(&[0.3, 0.1 + 0.2, 0.4], &[1.0, 2.0, 3.0]).unwrap();
    assert_eq!(same, spearman(&[0.3, 0.3, 0.4], &[1.0, 2.0, 3.0]).unwrap());
}

#[test]
fn offdiagonal_entries_that_are_rounding_have_no_correlation() {
    let q = orthogonal(12, 1);
    let identity = q.dot(&q.t());
    let other =
        layer(60, 12, 12, 2).second_moment(Side::A, formant_moments::Moment::H, Variant::Raw);
    let error = pearson_offdiagonal(other.view(), identity.view()).unwrap_err();
    assert!(matches!(
        error,
        AlignmentError::Constant {
            which: "second",
            ..
        }
    ));
    // Small beside one large neuron, they are still data.
    let mut giant = other.clone();
    giant.row_mut(0).mapv_inplace(|x| x * 1e7);
    giant.column_mut(0).mapv_inplace(|x| x * 1e7);
    giant[[1, 2]] += 1e-3;
    assert!(pearson_offdiagonal(other.view(), giant.view()).is_ok());
}

/// Gradients along one direction, of different sizes.
fn one_class(n: usize, d: usize) -> Array2<f64> {
    normal(n, 1, 7)
        .mapv(|x| x.abs() + 0.5)
        .dot(&normal(1, d, 8))
}

#[test]
fn the_covariance_of_equal_directions_is_not_measured() {
    for g_b in both(&one_class(200, 6)) {
        let layer = layer_of(&(normal(200, 5, 1) + 0.3), &g_b, &normal(6, 5, 2));
        let found = report(&layer);
        for side in Side::ALL {
            for relation in [Relation::Rga, Relation::Gwa] {
                assert_eq!(found.alpha(side, relation, Variant::Normalized), None);
                assert_eq!(found.cosine(side, relation, Variant::Normalized), None);
                assert_eq!(found.null(side, relation).mean, None);
                assert_eq!(
                    found.calibrated_of(side, relation, Variant::Normalized),
                    None
                );
                assert!(found.alpha(side, relation, Variant::Raw).is_some());
                assert!(found.alpha(side, relation, Variant::Centered).is_some());
                let name = format!("alpha_{}", relation.name());
                let reading = found
                    .readings
                    .get(&name, side, Variant::Normalized)
                    .unwrap();
                let reason = reading.reason.as_ref().unwrap();
                let words = format!(
                    "all directions of g_{} are equal up to rounding",
                    side.name()
                );
                assert!(reason.contains(&words), "{reason}");
                assert!(alpha(&layer, side, relation, Variant::Normalized).is_err());
            }
            assert!(
                found
                    .alpha(side, Relation::Rwa, Variant::Normalized)
                    .is_some()
            );
            assert_eq!(cross_alignment(&layer, side, Variant::Normalized).z, None);
        }
        assert_eq!(found.readings.out_of_range().next(), None);
    }
}

#[test]
fn the_covariance_of_equal_samples_is_not_measured() {
    for h_a in both(
        &normal(1, 5, 1)
            .broadcast((100, 5))
            .unwrap()
            .mapv(|x| x / 3.0),
    ) {
        // Rounding that differs from sample to sample.
        let h_a = h_a * (1.0 + normal(100, 5, 2) * 1e-8);
        let found = report(&layer_of(&h_a, &normal(100, 4, 3), &normal(4, 5, 4)));
        for side in Side::ALL {
            for variant in [Variant::Centered, Variant::Normalized] {
                assert_eq!(found.alpha(side, Relation::Rwa, variant), None);
            }
            let reading = found
                .readings
                .get("alpha_rwa", side, Variant::Centered)
                .unwrap();
            let reason = reading.reason.as_ref().unwrap();
            assert!(
                reason.contains(&format!("all samples of h_{}", side.name())),
                "{reason}"
            );
            assert!(found.alpha(side, Relation::Rwa, Variant::Raw).is_some());
        }
        let json = serde_json::to_value(&found).unwrap();
        assert!(
            json["readings"][0].get("reason").is_none() || json["readings"][0]["value"].is_null()
        );
    }
}

fn scaled_layer(h: f64, g: f64, w: f64) -> LayerMoments {
    let (h_a, g_b) = (normal(80, 5, 1) + 0.3, normal(80, 4, 2));
    layer_of(&(h_a * h), &(g_b * g), &(normal(4, 5, 3) * w))
}

#[test]
fn squares_that_underflow_are_refused_and_never_shift_a_value() {
    let expected = report(&scaled_layer(1.0, 1.0, 1.0));
    for size in [1e-120, 1e-138, 1e-142, 1e-155, 1e-161, 1e-170, 1e-250] {
        let found = report(&scaled_layer(1.0, size, 1.0));
        for (reading, expected) in found.readings.iter().zip(&expected.readings) {
            // Nothing else may happen to what does not depend on scale than that it is refused.
            let name = &reading.statistic;
            let scale_free = name.starts_with("alpha") || name.starts_with("cosine");
            if let (true, Some(x), Some(y)) = (scale_free, reading.value, expected.value) {
                assert!((x - y).abs() < 1e-9, "{size}: {reading:?} {y}");
            }
            let refused = reading.value.is_none() && expected.value.is_some();
            assert!(!refused || size < 1e-139, "{size}: {reading:?}");
            if scale_free && refused && !name.contains("cross") {
                let reason = reading.reason.as_ref().unwrap();
                assert!(reason.contains("too small for its powers"), "{reason}");
            }
        }
        assert_eq!(found.readings.out_of_range().next(), None);
        // At unit norm nothing is lost.
        let normalized = |report: &LayerReport| {
            report
                .alpha(Side::A, Relation::Gwa, Variant::Normalized)
                .unwrap()
        };
        assert!((normalized(&found) - normalized(&expected)).abs() < 1e-9);
        let raw = found.alpha(Side::B, Relation::Gwa, Variant::Raw);
        assert_eq!(raw.is_none(), size < 1e-139, "{size}");
    }
    let small = scaled_layer(1.0, 1.0, 1e-150);
    let reading = report(&small);
    let reason = reading
        .readings
        .get("alpha_gwa", Side::B, Variant::Raw)
        .unwrap();
    assert!(
        reason.reason.as_ref().unwrap().contains("the weight"),
        "{reason:?}"
    );
}

#[test]
fn every_door_refuses_what_underflows() {
    let (before, after) = (scaled_layer(1.0, 1.0, 1.0), scaled_layer(1.0, 1e-161, 1.0));
    let underflow = |error| matches!(error, AlignmentError::Underflow { .. });
    assert!(underflow(stationarity(&after, &before).unwrap_err()));
    assert!(
        stationarity(
            &scaled_layer(1.0, 1e-90, 1.0),
            &scaled_layer(1.0, 1.1e-90, 1.0)
        )
        .is_ok()
    );
    let options = PowerLawOptions::default();
    assert!(underflow(
        power_law(&after, LayerMatrix::Za, LayerMatrix::Gb, &options).unwrap_err()
    ));
    let nulls = layer_nulls(&after, NullOptions::default()).unwrap();
    assert_eq!(nulls.relations.b_gwa.raw.mean, None);
    assert!(nulls.relations.b_gwa.normalized.mean.is_some());

    let (h_a, g_b, w) = (normal(80, 5, 1), normal(80, 4, 2) * 1e-161, normal(4, 5, 3));
    let (h_b, g_a) = (h_a.dot(&w.t()), g_b.dot(&w));
    let block = SampleBlock {
        h_a: h_a.view(),
        h_b: h_b.view(),
        g_a: g_a.view(),
        g_b: g_b.view(),
    };
    let sgd = Sgd {
        learning_rate: 0.1,
        weight_decay: 0.1,
        batch_size: 1,
    };
    let mut balance = BalanceAccumulator::new(5, 4);
    balance.add(&block).unwrap();
    assert!(underflow(balance.finish(w.view(), &sgd).unwrap_err()));
    // The isotropy of gradients needs no unit.
    let labels: Vec<usize> = (0..80).map(|sample| sample % 4).collect();
    let isotropy = |scale: f64| {
        let g_b = normal(80, 4, 2) * scale;
        let mut classes = CollapseAccumulator::new(5, 4, 4).unwrap();
        let block = SampleBlock {
            h_a: h_a.view(),
            h_b: h_b.view(),
            g_a: g_a.view(),
            g_b: g_b.view(),
        };
        classes.add(&block, &labels).unwrap();
        classes.finish(w.view()).unwrap().loss_isotropy.unwrap()
    };
    let (one, tiny) = (isotropy(1.0), isotropy(1e-161));
    assert!((one.cosine - tiny.cosine).abs() < 1e-12, "{one:?} {tiny:?}");
    assert!((one.pearson.unwrap() - tiny.pearson.unwrap()).abs() < 1e-12);
    // A mean product of gradients has a scale.
    let agop = |scale: f64| {
        let mut products = AgopAccumulator::new(5, 1);
        products.add_output(0, (&h_a * scale).view()).unwrap();
        products.finish()
    };
    assert!(underflow(agop(1e-161).unwrap_err()));
    assert!(matches!(agop(1e160), Err(AlignmentError::Overflow { .. })));
    for scale in [1e-139, 1e150] {
        let aligned = pearson(agop(scale).unwrap().view(), agop(1.0).unwrap().view());
        assert!((aligned.unwrap() - 1.0).abs() < 1e-12, "{scale}");
    }
    for measure in RepresentationMeasure::ALL {
        let of = |scale: f64| measure.of((&h_a * scale).view(), h_b.view()).unwrap();
        assert!((of(1.0) - of(1e-161)).abs() < 1e-9, "{measure:?}");
    }
    for comparison in [Comparison::Pearson, Comparison::Cosine] {
        let z = w.dot(&w.t());
        let value = comparison.of((&z * 1e-200).view(), z.view()).unwrap();
        assert!((value - 1.0).abs() < 1e-12);
    }
}
