//! `formant figure`: the path from nothing to a figure's folder, and what it refuses.

use std::fs;

use crate::common::{formant, one_line_error};

const FILES: [&str; 6] = [
    "figure.svg",
    "figure.png",
    "data.csv",
    "claims.json",
    "report.md",
    "provenance.json",
];

#[test]
fn smoke_makes_every_file_and_redraws_from_cells() {
    let dir = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let mut command = formant(dir.path());
        command.args([
            "figure",
            "crh-gamma",
            "--preset",
            "smoke",
            "--out",
            "figs",
            "--check",
        ]);
        command.args(more).assert().success().get_output().clone()
    };
    let first = run(&[]);
    assert!(String::from_utf8(first.stderr).unwrap().contains("5 cells"));
    let folder = dir.path().join("figs/crh-gamma/smoke");
    for file in FILES {
        assert!(
            fs::metadata(folder.join(file)).unwrap().len() > 100,
            "{file}"
        );
    }
    let read = |file: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
    };
    let provenance = read("provenance.json");
    assert_eq!(provenance["backend"], "flex");
    assert_eq!(provenance["seeds"], serde_json::json!([0]));
    assert_eq!(provenance["config"][0]["training"]["steps"], 1000);
    assert_eq!(read("claims.json")["schema_version"], 1);
    let table = fs::read_to_string(folder.join("data.csv")).unwrap();
    // Six maps with an input side; the readout's one output has no other.
    let count = |statistic: &str| table.matches(statistic).count();
    assert_eq!(count(",a,alpha_rga,raw,"), 5 * 6);
    assert_eq!(count(",a,alpha_gwa,normalized,"), 5 * 6);
    assert_eq!(count(",b,alpha_gwa,normalized,"), 5 * 5);
    assert!(count(",phase_distance,") > 0 && count(",exponent_h_b_g_b,") > 0);

    let again = run(&[]);
    assert!(
        !String::from_utf8(again.stderr)
            .unwrap()
            .contains("5 cells in")
    );
    assert_eq!(fs::read_to_string(folder.join("data.csv")).unwrap(), table);
}

#[test]
fn a_dry_run_estimates_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let output = formant(dir.path())
        .args([
            "figure",
            "crh-gamma",
            "--preset",
            "quick",
            "--seeds",
            "3",
            "--dry-run",
        ])
        .assert()
        .success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(
        text.contains("15 cells") && text.contains("15 to run"),
        "{text}"
    );
    assert!(!dir.path().join("results").exists());
}

#[test]
fn digits_need_no_files() {
    let dir = tempfile::tempdir().unwrap();
    formant(dir.path())
        .args([
            "figure",
            "crh-gamma-digits",
            "--preset",
            "smoke",
            "--seeds",
            "1",
        ])
        .assert()
        .success();
    let folder = dir.path().join("results/figures/crh-gamma-digits/smoke");
    let text = fs::read_to_string(folder.join("provenance.json")).unwrap();
    let provenance: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(
        !provenance["data_hashes"].as_object().unwrap().is_empty(),
        "{text}"
    );
}

#[test]
fn missing_data_end_before_any_work() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = formant(dir.path());
    command.args(["figure", "crh-gamma-mnist", "--preset", "smoke"]);
    let error = one_line_error(&mut command);
    assert!(
        error.contains("fetch-data mnist") && error.contains("--data-dir"),
        "{error}"
    );
    assert!(!dir.path().join("results").exists());
}

#[test]
fn wrong_arguments_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (["figure", "crh-gama", "--preset", "smoke"], "crh-gamma"),
        (["figure", "crh-gamma", "--preset", "fast"], "smoke"),
        (["figure", "crh-gamma", "--seeds", "0"], "--seeds"),
        (
            ["figure", "crh-gamma", "--backend", "mps"],
            "flex, ndarray, cuda",
        ),
        (["figure", "crh-gamma", "--threads", "0"], "--threads"),
    ] {
        let mut command = formant(dir.path());
        command.args(arguments);
        let error = one_line_error(&mut command);
        assert!(error.contains(expected), "{error}");
    }
}
