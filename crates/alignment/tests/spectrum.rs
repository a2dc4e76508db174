//! Spectra and the ranks that are read off them.

use crate::common::{layer, normal, orthogonal, positive, turned};
use formant_alignment::{
    AlignmentError, MeasuredLayer, NullOptions, RANK_THRESHOLDS, RankThreshold, Readings, Threads,
    effective_rank, eigenvalues, numerical_rank, numerical_rank_of_matrix, rank_me,
    ranks_of_eigenvalues, singular_values,
};
use formant_moments::{Side, Variant};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

fn diagonal(values: &[f64]) -> Array2<f64> {
    Array2::from_diag(&Array1::from(values.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_planted_spectrum_is_found(d in 2_usize..30, seed in 0_u64..1000) {
        let mut planted: Vec<f64> = normal(1, d, seed).iter().copied().collect();
        planted.sort_by(|a, b| b.total_cmp(a));
        let found = eigenvalues(turned(&diagonal(&planted), &orthogonal(d, seed)).view()).unwrap();
        prop_assert!(planted.iter().zip(&found).all(|(x, y)| (x - y).abs() < 1e-12));
    }

    #[test]
    fn singular_values_square_to_the_grams_eigenvalues(n in 1_usize..12, d in 1_usize..12, seed in 0_u64..1000) {
        let x = normal(n, d, seed);
        let singular = singular_values(x.view()).unwrap();
        let eigen = eigenvalues(x.t().dot(&x).view()).unwrap();
        prop_assert_eq!(singular.len(), n.min(d));
        prop_assert!(singular.iter().zip(&eigen).all(|(s, e)| (s * s - e).abs() < 1e-11));
    }

    #[test]
    fn effective_rank_lies_between_one_and_the_width(d in 1_usize..30, seed in 0_u64..1000, scale in -200_i32..200) {
        let spectrum = eigenvalues(positive(d, seed).view()).unwrap();
        let rank = effective_rank(&spectrum).unwrap();
        prop_assert!(rank >= 1.0 - 1e-12 && rank <= d as f64 + 1e-9);
        // Slow twin, by the words of the definition.
        let total: f64 = spectrum.iter().sum();
        let entropy: f64 = spectrum.iter().map(|x| x / total).map(|p| -p * p.ln()).sum();
        prop_assert!((rank - entropy.exp()).abs() < 1e-9);
        let scaled: Vec<f64> = spectrum.iter().map(|x| x * 10_f64.powi(scale)).collect();
        prop_assert!((effective_rank(&scaled).unwrap() - rank).abs() < 1e-9);
    }

    #[test]
    fn a_flat_spectrum_has_its_own_rank(d in 1_usize..30, share in 0.0_f64..1.0, seed in 0_u64..1000) {
        let r = 1 + (share * (d - 1) as f64) as usize;
        let flat: Vec<f64> = (0..d).map(|i| if i < r { 3.0 } else { 0.0 }).collect();
        let spectrum = eigenvalues(turned(&diagonal(&flat), &orthogonal(d, seed)).view()).unwrap();
        prop_assert!((effective_rank(&spectrum).unwrap() - r as f64).abs() < 1e-8);
        prop_assert_eq!(numerical_rank(&spectrum, RankThreshold::RelativeToLargest(1e-4)), r);
    }

    #[test]
    fn a_planted_rank_is_found(rows in 2_usize..20, columns in 2_usize..20, share in 0.0_f64..1.0, seed in 0_u64..1000) {
        let r = 1 + (share * (rows.min(columns) - 1) as f64) as usize;
        let left = orthogonal(rows, seed);
        let right = orthogonal(columns, seed + 1);
        let planted = left.slice(ndarray::s![.., ..r]).dot(&right.slice(ndarray::s![..r, ..]));
        let rule = RankThreshold::MachineEpsilon { dimension: rows.max(columns) };
        prop_assert_eq!(numerical_rank_of_matrix(planted.view(), rule).unwrap(), r);
        // Noise below one hundredth of the largest singular value is not rank, noise above it is.
        let noise = left.dot(&Array2::eye(rows.max(columns)).slice(ndarray::s![..rows, ..columns])).dot(&right);
        let rule = RankThreshold::RelativeToLargest(1e-2);
        let with = |size: f64| numerical_rank_of_matrix((&planted + &(&noise * size)).view(), rule).unwrap();
        prop_assert_eq!(with(1e-3), r);
        prop_assert!(with(0.3) > r || r == rows.min(columns));
    }
}

#[test]
fn thresholds_are_relative_and_strict() {
    let values = [4.0, 0.04, 0.0400001, 1e-15, 0.0];
    assert_eq!(
        numerical_rank(&values, RankThreshold::RelativeToLargest(1e-2)),
        2
    );
    assert_eq!(
        numerical_rank(&values, RankThreshold::MachineEpsilon { dimension: 5 }),
        3
    );
    assert_eq!(
        numerical_rank(&[0.0, 0.0], RankThreshold::RelativeToLargest(1e-2)),
        0
    );
}

#[test]
fn ranks_at_several_thresholds_are_those_of_the_singular_values() {
    let singular = [2.0, 1.0, 0.5, 0.1, 0.03, 0.01, 0.0];
    let squares = singular.map(|s: f64| s * s);
    let found = ranks_of_eigenvalues(&squares);
    for (at, threshold) in found.iter().zip(RANK_THRESHOLDS) {
        let count = singular.iter().filter(|s| **s > threshold * 2.0).count();
        assert_eq!((at.threshold, at.rank), (threshold, count));
    }
    assert_eq!(
        found.iter().map(|at| at.rank).collect::<Vec<_>>(),
        [6, 5, 4, 3, 2]
    );
}

#[test]
fn what_has_no_spectrum_is_refused() {
    assert!(matches!(
        eigenvalues(normal(2, 3, 1).view()),
        Err(AlignmentError::NotSquare { .. })
    ));
    assert!(matches!(
        eigenvalues(normal(3, 3, 1).view()),
        Err(AlignmentError::NotSymmetric {
            row: 1,
            column: 0,
            ..
        })
    ));
    assert!(matches!(
        eigenvalues(Array2::zeros((0, 0)).view()),
        Err(AlignmentError::TooFewEntries { .. })
    ));
    let holed = array![[1.0, f64::NAN], [f64::NAN, 1.0]];
    assert!(matches!(
        eigenvalues(holed.view()),
        Err(AlignmentError::NonFinite { .. })
    ));
    assert!(matches!(
        singular_values(holed.view()),
        Err(AlignmentError::NonFinite { .. })
    ));
    assert!(matches!(
        effective_rank(&[0.0, 0.0]),
        Err(AlignmentError::Zero { .. })
    ));
    assert!(matches!(
        effective_rank(&[]),
        Err(AlignmentError::Zero { .. })
    ));
    assert!(matches!(
        effective_rank(&[1.0, f64::NAN]),
        Err(AlignmentError::NonFinite { .. })
    ));
    assert!(matches!(
        effective_rank(&[1.0, -1e-3]),
        Err(AlignmentError::NegativeEigenvalue { .. })
    ));
    assert!((effective_rank(&[1.0, 1.0, -1e-13]).unwrap() - 2.0).abs() < 1e-12);
}

#[test]
fn the_ranks_of_a_layer_are_those_of_its_widths() {
    let layer = layer(60, 6, 4, 3);
    let layer = MeasuredLayer::new(&layer, NullOptions::default(), Threads::One);
    let readings = Readings::of(&layer);
    let rank = |name: &str, side| readings.value(name, side, Variant::Raw).unwrap();
    // H_b = W H_a W^T has the rank of the narrower side, and so does G_a; H_a and G_b are full.
    for (side, h, g) in [(Side::A, 6.0, 4.0), (Side::B, 4.0, 4.0)] {
        assert_eq!(rank("numerical_rank_h", side), h);
        assert_eq!(rank("numerical_rank_g", side), g);
        assert!(rank("effective_rank_h", side) <= h + 1e-9);
        assert!(rank("effective_rank_g", side) <= g + 1e-9);
    }
    assert_eq!(readings.value("numerical_rank_w", None, None), Some(4.0));
    let of_z = |side| rank("effective_rank_z", side);
    assert_eq!(of_z(Side::A), of_z(Side::B));
}

#[test]
fn rank_me_is_of_singular_values_and_never_below_the_effective_rank() {
    // Singular values 2 and 1.
    let shares = [2.0_f64 / 3.0, 1.0 / 3.0];
    let expected = shares.iter().map(|p| -p * p.ln()).sum::<f64>().exp();
    assert!((rank_me(&[4e-200, 1e-200, 0.0]).unwrap() - expected).abs() < 1e-12);
    assert!((rank_me(&[3.0; 5]).unwrap() - 5.0).abs() < 1e-12);
    assert!(rank_me(&[0.0; 3]).is_err());
    for seed in 0..20 {
        let spectrum: Vec<f64> = normal(1, 7, seed).iter().map(|x| x * x).collect();
        assert!(rank_me(&spectrum).unwrap() >= effective_rank(&spectrum).unwrap());
    }
}
