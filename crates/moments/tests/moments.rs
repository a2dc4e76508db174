//! The mathematics of the moments, against their definition.

use crate::common::{MOMENTS, Samples, distance, layer_distance, normal};
use formant_moments::{
    LayerMoments, Moment, MomentsAccumulator, MomentsError, ReducedBlock, ReducedSide, SampleAxis,
    SampleBlock, Side, Variant,
};
use ndarray::{Array1, Array2, Axis, ShapeBuilder, array, concatenate};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn agree_with_the_slow_twin(n in 2_usize..40, d_a in 1_usize..7, d_b in 1_usize..7, seed in 0_u64..1000) {
        let samples = Samples::new(n, d_a, d_b, seed);
        let layer = samples.moments();
        for (side, moment) in Side::ALL.into_iter().flat_map(|side| MOMENTS.map(|moment| (side, moment))) {
            for variant in Variant::ALL {
                let (fast, slow) = (layer.second_moment(side, moment, variant), samples.slow(side, moment, variant));
                // A covariance of almost equal samples is small against what it is the difference of.
                let scale = samples.slow(side, moment, Variant::Raw).iter().fold(1.0_f64, |max, x| max.max(x.abs()));
                prop_assert!((&fast - &slow).iter().all(|x| x.abs() < 1e-12 * scale), "{side:?} {moment:?} {variant:?}");
            }
        }
    }

    #[test]
    fn cuts_merges_and_order_do_not_matter(n in 8_usize..700, cut in 0.0_f64..1.0, seed in 0_u64..1000) {
        let samples = Samples::new(n, 5, 3, seed);
        let whole = samples.moments();
        let cut = (n as f64 * cut) as usize;
        let finish = |accumulator: MomentsAccumulator| {
            accumulator.finish("fc", samples.weight.view(), SampleAxis::Examples).unwrap()
        };

        let mut blocks = samples.accumulator();
        for rows in [cut..n, 0..cut] {
            blocks.add(&samples.block(rows)).unwrap();
        }
        prop_assert!(layer_distance(&finish(blocks), &whole) < 1e-12);

        let [mut left, mut right] = [samples.accumulator(), samples.accumulator()];
        left.add(&samples.block(0..cut)).unwrap();
        right.add(&samples.block(cut..n)).unwrap();
        left.merge(&right).unwrap();
        prop_assert_eq!(left.samples(), n);
        prop_assert!(layer_distance(&finish(left), &whole) < 1e-12);
    }

    #[test]
    fn normalized_moments_alone_are_the_same(n in 8_usize..700, seed in 0_u64..1000) {
        let samples = Samples::new(n, 5, 3, seed);
        let whole = samples.moments();
        let mut alone = samples.accumulator().normalized_only();
        alone.add(&samples.block(0..n / 2)).unwrap();
        let mut rest = samples.accumulator();
        rest.add(&samples.block(n / 2..n)).unwrap();
        // What one of two has not, they have not together.
        for (mut one, other) in [(alone.clone(), &rest), (rest.clone(), &alone)] {
            one.merge(other).unwrap();
            let layer = one.finish("fc", samples.weight.view(), SampleAxis::Examples).unwrap();
            let file = tempfile::NamedTempFile::new().unwrap();
            layer.save(file.path()).unwrap();
            let loaded = formant_moments::LayerMoments::load(file.path()).unwrap();
            for (side, moment) in Side::ALL.into_iter().flat_map(|side| MOMENTS.map(|moment| (side, moment))) {
                for variant in Variant::ALL {
                    let found = layer.second_moment(side, moment, variant);
                    prop_assert_eq!(&loaded.second_moment(side, moment, variant), &found);
                    if variant == Variant::Normalized && moment != Moment::Cross {
                        prop_assert!(distance(&found, &whole.second_moment(side, moment, variant)) < 1e-12);
                    } else {
                        prop_assert!(found.iter().all(|x| *x == 0.0));
                    }
                }
            }
        }
    }

    #[test]
    fn symmetric_and_related_by_the_weight(seed in 0_u64..1000) {
        let samples = Samples::new(50, 6, 4, seed);
        let layer = samples.moments();
        for (side, variant) in Side::ALL.into_iter().flat_map(|side| Variant::ALL.map(|variant| (side, variant))) {
            for moment in [Moment::H, Moment::G] {
                let matrix = layer.second_moment(side, moment, variant);
                prop_assert_eq!(&matrix, &matrix.t());
            }
        }
        // H_b = W H_a W^T and G_a = W^T G_b W, exact for linear layers.
        let (w, raw) = (&samples.weight, |side, moment| layer.second_moment(side, moment, Variant::Raw));
        let h_b = w.dot(&raw(Side::A, Moment::H)).dot(&w.t());
        let g_a = w.t().dot(&raw(Side::B, Moment::G)).dot(w);
        prop_assert!(distance(&raw(Side::B, Moment::H), &h_b) < 1e-12);
        prop_assert!(distance(&raw(Side::A, Moment::G), &g_a) < 1e-12);
        prop_assert!(distance(&layer.weight_gram(Side::A), &w.t().dot(w)) < 1e-14);
        prop_assert!(distance(&layer.weight_gram(Side::B), &w.dot(&w.t())) < 1e-14);
    }

    #[test]
    fn merged_layers_are_one_layer(cut in 2_usize..28, seed in 0_u64..1000) {
        let samples = Samples::new(30, 3, 4, seed);
        let part = |rows| {
            let mut accumulator = samples.accumulator();
            accumulator.add(&samples.block(rows)).unwrap();
            accumulator.finish("fc", samples.weight.view(), SampleAxis::Examples).unwrap()
        };
        let mut merged = part(0..cut);
        merged.merge(&part(cut..30)).unwrap();
        prop_assert_eq!(merged.samples(), 30);
        prop_assert!(layer_distance(&merged, &samples.moments()) < 1e-12);
    }
}

/// Also where raw moments are not collected.
#[test]
fn raw_moments_that_would_overflow_are_refused() {
    let rows = Array2::from_elem((4, 2), 1e200)
        + Array2::from_diag_elem(4, 1e200).slice(ndarray::s![.., ..2]);
    for accumulator in [
        MomentsAccumulator::new(2, 2),
        MomentsAccumulator::new(2, 2).normalized_only(),
    ] {
        let mut accumulator = accumulator;
        let rows = rows.view();
        let block = SampleBlock {
            h_a: rows,
            h_b: rows,
            g_a: rows,
            g_b: rows,
        };
        accumulator.add(&block).unwrap();
        let error = accumulator
            .finish("fc", Array2::eye(2).view(), SampleAxis::Examples)
            .unwrap_err();
        assert!(matches!(error, MomentsError::Overflow { .. }), "{error}");
    }
}

#[test]
fn a_large_mean_costs_no_digits() {
    let mut samples = Samples::new(2000, 4, 3, 7);
    let expected = samples
        .moments()
        .second_moment(Side::A, Moment::H, Variant::Centered);
    samples.h_a += 1e6;
    let mut accumulator = samples.accumulator();
    for start in (0..2000).step_by(100) {
        accumulator.add(&samples.block(start..start + 100)).unwrap();
    }
    let layer = accumulator
        .finish("fc", samples.weight.view(), SampleAxis::Examples)
        .unwrap();
    // E[h h^T] - E[h]E[h]^T would be wrong by about 1e-4; what is left is the rounding of the samples themselves.
    assert!(
        distance(
            &layer.second_moment(Side::A, Moment::H, Variant::Centered),
            &expected
        ) < 1e-8
    );
}

#[test]
fn a_head_unlike_the_rest_costs_no_digits() {
    // The reference is taken from the first rows; here they are far from the mean of all, the worst case.
    let mut samples = Samples::new(5000, 4, 3, 23);
    samples
        .h_a
        .slice_mut(ndarray::s![40.., ..])
        .mapv_inplace(|x| x + 1e3);
    let layer = samples.moments();
    for variant in [Variant::Centered, Variant::Normalized] {
        let found = layer.second_moment(Side::A, Moment::H, variant);
        assert!(distance(&found, &samples.slow(Side::A, Moment::H, variant)) < 1e-12);
    }
}

#[test]
fn equal_values_have_no_variance_at_all() {
    let mut samples = Samples::new(700, 3, 2, 29);
    samples.h_a.column_mut(1).fill(0.1);
    let mut accumulator = samples.accumulator();
    for rows in [0..3, 3..100, 100..700] {
        accumulator.add(&samples.block(rows)).unwrap();
    }
    let layer = accumulator
        .finish("fc", samples.weight.view(), SampleAxis::Examples)
        .unwrap();
    let h = layer.second_moment(Side::A, Moment::H, Variant::Centered);
    assert_eq!(h.row(1), Array1::<f64>::zeros(3));
}

#[test]
fn zero_samples_stay_zero_and_are_counted() {
    let mut samples = Samples::new(20, 3, 2, 3);
    for row in [0, 7, 19] {
        samples.h_a.row_mut(row).fill(0.0);
    }
    samples.g_b.row_mut(4).fill(0.0);
    let layer = samples.moments();
    let zero = layer.zero_norm();
    assert_eq!((zero.h_a, zero.h_b, zero.g_a, zero.g_b), (3, 0, 0, 1));
    let slow = samples.slow(Side::A, Moment::H, Variant::Normalized);
    assert!(
        distance(
            &layer.second_moment(Side::A, Moment::H, Variant::Normalized),
            &slow
        ) < 1e-13
    );
}

#[test]
fn unit_norm_survives_where_squares_do_not() {
    let samples = Samples::new(30, 4, 3, 5);
    let expected = samples
        .moments()
        .second_moment(Side::B, Moment::G, Variant::Normalized);
    let mut tiny = Samples::new(30, 4, 3, 5);
    tiny.g_b *= 1e-200;
    assert!(
        distance(
            &tiny
                .moments()
                .second_moment(Side::B, Moment::G, Variant::Normalized),
            &expected
        ) < 1e-13
    );
    tiny.g_b *= 1e308;
    tiny.g_b *= 1e80; // now about 1e188
    let mut accumulator = tiny.accumulator();
    accumulator.add(&tiny.block(0..30)).unwrap();
    let error = accumulator
        .finish("fc", tiny.weight.view(), SampleAxis::Examples)
        .unwrap_err();
    assert!(
        matches!(error, MomentsError::Overflow { side: 'b', .. }),
        "{error}"
    );
}

#[test]
fn f32_and_any_memory_order_give_the_same_bits() {
    let samples = Samples::new(300, 5, 4, 9);
    let narrow =
        [&samples.h_a, &samples.h_b, &samples.g_a, &samples.g_b].map(|x| x.mapv(|x| x as f32));
    let wide: Vec<Array2<f64>> = narrow.iter().map(|x| x.mapv(f64::from)).collect();
    let columns: Vec<Array2<f32>> = narrow
        .iter()
        .map(|x| {
            let mut out = Array2::zeros(x.dim().f());
            out.assign(x);
            out
        })
        .collect();
    let mut accumulators = [
        samples.accumulator(),
        samples.accumulator(),
        samples.accumulator(),
    ];
    let block32 = |x: &[Array2<f32>], to: &mut MomentsAccumulator| {
        to.add(&SampleBlock {
            h_a: x[0].view(),
            h_b: x[1].view(),
            g_a: x[2].view(),
            g_b: x[3].view(),
        })
        .unwrap();
    };
    block32(&narrow, &mut accumulators[0]);
    block32(&columns, &mut accumulators[1]);
    let [h_a, h_b, g_a, g_b] = [0, 1, 2, 3].map(|i| wide[i].view());
    accumulators[2]
        .add(&SampleBlock { h_a, h_b, g_a, g_b })
        .unwrap();
    let layers = accumulators.map(|a| {
        a.finish("fc", samples.weight.view(), SampleAxis::Tokens)
            .unwrap()
    });
    assert_eq!(layers[0], layers[1]);
    assert_eq!(layers[0], layers[2]);
}

/// What a GPU would send: means and scatters of the stacked samples, about the chunk's own mean.
fn reduced(h: &Array2<f64>, g: &Array2<f64>) -> [(Array1<f64>, Array2<f64>); 2] {
    let unit = |x: &Array2<f64>| {
        let norm = x
            .map_axis(Axis(1), |row| row.dot(&row).sqrt())
            .insert_axis(Axis(1));
        x / &norm
    };
    [
        concatenate![Axis(1), *h, *g],
        concatenate![Axis(1), unit(h), unit(g)],
    ]
    .map(|x| {
        let mean = x.mean_axis(Axis(0)).unwrap();
        let centred = x - &mean;
        let scatter = centred.t().dot(&centred);
        (mean, scatter)
    })
}

#[test]
fn reduced_elsewhere_is_the_same() {
    let samples = Samples::new(64, 4, 3, 11);
    let mut accumulator = samples.accumulator();
    accumulator.add(&samples.block(0..24)).unwrap();
    let cut = |x: &Array2<f64>| x.slice(ndarray::s![24.., ..]).to_owned();
    let a = reduced(&cut(&samples.h_a), &cut(&samples.g_a));
    let b = reduced(&cut(&samples.h_b), &cut(&samples.g_b));
    let [a, b] = [&a, &b].map(|[plain, unit]| ReducedSide {
        mean: plain.0.view(),
        scatter: plain.1.view(),
        unit_mean: unit.0.view(),
        unit_scatter: unit.1.view(),
        zero_norm_h: 0,
        zero_norm_g: 0,
    });
    accumulator
        .add_reduced(&ReducedBlock { samples: 40, a, b })
        .unwrap();
    let zeros = ReducedSide {
        zero_norm_g: 41,
        ..a
    };
    let wrong = accumulator.add_reduced(&ReducedBlock {
        samples: 40,
        a: zeros,
        b,
    });
    assert!(
        matches!(
            wrong,
            Err(MomentsError::TooManyZeros {
                found: 41,
                samples: 40
            })
        ),
        "{wrong:?}"
    );
    let wrong = accumulator.add_reduced(&ReducedBlock {
        samples: 40,
        a: b,
        b,
    });
    assert!(
        matches!(
            wrong,
            Err(MomentsError::BlockShape {
                quantity: "mean",
                ..
            })
        ),
        "{wrong:?}"
    );
    let layer = accumulator
        .finish("fc", samples.weight.view(), SampleAxis::Examples)
        .unwrap();
    assert!(layer_distance(&layer, &samples.moments()) < 1e-12);
}

#[test]
fn a_refused_block_changes_nothing() {
    let mut samples = Samples::new(600, 3, 2, 13);
    let mut accumulator = samples.accumulator();
    accumulator.add(&samples.block(0..600)).unwrap();
    let before = accumulator.clone();
    // Beyond the first chunk, so that an accumulator that checks as it goes would have taken part of it.
    samples.g_b[[500, 1]] = f64::NAN;
    let error = accumulator.add(&samples.block(0..600)).unwrap_err();
    let expected = "g_b holds NaN at row 500, column 1; every value must be finite";
    assert_eq!(error.to_string(), expected);
    samples.g_b[[500, 1]] = 0.0;
    samples.h_a[[2, 0]] = f64::NEG_INFINITY;
    assert!(
        accumulator
            .add(&samples.block(0..600))
            .unwrap_err()
            .to_string()
            .starts_with("h_a holds -inf at row 2")
    );
    let finish = |a: MomentsAccumulator| {
        a.finish("fc", samples.weight.view(), SampleAxis::Examples)
            .unwrap()
    };
    assert_eq!(finish(accumulator), finish(before));
}

#[test]
fn what_does_not_fit_is_named() {
    let samples = Samples::new(10, 3, 2, 17);
    let mut accumulator = MomentsAccumulator::new(3, 5);
    let error = accumulator.add(&samples.block(0..10)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "h_b is [10, 2], expected [samples, neurons] = [10, 5]"
    );
    let mut block = samples.block(0..10);
    block.g_b = block.g_b.slice_move(ndarray::s![..9, ..]);
    assert!(matches!(
        samples.accumulator().add(&block),
        Err(MomentsError::BlockShape {
            quantity: "g_b",
            ..
        })
    ));
    assert!(matches!(
        accumulator.merge(&samples.accumulator()),
        Err(MomentsError::MergeMismatch { .. })
    ));

    let mut accumulator = samples.accumulator();
    accumulator.add(&samples.block(0..1)).unwrap();
    accumulator.add(&samples.block(0..0)).unwrap();
    let finish = |a: &MomentsAccumulator, w: &Array2<f64>| {
        a.clone().finish("fc", w.view(), SampleAxis::Examples)
    };
    assert!(matches!(
        finish(&accumulator, &samples.weight),
        Err(MomentsError::TooFewSamples { found: 1, .. })
    ));
    let transposed = samples.weight.t().to_owned();
    assert!(matches!(
        finish(&accumulator, &transposed),
        Err(MomentsError::WeightShape { .. })
    ));
    let bad = array![[1.0, 2.0, 3.0], [4.0, f64::INFINITY, 6.0]];
    assert!(matches!(
        finish(&accumulator, &bad),
        Err(MomentsError::NonFinite {
            quantity: "weight",
            row: 1,
            column: 1,
            ..
        })
    ));
    let empty = MomentsAccumulator::new(0, 2).finish(
        "fc",
        Array2::zeros((2, 0)).view(),
        SampleAxis::Examples,
    );
    assert!(matches!(empty, Err(MomentsError::NoNeurons { .. })));
}

#[test]
fn different_layers_do_not_merge() {
    let samples = Samples::new(10, 3, 2, 19);
    let finish = |name: &str, weight: &Array2<f64>, axis| {
        let mut accumulator = samples.accumulator();
        accumulator.add(&samples.block(0..10)).unwrap();
        accumulator.finish(name, weight.view(), axis).unwrap()
    };
    let layer = finish("fc", &samples.weight, SampleAxis::Examples);
    for (other, what) in [
        (
            finish("fc2", &samples.weight, SampleAxis::Examples),
            "names",
        ),
        (
            finish("fc", &samples.weight, SampleAxis::Tokens),
            "sample axes",
        ),
        (
            finish("fc", &normal(2, 3, 99), SampleAxis::Examples),
            "weights",
        ),
        (
            Samples::new(10, 2, 2, 19).moments(),
            "weight shapes [d_b, d_a]",
        ),
    ] {
        let error = layer.clone().merge(&other).unwrap_err();
        assert!(
            matches!(error, MomentsError::MergeMismatch { what: w, .. } if w == what),
            "{error}"
        );
    }
}

/// Three iterates of one layer: the same shape, other weights and samples, and other numbers of them.
fn iterates() -> [Samples; 3] {
    [(7, 1), (12, 5), (5, 9)].map(|(n, seed)| Samples::new(n, 4, 3, seed))
}

fn added(samples: &[Samples]) -> LayerMoments {
    let mut layers = samples.iter().map(Samples::moments);
    let mut first = layers.next().unwrap();
    layers.for_each(|layer| first.add_iterate(&layer).unwrap());
    first
}

#[test]
fn iterates_are_their_slow_twin() {
    let iterates = iterates();
    let found = added(&iterates);
    assert_eq!((found.iterates(), found.samples()), (3, 24));
    let close = |a: Array2<f64>, b: Array2<f64>| {
        let error = (&a - &b).iter().fold(0.0_f64, |max, x| max.max(x.abs()));
        assert!(error < 1e-12, "{error:e}");
    };
    // All samples in one, with a weight that does not matter for moments of samples.
    let stack = |of: fn(&Samples) -> &Array2<f64>| {
        let views: Vec<_> = iterates.iter().map(|samples| of(samples).view()).collect();
        concatenate(Axis(0), &views).unwrap()
    };
    let all = Samples {
        h_a: stack(|samples| &samples.h_a),
        h_b: stack(|samples| &samples.h_b),
        g_a: stack(|samples| &samples.g_a),
        g_b: stack(|samples| &samples.g_b),
        weight: iterates[0].weight.clone(),
    };
    for side in Side::ALL {
        for moment in MOMENTS {
            for variant in Variant::ALL {
                let slow = all.slow(side, moment, variant);
                close(found.second_moment(side, moment, variant), slow);
            }
        }
        // Z is the mean of WᵀW or WWᵀ, and not made of the mean W.
        let grams = iterates.iter().map(|samples| match side {
            Side::A => samples.weight.t().dot(&samples.weight),
            Side::B => samples.weight.dot(&samples.weight.t()),
        });
        let mean = grams.reduce(|sum, gram| sum + gram).unwrap() / 3.0;
        close(found.weight_gram(side), mean);
    }
    let weights = iterates.iter().map(|samples| samples.weight.clone());
    let mean = weights.reduce(|sum, weight| sum + weight).unwrap() / 3.0;
    close(found.weight().to_owned(), mean);
}

#[test]
fn averages_of_iterates_join_and_mix_with_nothing_else() {
    let [first, second, third] = iterates();
    let mut left = added(&[first, second]);
    let whole = added(&iterates());
    left.add_iterate(&third.moments()).unwrap();
    assert_eq!(left, whole);
    let refused = left.merge(&whole).unwrap_err().to_string();
    assert!(refused.contains("iterates"), "{refused}");
    let other = Samples::new(5, 3, 3, 1).moments();
    assert!(left.add_iterate(&other).is_err());
}
