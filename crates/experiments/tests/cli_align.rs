//! `formant align`: the door for networks that were trained elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests stop at the first surprise too

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{formant, one_line_error};

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
        let null = &found["layers"][index]["null"]["b_gwa"];
        assert!(null["mean"].as_f64().unwrap() < null["q95"].as_f64().unwrap());
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
}
