//! `formant run two-points`: the contract of the tables, the same numbers twice, what the theory must find, and wrong input.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{cell_files, read, refused, run, said, survives_a_kill};

/// Both tables of a run.
fn tables(dir: &Path, out: &str) -> [String; 2] {
    ["trajectories.csv", "fits.csv"].map(|name| read(&dir.join(out), name))
}

/// Runs `two-points` with further words and gives back both tables.
fn two_points(dir: &Path, out: &str, more: &str) -> [String; 2] {
    said(dir, &format!("run two-points --out {out} {more}"));
    tables(dir, out)
}

/// The same with a configuration.
fn configured(dir: &Path, out: &str, text: &str, more: &str) -> [String; 2] {
    run(dir, "two-points", text, &format!("--out {out}{more}"));
    tables(dir, out)
}

/// The columns of a table by name.
fn columns(table: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut lines = table.lines().map(|line| line.split(','));
    let names: Vec<&str> = lines.next().unwrap().collect();
    let mut columns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in lines.flat_map(|line| names.iter().zip(line)) {
        columns.entry(name).or_default().push(value);
    }
    columns
}

/// Columns of numbers.
fn numbers<const N: usize>(table: &str, names: [&str; N]) -> [Vec<f64>; N] {
    let columns = columns(table);
    let parse = |value: &&str| value.parse().unwrap();
    names.map(|name| columns[name].iter().map(parse).collect())
}

#[test]
fn a_linear_network_of_two_layers_has_the_rates_that_algebra_gives_it() {
    let dir = tempfile::tempdir().unwrap();
    let [trajectories, fits] = two_points(dir.path(), "out", "--setting two_layer --seeds 2");
    let header = |table: &str| table.lines().next().unwrap().to_owned();
    assert_eq!(header(&trajectories), "setting,seed,epoch,h2,y2,w,loss");
    let expected = "setting,seed,eta_h,eta_y,sse,h_inf_theory,h_end,fit_ok";
    assert_eq!(header(&fits), expected);
    let [epoch, y2, w, loss] = numbers(&trajectories, ["epoch", "y2", "w", "loss"]);
    assert_eq!(epoch[0], 0.0);
    // Before the first update the loss is that of outputs near 0 and targets 0.6 and 1.307.
    assert!((loss[0] - 0.517).abs() < 0.01, "{}", loss[0]);
    let end = epoch.len() - 1;
    assert!((y2[end] - 0.5).abs() < 0.01 && w[end].abs() < 0.01);
    // With one-dimensional outputs w is least at -dy²/4, whatever the constants.
    let least = w.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((least + 0.125).abs() < 1e-4, "{least}");
    // Half the learning rate, but for the mean that moves at the same time (a few per cent).
    for rate in numbers(&fits, ["eta_h", "eta_y"]).concat() {
        assert!((rate / 0.005 - 1.0).abs() < 0.1, "{rate}");
    }
    let [theory, measured] = numbers(&fits, ["h_inf_theory", "h_end"]);
    for (theory, measured) in theory.iter().zip(measured) {
        let off = theory / measured - 1.0;
        assert!(off.abs() < 0.02, "{theory} and {measured}");
    }
    assert!(columns(&fits)["fit_ok"].iter().all(|ok| *ok == "true"));
}

#[test]
fn threads_and_other_seeds_do_not_change_a_bit() {
    let dir = tempfile::tempdir().unwrap();
    let small = |settings: &str, seeds: u64, out: &str, threads: u64| {
        let text = format!("settings = [{settings}]\nseeds = {seeds}\nepochs = 40\n");
        let [trajectories, _] =
            configured(dir.path(), out, &text, &format!(" --threads {threads}"));
        trajectories
    };
    let kinds = r#""two_layer", "cnn", "dropout", "skip", "adam""#;
    let one = small(kinds, 2, "one", 1);
    assert_eq!(one, small(kinds, 2, "three", 3));
    assert_eq!(one.lines().count(), 1 + 5 * 2 * 40);
    let alone = small(r#""dropout""#, 1, "alone", 2);
    let among = one.lines().filter(|line| line.starts_with("dropout,0,"));
    assert!(alone.lines().skip(1).eq(among));
}

#[test]
fn a_notebook_takes_half_the_rate_and_twice_the_epochs() {
    let dir = tempfile::tempdir().unwrap();
    let rates = |mode: &str| {
        let more = format!("--setting two_layer --seeds 1 --mode {mode}");
        let [trajectories, fits] = two_points(dir.path(), mode, &more);
        let [eta_h, eta_y] = numbers(&fits, ["eta_h", "eta_y"]);
        (trajectories.lines().count(), eta_h[0] / eta_y[0], eta_h[0])
    };
    let ((short, ratio, fast), (long, same, slow)) = (rates("table"), rates("notebook"));
    assert!(long > short, "{short} and {long} lines");
    assert!((ratio / same - 1.0).abs() < 0.02, "{ratio} and {same}");
    assert!((fast / slow / 2.0 - 1.0).abs() < 0.02, "{fast} and {slow}");
}

#[test]
fn a_killed_run_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    let line = "run two-points --setting narrow --seeds 3 --mode notebook --threads 1";
    survives_a_kill(dir.path(), line, 1, &["fits.csv", "trajectories.csv"]);
}

#[test]
fn a_damaged_cell_is_named_and_force_makes_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = "settings = [\"two_layer\"]\nseeds = 1\nepochs = 30\n";
    let first = configured(dir.path(), "out", text, "");
    let [file] = &cell_files(dir.path(), "out", "trajectory.npz")[..] else {
        panic!("one cell");
    };
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    let line = "run two-points --out out --config config.toml";
    refused(dir.path(), line, &["trajectory.npz", "delete"]);
    assert_eq!(configured(dir.path(), "out", text, " --force"), first);
}

#[test]
fn wrong_input_ends_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    for (file, field) in [("same.toml", "dx2 = 0.0"), ("unknown.toml", "seed = 3")] {
        let text = format!("settings = [\"default\"]\nseeds = 1\n{field}\n");
        fs::write(dir.path().join(file), text).unwrap();
    }
    for (line, words) in [
        ("two-points --setting defualt", &["defualt", "gain_0.9"][..]),
        ("two-points --seeds 0", &["--seeds"]),
        ("mlp-gamma --setting default", &["mlp-gamma", "--config"]),
        ("two-points --config same.toml", &["dx2"]),
        ("two-points --config unknown.toml", &["seed"]),
    ] {
        refused(dir.path(), &format!("run {line}"), words);
    }
}

#[test]
fn a_setting_that_is_named_twice_is_trained_once_and_listed_twice() {
    let dir = tempfile::tempdir().unwrap();
    let text = "settings = [\"two_layer\", \"two_layer\", \"shallow\"]\nseeds = 1\nepochs = 30\n";
    let [_, fits] = configured(dir.path(), "out", text, "");
    let settings = &columns(&fits)["setting"];
    assert_eq!(settings[..], ["two_layer", "two_layer", "shallow"]);
    let lines: Vec<&str> = fits.lines().collect();
    assert_eq!(lines[1], lines[2]);
    assert_ne!(lines[2].split_once(','), lines[3].split_once(','));
    assert_eq!(cell_files(dir.path(), "out", "cell.json").len(), 2);
}

#[test]
fn a_run_that_converges_keeps_its_last_state_to_the_last_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let [rows, _] = two_points(dir.path(), "out", "--setting shallow --seeds 1");
    let rows: Vec<Vec<&str>> = (rows.lines().skip(1))
        .map(|row| row.split(',').collect())
        .collect();
    assert_eq!(rows.len(), 3000, "a row an epoch");
    let last = &rows[2999];
    assert_eq!(last[2], "2999");
    assert!(last[6].parse::<f64>().unwrap() < 1e-10, "{last:?}");
    assert_eq!(rows[2998][3..], last[3..], "at rest");
}
