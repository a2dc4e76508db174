//! `formant run two-points` and the figures of a few points: the contract of the tables, the same numbers twice, what the
//! theory must find, and wrong input.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{formant, kill_at_checkpoints, one_line_error, records, write};

/// Runs `two-points` and gives back both tables.
fn two_points(dir: &Path, out: &str, more: &[&str]) -> [String; 2] {
    formant(dir)
        .args(["run", "two-points", "--out", out])
        .args(more)
        .assert()
        .success();
    ["trajectories.csv", "fits.csv"]
        .map(|name| fs::read_to_string(dir.join(out).join(name)).unwrap())
}

/// The columns of a table by name.
fn columns(table: &str) -> BTreeMap<String, Vec<String>> {
    let mut lines = table.lines().map(|line| line.split(','));
    let names: Vec<&str> = lines.next().unwrap().collect();
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines {
        for (name, value) in names.iter().zip(line) {
            columns
                .entry((*name).to_owned())
                .or_default()
                .push(value.to_owned());
        }
    }
    columns
}

fn numbers(columns: &BTreeMap<String, Vec<String>>, name: &str) -> Vec<f64> {
    columns[name]
        .iter()
        .map(|value| value.parse().unwrap())
        .collect()
}

#[test]
fn a_linear_network_of_two_layers_has_the_rates_that_algebra_gives_it() {
    let dir = tempfile::tempdir().unwrap();
    let more = ["--setting", "two_layer", "--seeds", "2"];
    let [trajectories, fits] = two_points(dir.path(), "out", &more);
    assert_eq!(
        trajectories.lines().next(),
        Some("setting,seed,epoch,h2,y2,w,loss")
    );
    assert_eq!(
        fits.lines().next(),
        Some("setting,seed,eta_h,eta_y,sse,h_inf_theory,h_end,fit_ok")
    );
    let run = columns(&trajectories);
    let [epoch, y2, w, loss] = ["epoch", "y2", "w", "loss"].map(|name| numbers(&run, name));
    assert_eq!(epoch[0], 0.0);
    // Before the first update the loss is that of outputs near 0 and targets 0.6 and 1.307.
    assert!((loss[0] - 0.517).abs() < 0.01, "{}", loss[0]);
    let end = epoch.len() - 1;
    assert!((y2[end] - 0.5).abs() < 0.01 && w[end].abs() < 0.01);
    // With one-dimensional outputs w is least at -dy²/4, whatever the constants.
    let least = w.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((least + 0.125).abs() < 1e-4, "{least}");
    let fits = columns(&fits);
    // Half the learning rate, but for the mean that moves at the same time (a few per cent).
    for name in ["eta_h", "eta_y"] {
        for rate in numbers(&fits, name) {
            assert!((rate / 0.005 - 1.0).abs() < 0.1, "{name} {rate}");
        }
    }
    let [theory, measured] = ["h_inf_theory", "h_end"].map(|name| numbers(&fits, name));
    for (theory, measured) in theory.iter().zip(measured) {
        assert!(
            (theory / measured - 1.0).abs() < 0.02,
            "{theory} and {measured}"
        );
    }
    assert!(fits["fit_ok"].iter().all(|ok| ok == "true"));
}

#[test]
fn threads_and_other_seeds_do_not_change_a_bit() {
    let dir = tempfile::tempdir().unwrap();
    let small = |settings: &str, seeds: u64| {
        format!("settings = [{settings}]\nseeds = {seeds}\nepochs = 40\n")
    };
    let run = |text: &str, out: &str, threads: &str| {
        let config = write(dir.path(), text);
        let config = config.to_str().unwrap();
        two_points(dir.path(), out, &["--config", config, "--threads", threads])[0].clone()
    };
    let kinds = r#""two_layer", "cnn", "dropout", "skip", "adam""#;
    let one = run(&small(kinds, 2), "one", "1");
    assert_eq!(one, run(&small(kinds, 2), "three", "3"));
    assert_eq!(one.lines().count(), 1 + 5 * 2 * 40);
    let alone = run(&small(r#""dropout""#, 1), "alone", "2");
    let among: Vec<&str> = one
        .lines()
        .filter(|line| line.starts_with("dropout,0,"))
        .collect();
    assert_eq!(alone.lines().skip(1).collect::<Vec<_>>(), among);
}

#[test]
fn a_notebook_takes_half_the_rate_and_twice_the_epochs() {
    let dir = tempfile::tempdir().unwrap();
    let rates = |mode: &str| {
        let more = ["--setting", "two_layer", "--seeds", "1", "--mode", mode];
        let [trajectories, fits] = two_points(dir.path(), mode, &more);
        let fits = columns(&fits);
        (
            trajectories.lines().count(),
            numbers(&fits, "eta_h")[0] / numbers(&fits, "eta_y")[0],
            numbers(&fits, "eta_h")[0],
        )
    };
    let ((short, ratio, fast), (long, same, slow)) = (rates("table"), rates("notebook"));
    assert!(long > short, "{short} and {long} lines");
    assert!((ratio / same - 1.0).abs() < 0.02, "{ratio} and {same}");
    assert!((fast / slow / 2.0 - 1.0).abs() < 0.02, "{fast} and {slow}");
}

#[test]
fn a_killed_run_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    let more = "--setting narrow --seeds 3 --mode notebook --threads 1";
    let more: Vec<&str> = more.split(' ').collect();
    let unbroken = two_points(dir.path(), "unbroken", &more);
    let experiment: Vec<&str> = std::iter::once("two-points").chain(more.clone()).collect();
    kill_at_checkpoints(dir.path(), &experiment, "killed", 1);
    assert!(!dir.path().join("killed/fits.csv").exists());
    assert_eq!(two_points(dir.path(), "killed", &more), unbroken);
    let resumed = |record: &serde_json::Value| record["resumed_at"].as_u64().unwrap() > 0;
    assert!(records(dir.path(), "killed").iter().any(resumed));
}

fn cell_files(dir: &Path, name: &str) -> Vec<PathBuf> {
    let cells = fs::read_dir(dir.join("out/cells")).unwrap();
    let files = cells.map(|cell| cell.unwrap().path().join(name));
    files.filter(|file| file.exists()).collect()
}

#[test]
fn a_damaged_cell_is_named_and_force_makes_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = "settings = [\"two_layer\"]\nseeds = 1\nepochs = 30\n";
    let config = write(dir.path(), text);
    let config = config.to_str().unwrap();
    let first = two_points(dir.path(), "out", &["--config", config]);
    let [file] = &cell_files(dir.path(), "trajectory.npz")[..] else {
        panic!("one cell");
    };
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    let mut again = formant(dir.path());
    again.args(["run", "two-points", "--out", "out", "--config", config]);
    let error = one_line_error(&mut again);
    assert!(
        error.contains("trajectory.npz") && error.contains("delete"),
        "{error}"
    );
    assert_eq!(
        two_points(dir.path(), "out", &["--config", config, "--force"]),
        first
    );
}

#[test]
fn wrong_input_ends_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = formant(dir.path());
        one_line_error(command.arg("run").args(arguments))
    };
    let error = run(&["two-points", "--setting", "defualt"]);
    assert!(
        error.contains("defualt") && error.contains("gain_0.9"),
        "{error}"
    );
    let error = run(&["two-points", "--seeds", "0"]);
    assert!(error.contains("--seeds"), "{error}");
    let error = run(&["mlp-gamma", "--setting", "default"]);
    assert!(
        error.contains("mlp-gamma") && error.contains("--config"),
        "{error}"
    );
    let config = write(
        dir.path(),
        "settings = [\"default\"]\nseeds = 1\ndx2 = 0.0\n",
    );
    let error = run(&["two-points", "--config", config.to_str().unwrap()]);
    assert!(error.contains("dx2"), "{error}");
    let config = write(
        dir.path(),
        "settings = [\"default\"]\nseeds = 1\nseed = 3\n",
    );
    let error = run(&["two-points", "--config", config.to_str().unwrap()]);
    assert!(error.contains("seed"), "{error}");
}

#[test]
fn figures_of_two_points_come_out_whole() {
    let dir = tempfile::tempdir().unwrap();
    for id in ["univ-trajectories", "univ-alternative", "univ-crh"] {
        formant(dir.path())
            .args(["figure", id, "--preset", "smoke", "--check", "--out", "out"])
            .assert()
            .success();
        let folder = dir.path().join("out").join(id).join("smoke");
        for file in [
            "figure.svg",
            "figure.png",
            "data.csv",
            "claims.json",
            "report.md",
            "provenance.json",
        ] {
            assert!(
                fs::metadata(folder.join(file)).unwrap().len() > 100,
                "{id}/{file}"
            );
        }
    }
    formant(dir.path())
        .args(["figure", "univ-final-distance", "--dry-run"])
        .assert()
        .success()
        .stdout(predicates::str::contains("cells"));
}

#[test]
fn the_table_is_read_either_way_where_a_figure_has_two_ways() {
    let dir = tempfile::tempdir().unwrap();
    let gain = ["figure", "univ-gain", "--preset", "smoke", "--dry-run"];
    let seconds = |mode: &str| {
        let output = formant(dir.path())
            .args(gain)
            .args(["--mode", mode])
            .assert();
        output
            .success()
            .stdout(predicates::str::contains("2 cells, 2 to run"));
    };
    seconds("table");
    seconds("notebook");
    for id in [
        "univ-xor",
        "univ-depth",
        "crh-width",
        "crh-gamma",
        "univ-orthogonal",
    ] {
        let refused = formant(dir.path())
            .args([
                "figure",
                id,
                "--mode",
                "notebook",
                "--preset",
                "smoke",
                "--dry-run",
            ])
            .assert()
            .failure();
        let message = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
        assert!(
            message.contains(id) && message.lines().count() == 1,
            "{message}"
        );
    }
}

#[test]
fn a_setting_that_is_named_twice_is_trained_once_and_listed_twice() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("twice.toml");
    fs::write(
        &config,
        "settings = [\"two_layer\", \"two_layer\", \"shallow\"]\nseeds = 1\nepochs = 30\n",
    )
    .unwrap();
    formant(dir.path())
        .args(["run", "two-points", "--out", "out", "--config"])
        .arg(&config)
        .assert()
        .success();
    let fits = fs::read_to_string(dir.path().join("out/fits.csv")).unwrap();
    let settings: Vec<&str> = fits
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(settings, ["two_layer", "two_layer", "shallow"]);
    let lines: Vec<&str> = fits.lines().collect();
    assert_eq!(lines[1], lines[2]);
    assert_ne!(lines[2].split_once(','), lines[3].split_once(','));
}

#[test]
fn a_run_that_converges_keeps_its_last_state_to_the_last_epoch() {
    let dir = tempfile::tempdir().unwrap();
    formant(dir.path())
        .args([
            "run",
            "two-points",
            "--setting",
            "shallow",
            "--seeds",
            "1",
            "--out",
            "out",
        ])
        .assert()
        .success();
    let rows = fs::read_to_string(dir.path().join("out/trajectories.csv")).unwrap();
    let rows: Vec<Vec<&str>> = rows
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    assert_eq!(rows.len(), 3000, "a row an epoch");
    let last = &rows[2999];
    assert_eq!(last[2], "2999");
    assert!(last[6].parse::<f64>().unwrap() < 1e-10, "{last:?}");
    assert_eq!(rows[2998][3..], last[3..], "at rest");
}
