//! `formant run`: the same numbers twice, whatever the threads, a kill, or other members do.

use std::fs;
use std::path::Path;

use crate::common::{
    ADAM, cell_files, config, read, read_json, refused, run, said, survives_a_kill,
};
use serde_json::Value;

/// The command line that runs what is in `config.toml`.
const AGAIN: &str = "run mlp-gamma --config config.toml";

/// Runs `mlp-gamma` and returns the table that it wrote.
fn table(dir: &Path, text: &str, out: &str, more: &str) -> String {
    run(dir, "mlp-gamma", text, &format!("--out {out}{more}"));
    read(&dir.join(out), "data.csv")
}

#[test]
fn threads_do_not_change_a_bit() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(60, ADAM, "1e-3");
    let one = table(dir.path(), &text, "one", " --threads 1");
    let three = table(dir.path(), &text, "three", " --threads 3");
    assert_eq!(one, three);
    assert_eq!(one.matches(",alpha_rga,").count(), 4 * 2 * 3 * 2 * 3); // cells x times x maps x sides x variants
}

#[test]
fn a_finished_run_is_read_back_and_force_does_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(40, ADAM, "1e-3");
    let first = table(dir.path(), &text, "out", "");
    let stamp = || {
        let files = cell_files(dir.path(), "out", "cell.json").into_iter();
        let mut times: Vec<_> = files
            .map(|file| fs::metadata(file).unwrap().modified().unwrap())
            .collect();
        times.sort();
        times
    };
    let before = stamp();
    assert_eq!(before.len(), 4);
    assert_eq!(table(dir.path(), &text, "out", ""), first);
    assert_eq!(stamp(), before);
    assert_eq!(table(dir.path(), &text, "out", " --force"), first);
    assert!(stamp()[0] > before[3]);
}

#[test]
fn a_cell_does_not_depend_on_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(60, r#"{ name = "sgd", momentum = 0.9 }"#, "1e-2");
    let all = table(dir.path(), &text, "all", "");
    let alone = text.replace("[1e-4, 1e-2]", "[1e-2]");
    let alone = alone.replace("[0, 1]", "[1]");
    let alone = table(dir.path(), &alone, "alone", "");
    let header = all.lines().next().unwrap();
    let [decay, seed] = ["weight_decay", "seed"].map(|wanted| {
        let mut columns = header.split(',');
        columns.position(|name| name == wanted).unwrap()
    });
    let of_cell = |line: &&str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[decay], cells[seed]) == ("0.01", "1")
    };
    let of_cell: Vec<&str> = all.lines().filter(of_cell).collect();
    assert!(!of_cell.is_empty());
    assert_eq!(alone.lines().skip(1).collect::<Vec<_>>(), of_cell);
}

#[test]
fn a_killed_run_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    // With the balance requested, each measurement is compared with the one before it, across the kill too.
    let text = config(30_000, ADAM, "1e-3");
    let text = text.replace("count = 2", "count = 20\nextras = [\"balance\"]");
    fs::write(dir.path().join("config.toml"), text).unwrap();
    survives_a_kill(dir.path(), AGAIN, 4, &["data.csv"]);
    let [unbroken, killed] =
        ["unbroken", "killed"].map(|out| cell_files(dir.path(), out, "events.jsonl"));
    assert_eq!(unbroken.len(), killed.len());
    for (one, other) in unbroken.iter().zip(&killed) {
        let [key, same] = [one, other].map(|file| file.parent().unwrap().file_name());
        assert_eq!(key, same);
        assert_eq!(read(dir.path(), one), read(dir.path(), other));
        // Nor is there a folder that a finished cell does not need.
        let mut entries = fs::read_dir(other.parent().unwrap()).unwrap();
        assert!(entries.all(|entry| entry.unwrap().path().is_file()));
    }
}

#[test]
fn extras_are_measured() {
    let dir = tempfile::tempdir().unwrap();
    let extras = "count = 3\nextras = [\"balance\", \"ansatz\", \"eigenpairs\"]";
    let text = config(60, ADAM, "1e-3").replace("count = 2", extras);
    table(dir.path(), &text, "out", "");
    for file in cell_files(dir.path(), "out", "events.jsonl") {
        let text = read(dir.path(), file);
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let lines: Vec<Value> = lines.collect();
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
    let table = table(dir.path(), &text, "out", "");
    let diverged = table.matches(",diverged").count();
    assert_eq!(diverged, table.lines().count() - 1, "{table}");
    let record = &cell_files(dir.path(), "out", "cell.json")[0];
    let outcome = &read_json(dir.path(), record)["outcome"];
    assert_eq!(outcome["state"], "diverged");
    let step = outcome["step"].as_u64().unwrap();
    assert!(step <= 400 && outcome["layer"].is_string(), "{outcome}");
}

#[cfg(feature = "ndarray")]
#[test]
fn ndarray_gives_the_same_figure_to_rounding() {
    let dir = tempfile::tempdir().unwrap();
    let text = config(60, ADAM, "1e-3");
    let alphas = |backend: &str| -> Vec<f64> {
        let table = table(dir.path(), &text, backend, &format!(" --backend {backend}"));
        let value = |line: &str| line.split(',').nth(17).unwrap().parse().unwrap_or(0.0);
        let alphas = table.lines().filter(|line| line.contains(",alpha_rga,"));
        alphas.map(value).collect()
    };
    let [flex, ndarray] = ["flex", "ndarray"].map(alphas);
    assert!(!flex.is_empty() && flex.len() == ndarray.len());
    for (a, b) in flex.iter().zip(&ndarray) {
        assert!((a - b).abs() < 1e-3, "{a} and {b}");
    }
}

#[test]
fn a_damaged_cell_is_named() {
    let dir = tempfile::tempdir().unwrap();
    table(dir.path(), &config(20, ADAM, "1e-3"), "out", "");
    fs::write(&cell_files(dir.path(), "out", "cell.json")[0], "{").unwrap();
    let line = format!("{AGAIN} --out out");
    refused(dir.path(), &line, &["cell.json", "delete"]);
}

#[test]
fn wrong_configurations_are_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let good = config(20, ADAM, "1e-3");
    let decays = "weight_decays = [1e-4, 1e-2]";
    for (setting, bad, expected) in [
        ("width", "widht", "widht"),
        ("seeds = [0, 1]", "seeds = [1, 1]", "seeds"),
        (decays, "weight_decays = []", "weight_decays"),
        (decays, "weight_decays = [-1.0]", "weight_decays"),
        ("batch = 4", "batch = 0", "batch"),
        ("steps = 20", "steps = 0", "steps"),
        ("rate = 1e-3", "rate = nan", "learning_rate"),
        ("squared_error", "cross_entropy", "cross_entropy"),
        ("samples = 40", "samples = 1", "samples"),
        ("width = 8", "width = 0", "width"),
        (ADAM, r#"{ name = "adam", beta1 = 1.0 }"#, "beta1"),
        (ADAM, r#"{ name = "rmsprop" }"#, "rmsprop"),
    ] {
        let text = good.replace(setting, bad);
        assert_ne!(text, good);
        fs::write(dir.path().join("config.toml"), text).unwrap();
        let line = format!("{AGAIN} --out bad");
        refused(dir.path(), &line, &[expected, "config.toml"]);
        assert!(!dir.path().join("bad/data.csv").exists());
    }
}

#[test]
fn the_example_is_a_valid_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let [text, _] = said(dir.path(), "run mlp-gamma --example");
    let config: formant_experiments::formation::gamma::GammaConfig = toml::from_str(&text).unwrap();
    config.check().unwrap();
}

#[test]
fn an_unknown_experiment_lists_the_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let words = ["mlp-gama", "mlp-gamma"];
    refused(dir.path(), "run mlp-gama --config x.toml", &words);
}
