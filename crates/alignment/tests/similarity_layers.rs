//! The layers of a dump compared with each other, against the functions that compare two representations.

use std::fs;

use crate::common::normal;
use formant_alignment::similarity::{ALL_PAIRS, RSA_SAMPLES};
use formant_alignment::{
    DumpReport, Kind, LayerComparison, RepresentationMeasure, Threads, compare_layers,
};
use formant_moments::dump::{LayerDump, read_dump};
use formant_moments::npz::NpzWriter;
use ndarray::{Array2, Axis};

/// A dump of layers with these inputs.
fn dump(inputs: &[Array2<f64>]) -> Vec<LayerDump> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dump.npz");
    let mut file = NpzWriter::new();
    for (index, h_a) in inputs.iter().enumerate() {
        let name = |role: &str| format!("layer{index}/{role}");
        file.add_array(name("h_a"), h_a).unwrap();
        file.add_array(name("g_b"), &normal(h_a.nrows(), 2, 1))
            .unwrap();
        file.add_array(name("weight"), &normal(2, h_a.ncols(), 2))
            .unwrap();
    }
    fs::write(&path, file.finish().unwrap()).unwrap();
    read_dump(path).unwrap()
}

fn compare_all(layers: &[LayerDump], threads: Threads, memory: u64) -> Vec<LayerComparison> {
    compare_layers(layers, &RepresentationMeasure::ALL, threads, memory)
}

#[test]
fn a_measure_alone_has_the_value_that_it_has_among_all() {
    let layers = dump(&[normal(30, 4, 1), normal(30, 9, 2), normal(30, 40, 3)]);
    let all = compare_all(&layers, Threads::One, u64::MAX);
    for measure in RepresentationMeasure::ALL {
        let alone = compare_layers(&layers, &[measure], Threads::One, u64::MAX);
        let among = all.iter().filter(|found| found.measure == measure);
        assert_eq!(alone, among.cloned().collect::<Vec<_>>());
        assert!(alone.iter().all(|found| found.value.is_some()));
    }
}

#[test]
fn every_pair_has_the_values_of_the_functions() {
    // Narrow, wide, and wider than there are samples.
    let x = normal(30, 4, 1);
    let y = x.dot(&normal(4, 9, 2)) + normal(30, 9, 3);
    let z = y.dot(&normal(9, 40, 4)) + normal(30, 40, 5);
    let inputs = [x, y, z];
    let found = compare_all(&dump(&inputs), Threads::One, u64::MAX);
    let measures = RepresentationMeasure::ALL;
    assert_eq!(found.len(), 3 * measures.len());
    for (pair, (x, y)) in found.chunks(measures.len()).zip([(0, 1), (0, 2), (1, 2)]) {
        for (found, measure) in pair.iter().zip(measures) {
            assert_eq!(found.measure, measure);
            assert_eq!(found.kind, measure.description().kind);
            assert_eq!(
                (&*found.x, &*found.y),
                (&*format!("layer{x}"), &*format!("layer{y}"))
            );
            assert_eq!((found.samples, &found.reason), (30, &None));
            let expected = measure.of(inputs[x].view(), inputs[y].view()).unwrap();
            let value = found.value.unwrap();
            assert!(
                (value - expected).abs() < 1e-7,
                "{measure:?}: {value}, {expected}"
            );
        }
    }
    assert_eq!(compare_all(&dump(&inputs), Threads::Pool, u64::MAX), found);
}

#[test]
fn rsa_draws_samples_that_no_period_of_the_rows_can_meet() {
    // Two positions that both layers tell apart, and nothing else that they share.
    let n = 2 * RSA_SAMPLES;
    let position = Array2::from_shape_fn((n, 1), |(row, _)| if row % 2 == 0 { 2.0 } else { -2.0 });
    let [x, y] = [1, 2].map(|seed| normal(n, 3, seed) + &position);
    let layers = dump(&[x.clone(), y.clone()]);
    let found = compare_all(&layers, Threads::One, u64::MAX);
    let even: Vec<usize> = (0..n).step_by(2).collect();
    for found in &found[4..6] {
        let of = |x: &Array2<f64>, y: &Array2<f64>| found.measure.of(x.view(), y.view()).unwrap();
        let (all, value) = (of(&x, &y), found.value.unwrap());
        let one_position = of(&x.select(Axis(0), &even), &y.select(Axis(0), &even));
        assert!(all > 0.3 && one_position < 0.1, "{all} {one_position}");
        assert!(
            (value - all).abs() < 0.05,
            "{}: {value}, all {all}",
            found.measure.name()
        );
        assert_eq!((found.samples, found.drawn_from), (RSA_SAMPLES, Some(n)));
    }
    assert_eq!((found[0].samples, found[0].drawn_from), (n, None));
    assert_eq!(compare_all(&layers, Threads::Pool, u64::MAX), found);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json[4]["drawn_from"], n);
    assert!(json[0].get("drawn_from").is_none());
}

#[test]
fn rows_are_drawn_alike_in_every_layer_and_none_twice() {
    // Distances on a line tell which rows are there: a row twice would give a distance of zero.
    let n = 3 * RSA_SAMPLES;
    let line = Array2::from_shape_fn((n, 1), |(row, _)| (row as f64).powf(1.5));
    let found = compare_all(
        &dump(&[line.clone(), line.mapv(|x| -3.0 * x)]),
        Threads::One,
        u64::MAX,
    );
    for found in &found[4..6] {
        assert!((found.value.unwrap() - 1.0).abs() < 1e-12, "{found:?}");
    }
}

#[test]
fn what_cannot_be_paired_has_a_reason() {
    let constant = Array2::ones((20, 3));
    let layers = dump(&[normal(20, 3, 1), normal(19, 3, 2), constant]);
    let found = compare_all(&layers, Threads::One, u64::MAX);
    assert!(found.iter().all(|found| found.value.is_none()));
    let reasons: Vec<_> = found.iter().map(|f| f.reason.clone().unwrap()).collect();
    assert!(
        reasons[..8].iter().all(|r| r.contains("20 and 19 samples")),
        "{reasons:?}"
    );
    assert!(reasons[8].contains("second representation"), "{reasons:?}");
    let mut report = DumpReport::new(Vec::new());
    report.similarity = found;
    let json = serde_json::to_value(&report).unwrap();
    let first = &json["similarity"][0];
    assert_eq!(
        (&first["measure"], &first["kind"]),
        (&"linear_cka".into(), &"similarity".into())
    );
    assert!(first["value"].is_null());
    assert_eq!(json["similarity"][2]["kind"], "distance");
    assert_eq!(serde_json::from_value::<DumpReport>(json).unwrap(), report);
    assert_eq!(report.similarity[2].kind, Kind::Distance);
    let old: DumpReport = serde_json::from_str(r#"{"schema_version": 1, "layers": []}"#).unwrap();
    assert_eq!(old.similarity, []);
}

#[test]
fn many_layers_are_compared_with_their_neighbours() {
    let pairs = |layers: usize| {
        let inputs: Vec<_> = (0..layers).map(|seed| normal(8, 2, seed as u64)).collect();
        let found = compare_all(&dump(&inputs), Threads::One, u64::MAX);
        found.len() / RepresentationMeasure::ALL.len()
    };
    assert_eq!(pairs(1), 0);
    assert_eq!(pairs(ALL_PAIRS), ALL_PAIRS * (ALL_PAIRS - 1) / 2);
    assert_eq!(pairs(ALL_PAIRS + 2), ALL_PAIRS + 2);
}
