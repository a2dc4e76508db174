//! `formant run`: the same numbers twice, whatever the threads, a kill, or other members do.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{
    ADAM, config, formant, kill_at_checkpoints, one_line_error, records, run, write,
};

#[test]
fn threads_do_not_change_a_bit() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(60, ADAM, "1e-3");
    let one = run(dir.path(), &text, "one", &["--threads", "1"]);
    let three = run(dir.path(), &text, "three", &["--threads", "3"]);
    assert_eq!(one, three);
    assert_eq!(one.matches(",alpha_rga,").count(), 4 * 2 * 3 * 2 * 3); // cells x times x maps x sides x variants
}

#[test]
fn a_finished_run_is_read_back_and_force_does_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(40, ADAM, "1e-3");
    let first = run(dir.path(), &text, "out", &[]);
    let stamp = |dir: &Path| {
        let cells = fs::read_dir(dir.join("out/cells")).unwrap();
        let mut times: Vec<_> = cells
            .map(|cell| cell.unwrap().path().join("cell.json"))
            .filter(|file| file.exists())
            .map(|file| fs::metadata(file).unwrap().modified().unwrap())
            .collect();
        times.sort();
        times
    };
    let before = stamp(dir.path());
    assert_eq!(before.len(), 4);
    assert_eq!(run(dir.path(), &text, "out", &[]), first);
    assert_eq!(stamp(dir.path()), before);
    assert_eq!(run(dir.path(), &text, "out", &["--force"]), first);
    assert!(stamp(dir.path())[0] > before[3]);
}

#[test]
fn a_cell_does_not_depend_on_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(60, r#"{ name = "sgd", momentum = 0.9 }"#, "1e-2");
    let all = run(dir.path(), &text, "all", &[]);
    let alone = text
        .replace("[1e-4, 1e-2]", "[1e-2]")
        .replace("[0, 1]", "[1]");
    let alone = run(dir.path(), &alone, "alone", &[]);
    let of_cell: Vec<&str> = all
        .lines()
        .filter(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[2], cells[11]) == ("0.01", "1")
        })
        .collect();
    assert!(!of_cell.is_empty());
    assert_eq!(alone.lines().skip(1).collect::<Vec<_>>(), of_cell);
}

#[test]
fn a_killed_run_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    // With the balance asked for, each measurement is compared with the one before it, across the kill too.
    let text =
        config(30_000, ADAM, "1e-3").replace("count = 2", "count = 20\nextras = [\"balance\"]");
    let unbroken = run(dir.path(), &text, "unbroken", &[]);
    let path = write(dir.path(), &text);
    let experiment = ["mlp-gamma", "--config", path.to_str().unwrap()];
    kill_at_checkpoints(dir.path(), &experiment, "killed", 4);
    assert!(!dir.path().join("killed/data.csv").exists());
    assert_eq!(run(dir.path(), &text, "killed", &[]), unbroken);
    let resumed = |record: &serde_json::Value| record["resumed_at"].as_u64().unwrap() > 0;
    assert!(records(dir.path(), "killed").iter().any(resumed));
    assert_eq!(events(dir.path(), "killed"), events(dir.path(), "unbroken"));
}

/// The events of all cells, and no folder that a finished cell does not need.
fn events(dir: &Path, out: &str) -> BTreeMap<String, String> {
    let cells = fs::read_dir(dir.join(out).join("cells")).unwrap();
    let folders = cells
        .map(|cell| cell.unwrap().path())
        .filter(|cell| cell.is_dir());
    let read = |folder: std::path::PathBuf| {
        let mut entries = fs::read_dir(&folder).unwrap();
        assert!(
            entries.all(|entry| entry.unwrap().path().is_file()),
            "{folder:?}"
        );
        let key = folder.file_name().unwrap().to_string_lossy().into_owned();
        (
            key,
            fs::read_to_string(folder.join("events.jsonl")).unwrap(),
        )
    };
    folders.map(read).collect()
}

#[test]
fn what_else_is_asked_for_is_measured() {
    let dir = tempfile::tempdir().unwrap();
    let extras = "count = 3\nextras = [\"balance\", \"ansatz\", \"eigenpairs\"]";
    let text = config(60, ADAM, "1e-3").replace("count = 2", extras);
    run(dir.path(), &text, "out", &[]);
    for (_, text) in events(dir.path(), "out") {
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3);
        for (index, line) in lines.iter().enumerate() {
            let (report, extras) = (&line["layers"][1], &line["extras"][1]);
            let readings = report["readings"].as_array().unwrap();
            let reading = |name: &str| readings.iter().find(|r| r["statistic"] == name);
            assert!(report["balance"]["residuals"]["z_b"].as_f64().unwrap() >= 0.0);
            let agop = &reading("alpha_agop").unwrap()["value"];
            assert!(agop.as_f64().unwrap().abs() <= 1.0);
            assert!(!extras["eigenpairs"].as_array().unwrap().is_empty());
            assert_eq!(reading("stationarity_h_a").is_some(), index > 0, "{report}");
        }
    }
}

#[test]
fn a_member_that_diverges_is_an_outcome() {
    let dir = tempfile::tempdir().unwrap();
    // ReLU and a large step: the squared error grows without bound.
    let text = config(400, r#"{ name = "sgd" }"#, "5.0").replace("tanh", "relu");
    let table = run(dir.path(), &text, "out", &[]);
    assert_eq!(
        table.matches(",diverged").count(),
        table.lines().count() - 1,
        "{table}"
    );
    let outcome = &records(dir.path(), "out")[0]["outcome"];
    assert_eq!(outcome["state"], "diverged");
    assert!(
        outcome["step"].as_u64().unwrap() <= 400 && outcome["layer"].is_string(),
        "{outcome}"
    );
}

#[cfg(feature = "ndarray")]
#[test]
fn ndarray_gives_the_same_figure_to_rounding() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(60, ADAM, "1e-3");
    let alphas = |table: String| -> Vec<f64> {
        let value = |line: &str| line.split(',').nth(17).unwrap().parse().unwrap_or(0.0);
        let alphas = table.lines().filter(|line| line.contains(",alpha_rga,"));
        alphas.map(value).collect()
    };
    let flex = alphas(run(dir.path(), &text, "flex", &[]));
    let ndarray = alphas(run(dir.path(), &text, "ndarray", &["--backend", "ndarray"]));
    assert!(!flex.is_empty() && flex.len() == ndarray.len());
    for (a, b) in flex.iter().zip(&ndarray) {
        assert!((a - b).abs() < 1e-3, "{a} and {b}");
    }
}

#[test]
fn a_damaged_cell_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(20, ADAM, "1e-3");
    run(dir.path(), &text, "out", &[]);
    let cells = fs::read_dir(dir.path().join("out/cells")).unwrap();
    let record = cells
        .map(|cell| cell.unwrap().path().join("cell.json"))
        .find(|f| f.exists());
    fs::write(record.unwrap(), "{").unwrap();
    let config = write(dir.path(), &text);
    let mut command = formant(dir.path());
    command
        .args(["run", "mlp-gamma", "--out", "out", "--config"])
        .arg(config);
    let error = one_line_error(&mut command);
    assert!(
        error.contains("cell.json") && error.contains("delete"),
        "{error}"
    );
}

#[test]
fn wrong_configurations_are_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let good = config(20, ADAM, "1e-3");
    for (bad, expected) in [
        (good.replace("width", "widht"), "widht"),
        (good.replace("seeds = [0, 1]", "seeds = [1, 1]"), "seeds"),
        (
            good.replace("weight_decays = [1e-4, 1e-2]", "weight_decays = []"),
            "weight_decays",
        ),
        (
            good.replace("weight_decays = [1e-4, 1e-2]", "weight_decays = [-1.0]"),
            "weight_decays",
        ),
        (good.replace("batch = 4", "batch = 0"), "batch"),
        (good.replace("steps = 20", "steps = 0"), "steps"),
        (
            good.replace("learning_rate = 1e-3", "learning_rate = nan"),
            "learning_rate",
        ),
        (
            good.replace("squared_error", "cross_entropy"),
            "cross_entropy",
        ),
        (good.replace("samples = 40", "samples = 1"), "samples"),
        (good.replace("width = 8", "width = 0"), "width"),
        (
            good.replace(ADAM, r#"{ name = "adam", beta1 = 1.0 }"#),
            "beta1",
        ),
        (good.replace(ADAM, r#"{ name = "rmsprop" }"#), "rmsprop"),
    ] {
        let path = write(dir.path(), &bad);
        let mut command = formant(dir.path());
        command
            .args(["run", "mlp-gamma", "--out", "bad", "--config"])
            .arg(path);
        let error = one_line_error(&mut command);
        assert!(
            error.contains(expected) && error.contains("config.toml"),
            "{error}"
        );
        assert!(!dir.path().join("bad/data.csv").exists());
    }
}

#[test]
fn the_example_is_a_valid_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let output = formant(dir.path())
        .args(["run", "mlp-gamma", "--example"])
        .assert()
        .success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let config: formant_experiments::formation::gamma::GammaConfig = toml::from_str(&text).unwrap();
    config.check().unwrap();
}

#[test]
fn an_unknown_experiment_lists_the_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = formant(dir.path());
    command.args(["run", "mlp-gama", "--config", "x.toml"]);
    let error = one_line_error(&mut command);
    assert!(
        error.contains("mlp-gama") && error.contains("mlp-gamma"),
        "{error}"
    );
}
