//! Neural collapse: a slow twin from the definitions, networks that have collapsed by construction, refusals.

use crate::common::{layer, normal, orthogonal};
use formant_alignment::{
    AlignmentError, BeyondMoments, CollapseAccumulator, LayerReport, MeasuredLayer, NeuralCollapse,
    NullOptions, OutputSpace, Threads, isotropy, neural_collapse,
};
use formant_moments::SampleBlock;
use formant_moments::dump::{LayerDump, read_dump};
use formant_moments::npz::NpzWriter;
use ndarray::{Array1, Array2, Axis, array, s};
use proptest::prelude::*;

struct Data {
    h_a: Array2<f64>,
    h_b: Array2<f64>,
    g_b: Array2<f64>,
    labels: Vec<usize>,
    weight: Array2<f64>,
}

impl Data {
    /// Class means of size 1 plus noise, far from the origin; classes of unequal size.
    fn noisy(classes: usize, d_a: usize, d_b: usize, n: usize, noise: f64, seed: u64) -> Self {
        let labels: Vec<usize> = (0..n)
            .map(|i| if i % 3 == 0 { 0 } else { i % classes })
            .collect();
        let means = normal(classes, d_a, seed);
        let mut h_a = normal(n, d_a, seed + 1) * noise + 2.0;
        for (mut row, &class) in h_a.rows_mut().into_iter().zip(&labels) {
            row += &means.row(class);
        }
        let weight = normal(d_b, d_a, seed + 2);
        let h_b = h_a.dot(&weight.t()) + &normal(1, d_b, seed + 3);
        let g_b = normal(n, d_b, seed + 4);
        Self {
            h_a,
            h_b,
            g_b,
            labels,
            weight,
        }
    }

    fn block(&self, rows: std::ops::Range<usize>) -> SampleBlock<'_, f64> {
        SampleBlock {
            h_a: self.h_a.slice(s![rows.clone(), ..]),
            h_b: self.h_b.slice(s![rows.clone(), ..]),
            g_a: self.h_a.slice(s![rows.clone(), ..]), // not read
            g_b: self.g_b.slice(s![rows, ..]),
        }
    }

    fn measured(&self, classes: usize, step: usize) -> NeuralCollapse {
        let (n, (d_b, d_a)) = (self.labels.len(), self.weight.dim());
        let mut accumulator = CollapseAccumulator::new(d_a, d_b, classes).unwrap();
        let blocks = || (0..n).step_by(step).map(|start| start..n.min(start + step));
        for rows in blocks() {
            accumulator
                .add(&self.block(rows.clone()), &self.labels[rows])
                .unwrap();
        }
        assert_eq!(accumulator.samples(), n);
        let mut collapse = accumulator.finish(self.weight.view()).unwrap();
        if d_b == classes {
            let mut nearest = accumulator.nearest_class_mean().unwrap();
            assert_eq!(nearest.disagreement(), None);
            for rows in blocks() {
                let block = self.block(rows);
                nearest.add(block.h_a, block.h_b).unwrap();
            }
            collapse.nc4 = nearest.disagreement();
        }
        collapse
    }
}

fn class_means(x: &Array2<f64>, labels: &[usize], classes: usize) -> Vec<Array1<f64>> {
    let of = |class| {
        let rows: Vec<usize> = (0..labels.len()).filter(|i| labels[*i] == class).collect();
        x.select(Axis(0), &rows).mean_axis(Axis(0)).unwrap()
    };
    (0..classes).map(of).collect()
}

fn outer(x: &Array1<f64>) -> Array2<f64> {
    x.view()
        .insert_axis(Axis(1))
        .dot(&x.view().insert_axis(Axis(0)))
}

/// \\(\Sigma_W, \Sigma_B\\), sample by sample.
fn scatters(x: &Array2<f64>, labels: &[usize], classes: usize) -> (Array2<f64>, Array2<f64>) {
    let means = class_means(x, labels, classes);
    let centre = means
        .iter()
        .fold(Array1::<f64>::zeros(x.ncols()), |sum, m| sum + m)
        / classes as f64;
    let d = x.ncols();
    let (mut within, mut between) = (Array2::zeros((d, d)), Array2::zeros((d, d)));
    for (row, &class) in x.rows().into_iter().zip(labels) {
        within += &(outer(&(&row - &means[class])) / labels.len() as f64);
    }
    for mean in &means {
        between += &(outer(&(mean - &centre)) / classes as f64);
    }
    (within, between)
}

/// An orthonormal basis of what the rows span, `[d, rank]`, by Gram and Schmidt.
fn basis(rows: &[Array1<f64>]) -> Array2<f64> {
    let mut basis: Vec<Array1<f64>> = Vec::new();
    for row in rows {
        let mut rest = row.clone();
        for _ in 0..2 {
            for done in &basis {
                rest = &rest - &(done * done.dot(&rest));
            }
        }
        if rest.dot(&rest) > 1e-20 * row.dot(row) {
            basis.push(&rest / rest.dot(&rest).sqrt());
        }
    }
    Array2::from_shape_fn((rows[0].len(), basis.len()), |(i, k)| basis[k][i])
}

/// The inverse, by Newton's iteration.
fn inverse(a: &Array2<f64>) -> Array2<f64> {
    let norm: f64 = a.iter().map(|x| x * x).sum();
    let start = a.t().to_owned() / norm;
    (0..200).fold(start, |x, _| &x * 2.0 - x.dot(a).dot(&x))
}

fn trace(a: &Array2<f64>) -> f64 {
    a.diag().sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn agrees_with_the_slow_twin(
        classes in 3_usize..6, d_a in 3_usize..9, seed in 0_u64..1000, step in 1_usize..50,
    ) {
        let data = Data::noisy(classes, d_a, classes, 60, 0.4, seed);
        let found = data.measured(classes, step);
        let close = |found: f64, slow: f64| (found - slow).abs() < 1e-8 * slow.abs().max(1.0);

        let means = class_means(&data.h_a, &data.labels, classes);
        let centre = means.iter().fold(Array1::<f64>::zeros(d_a), |sum, m| sum + m) / classes as f64;
        let centred: Vec<_> = means.iter().map(|m| m - &centre).collect();
        let (within, between) = scatters(&data.h_a, &data.labels, classes);
        let q = basis(&centred);
        let inverse = inverse(&q.t().dot(&between).dot(&q));
        let nc1 = trace(&q.t().dot(&within).dot(&q).dot(&inverse)) / classes as f64;
        prop_assert!((found.nc1.unwrap() - nc1).abs() < 1e-6 * nc1, "{:?} {nc1}", found.nc1);

        let rows: Vec<_> = data.weight.rows().into_iter().map(|r| r.to_owned()).collect();
        for (found, vectors) in [(found.nc2_features, &centred), (found.nc2_weight, &rows)] {
            let found = found.unwrap();
            let norm = |v: &Array1<f64>| v.dot(v).sqrt();
            let mean_norm = vectors.iter().map(norm).sum::<f64>() / classes as f64;
            let variance = vectors.iter().map(|v| (norm(v) - mean_norm).powi(2)).sum::<f64>() / classes as f64;
            prop_assert!(close(found.norm_cv, variance.sqrt() / mean_norm));
            // All ordered pairs, as the paper has them.
            let mut cosines = Vec::new();
            for (i, v) in vectors.iter().enumerate() {
                for (j, w) in vectors.iter().enumerate() {
                    if i != j {
                        cosines.push(v.dot(w) / norm(v) / norm(w));
                    }
                }
            }
            let count = cosines.len() as f64;
            let mean = cosines.iter().sum::<f64>() / count;
            let std = (cosines.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / count).sqrt();
            let gap = cosines.iter().map(|c| (c + 1.0 / (classes as f64 - 1.0)).abs()).sum::<f64>() / count;
            prop_assert!(close(found.cosine_std, std) && close(found.cosine_gap, gap));
        }

        let flat: Vec<f64> = centred.iter().flatten().copied().collect();
        let m = Array2::from_shape_vec((classes, d_a), flat).unwrap();
        let norm = |x: &Array2<f64>| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let nc3 = norm(&(&data.weight / norm(&data.weight) - &m / norm(&m)));
        prop_assert!(close(found.nc3.unwrap(), nc3));

        let least = |values: Vec<f64>| (0..classes).min_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap();
        let disagree = (0..60).filter(|&i| {
            let distances = means.iter().map(|m| { let e = &data.h_a.row(i) - m; e.dot(&e) }).collect();
            least(distances) != least(data.h_b.row(i).iter().map(|x| -x).collect())
        });
        prop_assert!(close(found.nc4.unwrap(), disagree.count() as f64 / 60.0));

        let (within, between) = scatters(&data.h_b, &data.labels, classes);
        prop_assert!(close(found.quasi_interpolation.unwrap(), trace(&within) / trace(&between)));
        let g = data.g_b.t().dot(&data.g_b) / 60.0;
        let slow = isotropy(((&g + &g.t()) / 2.0).view(), OutputSpace::SumZero).unwrap();
        let fast = found.loss_isotropy.unwrap();
        prop_assert!(close(fast.cosine, slow.cosine) && close(fast.outside, slow.outside));
    }

    #[test]
    fn nc1_sees_neither_scale_nor_rotation_nor_shift(classes in 3_usize..6, d in 4_usize..9, scale in -60_i32..60, seed in 0_u64..1000) {
        let data = Data::noisy(classes, d, classes, 60, 0.4, seed);
        let q = orthogonal(d, seed + 9);
        let turned = Data {
            h_a: (data.h_a.dot(&q) - 3.0) * 10_f64.powi(scale),
            h_b: data.h_b.clone(), g_b: data.g_b.clone(), labels: data.labels.clone(), weight: data.weight.dot(&q),
        };
        let (left, right) = (data.measured(classes, 60), turned.measured(classes, 60));
        let (left, right) = (left.nc1.unwrap(), right.nc1.unwrap());
        prop_assert!((left - right).abs() < 1e-7 * left, "{left} {right}");
    }
}

/// A simplex frame of `classes` vectors in `d` dimensions, turned at random.
fn simplex(classes: usize, d: usize, seed: u64) -> Array2<f64> {
    let q = orthogonal(d, seed);
    (Array2::eye(classes) - 1.0 / classes as f64).dot(&q.slice(s![..classes, ..]))
}

fn collapsed(classes: usize, d: usize, seed: u64) -> Data {
    let labels: Vec<usize> = (0..classes * 8).map(|i| i % classes).collect();
    let frame = simplex(classes, d, seed);
    let h_a = frame.select(Axis(0), &labels) * 3.0 + 0.7;
    let weight = frame * 5.0;
    // One-hot minus softmax of equal margins: gradients that are isotropic on the sum-zero space.
    let g_b = Array2::from_shape_fn((labels.len(), classes), |(i, c)| {
        f64::from(u8::from(labels[i] == c)) - 1.0 / classes as f64
    });
    Data {
        h_b: h_a.dot(&weight.t()),
        h_a,
        g_b,
        labels,
        weight,
    }
}

#[test]
fn nc1_is_the_same_from_either_gram_matrix() {
    // As many classes as features or one more lie on the two sides of the choice; a constant feature changes nothing but
    // the side.
    for (classes, d) in [(13, 13), (13, 5), (7, 7)] {
        let data = Data::noisy(classes, d, 3, 40 * classes, 0.4, 11);
        let fewer = data.measured(classes, 1000).nc1.unwrap();
        let wide = Data {
            h_a: ndarray::concatenate![
                Axis(1),
                data.h_a,
                Array2::ones((40 * classes, classes + 1))
            ],
            weight: normal(3, d + classes + 1, 1),
            ..data
        };
        let more = wide.measured(classes, 1000).nc1.unwrap();
        assert!(
            (fewer - more).abs() < 1e-10 * fewer,
            "{classes} {d}: {fewer} {more}"
        );
    }
}

#[test]
fn a_class_mean_at_the_centre_has_no_angle_however_it_is_rounded() {
    let mut data = collapsed(5, 6, 3);
    // Of five classes four about a fifth one, so that only rounding is left of its centred mean.
    let means = normal(4, 6, 1);
    let means = &means - &means.mean_axis(Axis(0)).unwrap();
    for (mut row, &class) in data.h_a.rows_mut().into_iter().zip(&data.labels) {
        row.fill(0.7);
        if class < 4 {
            row += &means.row(class);
        }
    }
    let found = data.measured(5, 1000);
    assert_eq!(found.nc2_features, None);
    assert!(found.nc1.is_some() && found.nc3.is_some());
}

#[test]
fn a_collapsed_network_is_found_collapsed() {
    for (classes, d) in [(2, 5), (3, 3), (10, 16)] {
        let collapse = collapsed(classes, d, 4).measured(classes, 7);
        assert_eq!(
            (collapse.classes, collapse.class_samples),
            (classes, [8, 8])
        );
        for (name, value) in [
            ("nc1", collapse.nc1),
            ("nc3", collapse.nc3),
            ("nc4", collapse.nc4),
            ("quasi_interpolation", collapse.quasi_interpolation),
        ] {
            assert!(value.unwrap().abs() < 1e-12, "{name} {value:?}");
        }
        for frame in [collapse.nc2_features, collapse.nc2_weight] {
            let frame = frame.unwrap();
            assert!(frame.norm_cv < 1e-12 && frame.cosine_std < 1e-12 && frame.cosine_gap < 1e-12);
        }
        let isotropy = collapse.loss_isotropy.unwrap();
        assert!((isotropy.cosine - 1.0).abs() < 1e-12 && isotropy.outside < 1e-12);
        assert!(isotropy.eigenvalue_cv.unwrap() < 1e-12);
        assert!((isotropy.pearson.unwrap() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn each_number_sees_its_own_kind_of_damage() {
    let whole = || collapsed(4, 6, 11);
    let mut noisy = whole();
    noisy.h_a += &(normal(32, 6, 1) * 0.1);
    let found = noisy.measured(4, 32);
    assert!(found.nc1.unwrap() > 1e-3 && found.quasi_interpolation.unwrap() < 1e-12);

    let mut longer = whole();
    longer.weight.row_mut(0).mapv_inplace(|x| x * 3.0);
    let frame = longer.measured(4, 32).nc2_weight.unwrap();
    assert!(frame.norm_cv > 0.1 && frame.cosine_gap < 1e-12);

    let mut bent = whole();
    let other = bent.weight.row(1).to_owned();
    bent.weight.row_mut(0).scaled_add(0.5, &other);
    let found = bent.measured(4, 32);
    assert!(found.nc2_weight.unwrap().cosine_std > 0.05 && found.nc3.unwrap() > 0.05);

    let mut opposite = whole();
    opposite.weight.mapv_inplace(|x| -x);
    opposite.h_b.mapv_inplace(|x| -x);
    let found = opposite.measured(4, 32);
    assert!((found.nc3.unwrap() - 2.0).abs() < 1e-12); // as far as it gets
    assert_eq!(found.nc4, Some(1.0));

    let mut biased = whole();
    biased.h_b.column_mut(0).mapv_inplace(|x| x + 1000.0);
    assert_eq!(biased.measured(4, 32).nc4, Some(0.75));

    let mut one_sided = whole();
    one_sided.g_b.column_mut(0).fill(0.0);
    assert!(one_sided.measured(4, 32).loss_isotropy.unwrap().outside > 0.01);
}

#[test]
fn a_hidden_layer_has_no_classifier() {
    let found = Data::noisy(4, 6, 9, 60, 0.3, 5).measured(4, 16);
    assert!(found.nc1.is_some() && found.nc2_features.is_some());
    assert!(found.quasi_interpolation.is_some());
    assert_eq!((found.nc3, found.nc4), (None, None));
    assert!(found.nc2_weight.is_none() && found.loss_isotropy.is_none());
}

#[test]
fn undefined_is_none() {
    let mut data = collapsed(3, 4, 2);
    data.h_a.fill(0.3); // all class means equal
    data.h_b.fill(-7.1);
    data.weight.fill(0.0);
    data.g_b.fill(0.0);
    let found = data.measured(3, 5);
    assert_eq!(
        (found.nc1, found.nc3, found.quasi_interpolation),
        (None, None, None)
    );
    assert!(found.nc2_features.is_none() && found.nc2_weight.is_none());
    assert!(found.loss_isotropy.is_none());

    let mut few = collapsed(3, 4, 2);
    few.labels.truncate(3); // a sample a class has no variance
    let found = few.measured(3, 3);
    assert_eq!((found.nc1, found.quasi_interpolation), (None, None));
    assert!(found.nc2_features.is_some());
}

#[test]
fn ill_posed_input_is_refused() {
    for classes in [0, 1] {
        let error = CollapseAccumulator::new(4, 3, classes).unwrap_err();
        assert_eq!(error, AlignmentError::TooFewClasses { found: classes });
    }
    let data = collapsed(3, 4, 3);
    let mut accumulator = CollapseAccumulator::new(4, 3, 3).unwrap();
    let error = accumulator.add(&data.block(0..3), &[0, 1, 3]).unwrap_err();
    assert_eq!(
        error,
        AlignmentError::Label {
            row: 2,
            label: 3,
            classes: 3
        }
    );
    let error = accumulator.add(&data.block(0..3), &[0, 1]).unwrap_err();
    assert!(matches!(
        error,
        AlignmentError::Rows {
            what: "h_a",
            found: [3, 4],
            expected: [2, 4]
        }
    ));
    let mut holed = collapsed(3, 4, 3);
    holed.g_b[[2, 1]] = f64::NAN;
    let error = accumulator.add(&holed.block(0..3), &[0, 1, 2]).unwrap_err();
    assert_eq!(error, AlignmentError::NonFinite { what: "g_b" });
    assert_eq!(accumulator.samples(), 0);

    accumulator.add(&data.block(0..3), &[0, 2, 2]).unwrap();
    let empty = AlignmentError::EmptyClass {
        class: 1,
        classes: 3,
    };
    assert_eq!(accumulator.finish(data.weight.view()).unwrap_err(), empty);
    assert_eq!(accumulator.nearest_class_mean().unwrap_err(), empty);
    accumulator.add(&data.block(1..2), &[1]).unwrap();
    let error = accumulator.finish(data.weight.t()).unwrap_err();
    assert!(matches!(error, AlignmentError::Rows { what: "weight", .. }));

    let hidden = Data::noisy(3, 4, 5, 20, 0.1, 1);
    let mut accumulator = CollapseAccumulator::new(4, 5, 3).unwrap();
    accumulator
        .add(&hidden.block(0..20), &hidden.labels)
        .unwrap();
    let error = accumulator.nearest_class_mean().unwrap_err();
    assert_eq!(error, AlignmentError::NotAClassifier { d_b: 5, classes: 3 });
}

fn dump(data: &Data, labels: Option<Vec<i64>>) -> LayerDump {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump.npz");
    let mut writer = NpzWriter::new();
    for (role, matrix) in [
        ("h_a", &data.h_a),
        ("h_b", &data.h_b),
        ("g_b", &data.g_b),
        ("weight", &data.weight),
    ] {
        writer.add_array(format!("fc/{role}"), matrix).unwrap();
    }
    if let Some(labels) = labels {
        writer
            .add_array("fc/labels", &Array1::from(labels))
            .unwrap();
    }
    std::fs::write(&path, writer.finish().unwrap()).unwrap();
    read_dump(path).unwrap().remove(0)
}

#[test]
fn a_dump_with_labels_is_measured() {
    let data = Data::noisy(4, 6, 4, 1500, 0.5, 8); // more rows than a block has
    let labels = |f: fn(usize) -> i64| Some(data.labels.iter().map(|&label| f(label)).collect());
    assert_eq!(neural_collapse(&dump(&data, None)).unwrap(), None);
    let found = neural_collapse(&dump(&data, labels(|x| x as i64)))
        .unwrap()
        .unwrap();
    let expected = data.measured(4, 1024);
    assert_eq!(found, expected);
    assert!(found.nc4.unwrap() > 0.0);

    let error = neural_collapse(&dump(&data, labels(|_| 0))).unwrap_err();
    assert_eq!(error, AlignmentError::TooFewClasses { found: 1 });
    // A class number that would fill the memory is found before anything is allocated.
    let far = labels(|x| if x == 3 { 1 << 60 } else { x as i64 });
    let error = neural_collapse(&dump(&data, far)).unwrap_err();
    let classes = (1 << 60) + 1;
    assert_eq!(error, AlignmentError::EmptyClass { class: 3, classes });
}

/// The report of some layer, with this beyond its moments.
fn report(beyond: BeyondMoments) -> LayerReport {
    let layer = layer(40, 5, 3, 1);
    let null = NullOptions {
        draws: Some(2),
        seed: 0,
    };
    LayerReport::of(&MeasuredLayer::new(&layer, null, Threads::One).with(beyond)).unwrap()
}

#[test]
fn the_report_carries_it_only_when_it_is_measured() {
    let bare = serde_json::to_value(report(BeyondMoments::default())).unwrap();
    assert!(bare["neural_collapse"].is_null());
    let report = report(BeyondMoments {
        neural_collapse: Some(Ok(collapsed(3, 5, 6).measured(3, 9))),
        ..BeyondMoments::default()
    });
    let text = serde_json::to_string(&report).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let collapse = &json["neural_collapse"];
    for key in ["nc1", "nc3", "nc4", "quasi_interpolation"] {
        assert!(collapse[key].is_f64(), "{key}: {collapse}");
    }
    for frame in ["nc2_features", "nc2_weight"] {
        for key in ["norm_cv", "cosine_std", "cosine_gap"] {
            assert!(collapse[frame][key].is_f64(), "{frame}.{key}: {collapse}");
        }
    }
    assert!(collapse["loss_isotropy"]["cosine"].is_f64());
    assert_eq!(serde_json::from_str::<LayerReport>(&text).unwrap(), report);
}

#[test]
fn isotropy_of_known_matrices() {
    // diag(3, 1): eigenvalues of mean 2 and deviation 1, nothing outside.
    let found = isotropy(array![[3.0, 0.0], [0.0, 1.0]].view(), OutputSpace::Whole).unwrap();
    assert!((found.eigenvalue_cv.unwrap() - 0.5).abs() < 1e-15 && found.outside == 0.0);
    assert!((found.cosine - 4.0 / 20_f64.sqrt()).abs() < 1e-15);
    // One direction has everything: √(m - 1); and the whole trace lies outside the sum-zero space.
    let found = isotropy(Array2::ones((3, 3)).view(), OutputSpace::Whole).unwrap();
    assert!((found.eigenvalue_cv.unwrap() - 2_f64.sqrt()).abs() < 1e-14);
    assert_eq!(found.pearson, None);
    let found = isotropy(Array2::ones((3, 3)).view(), OutputSpace::SumZero).unwrap();
    assert!((found.outside - 1.0).abs() < 1e-15 && found.cosine.abs() < 1e-15);
    let zero = Array2::<f64>::zeros((3, 3));
    assert!(matches!(
        isotropy(zero.view(), OutputSpace::Whole),
        Err(AlignmentError::Zero { .. })
    ));
    let one = array![[2.0]];
    assert!(matches!(
        isotropy(one.view(), OutputSpace::SumZero),
        Err(AlignmentError::TooFewEntries {
            found: 1,
            needed: 2
        })
    ));
    let wide = normal(2, 3, 1);
    assert!(matches!(
        isotropy(wide.view(), OutputSpace::Whole),
        Err(AlignmentError::NotSquare { .. })
    ));
}

#[test]
fn what_refuses_a_layer_is_a_reason_in_its_report() {
    let report = report(BeyondMoments {
        neural_collapse: Some(Err(AlignmentError::EmptyClass {
            class: 1,
            classes: 3,
        })),
        balance: Some(Err(AlignmentError::Zero { what: "g_b" })),
        ..BeyondMoments::default()
    });
    let json = serde_json::to_value(&report).unwrap();
    assert!(json["balance"].is_null() && json["neural_collapse"].is_null());
    assert_eq!(
        json["balance_refused"],
        AlignmentError::Zero { what: "g_b" }.to_string()
    );
    let reason = json["neural_collapse_refused"].as_str().unwrap();
    assert!(reason.contains("class 1 of 3"), "{reason}");
    assert_eq!(serde_json::from_value::<LayerReport>(json).unwrap(), report);
}
