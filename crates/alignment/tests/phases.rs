//! Rows of the phase table: planted layers with exact and with sampled moments, unrelated layers, and what cannot be
//! labelled.

use crate::common::{layer_of, normal, orthogonal};
use formant_alignment::phases::{MIN_DIRECTIONS, TOLERANCE, misfits, nearest_row, phase};
use formant_alignment::{
    AlignmentError, ByRelation, LayerReport, Matrix, PhaseFit, RankThreshold, Relation,
    ReportOptions, numerical_rank_of_matrix,
};
use formant_moments::{
    LayerMoments, Moment, MomentsAccumulator, SampleAxis, SampleBlock, Side, Variant,
};
use formant_theory::phases::{
    LayerSpectra, PlantedLayer, Row, WeightSpectrum, construct, row, rows,
};
use ndarray::{Array1, Array2, Axis, s};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// `r` numbers spread evenly in logarithm over a factor.
fn spread(r: usize, factor: f64) -> Vec<f64> {
    (0..r)
        .map(|k| factor.powf(k as f64 / (r - 1) as f64))
        .collect()
}

fn planted(row: &Row, r: usize, factor: f64, rng: &mut ChaCha8Rng) -> PlantedLayer {
    let flat = row.solution.weight() == WeightSpectrum::Flat;
    let spectra = LayerSpectra {
        d_a: r + 7,
        d_b: r + 2,
        singular_values: if flat {
            vec![0.3; r]
        } else {
            spread(r, factor)
        },
        // Eigenvalues, so that a free spectrum is as broad as that of Z.
        free: spread(r, factor * factor),
    };
    construct(row, &spectra, rng).unwrap()
}

/// A layer whose sample moments are exactly those planted: 2 r samples, plus and minus the columns of the factors.
fn exact(layer: &PlantedLayer) -> LayerMoments {
    let samples = |factor: &Array2<f64>| {
        let rows = factor.t().to_owned() * (factor.ncols() as f64).sqrt();
        ndarray::concatenate![ndarray::Axis(0), rows, -&rows]
    };
    layer_of(
        &samples(&layer.h_a_factor),
        &samples(&layer.g_b_factor),
        &layer.weight,
    )
}

fn sampled(layer: &PlantedLayer, n: usize, rng: &mut ChaCha8Rng) -> LayerMoments {
    let (h_a, g_b) = layer.sample(n, rng);
    layer_of(&h_a, &g_b, &layer.weight)
}

#[test]
fn exact_layers_of_every_row() {
    for factor in [3.0, 10.0, 30.0] {
        for r in [MIN_DIRECTIONS, 10, 40] {
            for row in rows() {
                let mut rng = ChaCha8Rng::seed_from_u64(r as u64);
                let layer = exact(&planted(&row, r, factor, &mut rng));
                let found = phase(&layer).unwrap();
                let what = format!(
                    "row {}, {r} directions over {factor}: {found:?}",
                    row.number
                );
                assert_eq!(found.row, Some(row.number), "{what}");
                assert!(found.distance < 0.01, "{what}");
                assert_ne!(found.runner_up.row, row.number, "{what}");
            }
        }
    }
}

/// Samples and products in single precision, as a network gives them.
fn in_single_precision(layer: &PlantedLayer, n: usize, rng: &mut ChaCha8Rng) -> LayerMoments {
    let (h_a, g_b) = layer.sample(n, rng);
    let [h_a, g_b, weight] = [&h_a, &g_b, &layer.weight].map(|x| x.mapv(|x| x as f32));
    let (h_b, g_a) = (h_a.dot(&weight.t()), g_b.dot(&weight));
    let mut accumulator = MomentsAccumulator::new(weight.ncols(), weight.nrows());
    let block = SampleBlock {
        h_a: h_a.view(),
        h_b: h_b.view(),
        g_a: g_a.view(),
        g_b: g_b.view(),
    };
    accumulator.add(&block).unwrap();
    let weight = weight.mapv(f64::from);
    accumulator
        .finish("fc", weight.view(), SampleAxis::Examples)
        .unwrap()
}

#[test]
fn single_precision_is_enough() {
    for row in rows() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let planted = planted(&row, 20, 30.0, &mut rng);
        let found = phase(&in_single_precision(&planted, 2000, &mut rng)).unwrap();
        assert_eq!(found.row, Some(row.number), "{found:?}");
    }
}

#[test]
fn what_the_weight_does_not_see_does_not_count() {
    for row in rows() {
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let planted = planted(&row, 6, 10.0, &mut rng);
        let (mut h_a, g_b) = planted.sample(3000, &mut rng);
        let label = |h_a: &Array2<f64>| phase(&layer_of(h_a, &g_b, &planted.weight)).unwrap();
        let before = label(&h_a);
        // Inputs in the null space of W: what is left of noise after its part in the row space is taken out.
        let noise = normal(3000, 13, 7);
        let row_space = planted.weight.t().dot(&inverse_on_support(&planted.weight));
        h_a += &(&noise - &noise.dot(&row_space.t()));
        let after = label(&h_a);
        assert_eq!(after.row, Some(row.number));
        assert!(
            (after.distance - before.distance).abs() < 1e-6,
            "{before:?} {after:?}"
        );
    }
}

/// `(W^T)^+` for a weight of rank 6, by solving with its singular vectors: `W (W^T W)^+`.
fn inverse_on_support(weight: &Array2<f64>) -> Array2<f64> {
    let gram = weight.t().dot(weight);
    let (values, vectors) = jacobi(&gram);
    let largest = values.iter().copied().fold(0.0, f64::max);
    let inverse: Array1<f64> = values
        .iter()
        .map(|x| if *x > 1e-8 * largest { 1.0 / x } else { 0.0 })
        .collect();
    weight.dot(&(&vectors * &inverse).dot(&vectors.t()))
}

#[test]
fn unrelated_layers_are_in_no_row() {
    for seed in 0..10 {
        let (d_a, d_b, n) = (30, 20, 4000);
        let samples = |d: usize, seed| {
            let scaled = normal(n, d, seed) * &Array1::from_vec(spread(d, 10.0));
            scaled.dot(&orthogonal(d, seed + 1))
        };
        let layer = layer_of(
            &samples(d_a, 7 * seed),
            &samples(d_b, 7 * seed + 2),
            &normal(d_b, d_a, 7 * seed + 4),
        );
        let found = phase(&layer).unwrap();
        assert_eq!(found.row, None, "{found:?}");
        assert_eq!(found.distance, found.runner_up.distance);
        assert!(found.distance > 0.7, "{found:?}");
    }
}

#[test]
fn white_inputs_and_gradients_are_row_6_for_any_weight() {
    let layer = layer_of(
        &normal(4000, 20, 1),
        &normal(4000, 25, 2),
        &normal(25, 20, 3),
    );
    assert_eq!(phase(&layer).unwrap().row, Some(6));
}

#[test]
fn too_little_to_label() {
    let (h_a, g_b) = (normal(50, 5, 1), normal(50, 4, 2));
    let refuse = |g_b: &Array2<f64>, weight: &Array2<f64>| {
        let layer = layer_of(&h_a, g_b, weight);
        let report = LayerReport::new(&layer, &options()).unwrap();
        assert_eq!(report.phases, None);
        misfits(&layer).unwrap_err()
    };
    let needed = MIN_DIRECTIONS;
    let error = refuse(&g_b, &Array2::zeros((4, 5)));
    let what = "the weight";
    assert_eq!(error, AlignmentError::Zero { what });
    let rank = |found| {
        let weight = normal(4, found, 3).dot(&normal(found, 5, 4));
        (weight, AlignmentError::TooFewDirections { found, needed })
    };
    for (weight, error) in [rank(1), rank(2)] {
        assert_eq!(refuse(&g_b, &weight), error);
    }
    let error = refuse(&Array2::zeros((50, 4)), &normal(4, 5, 3));
    assert_eq!(error, AlignmentError::Zero { what: "g_a" });
}

fn options() -> ReportOptions {
    ReportOptions {
        null_draws: Some(2),
        null_seed: 0,
    }
}

/// Fewer samples than directions, constant samples, huge and tiny numbers: any label, but a finite one.
#[test]
fn degenerate_moments_give_finite_distances() {
    let weight = normal(6, 8, 1);
    for (h_a, g_b) in [
        (normal(3, 8, 2), normal(3, 6, 3)),
        (Array2::ones((9, 8)), normal(9, 6, 3)),
        (normal(9, 8, 2) * 1e120, normal(9, 6, 3) * 1e-120),
    ] {
        let found = phase(&layer_of(&h_a, &g_b, &weight)).unwrap();
        assert!(found.distance.is_finite() && found.runner_up.distance.is_finite());
    }
}

/// Eigenvalues and eigenvectors by Jacobi's rotations: slow and obvious.
fn jacobi(matrix: &Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let d = matrix.nrows();
    let (mut a, mut vectors) = (matrix.clone(), Array2::eye(d));
    for _ in 0..30 {
        for (p, q) in (0..d).flat_map(|p| (p + 1..d).map(move |q| (p, q))) {
            let angle = 0.5 * (2.0 * a[[p, q]]).atan2(a[[q, q]] - a[[p, p]]);
            let mut turn = Array2::eye(d);
            turn[[p, p]] = angle.cos();
            turn[[q, q]] = angle.cos();
            turn[[p, q]] = angle.sin();
            turn[[q, p]] = -angle.sin();
            a = turn.t().dot(&a).dot(&turn);
            vectors = vectors.dot(&turn);
        }
    }
    (a.diag().to_vec(), vectors)
}

/// The misfit by its definition, from the inverse square root of `n`.
fn slow_misfit(m: &Array2<f64>, n: &Array2<f64>) -> f64 {
    let (values, vectors) = jacobi(n);
    let root: Array1<f64> = values.iter().map(|x| x.powf(-0.5)).collect();
    let root = (&vectors * &root).dot(&vectors.t());
    let (ratios, _) = jacobi(&root.dot(m).dot(&root));
    let logs: Array1<f64> = ratios.iter().map(|x| x.ln()).collect();
    logs.std(0.0)
}

fn slow(layer: &LayerMoments) -> ByRelation<f64> {
    let bases = Side::ALL.map(|side| {
        let (values, vectors) = jacobi(&layer.weight_gram(side));
        let largest = values.iter().copied().fold(0.0, f64::max);
        let kept: Vec<usize> = (0..values.len())
            .filter(|i| values[*i] > 1e-4 * largest)
            .collect();
        vectors.select(Axis(1), &kept)
    });
    ByRelation::from_fn(|side, relation| {
        let basis = &bases[usize::from(side == Side::B)];
        let [m, n] = relation.matrices().map(|matrix| {
            let matrix = match matrix {
                Matrix::H => layer.second_moment(side, Moment::H, Variant::Raw),
                Matrix::G => layer.second_moment(side, Moment::G, Variant::Raw),
                Matrix::Z => layer.weight_gram(side),
            };
            basis.t().dot(&matrix).dot(basis)
        });
        slow_misfit(&m, &n)
    })
}

fn assert_close(left: &ByRelation<f64>, right: &ByRelation<f64>, tolerance: f64) {
    for (side, relation) in Side::ALL
        .into_iter()
        .flat_map(|side| Relation::ALL.map(|relation| (side, relation)))
    {
        let (x, y) = (left.get(side, relation), right.get(side, relation));
        assert!((x - y).abs() < tolerance, "{side:?} {relation:?}: {x} {y}");
    }
}

fn any_layer() -> impl Strategy<Value = (Array2<f64>, Array2<f64>, Array2<f64>)> {
    (3..6_usize, 3..6_usize, any::<u32>()).prop_map(|(d_a, d_b, seed)| {
        let seed = u64::from(seed);
        (
            normal(25, d_a, seed) + 0.3,
            normal(25, d_b, seed + 1),
            // Well conditioned, so that all directions are in the support.
            normal(d_b, d_a, seed + 2) * 0.2
                + Array2::<f64>::from_diag_elem(d_b.max(d_a), 1.0).slice(s![..d_b, ..d_a]),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn fast_is_slow((h_a, g_b, weight) in any_layer()) {
        let layer = layer_of(&h_a, &g_b, &weight);
        assert_close(&misfits(&layer).unwrap(), &slow(&layer), 1e-6);
    }

    #[test]
    fn scales_and_rotations_change_nothing(
        (h_a, g_b, weight) in any_layer(),
        scales in prop::array::uniform3(0.01..100.0_f64),
        seed in any::<u32>(),
    ) {
        let before = misfits(&layer_of(&h_a, &g_b, &weight)).unwrap();
        let seed = u64::from(seed);
        let (p, q) = (orthogonal(h_a.ncols(), seed), orthogonal(g_b.ncols(), seed + 1));
        let [s, t, u] = scales;
        let turned = layer_of(
            &(h_a.dot(&p.t()) * s),
            &(g_b.dot(&q.t()) * t),
            &(q.dot(&weight).dot(&p.t()) * u),
        );
        assert_close(&before, &misfits(&turned).unwrap(), 1e-6);
    }

    /// h_b -> T h_b turns H_b and Z_b alike, whatever T is.
    #[test]
    fn forward_rwa_knows_no_basis((h_a, g_b, weight) in any_layer(), seed in any::<u32>()) {
        let d = weight.nrows();
        let t = normal(d, d, u64::from(seed)) * 0.3 + Array2::<f64>::eye(d);
        let (before, after) = (layer_of(&h_a, &g_b, &weight), layer_of(&h_a, &g_b, &t.dot(&weight)));
        // Only if the support stays as it was.
        let rank = |layer: &LayerMoments| numerical_rank_of_matrix(
            layer.weight(), RankThreshold::RelativeToLargest(0.02)).unwrap();
        let full = d.min(h_a.ncols());
        prop_assume!(rank(&before) == full && rank(&after) == full);
        let (before, after) = (misfits(&before).unwrap(), misfits(&after).unwrap());
        prop_assert!((before.b_rwa - after.b_rwa).abs() < 1e-6);
    }

    #[test]
    fn any_misfits_make_a_choice(values in prop::array::uniform6(0.0..1.0_f64)) {
        let mut values = values.into_iter();
        let misfits = ByRelation::from_fn(|_, _| values.next().unwrap());
        let found = nearest_row(&misfits);
        let runner_up = found.runner_up;
        prop_assert!(found.distance >= 0.0 && (1..=12).contains(&runner_up.row));
        match found.row {
            Some(row) => {
                prop_assert!((1..=12).contains(&row) && row != runner_up.row);
                prop_assert!(found.distance <= TOLERANCE);
            }
            None => {
                prop_assert!(found.distance > TOLERANCE);
                prop_assert_eq!(runner_up.distance, found.distance);
            }
        }
    }
}

#[test]
fn the_most_relations_among_rows_that_cannot_be_told_apart() {
    let misfits = |near: &[(Side, Relation)], distance: f64| {
        ByRelation::from_fn(|side, relation| {
            if near.contains(&(side, relation)) {
                distance
            } else {
                2.0
            }
        })
    };
    let b = Relation::ALL.map(|relation| (Side::B, relation));
    assert_eq!(nearest_row(&misfits(&b, 0.2)).row, Some(10));
    let both = [(Side::B, Relation::Gwa), (Side::A, Relation::Rwa)];
    let found = nearest_row(&misfits(&both, 0.2));
    assert_eq!((found.row, found.distance), (Some(8), 0.2));
    // Row 12 is not: 0.41 is beyond 1.4 times 0.2.
    let mut all = ByRelation::from_fn(|_, _| 0.48);
    (all.b_gwa, all.a_rwa) = (0.2, 0.2);
    assert_eq!(nearest_row(&all).row, Some(8));
    // Now it is.
    let mut all = ByRelation::from_fn(|_, _| 0.25);
    (all.b_gwa, all.a_rwa) = (0.2, 0.2);
    let found = nearest_row(&all);
    assert_eq!((found.row, found.runner_up.row), (Some(12), 8));
}

#[test]
fn the_report_says_the_same() {
    let row = row(8).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    // Fewer directions than a power law takes, and as many.
    for r in [4, 12] {
        let layer = exact(&planted(&row, r, 10.0, &mut rng));
        let report = LayerReport::new(&layer, &options()).unwrap();
        assert_eq!(report.phases, Some(phase(&layer).unwrap()));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["phases"]["row"], 8);
        assert!(json["balance"].is_null() && json.get("phases_reason").is_none());
    }
}

#[test]
fn json() {
    let mut misfits = ByRelation::from_fn(|_, _| 1.0);
    let none = serde_json::to_string(&nearest_row(&misfits)).unwrap();
    assert_eq!(
        none,
        r#"{"row":null,"distance":1.0,"runner_up":{"row":1,"distance":1.0}}"#
    );
    (misfits.b_rga, misfits.a_gwa) = (0.0, 0.0);
    let three = serde_json::to_string(&nearest_row(&misfits)).unwrap();
    let distance = 0.5_f64.sqrt();
    assert_eq!(
        three,
        format!(r#"{{"row":3,"distance":0.0,"runner_up":{{"row":1,"distance":{distance}}}}}"#)
    );
    let back: PhaseFit = serde_json::from_str(&three).unwrap();
    assert_eq!(back.row, Some(3));
}

#[test]
fn sampled_layers_of_every_row() {
    for (n, cases) in [
        (2000, [(10, 30.0), (100, 3.0)]),
        (4000, [(20, 3.0), (100, 30.0)]),
    ] {
        for (r, factor) in cases {
            for row in rows() {
                let mut rng = ChaCha8Rng::seed_from_u64(n as u64 + r as u64);
                let planted = planted(&row, r, factor, &mut rng);
                let found = phase(&sampled(&planted, n, &mut rng)).unwrap();
                let what = format!(
                    "row {}, {n} samples of {r} directions over {factor}: {found:?}",
                    row.number
                );
                assert_eq!(found.row, Some(row.number), "{what}");
            }
        }
    }
}

/// The relation of row 3's output side is one of two sampled moments, which two samples a direction do not show.
#[test]
fn too_few_samples_for_a_row_are_the_reason() {
    let (r, row) = (30, row(3).unwrap());
    for (n, seen) in [(2 * r, false), (40 * r, true)] {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let layer = sampled(&planted(&row, r, 10.0, &mut rng), n, &mut rng);
        let report = LayerReport::new(&layer, &options()).unwrap();
        let found = report.phases.unwrap();
        assert_eq!(found.row, seen.then_some(3), "{found:?}");
        let reason = report.phases_reason.unwrap_or_default();
        assert_eq!(
            reason.starts_with("too few samples: 60 for 30"),
            !seen,
            "{reason}"
        );
    }
    // Spectra that have nothing to do with the weight's.
    let uneven = |d: usize, seed| normal(4000, d, seed) * &Array1::from(spread(d, 30.0));
    let far = layer_of(&uneven(5, 1), &uneven(4, 2), &normal(4, 5, 3));
    let report = LayerReport::new(&far, &options()).unwrap();
    assert_eq!(report.phases.unwrap().row, None);
    assert!(report.phases_reason.unwrap().contains("nats away"));
}

#[test]
fn in_json_the_phase_is_always_an_object() {
    // Two directions: refused.
    let refused = LayerReport::new(&crate::common::layer(40, 2, 3, 1), &options()).unwrap();
    assert_eq!(refused.phases, None);
    let mut json = serde_json::to_value(&refused).unwrap();
    let nulls = serde_json::json!({"row": null, "distance": null, "runner_up": null});
    assert_eq!(json["phases"], nulls);
    assert!(
        json["phases_reason"]
            .as_str()
            .unwrap()
            .contains("2 directions")
    );
    assert_eq!(
        serde_json::from_value::<LayerReport>(json.clone()).unwrap(),
        refused
    );
    // As earlier versions wrote it: null, or not at all.
    let fields = json.as_object_mut().unwrap();
    fields.remove("phases_reason");
    fields.insert("phases".into(), serde_json::Value::Null);
    let old: LayerReport = serde_json::from_value(json.clone()).unwrap();
    assert_eq!((old.phases, old.phases_reason), (None, None));
    json.as_object_mut().unwrap().remove("phases");
    assert_eq!(
        serde_json::from_value::<LayerReport>(json).unwrap().phases,
        None
    );
    let labelled = LayerReport::new(&crate::common::layer(4000, 5, 4, 1), &options()).unwrap();
    let json = serde_json::to_value(&labelled).unwrap();
    assert!(
        json["phases"]["distance"].is_number() && json["phases"]["runner_up"]["row"].is_number()
    );
    assert_eq!(
        serde_json::from_value::<LayerReport>(json).unwrap(),
        labelled
    );
}
