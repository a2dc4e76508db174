//! `formant theory`, and what `formant align` says of layers that obey it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests stop at the first surprise too

mod common;

use std::fs::File;
use std::path::Path;

use common::{formant, one_line_error};
use formant_data::rng::{Purpose, stream};
use formant_theory::phases::{Plan, WeightSpectrum, construct, row, rows};
use ndarray::{Array1, Array2};
use ndarray_npy::NpzWriter;
use serde_json::Value;

fn json(dir: &Path, arguments: &[&str]) -> Value {
    let output = formant(dir).args(arguments).assert().success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

#[test]
fn the_table_of_phases_has_twelve_rows_as_text_and_json() {
    let dir = tempfile::tempdir().unwrap();
    let text = formant(dir.path())
        .args(["theory", "phases"])
        .assert()
        .success();
    let text = String::from_utf8(text.get_output().stdout.clone()).unwrap();
    let numbered = text
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let numbers: Vec<usize> = numbered.filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>(), "{text}");
    assert!(text.contains("G_a ∝ H_a^3"), "{text}");
    let rows = json(dir.path(), &["theory", "phases", "--json"]);
    assert_eq!(rows.as_array().unwrap().len(), 12);
}

/// A dump of layers named after the rows of the table that they obey, 3000 samples each.
fn planted(path: &Path) {
    let mut dump = NpzWriter::new(File::create(path).unwrap());
    for row in rows() {
        let flat = row.solution.weight() == WeightSpectrum::Flat;
        let value = |k: usize| if flat { 1.0 } else { 0.8_f64.powi(k as i32) };
        let plan = Plan {
            d_a: 14,
            d_b: 12,
            singular_values: (0..12).map(value).collect(),
            free: (0..12).map(|k| 0.6_f64.powi(k)).collect(),
        };
        let mut rng = stream(5, Purpose::Teacher, row.number as u64);
        let layer = construct(&row, &plan, &mut rng).unwrap();
        let (h_a, g_b) = layer.sample(3000, &mut rng);
        let name = |array| format!("row{}/{array}", row.number);
        dump.add_array(name("h_a"), &h_a).unwrap();
        dump.add_array(name("g_b"), &g_b).unwrap();
        dump.add_array(name("weight"), &layer.weight).unwrap();
    }
    dump.finish().unwrap();
}

#[test]
fn planted_layers_get_the_rows_and_exponents_that_they_obey() {
    let dir = tempfile::tempdir().unwrap();
    planted(&dir.path().join("planted.npz"));
    let report = json(dir.path(), &["align", "planted.npz", "--json"]);
    for (number, layer) in (1..).zip(report["layers"].as_array().unwrap()) {
        let phases = &layer["phases"];
        assert_eq!(phases["row"], number, "{phases}");
        let next = &phases["runner_up"];
        assert!(next["row"] != phases["row"] && next["distance"].as_f64().is_some());
        assert!(layer["balance"].is_null() && layer["neural_collapse"].is_null());
    }
    let exponent = |number: usize, x: &str, y: &str| -> [f64; 3] {
        let laws = report["layers"][number - 1]["power_laws"]
            .as_array()
            .unwrap();
        let law = laws
            .iter()
            .find(|law| law["x"] == x && law["y"] == y)
            .unwrap();
        [&law["exponent"], &law["ci95"][0], &law["ci95"][1]].map(|v| v.as_f64().unwrap())
    };
    assert_eq!(row(2).unwrap().number, 2);
    for (number, x, y, expected) in [
        (2, "z_a", "g_a", 3.0),
        (3, "z_a", "h_a", -1.0),
        (8, "z_b", "h_b", 2.0),
        (10, "z_b", "g_b", 1.0),
    ] {
        let [found, low, high] = exponent(number, x, y);
        assert!(
            (found - expected).abs() < 0.1,
            "row {number}, {y} in {x}: {found}"
        );
        assert!(low < found && found < high);
    }
}

#[test]
fn labels_give_neural_collapse_and_settings_of_the_training_the_balance() {
    let dir = tempfile::tempdir().unwrap();
    let mut dump = NpzWriter::new(File::create(dir.path().join("head.npz")).unwrap());
    // Features that stand at the corners of a simplex, a classifier along them, the gradients of its errors.
    let corner = |i: usize, j: usize| if i % 3 == j { 2.0 / 3.0 } else { -1.0 / 3.0 };
    let h_a = Array2::from_shape_fn((30, 3), |(i, j)| {
        corner(i, j) + 1e-3 * ((i * 7 + j) % 5) as f64
    });
    let weight = Array2::from_shape_fn((3, 3), |(i, j)| corner(i, j));
    let g_b = Array2::from_shape_fn((30, 3), |(i, j)| 0.1 * corner(i, j));
    let labels = Array1::from_shape_fn(30, |i| (i % 3) as i64);
    dump.add_array("head/h_a", &h_a).unwrap();
    dump.add_array("head/g_b", &g_b).unwrap();
    dump.add_array("head/weight", &weight).unwrap();
    dump.add_array("head/labels", &labels).unwrap();
    dump.finish().unwrap();
    let arguments = [
        "align", "head.npz", "--json", "--gamma", "1e-3", "--lr", "0.1",
    ];
    let report = json(dir.path(), &arguments);
    let layer = &report["layers"][0];
    let nc = &layer["neural_collapse"];
    assert!(
        nc["nc1"].as_f64().unwrap() < 1e-3 && nc["nc3"].as_f64().unwrap() < 1e-2,
        "{nc}"
    );
    assert_eq!(nc["nc4"], 0.0);
    let ratio = layer["balance"]["h_b_constant"]["ratio"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&ratio), "{ratio}");
    let error = one_line_error(formant(dir.path()).args(["align", "head.npz", "--gamma", "1e-3"]));
    assert!(error.contains("--lr"), "{error}");
}
