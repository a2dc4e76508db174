//! Power laws between the matrices of a layer: planted ones are found, the rest is refused.

use crate::common::{
    decades, layer_of, normal, orthogonal, positive, powers, slow_commutator, symmetric,
};
use formant_alignment::uncertainty::{BootstrapOptions, student_interval};
use formant_alignment::{
    AlignmentError, Caution, LayerMatrix, LayerReport, Matrix, PowerLawOptions, ReportOptions,
    exponent_over_seeds, exponent_over_seeds_bootstrap, fit_power_law, power_law, power_laws,
    project, project_pair,
};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::{Array1, Array2, s};

/// Samples `[2d, d]` whose raw second moment is exactly `diag(values)` turned by `q`: both signs of each axis.
fn exact_samples(q: &Array2<f64>, values: &[f64]) -> Array2<f64> {
    let d = values.len();
    let mut rows = Array2::zeros((2 * d, d));
    for (k, value) in values.iter().enumerate() {
        let axis = &q.column(k) * (value * d as f64).sqrt();
        rows.row_mut(2 * k).assign(&axis);
        rows.row_mut(2 * k + 1).assign(&-&axis);
    }
    rows
}

/// Zeros below, up to a number of rows.
fn padded(rows: &Array2<f64>, n: usize) -> Array2<f64> {
    let mut out = Array2::zeros((n, rows.ncols()));
    out.slice_mut(s![..rows.nrows(), ..]).assign(rows);
    out * (n as f64 / rows.nrows() as f64).sqrt()
}

/// A layer whose `H_a = V A V^T` and `G_b = U B U^T` are exact, with `A = S^(2 p)` and `B = S^(2 q)` on the support of
/// `W = U S V^T`, and weight of H_a outside of it. `r` singular values, `n` samples.
fn planted(d_a: usize, d_b: usize, singular: &[f64], p: f64, q: f64, n: usize) -> LayerMoments {
    let r = singular.len();
    let (v, u) = (orthogonal(d_a, 1), orthogonal(d_b, 2));
    let s = Array2::from_diag(&Array1::from(singular.to_vec()));
    let weight = u.slice(s![.., ..r]).dot(&s).dot(&v.slice(s![.., ..r]).t());
    let spectrum = |d: usize, p: f64| {
        let mut values = powers(singular, 2.0 * p);
        values.resize(d, 0.3);
        values
    };
    layer_of(
        &padded(&exact_samples(&v, &spectrum(d_a, p)), n),
        &padded(&exact_samples(&u, &spectrum(d_b, q)), n),
        &weight,
    )
}

/// Exponents of the six matrices in terms of Z, for a layer of [`planted`].
fn exponent_in_z(matrix: LayerMatrix, p: f64, q: f64) -> f64 {
    match matrix {
        LayerMatrix::Za | LayerMatrix::Zb => 1.0,
        LayerMatrix::Ha => p,
        LayerMatrix::Gb => q,
        LayerMatrix::Hb => p + 1.0,
        LayerMatrix::Ga => q + 1.0,
    }
}

#[test]
fn planted_exponents_of_all_pairs() {
    // Wide, tall and square layers; of full rank, and not.
    for (d_a, d_b, r) in [(12, 12, 12), (16, 11, 11), (10, 15, 10), (14, 13, 9)] {
        // The rows of the phase table with exponents that are fixed and not zero.
        for (p, q) in [(1.0, 2.0), (-1.0, 0.5), (2.0, 1.0), (0.5, -0.5), (1.0, 1.0)] {
            let layer = planted(d_a, d_b, &decades(r, 0.4), p, q, 3000);
            let laws = power_laws(&layer, &PowerLawOptions::default()).unwrap();
            for (x, y) in LayerMatrix::pairs() {
                let [in_x, in_y] = [x, y].map(|m| exponent_in_z(m, p, q));
                let Some(law) = laws.get(x, y) else {
                    // X = Z^0 is flat: refused, as it should be.
                    assert_eq!(in_x, 0.0, "{x} {y} {:?}", laws.refused);
                    continue;
                };
                let found = law.fit;
                assert_ne!(in_x, 0.0, "{x} {y} {found:?}");
                assert!(
                    (found.exponent - in_y / in_x).abs() < 1e-10,
                    "{d_a} {d_b} {r} {x} {y}: {found:?}, planted {}",
                    in_y / in_x
                );
                assert_eq!(found.points, r);
                assert!(
                    found
                        .ci95
                        .iter()
                        .all(|end| (end - found.exponent).abs() < 1e-9)
                );
                assert!(law.commutator < 1e-10, "{x} {y} {}", law.commutator);
                assert!(found.residual < 1e-9);
                if in_y != 0.0 {
                    assert!(found.r2.unwrap() > 1.0 - 1e-12);
                    if in_y != in_x {
                        assert!(found.aic_power < found.aic_exponential);
                    }
                }
            }
            assert_eq!(laws.laws.len() + laws.refused.len(), 14);
        }
    }
}

#[test]
fn sampled_layers_are_within_their_intervals() {
    // Gaussian samples: H_a ~ Z_a^p and G_b ~ Z_b^q. With X = Z there is no bias, so 95 % of intervals cover.
    let (d_a, d_b, r, n) = (24, 20, 20, 4000);
    let singular = decades(r, 0.2);
    let (mut covered, mut fits) = (0, 0);
    for (seed, (p, q)) in [
        (0.0, 1.0),
        (1.0, 2.0),
        (-1.0, 0.0),
        (2.0, 1.0),
        (1.0, 0.5),
        (0.0, 0.0),
    ]
    .into_iter()
    .enumerate()
    {
        let seed = 10 * seed as u64;
        let (v, u) = (orthogonal(d_a, seed), orthogonal(d_b, seed + 1));
        let scaled = |samples: Array2<f64>, p: f64| {
            let mut scales = powers(&singular, p);
            scales.resize(samples.ncols(), 0.3);
            samples * Array1::from(scales)
        };
        let h_a = scaled(normal(n, d_a, seed + 2), p).dot(&v.t());
        let g_b = scaled(normal(n, d_b, seed + 3), q).dot(&u.t());
        let s = Array2::from_diag(&Array1::from(singular.clone()));
        let weight = u.slice(s![.., ..r]).dot(&s).dot(&v.slice(s![.., ..r]).t());
        let layer = layer_of(&h_a, &g_b, &weight);
        let laws = power_laws(&layer, &PowerLawOptions::default()).unwrap();
        for law in laws.laws.iter().filter(|law| law.x == LayerMatrix::Zb) {
            let planted = exponent_in_z(law.y, p, q);
            let [low, high] = law.fit.ci95;
            covered += usize::from((low..=high).contains(&planted));
            fits += 1;
            assert!(
                (law.fit.exponent - planted).abs() < 0.03,
                "{law:?} {planted}"
            );
            if planted != 0.0 {
                assert!(law.commutator < 0.2 * law.commutator_unrelated, "{law:?}");
            }
        }
    }
    assert_eq!(fits, 24);
    assert!(covered >= 21, "{covered} of {fits}");
}

/// The slope of a line by its normal equations.
fn slow_slope(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let sum = |f: &dyn Fn(usize) -> f64| (0..x.len()).map(f).sum::<f64>();
    let (sx, sy) = (sum(&|i| x[i]), sum(&|i| y[i]));
    (n * sum(&|i| x[i] * y[i]) - sx * sy) / (n * sum(&|i| x[i] * x[i]) - sx * sx)
}

#[test]
fn a_layer_against_its_slow_twin() {
    // Columns of the planted bases are W's singular vectors, so no decomposition of W is needed here.
    let (d_a, d_b, r, n) = (13, 11, 10, 500);
    let (v, u) = (orthogonal(d_a, 1), orthogonal(d_b, 2));
    let (v, u) = (
        v.slice(s![.., ..r]).to_owned(),
        u.slice(s![.., ..r]).to_owned(),
    );
    let singular = decades(r, 0.1);
    let s = Array2::from_diag(&Array1::from(singular.clone()));
    let weight = u.dot(&s).dot(&v.t());
    let scales: Array1<f64> = (0..d_a).map(|i| 1.0 / (1.0 + i as f64)).collect();
    let h_a = normal(n, d_a, 3) * &scales + 0.2;
    let layer = layer_of(&h_a, &normal(n, d_b, 4), &weight);
    for variant in Variant::ALL {
        let options = PowerLawOptions {
            variant,
            ..PowerLawOptions::default()
        };
        let laws = power_laws(&layer, &options).unwrap();
        for (x, y) in LayerMatrix::pairs() {
            let coordinates = |m: LayerMatrix| {
                let (moment, basis) = match m {
                    LayerMatrix::Za | LayerMatrix::Zb => return s.dot(&s),
                    LayerMatrix::Ha => (Moment::H, &v),
                    LayerMatrix::Ga => (Moment::G, &v),
                    LayerMatrix::Hb => (Moment::H, &u),
                    LayerMatrix::Gb => (Moment::G, &u),
                };
                symmetric(
                    &basis
                        .t()
                        .dot(&layer.second_moment(m.side(), moment, variant))
                        .dot(basis),
                )
            };
            let (matrix_x, matrix_y) = (coordinates(x), coordinates(y));
            let expected = project(matrix_x.view(), matrix_y.view()).unwrap();
            let found = project_pair(&layer, x, y, variant).unwrap();
            for (left, right) in [(&found.x, &expected.x), (&found.y, &expected.y)] {
                let largest = right[0].abs();
                for (left, right) in left.iter().zip(right) {
                    assert!((left - right).abs() < 1e-10 * largest, "{x} {y}");
                }
            }
            let slow = slow_commutator(&matrix_x, &matrix_y);
            assert!((found.commutator - slow).abs() < 1e-10, "{x} {y}");
            match laws.get(x, y) {
                Some(law) => {
                    assert_eq!(*law, power_law(&layer, x, y, &options).unwrap());
                    let logs = found
                        .points()
                        .map(|list| list.iter().map(|v| v.ln()).collect::<Vec<_>>());
                    assert!((law.fit.exponent - slow_slope(&logs[0], &logs[1])).abs() < 1e-9);
                    assert_eq!(law.fit.points, logs[0].len());
                    let [px, py] = found.points();
                    let residuals = law.fit.residuals(&px, &py);
                    let mean_square =
                        residuals.iter().map(|e| e * e).sum::<f64>() / px.len() as f64;
                    assert!((law.fit.residual - mean_square.sqrt()).abs() < 1e-9);
                    assert!(residuals.iter().sum::<f64>().abs() < 1e-9);
                }
                None => {
                    let error = power_law(&layer, x, y, &options).unwrap_err().to_string();
                    let refused = laws.refused.iter().find(|pair| (pair.x, pair.y) == (x, y));
                    assert_eq!(refused.unwrap().reason, error);
                }
            }
        }
    }
}

#[test]
fn what_determines_no_exponent_is_refused() {
    let options = PowerLawOptions::default();
    let seven = decades(7, 0.1);
    assert_eq!(
        fit_power_law(&seven, &seven, 200, 0),
        Err(AlignmentError::TooFewPoints {
            found: 7,
            needed: 8
        })
    );
    let flat = decades(12, 0.95);
    assert!(matches!(
        fit_power_law(&flat, &flat, 200, 0),
        Err(AlignmentError::FlatSpectrum { .. })
    ));
    let fine = decades(12, 0.1);
    assert!(matches!(
        fit_power_law(&fine, &fine, 199, 0),
        Err(AlignmentError::TooFewResamples {
            found: 199,
            needed: 200
        })
    ));
    assert!(matches!(
        fit_power_law(&fine, &seven, 200, 0),
        Err(AlignmentError::ShapeMismatch { .. })
    ));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let mut y = fine.clone();
        y[3] = bad;
        assert!(matches!(
            fit_power_law(&fine, &y, 200, 0),
            Err(AlignmentError::NotPositive { .. })
        ));
    }
    let zero = Array2::zeros((9, 9));
    for (x, y) in [(positive(9, 1), zero.clone()), (zero, positive(9, 1))] {
        assert!(matches!(
            project(x.view(), y.view()),
            Err(AlignmentError::Zero { .. })
        ));
    }
    let weightless = layer_of(&normal(30, 9, 1), &normal(30, 9, 2), &Array2::zeros((9, 9)));
    assert!(matches!(
        power_laws(&weightless, &options),
        Err(AlignmentError::Zero { .. })
    ));
    assert!(exponent_over_seeds(&[fit_power_law(&fine, &fine, 200, 0).unwrap()]).is_err());
}

#[test]
fn the_spread_that_sampling_makes_is_no_spectrum() {
    // H_a and G_b are flat, and only sampling spreads them: at n = r no less than over a factor of a hundred.
    let d = 30;
    for n in [d, 2 * d, 4 * d, 20 * d, 200 * d] {
        let layer = layer_of(&normal(n, d, 1), &normal(n, d, 2), &orthogonal(d, 3));
        let laws = power_laws(&layer, &PowerLawOptions::default()).unwrap();
        assert_eq!(laws.laws, [], "{n}");
        assert!(laws.refused.iter().all(|pair| pair.reason.contains("flat")));
    }
}

#[test]
fn reports_hold_the_laws_or_say_why_not() {
    let layer = planted(16, 11, &decades(11, 0.3), 1.0, 0.5, 400);
    let options = ReportOptions {
        null_draws: Some(4),
        ..ReportOptions::default()
    };
    let report = LayerReport::new(&layer, &options).unwrap();
    let laws = power_laws(&layer, &PowerLawOptions::default()).unwrap();
    assert_eq!(report.power_laws.len(), 14);
    for (found, expected) in report.power_laws.iter().zip(&laws.laws) {
        assert_eq!((found.x, found.y), (expected.x, expected.y));
        assert!((found.fit.exponent - expected.fit.exponent).abs() < 1e-9);
    }
    let json = serde_json::to_value(&report).unwrap();
    let law = &json["power_laws"][5];
    assert_eq!(
        (law["x"].as_str(), law["y"].as_str()),
        (Some("z_b"), Some("h_b"))
    );
    assert!((law["exponent"].as_f64().unwrap() - 2.0).abs() < 1e-9);
    assert_eq!(law["ci95"].as_array().unwrap().len(), 2);
    for key in [
        "r2",
        "commutator",
        "intercept",
        "points",
        "aic_power",
        "aic_exponential",
    ] {
        assert!(law[key].is_number(), "{key}");
    }
    assert_eq!(json["power_laws_refused"], serde_json::json!([]));

    let small = LayerReport::new(&crate::common::layer(40, 5, 3, 1), &options).unwrap();
    assert_eq!(small.power_laws, []);
    assert_eq!(small.power_laws_refused.len(), 14);
    let json = serde_json::to_value(&small).unwrap();
    assert_eq!(
        json["power_laws_refused"][0],
        serde_json::json!({"x": "z_a", "y": "h_a", "reason": AlignmentError::TooFewPoints { found: 3, needed: 8 }.to_string()})
    );
}

#[test]
fn names_and_sides() {
    for matrix in LayerMatrix::ALL {
        let side = if matrix.side() == Side::A { 'a' } else { 'b' };
        assert_eq!(
            format!("{:?}_{side}", matrix.matrix()).to_lowercase(),
            matrix.name()
        );
        assert_eq!(serde_json::to_value(matrix).unwrap(), matrix.name());
    }
    assert_eq!(LayerMatrix::pairs().count(), 14);
}

#[test]
fn laws_of_sampled_matrices_are_cautioned_until_samples_are_many() {
    let r = 10;
    // Exact moments in as many samples as it takes: only their number counts.
    for (n, cautioned) in [(999, true), (1000, false)] {
        let layer = planted(r, r, &decades(r, 0.4), 1.0, 2.0, n);
        let laws = power_laws(&layer, &PowerLawOptions::default()).unwrap();
        for law in laws.laws {
            let expected = cautioned && law.x.matrix() != Matrix::Z;
            assert_eq!(
                law.caution,
                expected.then_some(Caution::SamplingBias),
                "{law:?}"
            );
            let json = serde_json::to_value(law).unwrap();
            assert_eq!(json["caution"] == "sampling_bias", expected);
            assert_eq!(json["caution"].is_null(), !expected);
        }
    }
}

#[test]
fn exponents_over_seeds_by_student_and_by_bootstrap() {
    let x = decades(12, 0.1);
    let exponents = [1.9, 2.0, 2.2, 2.4, 1.8];
    let fits = exponents.map(|p| fit_power_law(&x, &powers(&x, p), 200, 0).unwrap());
    let student = exponent_over_seeds(&fits).unwrap();
    let expected = student_interval(&exponents, 0.95).unwrap();
    assert!((student.low - expected.low).abs() < 1e-9 && student.n == 5);
    let found = exponent_over_seeds_bootstrap(&fits, &BootstrapOptions::default()).unwrap();
    assert!((found.value - 2.06).abs() < 1e-9);
    // Too narrow for few seeds, as the documentation says.
    assert!(student.low < found.low && found.low < found.value);
    assert!(found.value < found.high && found.high < student.high);
    assert!(exponent_over_seeds_bootstrap(&fits[..2], &BootstrapOptions::default()).is_err());
}
