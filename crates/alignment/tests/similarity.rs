//! Comparing representations: slow twins, the promises of the descriptions, refusals.

use std::f64::consts::{FRAC_PI_2, SQRT_2};

use crate::common::{layer, normal, orthogonal};
use formant_alignment::{
    AlignmentError, Invariance, JointMoments, Kind, RepresentationMeasure, RsaCorrelation,
    RsaDistance, linear_cka, linear_cka_unbiased, procrustes_angle, procrustes_distance, rsa,
    rsa_by, spearman,
};
use formant_moments::{Moment, Side, Variant};
use ndarray::{Array2, ArrayView1, Axis, array};
use proptest::prelude::*;

use RepresentationMeasure as Measure;

fn centred(x: &Array2<f64>) -> Array2<f64> {
    x - &x.mean_axis(Axis(0)).unwrap()
}

fn norm(x: &Array2<f64>) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// \\(\mathrm{HSIC}_0\\): \\(\mathrm{tr}(K H L H)\\) with the centring matrix written out.
fn slow_biased(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let n = x.nrows();
    let h = Array2::eye(n) - 1.0 / n as f64;
    let hsic = |x: &Array2<f64>, y: &Array2<f64>| {
        x.dot(&x.t())
            .dot(&h)
            .dot(&y.dot(&y.t()))
            .dot(&h)
            .diag()
            .sum()
    };
    hsic(x, y) / (hsic(x, x) * hsic(y, y)).sqrt()
}

/// \\(\mathrm{HSIC}_1\\) as a U-statistic: the mean over all ordered quadruples of different samples (Song et al., eq. 4).
fn slow_unbiased(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let n = x.nrows();
    let hsic = |x: &Array2<f64>, y: &Array2<f64>| {
        let (k, l) = (x.dot(&x.t()), y.dot(&y.t()));
        let (mut sum, mut count) = (0.0, 0.0);
        for i in 0..n {
            for j in (0..n).filter(|j| *j != i) {
                for q in (0..n).filter(|q| ![i, j].contains(q)) {
                    for r in (0..n).filter(|r| ![i, j, q].contains(r)) {
                        sum += k[[i, j]] * (l[[i, j]] + l[[q, r]] - 2.0 * l[[i, q]]);
                        count += 1.0;
                    }
                }
            }
        }
        sum / count
    };
    hsic(x, y) / (hsic(x, x) * hsic(y, y)).sqrt()
}

/// The best rotation found by turning one pair of axes after the other, from every sign of the first axis.
fn slow_procrustes(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let [x, y] = [x, y].map(|m| {
        let c = centred(m);
        &c / norm(&c)
    });
    let d = x.ncols().max(y.ncols());
    let wide = |m: &Array2<f64>| {
        Array2::from_shape_fn(
            (m.nrows(), d),
            |(i, j)| if j < m.ncols() { m[[i, j]] } else { 0.0 },
        )
    };
    let mut best = f64::INFINITY;
    for sign in [1.0, -1.0] {
        // Maximises tr(C), C = X^T Y Q, by Jacobi rotations of Q's columns.
        let mut c = wide(&x).t().dot(&wide(&y));
        c.column_mut(0).mapv_inplace(|v| v * sign);
        for _ in 0..400 {
            for i in 0..d {
                for j in 0..i {
                    let angle = (c[[i, j]] - c[[j, i]]).atan2(c[[i, i]] + c[[j, j]]);
                    let (sin, cos) = angle.sin_cos();
                    let (left, right) = (c.column(i).to_owned(), c.column(j).to_owned());
                    c.column_mut(i).assign(&(&left * cos + &right * sin));
                    c.column_mut(j).assign(&(&right * cos - &left * sin));
                }
            }
        }
        best = best.min((2.0 - 2.0 * c.diag().sum()).max(0.0).sqrt());
    }
    best
}

/// One less Pearson's correlation of two samples.
fn slow_correlation_distance(x: ArrayView1<'_, f64>, y: ArrayView1<'_, f64>) -> f64 {
    let [x, y] = [x, y].map(|sample| &sample - sample.mean().unwrap());
    1.0 - x.dot(&y) / (x.dot(&x) * y.dot(&y)).sqrt()
}

fn slow_rsa(
    distance: RsaDistance,
    correlation: RsaCorrelation,
    x: &Array2<f64>,
    y: &Array2<f64>,
) -> f64 {
    let pairs: Vec<(usize, usize)> = (0..x.nrows())
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .collect();
    let distances = |m: &Array2<f64>| -> Vec<f64> {
        pairs
            .iter()
            .map(|(i, j)| match distance {
                RsaDistance::Euclidean => {
                    let e = &m.row(*i) - &m.row(*j);
                    e.dot(&e).sqrt()
                }
                RsaDistance::Correlation => slow_correlation_distance(m.row(*i), m.row(*j)),
            })
            .collect()
    };
    let rank = |values: Vec<f64>| -> Vec<f64> {
        let below = |v: f64| values.iter().filter(|w| **w < v).count() as f64;
        let equal = |v: f64| values.iter().filter(|w| **w == v).count() as f64;
        values
            .iter()
            .map(|v| below(*v) + (equal(*v) + 1.0) / 2.0)
            .collect()
    };
    let [x, y] = [distances(x), distances(y)].map(|list| {
        let list = if correlation == RsaCorrelation::Spearman {
            rank(list)
        } else {
            list
        };
        let mean = list.iter().sum::<f64>() / list.len() as f64;
        list.into_iter().map(|v| v - mean).collect::<Vec<_>>()
    });
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(&x, &y) / (dot(&x, &x) * dot(&y, &y)).sqrt()
}

fn moments(x: &Array2<f64>, y: &Array2<f64>) -> [Array2<f64>; 3] {
    let (x, y, n) = (centred(x), centred(y), x.nrows() as f64);
    [x.t().dot(&x) / n, y.t().dot(&y) / n, x.t().dot(&y) / n]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn agree_with_the_slow_twins(n in 4_usize..9, d1 in 1_usize..6, d2 in 1_usize..6, wide in 0_usize..2, seed in 0_u64..1000) {
        // Related, of both kinds: more samples than neurons, and fewer.
        let (d1, d2) = (d1 + 12 * wide, d2 + 12 * wide);
        let x = normal(n, d1, seed) + 1.0;
        let y = x.dot(&normal(d1, d2, seed + 1)) + normal(n, d2, seed + 2);
        let close = |fast: f64, slow: f64| (fast - slow).abs() < 1e-9;
        prop_assert!(close(linear_cka(x.view(), y.view()).unwrap(), slow_biased(&x, &y)));
        for c in [RsaCorrelation::Pearson, RsaCorrelation::Spearman] {
            let euclidean = rsa(c, x.view(), y.view()).unwrap();
            prop_assert!(close(euclidean, slow_rsa(RsaDistance::Euclidean, c, &x, &y)));
            // Of two neurons all correlations are 1 or -1.
            if d1.min(d2) > 2 {
                let by = RsaDistance::Correlation;
                prop_assert!(close(rsa_by(by, c, x.view(), y.view()).unwrap(), slow_rsa(by, c, &x, &y)));
            }
        }
        let (fast, slow) = (linear_cka_unbiased(x.view(), y.view()).unwrap(), slow_unbiased(&x, &y));
        prop_assert!((fast - slow).abs() < 1e-8, "{fast} {slow}");
    }

    #[test]
    fn procrustes_is_the_best_rotation(n in 3_usize..9, d1 in 1_usize..4, d2 in 1_usize..4, seed in 0_u64..1000) {
        let (x, y) = (normal(n, d1, seed), normal(n, d2, seed + 1));
        let fast = procrustes_distance(x.view(), y.view()).unwrap();
        let slow = slow_procrustes(&x, &y);
        prop_assert!((fast - slow).abs() < 1e-5, "{fast} {slow}");
        let angle = procrustes_angle(x.view(), y.view()).unwrap();
        prop_assert!((fast - 2.0 * (angle / 2.0).sin()).abs() < 1e-9);
    }

    #[test]
    fn every_measure_keeps_its_promises(n in 8_usize..20, d1 in 3_usize..6, d2 in 3_usize..6, scale in -80_i32..80, seed in 0_u64..1000) {
        let (x, y) = (normal(n, d1, seed), normal(n, d2, seed + 1));
        for measure in Measure::ALL {
            let description = measure.description();
            let of = |x: &Array2<f64>, y: &Array2<f64>| measure.of(x.view(), y.view()).unwrap();
            let (value, itself) = (of(&x, &y), of(&x, &x));
            prop_assert!(description.range.contains(value), "{value}");
            let (best, tolerance) = match description.kind {
                Kind::Distance => (0.0, 1e-7), // a root of rounding
                _ => (1.0, 1e-12),
            };
            prop_assert!((itself - best).abs() < tolerance, "{measure:?} {itself}");
            prop_assert!((value - of(&y, &x)).abs() < 1e-12);
            for invariance in description.invariances {
                let changed = match invariance {
                    Invariance::Scale => &x * 10_f64.powi(scale),
                    Invariance::Rotation | Invariance::InputRotation | Invariance::EachRotation => x.dot(&orthogonal(d1, seed + 2)),
                    Invariance::Permutation => x.select(Axis(1), &(0..d1).rev().collect::<Vec<_>>()),
                    Invariance::Translation => &x + &normal(1, d1, seed + 3),
                };
                let after = of(&changed, &y);
                prop_assert!((value - after).abs() < 1e-9, "{measure:?} {invariance:?}: {value} {after}");
            }
            let order: Vec<usize> = (0..n).rev().collect();
            let after = of(&x.select(Axis(0), &order), &y.select(Axis(0), &order));
            prop_assert!((value - after).abs() < 1e-9, "{measure:?} order");
            // Stretching one direction is no rotation, and one order of samples without the other is none either.
            let mut stretched = x.clone();
            stretched.column_mut(0).mapv_inplace(|v| v * 9.0);
            prop_assert!((of(&stretched, &x) - itself).abs() > 1e-6, "{measure:?} stretch");
            prop_assert!((of(&x.select(Axis(0), &order), &x) - itself).abs() > 1e-6, "{measure:?} unpaired");
        }
    }

    #[test]
    fn procrustes_distances_obey_the_triangle_inequality(n in 3_usize..12, d in 1_usize..6, seed in 0_u64..1000) {
        // Widths differ, and the third lies near the path between the other two.
        let (x, y) = (normal(n, d, seed), normal(n, d + 1, seed + 1));
        let mut z = normal(n, d + 2, seed + 2) * 0.1;
        z.slice_mut(ndarray::s![.., ..d]).scaled_add(1.0, &x);
        z.slice_mut(ndarray::s![.., ..d + 1]).scaled_add(1.0, &y);
        for distance in [procrustes_distance, procrustes_angle] {
            let d = |a: &Array2<f64>, b: &Array2<f64>| distance(a.view(), b.view()).unwrap();
            let (xy, xz, zy) = (d(&x, &y), d(&x, &z), d(&z, &y));
            for (one, others) in [(xy, xz + zy), (xz, xy + zy), (zy, xz + xy)] {
                prop_assert!(one <= others + 1e-9, "{one} {others}");
            }
        }
    }

    #[test]
    fn moments_give_the_same_value_as_samples(n in 4_usize..20, d1 in 3_usize..6, d2 in 3_usize..6, scale in -100_i32..100, seed in 0_u64..1000) {
        let (x, y) = (normal(n, d1, seed), normal(n, d2, seed + 1));
        let [xx, yy, xy] = moments(&x, &y).map(|m| m * 10_f64.powi(scale));
        let joint = JointMoments { x: xx.view(), y: yy.view(), cross: xy.view() };
        for measure in Measure::ALL {
            let samples = measure.of(x.view(), y.view()).unwrap();
            match measure {
                Measure::LinearCka | Measure::Procrustes | Measure::ProcrustesAngle => {
                    let found = measure.of_moments(&joint).unwrap();
                    prop_assert!((found - samples).abs() < 1e-7, "{measure:?} {found} {samples}");
                }
                _ => {
                    let refused = measure.of_moments(&joint);
                    prop_assert_eq!(refused, Err(AlignmentError::NeedsSamples { measure: measure.name() }));
                }
            }
        }
    }
}

#[test]
fn unrelated_data_are_at_zero_for_the_unbiased_cka_alone() {
    let (n, d, draws) = (60, 40, 40);
    let mean = |measure: Measure| {
        let value = |k| {
            measure
                .of(normal(n, d, k).view(), normal(n, d, 1000 + k).view())
                .unwrap()
        };
        (0..draws).map(value).sum::<f64>() / draws as f64
    };
    assert!(mean(Measure::LinearCkaUnbiased).abs() < 0.01);
    assert!((mean(Measure::LinearCka) - d as f64 / (n + d) as f64).abs() < 0.02);
    assert!(mean(Measure::RsaPearson).abs() < 0.02);
    assert!(mean(Measure::RsaSpearman).abs() < 0.02);
}

#[test]
fn the_ends_of_the_ranges_are_reached() {
    // Two directions that share nothing: orthogonal columns.
    let x = array![[1.0], [-1.0], [1.0], [-1.0]];
    let y = array![[1.0], [1.0], [-1.0], [-1.0]];
    assert_eq!(linear_cka(x.view(), y.view()), Ok(0.0));
    assert_eq!(procrustes_distance(x.view(), y.view()), Ok(SQRT_2));
    assert_eq!(procrustes_angle(x.view(), y.view()), Ok(FRAC_PI_2));
    // Distances (1, 2, 3) against (3, 2, 1) are as opposite as can be.
    let x = array![[0.0], [1.0], [3.0]];
    let opposite = array![[0.0, 0.0], [3.0, 0.0], [2.25 / 3.0, 0.66]];
    let found = rsa(RsaCorrelation::Spearman, x.view(), opposite.view()).unwrap();
    assert!(found < -0.4, "{found}");
    assert!((spearman(&[1.0, 2.0, 3.0], &[9.0, 4.0, -1.0]).unwrap() + 1.0).abs() < 1e-15);
    assert!((spearman(&[1.0, 2.0, 2.0], &[1.0, 3.0, 3.0]).unwrap() - 1.0).abs() < 1e-15);
}

#[test]
fn a_layers_own_moments_compare_its_gradients_with_its_representation() {
    let layer = layer(50, 5, 4, 3);
    let of = |moment| layer.second_moment(Side::A, moment, Variant::Centered);
    let (g, h, cross) = (of(Moment::G), of(Moment::H), of(Moment::Cross));
    let joint = JointMoments {
        x: g.view(),
        y: h.view(),
        cross: cross.view(),
    };
    let (h_a, g_b, w) = (normal(50, 5, 3) + 0.3, normal(50, 4, 4), normal(4, 5, 5));
    let g_a = g_b.dot(&w);
    let samples = linear_cka(g_a.view(), h_a.view()).unwrap();
    let found = Measure::LinearCka.of_moments(&joint).unwrap();
    assert!((found - samples).abs() < 1e-12);
}

#[test]
fn ill_posed_input_is_refused() {
    let (x, y) = (normal(6, 3, 1), normal(5, 3, 2));
    let mut holed = x.clone();
    holed[[5, 2]] = f64::INFINITY;
    let constant = Array2::from_elem((6, 3), 0.1);
    for measure in Measure::ALL {
        let of = |x: &Array2<f64>, y: &Array2<f64>| measure.of(x.view(), y.view()).unwrap_err();
        assert_eq!(of(&x, &y), AlignmentError::Unpaired { left: 6, right: 5 });
        assert!(matches!(
            of(&x, &holed),
            AlignmentError::NonFinite {
                what: "the second representation"
            }
        ));
        assert!(matches!(
            of(&holed, &x),
            AlignmentError::NonFinite {
                what: "the first representation"
            }
        ));
        assert!(
            matches!(
                of(&x, &constant),
                AlignmentError::ConstantSamples { which: "second" }
                    | AlignmentError::Constant {
                        which: "second",
                        ..
                    }
                    | AlignmentError::ConstantRow { row: 0 }
            ),
            "{measure:?} {}",
            of(&x, &constant)
        );
        let needed = match measure {
            Measure::LinearCkaUnbiased => 4,
            Measure::LinearCka | Measure::Procrustes | Measure::ProcrustesAngle => 2,
            _ => 3,
        };
        let few = normal(needed - 1, 3, 3);
        assert_eq!(
            of(&few, &few),
            AlignmentError::TooFewSamples {
                found: needed - 1,
                needed
            }
        );
        let none = Array2::zeros((6, 0));
        assert!(measure.of(x.view(), none.view()).is_err(), "{measure:?}");
    }
    // One corner of a simplex a sample: all equally far apart.
    let corners = Array2::eye(6);
    let error = linear_cka_unbiased(corners.view(), x.view()).unwrap_err();
    assert_eq!(error, AlignmentError::NoUnbiasedHsic { which: "first" });

    let [xx, yy, xy] = moments(&x, &normal(6, 4, 3));
    let zero = Array2::zeros((4, 4));
    for (joint, words) in [
        (
            JointMoments {
                x: xx.view(),
                y: yy.view(),
                cross: xy.t(),
            },
            "the cross-covariance is [4, 3]",
        ),
        (
            JointMoments {
                x: xy.view(),
                y: yy.view(),
                cross: xy.view(),
            },
            "the first covariance is [3, 4]",
        ),
        (
            JointMoments {
                x: xx.view(),
                y: zero.view(),
                cross: xy.view(),
            },
            "the second representation are equal",
        ),
    ] {
        for measure in [Measure::LinearCka, Measure::Procrustes] {
            let message = measure.of_moments(&joint).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }
    for (x, y) in [
        (vec![1.0], vec![2.0]),
        (vec![1.0, 2.0], vec![3.0, 3.0]),
        (vec![1.0, f64::NAN], vec![1.0, 2.0]),
        (vec![1.0, 2.0], vec![1.0]),
    ] {
        assert!(spearman(&x, &y).is_err());
    }
    let endless = spearman(&[1.0, 2.0, f64::INFINITY], &[f64::NEG_INFINITY, 0.0, 0.1]);
    assert!((endless.unwrap() - 1.0).abs() < 1e-15);
}
