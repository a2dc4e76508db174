//! `formant align`: the door for networks that were trained elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{formant, one_line_error};
use formant_moments::npz::NpzWriter;
use ndarray::{Array1, Array2};

fn dump() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../moments/tests/data/tiny_mlp.npz")
}

#[test]
fn a_pytorch_dump_gives_numpys_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let output = formant(dir.path())
        .arg("align")
        .arg(dump())
        .arg("--json")
        .assert()
        .success();
    let found: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let expected = dump().with_file_name("tiny_mlp_expected.json");
    let expected: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(expected).unwrap()).unwrap();
    assert_eq!(found["schema_version"], 1);
    let layers = expected["layers"].as_array().unwrap();
    assert_eq!(found["layers"].as_array().unwrap().len(), layers.len());
    for (index, layer) in layers.iter().enumerate() {
        for key in ["name", "samples", "d_a", "d_b"] {
            assert_eq!(found["layers"][index][key], layer[key]);
        }
        for table in ["alpha", "alpha_offdiagonal", "effective_rank"] {
            close(&found["layers"][index][table], &layer[table], table);
        }
        let found = &found["layers"][index];
        let null = &found["null"]["b_gwa"];
        assert!(null["mean"].as_f64().unwrap() < null["q95"].as_f64().unwrap());
        for variant in ["raw", "centered", "normalized"] {
            assert!(found["null_by_variant"]["b_gwa"][variant]["mean"].is_number());
            assert!(found["null_cross"]["b"][variant]["q95"].is_number());
        }
        let phases = found["phases"].as_object().unwrap();
        for key in ["row", "distance", "runner_up"] {
            assert!(phases.contains_key(key), "{key}");
        }
        assert!(phases["row"].is_u64() || found["phases_reason"].is_string());
    }
    let pairs = layers.len() * (layers.len() - 1) / 2;
    let similarity = found["similarity"].as_array().unwrap();
    assert_eq!(similarity.len(), 6 * pairs);
    for pair in similarity {
        assert_ne!(pair["x"], pair["y"]);
        let kind = if pair["measure"].as_str().unwrap().starts_with("procrustes") {
            "distance"
        } else {
            "similarity"
        };
        assert_eq!(pair["kind"], kind);
        assert!(pair["value"].is_number(), "{pair}");
    }
}

/// A dump of two layers, one of which has no gradients and labels that skip a class.
fn half_dead(path: &Path) {
    let mut dump = NpzWriter::new();
    let rows = |n: usize, d: usize, scale: f64| {
        Array2::from_shape_fn((n, d), |(i, j)| {
            scale * ((i * 7 + j * 13 + i * j) as f64).sin()
        })
    };
    let labels = Array1::from_shape_fn(20, |i| 2 * (i % 2) as i64);
    for (name, scale) in [("alive", 1.0), ("dead", 0.0)] {
        dump.add_array(format!("{name}/h_a"), &rows(20, 4, 1.0))
            .unwrap();
        dump.add_array(format!("{name}/g_b"), &rows(20, 3, scale))
            .unwrap();
        dump.add_array(format!("{name}/weight"), &rows(3, 4, 1.0))
            .unwrap();
    }
    dump.add_array("dead/labels", &labels).unwrap();
    fs::write(path, dump.finish().unwrap()).unwrap();
}

#[test]
fn a_layer_that_refuses_a_statistic_leaves_the_others_alone() {
    let dir = tempfile::tempdir().unwrap();
    half_dead(&dir.path().join("half.npz"));
    let arguments = ["align", "half.npz", "--gamma", "1e-3", "--lr", "0.1"];
    let output = formant(dir.path())
        .args(arguments)
        .arg("--json")
        .assert()
        .success();
    let found: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let [alive, dead] = [&found["layers"][0], &found["layers"][1]];
    assert!(alive["balance"]["noise"]["mean_stationarity"].is_number());
    assert!(alive.get("balance_refused").is_none());
    assert!(dead["balance"].is_null() && dead["neural_collapse"].is_null());
    let reason = |key: &str| dead[key].as_str().unwrap().to_owned();
    assert!(reason("balance_refused").contains("g_b"), "{dead}");
    assert!(
        reason("neural_collapse_refused").contains("class 1 of 3"),
        "{dead}"
    );
    let output = formant(dir.path()).args(arguments).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for word in [
        "no balance: ",
        "no neural collapse: ",
        "linear_cka (similarity)",
    ] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
}

/// Every number of `expected` stands in `found`, to 1e-9.
fn close(found: &serde_json::Value, expected: &serde_json::Value, path: &str) {
    match expected {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                close(&found[key], value, &format!("{path}.{key}"));
            }
        }
        _ => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!(
                (found - expected).abs() < 1e-9,
                "{path}: {found}, expected {expected}"
            );
        }
    }
}

#[test]
fn the_table_names_every_layer_and_relation() {
    let dir = tempfile::tempdir().unwrap();
    let output = formant(dir.path())
        .arg("align")
        .arg(dump())
        .assert()
        .success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for word in [
        "H_a ~ G_a",
        "H_b ~ Z_b",
        "G_b ~ Z_b",
        "null 95 %",
        "effective rank",
    ] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
}

#[test]
fn bad_dumps_end_in_an_error_that_names_them() {
    let dir = tempfile::tempdir().unwrap();
    let whole = fs::read(dump()).unwrap();
    for (name, bytes, expected) in [
        ("cut.npz", &whole[..whole.len() / 2], "cut.npz"),
        ("empty.npz", &[][..], "empty"),
        ("dump.pt", &whole[..], ".npz"),
        ("not.safetensors", &whole[..], "not.safetensors"),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = one_line_error(formant(dir.path()).arg("align").arg(&path));
        assert!(error.contains(expected), "{error}");
    }
    let error = one_line_error(formant(dir.path()).args(["align", "nowhere.npz"]));
    assert!(error.contains("nowhere.npz"), "{error}");
    assert_eq!(error.matches("No such file").count(), 1, "{error}");
}
