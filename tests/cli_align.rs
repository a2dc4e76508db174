//! `formant align`: the door for networks that were trained elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{formant, one_line_error, said};
use formant_data::rng::{Purpose, stream};
use formant_moments::npz::NpzWriter;
use ndarray::{Array1, Array2};
use rand::RngExt as _;

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
    for (more, words) in [
        (
            None,
            [
                "dead: no balance: ",
                "dead: no neural collapse: ",
                "linear CKA of h_a of 1 pair",
                "g_b 20 (100.0 %)",
            ],
        ),
        (
            Some("--all"),
            [
                "no balance: ",
                "no neural collapse: ",
                "linear_cka (similarity)",
                "samples of norm zero: g_a 20 (100.0 %), g_b 20 (100.0 %)",
            ],
        ),
    ] {
        let output = formant(dir.path()).args(arguments).args(more).assert();
        let text = text_of(output.success());
        for word in words {
            assert!(text.contains(word), "{word} is missing in\n{text}");
        }
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
    let run = |more: &[&str]| {
        let mut command = formant(dir.path());
        text_of(
            command
                .arg("align")
                .arg(dump())
                .args(more)
                .assert()
                .success(),
        )
    };
    let text = run(&[]);
    for word in ["H_a ~ G_a", "G_b ~ Z_b", "8 -> 7", "misfit", "--all"] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
    assert!(
        !text.contains("null 95 %") && text.lines().count() < 13,
        "{text}"
    );
    let text = run(&["--all"]);
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
        ("dump.pt", &whole[..], "PyTorch"),
        ("dump.npy", &whole[..], "single array"),
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

fn text_of(output: assert_cmd::assert::Assert) -> String {
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// Adds a sound layer of `n` samples.
fn add_layer(
    dump: &mut NpzWriter,
    name: &str,
    n: usize,
    [d_a, d_b]: [usize; 2],
) -> [Array2<f64>; 3] {
    let wave = |n: usize, d: usize, by: usize| {
        Array2::from_shape_fn((n, d), |(i, j)| {
            ((i * 7 + by * 3) as f64 * 0.31 + ((i * i + by) % 17) as f64 * (j + 1) as f64).sin()
        })
    };
    let arrays = [wave(n, d_a, 1), wave(n, d_b, 2), wave(d_b, d_a, 3)];
    for (role, array) in ["h_a", "g_b", "weight"].iter().zip(&arrays) {
        dump.add_array(format!("{name}/{role}"), array).unwrap();
    }
    arrays
}

/// Runs `align` on a dump, expects it to fail, and returns standard output and the error.
fn failing(path: &Path, more: &[&str]) -> (String, String) {
    let mut command = formant(path.parent().unwrap());
    let output = command.arg("align").arg(path).args(more).assert().failure();
    let output = output.get_output();
    let [text, error] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    assert!(
        error.starts_with("error: ") && error.lines().count() == 1,
        "{error}"
    );
    assert!(error.trim_end().chars().count() < 300, "{error}");
    (text, error)
}

#[test]
fn a_layer_that_cannot_be_measured_costs_the_exit_code_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("some.npz");
    let mut dump = NpzWriter::new();
    add_layer(&mut dump, "good", 40, [5, 4]);
    let [mut h_a, ..] = add_layer(&mut dump, "lacking\u{1b}[2J\n", 40, [5, 4]);
    dump.add_array("lacking\u{1b}[2J\n/bias", &h_a).unwrap();
    h_a[[3, 1]] = f64::NAN;
    dump.add_array("nan/h_a", &h_a).unwrap();
    for role in ["g_b", "weight"] {
        dump.add_array(
            format!("nan/{role}"),
            &Array2::<f64>::ones((40, 4))
                .slice(ndarray::s![..if role == "weight" { 4 } else { 40 }, ..])
                .to_owned(),
        )
        .unwrap();
    }
    add_layer(&mut dump, "wide", 40, [2, 300]);
    add_layer(&mut dump, "last", 40, [4, 3]);
    dump.add_array("last/labels", &Array1::from_elem(40, -7_i64))
        .unwrap();
    fs::write(&path, dump.finish().unwrap()).unwrap();
    let (text, error) = failing(&path, &["--max-memory", "10M", "--json"]);
    assert!(error.contains("4 of 5 layers refused"), "{error}");
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names = |key: &str| -> Vec<String> {
        let list = found[key].as_array().unwrap();
        list.iter()
            .map(|layer| layer["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("layers"), ["good", "last"]);
    assert_eq!(names("refused"), ["lacking\u{1b}[2J\n", "nan", "wide"]);
    let reason = |at: usize| found["refused"][at]["reason"].as_str().unwrap();
    assert!(reason(0).contains("has no meaning"), "{found}");
    assert!(reason(1).contains("`nan/"), "{found}");
    assert!(
        reason(2).contains("2 -> 300 would take") && reason(2).contains("`wide`"),
        "{found}"
    );
    let labels = found["layers"][1]["labels_refused"].as_str().unwrap();
    assert!(labels.contains("-7 at row 0"), "{labels}");
    let (text, _) = failing(&path, &["--max-memory", "10M"]);
    assert!(
        !text.chars().any(|c| c.is_control() && c != '\n'),
        "{text:?}"
    );
    for word in [
        "good",
        "last: no neural collapse",
        "lacking\\u{1b}[2J\\n: refused: ",
    ] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
}

#[test]
fn labels_say_which_classes_are_missing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("labels.npz");
    let found = |labels: &Array1<i64>| -> serde_json::Value {
        let mut dump = NpzWriter::new();
        add_layer(&mut dump, "hidden", 60, [5, 9]);
        add_layer(&mut dump, "out", 60, [9, 4]);
        for layer in ["hidden", "out"] {
            dump.add_array(format!("{layer}/labels"), labels).unwrap();
        }
        fs::write(&path, dump.finish().unwrap()).unwrap();
        let mut command = formant(dir.path());
        let output = command.arg("align").arg(&path).arg("--json").assert();
        serde_json::from_str(&text_of(output.success())).unwrap()
    };
    let four = Array1::from_shape_fn(60, |i| (i % 4) as i64);
    let all = found(&four);
    let [hidden, out] = [&all["layers"][0], &all["layers"][1]];
    assert!(
        hidden["classifier_reason"]
            .as_str()
            .unwrap()
            .contains("9 outputs"),
        "{hidden}"
    );
    assert!(out["neural_collapse"]["nc4"].is_number() && out.get("classifier_reason").is_none());
    // Ignored labels are left out and counted.
    let mut some = four.clone();
    some[5] = -100;
    some[7] = -1;
    let collapse = &found(&some)["layers"][1]["neural_collapse"];
    assert_eq!(collapse["ignored"], 2);
    assert_eq!(collapse["class_samples"], serde_json::json!([14, 15]));
    // The last class.
    let last = found(&four.mapv(|class| class.min(2)));
    let reason = last["layers"][1]["neural_collapse_refused"]
        .as_str()
        .unwrap();
    assert!(reason.contains("class 3 of 4"), "{reason}");
    assert!(last["layers"][0]["neural_collapse"]["nc1"].is_number());
}

#[test]
fn a_weight_that_does_not_fit_is_said_beside_the_layer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fit.npz");
    let mut dump = NpzWriter::new();
    for name in ["sound", "transposed", "rectified"] {
        let [h_a, _, weight] = add_layer(&mut dump, name, 60, [6, 6]);
        let linear = h_a.dot(&weight.t()) + 0.25;
        let h_b = match name {
            "transposed" => h_a.dot(&weight),
            "rectified" => linear.mapv(|x| x.max(0.0)),
            _ => linear,
        };
        dump.add_array(format!("{name}/h_b"), &h_b).unwrap();
    }
    fs::write(&path, dump.finish().unwrap()).unwrap();
    let run = |more: &[&str]| {
        let mut command = formant(dir.path());
        text_of(
            command
                .arg("align")
                .arg(&path)
                .args(more)
                .assert()
                .success(),
        )
    };
    let found: serde_json::Value = serde_json::from_str(&run(&["--json"])).unwrap();
    let fit = |at: usize| &found["layers"][at]["linear_fit"];
    assert!(fit(0)["residual"].as_f64().unwrap() < 1e-12 && fit(0).get("cause").is_none());
    assert_eq!(fit(1)["cause"], "transposed_weight");
    assert_eq!(fit(2)["cause"], "after_relu");
    for more in [&[][..], &["--all"]] {
        let text = run(more);
        // Once in the summary, and once more beside the tables.
        let times = if more.is_empty() { 2 } else { 4 };
        assert_eq!(
            text.matches("do not belong together").count(),
            times,
            "{text}"
        );
        assert!(
            text.contains("write weight.T") && text.contains("a ReLU"),
            "{text}"
        );
    }
}

/// Numbers about 0.
fn random_rows(n: usize, d: usize, seed: u64) -> Array2<f64> {
    let mut random = stream(seed, Purpose::Init, 0);
    Array2::from_shape_fn((n, d), |_| {
        (0..4).map(|_| random.random::<f64>() - 0.5).sum::<f64>()
    })
}

#[test]
fn relations_whose_matrices_share_the_weight_are_not_called_aligned_before_training() {
    let dir = tempfile::tempdir().unwrap();
    let mut dump = NpzWriter::new();
    let [h_a, g_b, mut weight] =
        [(2_000, 1), (2_000, 2), (24, 3)].map(|(n, seed)| random_rows(n, 24, seed));
    for (at, mut row) in weight.rows_mut().into_iter().enumerate() {
        row /= 1.0 + at as f64;
    }
    for (role, rows) in [("h_a", h_a), ("g_b", g_b), ("weight", weight)] {
        dump.add_array(format!("untrained/{role}"), &rows).unwrap();
    }
    fs::write(dir.path().join("dump.npz"), dump.finish().unwrap()).unwrap();
    let [json, text] =
        ["align dump.npz --json", "align dump.npz"].map(|line| said(dir.path(), line)[0].clone());
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    let layer = &found["layers"][0];
    for relation in ["b_rwa", "a_gwa"] {
        let alpha = layer["alpha"][relation]["normalized"].as_f64().unwrap();
        // The rotation null would call it aligned.
        assert!(alpha > layer["null"][relation]["q95"].as_f64().unwrap());
        let through = &layer["null_through_weight"][relation]["normalized"];
        assert!(
            alpha < through["q95"].as_f64().unwrap(),
            "{relation}: {alpha}, {through}"
        );
    }
    let row = text
        .lines()
        .find(|line| line.contains("untrained"))
        .unwrap();
    assert!(!row.contains('*'), "{row}");
}

#[test]
fn a_short_training_is_said_in_decay_times() {
    let dir = tempfile::tempdir().unwrap();
    let align = |line: &str| {
        let mut command = formant(dir.path());
        command
            .arg("align")
            .arg(dump())
            .args(line.split_whitespace());
        let output = command.assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    // 0.1 * 1e-4 * 10000 steps, and with momentum a hundred times as much.
    let young = "--lr 0.1 --gamma 1e-4 --steps 10000";
    let old = format!("{young} --momentum 0.99");
    assert!(align(young).contains("training has lasted 0.10 decay times, fewer than 3"));
    assert!(align(&old).contains("training has lasted 10.00 decay times\n"));
    for (line, times, warnings) in [(young, 0.1, 1), (&*old, 10.0, 0)] {
        let found = align(&format!("{line} --json"));
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        assert!((found["decay_times"].as_f64().unwrap() - times).abs() < 1e-9);
        let said = found["warnings"].as_array().map_or(0, Vec::len);
        assert_eq!(said, warnings, "{line}");
    }
}
