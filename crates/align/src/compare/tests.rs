//! Networks compared from files.

use std::fs;
use std::path::Path;

use formant_moments::npz::NpzWriter;
use ndarray::{Array2, Axis, s};
use serde_json::Value;

use super::*;
use crate::made_up::{dump, normal, parsed};

fn compared(dir: &Path, line: &str) -> String {
    report(&parsed(dir, line)).unwrap().to_string()
}

fn refused(dir: &Path, line: &str) -> String {
    format!("{:#}", report(&parsed(dir, line)).err().unwrap())
}

/// Three networks of two layers on the same 80 inputs, the second one layer deep in common.
fn networks(dir: &Path) {
    let inputs = normal(80, 5, 1);
    let common = inputs.dot(&normal(5, 3, 2));
    for (name, seed) in [("a", 10), ("b", 20), ("c", 30)] {
        let hidden = common.dot(&normal(3, 6, seed)) + normal(80, 6, seed + 1) * 0.1;
        dump(
            &dir.join(format!("{name}.npz")),
            &[("fc1", inputs.clone()), ("fc2", hidden)],
            None,
        );
    }
}

#[test]
fn each_layer_of_each_pair_has_a_value_a_p_value_and_a_ceiling() {
    let dir = tempfile::tempdir().unwrap();
    networks(dir.path());
    let json: Value = serde_json::from_str(&compared(
        dir.path(),
        "@a.npz @b.npz @c.npz --json --permutations 39",
    ))
    .unwrap();
    let pairs = json["pairs"].as_array().unwrap();
    let names: Vec<_> = pairs
        .iter()
        .map(|pair| (pair["x"].as_str().unwrap(), pair["y"].as_str().unwrap()))
        .collect();
    assert_eq!(names, [("a", "b"), ("a", "c"), ("b", "c")]);
    assert_eq!(pairs[0]["same_samples"], "inputs");
    assert!(pairs[0].get("warning").is_none());
    let comparisons = pairs[0]["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 4 * 3);
    let first = &comparisons[0];
    assert_eq!(
        (&first["measure"], &first["x"], &first["y"]),
        (&"linear_cka_unbiased".into(), &"fc1".into(), &"fc1".into())
    );
    assert!((first["value"].as_f64().unwrap() - 1.0).abs() < 1e-9);
    for found in comparisons {
        assert_eq!(found["chance"]["p_value"], 1.0 / 40.0, "{found}");
        let (low, high) = (
            found["halves"]["low"].as_f64().unwrap(),
            found["halves"]["high"].as_f64().unwrap(),
        );
        assert!(low <= high);
    }
    assert_eq!(pairs[0]["ceilings"].as_array().unwrap().len(), 3);
    assert_eq!(json["measures"][1]["kind"], "distance");
    let text = compared(
        dir.path(),
        "@a.npz @b.npz --measure rsa_correlation_spearman --splits 4 --permutations 19",
    );
    for words in [
        "a (down) and b (across)",
        "rsa_correlation_spearman (similarity)",
        "fc2",
        "noise ceiling",
        "4 splits into halves of 40",
        "Seed 0",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    assert!(!text.contains("procrustes") && !text.contains("warning"));
}

#[test]
fn samples_that_are_known_to_differ_are_refused_and_unknown_ones_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (x, shuffled) = (normal(30, 4, 1), normal(30, 4, 2));
    let labels: Vec<i64> = (0..30).map(|k| k % 3).collect();
    let mut others = labels.clone();
    others.swap(0, 1);
    dump(&at("a.npz"), &[("fc", x.clone())], Some(&labels));
    dump(&at("b.npz"), &[("fc", shuffled.clone())], Some(&others));
    dump(&at("c.npz"), &[("fc", shuffled)], None);
    dump(
        &at("d.npz"),
        &[("fc", x.slice(s![..20, ..]).to_owned())],
        None,
    );
    let fast = "--permutations 0 --splits 0";
    let error = refused(dir.path(), &format!("@a.npz @b.npz {fast}"));
    assert!(
        error.contains("a.npz and") && error.contains("labels differ, first at sample 0"),
        "{error}"
    );
    assert!(refused(dir.path(), &format!("@a.npz @d.npz {fast}")).contains("30 and 20 samples"));
    let text = compared(dir.path(), &format!("@a.npz @c.npz {fast}"));
    assert!(
        text.contains("warning: it cannot be known whether the samples are the same"),
        "{text}"
    );
    assert!(refused(dir.path(), "@a.npz").contains("expected two or more"));
    assert!(refused(dir.path(), "@a.npz @nowhere.npz").contains("nowhere.npz"));
}

/// What `Report.save` of the Python package writes.
fn saved(path: &Path, layers: &[(&str, Array2<f64>)], digest: &str) {
    let record = serde_json::json!({
        "version": 1,
        "layers": layers.iter().map(|(name, _)| serde_json::json!({"name": name, "sample_axis": "tokens"})).collect::<Vec<_>>(),
        "rows": layers.iter().map(|_| ["h_a"]).collect::<Vec<_>>(),
        "samples_digest": digest,
    });
    let text: Vec<u32> = record.to_string().chars().map(u32::from).collect();
    let mut npz = NpzWriter::new();
    // As NumPy writes a string: numbers of four bytes under another name.
    npz.add_array(
        "report",
        &ndarray::Array1::from_iter(text.iter().map(|c| f32::from_bits(*c))),
    )
    .unwrap();
    for (at, (_, rows)) in layers.iter().enumerate() {
        npz.add_array(format!("{at}.h_a"), &rows.mapv(|x| x as f32))
            .unwrap();
    }
    let mut bytes = npz.finish().unwrap();
    let header = format!("'<f4', 'fortran_order': False, 'shape': ({},)", text.len());
    let padded = format!(
        "{:<width$}",
        format!("'<U{}', 'fortran_order': False, 'shape': ()", text.len()),
        width = header.len()
    );
    let place = bytes
        .windows(header.len())
        .position(|window| window == header.as_bytes())
        .unwrap();
    // The closing brace follows; what is left over is spaces before it.
    bytes[place..place + header.len()].copy_from_slice(padded.as_bytes());
    // Its checksum stands in the two headers of the entry: a stored zip is repaired by rewriting them.
    fs::write(path, repaired(&bytes)).unwrap();
}

/// The same zip with the right checksums.
fn repaired(bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let (name, start, size) = {
            let raw = archive.by_index_raw(at).unwrap();
            (
                raw.name().to_owned(),
                raw.data_start() as usize,
                raw.compressed_size() as usize,
            )
        };
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        out.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut out, &bytes[start..start + size]).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn reports_of_the_python_package_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let rows = normal(30, 4, 1);
    saved(
        &dir.path().join("a.formant"),
        &[("fc1", rows.clone()), ("fc2", normal(30, 3, 2))],
        "x",
    );
    saved(&dir.path().join("b.formant"), &[("fc1", rows.clone())], "x");
    saved(&dir.path().join("c.formant"), &[("fc1", rows)], "y");
    let fast = "--permutations 9 --splits 0 --measure procrustes";
    let json: Value = serde_json::from_str(&compared(
        dir.path(),
        &format!("@a.formant @b.formant --json {fast}"),
    ))
    .unwrap();
    assert_eq!(json["pairs"][0]["same_samples"], "digest");
    let comparisons = json["pairs"][0]["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 2);
    assert!(comparisons[0]["value"].as_f64().unwrap() < 1e-7);
    assert!(
        json["networks"][0]["warnings"][0]
            .as_str()
            .unwrap()
            .contains("tokens")
    );
    assert!(
        refused(dir.path(), &format!("@a.formant @c.formant {fast}")).contains("the inputs differ")
    );
    assert!(
        refused(
            dir.path(),
            &format!("@a.formant @b.formant --of h_b {fast}")
        )
        .contains("keeps no h_b")
    );
}

#[test]
fn outputs_and_drawn_samples_are_those_of_the_dump() {
    let dir = tempfile::tempdir().unwrap();
    networks(dir.path());
    let value = |line: &str| -> f64 {
        let line = format!(
            "@a.npz @b.npz --json --permutations 0 --splits 0 --measure linear_cka --layers fc2 {line}"
        );
        let json: Value = serde_json::from_str(&compared(dir.path(), &line)).unwrap();
        let found = &json["pairs"][0]["comparisons"][0];
        found["value"].as_f64().unwrap()
    };
    let rows = |name: &str| {
        let dumped = select::open(&dir.path().join(name)).unwrap();
        dumped.into_iter().nth(1).unwrap().layer.unwrap()
    };
    let (a, b) = (rows("a.npz"), rows("b.npz"));
    let expected =
        |x: Array2<f64>, y: Array2<f64>| formant_alignment::linear_cka(x.view(), y.view()).unwrap();
    let (x, y) = (a.h_a().unwrap(), b.h_a().unwrap());
    assert!((value("") - expected(x.clone(), y.clone())).abs() < 1e-9);
    let outputs = expected(
        x.dot(&a.weight().unwrap().t()),
        y.dot(&b.weight().unwrap().t()),
    );
    assert!((value("--of h_b") - outputs).abs() < 1e-9);
    let drawn = formant_alignment::similarity::drawn_samples(80, 25);
    let few = expected(x.select(Axis(0), &drawn), y.select(Axis(0), &drawn));
    assert!((value("--samples 25") - few).abs() < 1e-9);
}

#[test]
fn tables_and_pictures_are_written_and_universal_dimensions_told() {
    let dir = tempfile::tempdir().unwrap();
    networks(dir.path());
    let line = "@a.npz @b.npz @c.npz --splits 2 --permutations 19 --universal --dimensions 4 --layers fc2 --csv @c.csv --plot @plots";
    let text = compared(dir.path(), line);
    assert!(
        text.contains("c, fc2: principal dimensions predicted from the other networks"),
        "{text}"
    );
    assert!(
        text.contains("3 of 4 dimensions above their null") || text.contains("4 of 4"),
        "{text}"
    );
    let csv = fs::read_to_string(dir.path().join("c.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 3 * 3);
    for name in ["a-b", "b-c", "universal"] {
        let svg = fs::read_to_string(dir.path().join(format!("plots/{name}.svg"))).unwrap();
        assert!(svg.contains("<title>") && dir.path().join(format!("plots/{name}.png")).exists());
    }
    let json: Value =
        serde_json::from_str(&compared(dir.path(), &format!("{line} --json"))).unwrap();
    let dimension = &json["universal"]["layers"][0]["networks"][0]["dimensions"][0];
    assert!(
        dimension["r2"].as_f64().unwrap() > 0.9 && dimension["p_value"] == 1.0 / 20.0,
        "{dimension}"
    );
    assert!(
        refused(
            dir.path(),
            "@a.npz @b.npz --universal --permutations 2 --splits 0"
        )
        .contains("2 networks")
    );
    dump(
        &dir.path().join("d.npz"),
        &[("fc2", normal(80, 4, 9))],
        None,
    );
    let error = refused(
        dir.path(),
        "@a.npz @b.npz @d.npz --universal --permutations 2 --splits 0",
    );
    assert!(error.contains("[2, 2, 1] layers"), "{error}");
}
