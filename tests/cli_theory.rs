//! `formant theory`, and what `formant align` says of layers that obey it.

use std::fs;
use std::path::Path;

use crate::common::{formant, one_line_error};
use formant_data::rng::{Purpose, stream};
use formant_moments::npz::NpzWriter;
use formant_theory::phases::{LayerSpectra, WeightSpectrum, construct, row, rows};
use ndarray::{Array1, Array2};
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
    let mut dump = NpzWriter::new();
    for row in rows() {
        let flat = row.solution.weight() == WeightSpectrum::Flat;
        let value = |k: usize| if flat { 1.0 } else { 0.8_f64.powi(k as i32) };
        let spectra = LayerSpectra {
            d_a: 14,
            d_b: 12,
            singular_values: (0..12).map(value).collect(),
            free: (0..12).map(|k| 0.6_f64.powi(k)).collect(),
        };
        let mut rng = stream(5, Purpose::Teacher, row.number as u64);
        let layer = construct(&row, &spectra, &mut rng).unwrap();
        let (h_a, g_b) = layer.sample(3000, &mut rng);
        let name = |array| format!("row{}/{array}", row.number);
        dump.add_array(name("h_a"), &h_a).unwrap();
        dump.add_array(name("g_b"), &g_b).unwrap();
        dump.add_array(name("weight"), &layer.weight).unwrap();
    }
    fs::write(path, dump.finish().unwrap()).unwrap();
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
    let mut dump = NpzWriter::new();
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
    fs::write(dir.path().join("head.npz"), dump.finish().unwrap()).unwrap();
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

/// Arguments of `formant theory two-point` for a small start, with more at the end.
fn two_point<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let common = [
        "theory",
        "two-point",
        "--h0",
        "0.01",
        "--y0",
        "1e-4",
        "--w0",
        "-6e-3",
        "--dx2",
        "1",
        "--dy2",
        "0.5",
        "--eta-h",
        "0.004",
        "--eta-y",
        "0.02",
    ];
    common.iter().chain(more).copied().collect()
}

fn stdout(dir: &Path, arguments: &[&str]) -> String {
    let output = formant(dir).args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn a_trajectory_of_two_points_is_csv_that_ends_at_the_closed_form() {
    let dir = tempfile::tempdir().unwrap();
    let run = ["--t-max", "4000", "--points", "5"];
    let text = stdout(dir.path(), &two_point(&run));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("t,h2,y2,w"));
    let rows: Vec<Vec<f64>> = lines
        .map(|line| {
            line.split(',')
                .map(|value| value.parse().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(rows[0], [0.0, 0.01, 1e-4, -6e-3]);
    assert_eq!(
        rows.iter().map(|row| row[0]).collect::<Vec<_>>(),
        [0.0, 1e3, 2e3, 3e3, 4e3]
    );
    let forms = stdout(dir.path(), &two_point(&["--closed-form"]));
    let form = |name: &str| {
        let line = forms
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name},")));
        line.unwrap().to_owned()
    };
    let value = |name| form(name).parse::<f64>().unwrap();
    assert!((rows[4][1] - value("h_inf")).abs() < 1e-6, "{text} {forms}");
    assert!((value("a_low") - 0.1_f64.sqrt()).abs() < 1e-12);
    assert!((value("a_high") - (0.01 - 0.2 * 1e-4 / 0.01)).abs() < 1e-12);
    assert!((value("escape_rate") - 0.02 * value("h_inf")).abs() < 1e-12);
    assert_eq!(form("regime"), "rich");
}

#[test]
fn closed_forms_that_leave_the_range_of_numbers_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let line =
        "theory two-point --h0 1e-100 --y0 1e100 --w0 1e100 --dy2 1e-100 --eta-h 1 --closed-form";
    let forms = |eta_y| {
        let mut command = formant(dir.path());
        command.args(line.split(' ')).args(["--eta-y", eta_y]);
        command
    };
    let output = forms("1").output().unwrap();
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("h_inf,1e-300")
    );
    let error = one_line_error(&mut forms("1e-100"));
    assert!(
        error.contains("escape_rate leaves the range of f64"),
        "{error}"
    );
}

#[test]
fn impossible_starts_are_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let run = ["--t-max", "100"];
    for (option, value, word) in [
        ("--h0", "0", "h2"),
        ("--y0", "-1", "y2"),
        ("--w0", "0.9", "overlap"),
        ("--w0", "NaN", "w is NaN"),
        ("--dy2", "-0.5", "dy2"),
        ("--eta-h", "0", "eta_h"),
        ("--eta-y", "inf", "eta_y"),
        ("--t-max", "-5", "t-max"),
        ("--points", "1", "points"),
        (
            "--points",
            "1000000000000",
            "from 2 to 1000000, which needs 150 MB",
        ),
        ("--t-max", "1e300", "at most 1e100"),
        (
            "--eta-y",
            "1e-320",
            "eta_y is 1e-320; expected a number from 1e-100 to 1e100",
        ),
        ("--h0", "1e-310", "h2 is 1e-310"),
    ] {
        let mut arguments = two_point(&run);
        match arguments.iter().position(|word| *word == option) {
            Some(at) => arguments[at + 1] = value,
            None => arguments.extend([option, value]),
        }
        let error = one_line_error(formant(dir.path()).args(&arguments));
        assert!(
            error.contains(word) && error.lines().count() == 1,
            "{option}: {error}"
        );
        assert!(error.chars().count() < 300, "{option}: {error}");
    }
}

#[test]
fn a_trajectory_is_fitted_with_its_rates_and_its_loss() {
    let dir = tempfile::tempdir().unwrap();
    let run = ["--t-max", "1500", "--points", "301"];
    let text = stdout(dir.path(), &two_point(&run));
    // Other order, a column that nobody asked for, and a loss whose mean decays at 0.01.
    let mut file = String::from("note,w,loss,y2,epoch,h2\n");
    for line in text.lines().skip(1) {
        let [t, h2, y2, w] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let number = |text: &str| text.parse::<f64>().unwrap();
        let mean = 0.45 * (-0.02 * number(t)).exp();
        let loss = mean + 0.25 * (number(w) + 0.25 - 0.5 * number(y2));
        file += &format!("ours,{w},{loss:?},{y2},{t},{h2}\n");
    }
    fs::write(dir.path().join("mine.csv"), file).unwrap();
    let report = json(dir.path(), &["theory", "fit", "mine.csv", "--json"]);
    let near = |value: &Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < 1e-4, "{value} {expected}");
    };
    near(&report["rates"]["eta_h"], 0.004);
    near(&report["rates"]["eta_y"], 0.02);
    near(&report["mean"]["eta_mean"], 0.01);
    near(&report["a_low"], 0.1_f64.sqrt());
    assert!(report["mean_refusal"].is_null() && report["sse"].as_f64().unwrap() < 1e-9);
    let text = stdout(dir.path(), &["theory", "fit", "mine.csv"]);
    for word in [
        "eta_h",
        "0.004",
        "eta_mean",
        "final h2, theory",
        "final h2, measured",
        "RMSE",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // The same curves for another pair of inputs: only eta_h dx2 can be seen.
    let other = json(
        dir.path(),
        &["theory", "fit", "mine.csv", "--json", "--dx2", "4"],
    );
    near(&other["rates"]["eta_h"], 0.001);
}

#[test]
fn a_trajectory_of_the_theory_is_fitted_as_it_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let text = stdout(dir.path(), &two_point(&["--t-max", "1500"]));
    let fit = |text: &str, more: &[&str]| {
        let mut command = formant(dir.path());
        let output = command
            .args(["theory", "fit", "-"])
            .args(more)
            .write_stdin(text.to_owned())
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    for separator in [",", ";", "\t"] {
        let text = format!("# from the theory\n{}", text.replace(',', separator));
        for more in [&["--json"][..], &["--json", "--exact-start"]] {
            let report: Value = serde_json::from_str(&fit(&text, more)).unwrap();
            assert_eq!(report["columns"], serde_json::json!(["t", "h2", "y2", "w"]));
            assert_eq!(report["rows"], 301);
            for (value, expected) in [
                (&report["rates"]["eta_h"], 0.004),
                (&report["rates"]["eta_y"], 0.02),
                (&report["start"]["h2"], 0.01),
                (&report["start"]["w"], -6e-3),
            ] {
                let value = value.as_f64().unwrap();
                assert!((value / expected - 1.0).abs() < 1e-6, "{value} {expected}");
            }
        }
    }
    let table = fit(&text, &[]);
    let first = table.lines().next().unwrap();
    assert_eq!(first, "standard input: 301 rows, columns t, h2, y2, w");
    assert!(table.contains("0.00400000000"), "{table}");
}

#[test]
fn distances_that_are_not_squared_are_recognised() {
    let dir = tempfile::tempdir().unwrap();
    let text = stdout(dir.path(), &two_point(&["--t-max", "1500"]));
    let refused = |h: bool, y: bool, w: bool| {
        let mut file = String::from("t,h2,y2,w\n");
        for line in text.lines().skip(1) {
            let row: Vec<f64> = line.split(',').map(|text| text.parse().unwrap()).collect();
            let [t, mut h2, mut y2, mut own] = row[..] else {
                panic!("{line}");
            };
            let overlap = y2 - own;
            h2 = if h { h2.sqrt() } else { h2 };
            y2 = if y { y2.sqrt() } else { y2 };
            own = if w { y2 - overlap } else { own };
            file += &format!("{t:?},{h2:?},{y2:?},{own:?}\n");
        }
        fs::write(dir.path().join("run.csv"), file).unwrap();
        one_line_error(formant(dir.path()).args(["theory", "fit", "run.csv"]))
    };
    for (h, y, w, column) in [
        (true, true, true, "y2"),
        (true, true, false, "y2"),
        (false, true, false, "y2"),
        (true, false, false, "h2"),
    ] {
        let error = refused(h, y, w);
        let expected = format!("{column} looks like a distance that was not squared");
        assert!(
            error.contains(&expected) && error.contains("run.csv"),
            "{error}"
        );
    }
}

#[test]
fn trajectories_that_the_theory_does_not_describe_are_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let runs = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../theory/tests/reference/trajectories.csv"
    );
    let runs = fs::read_to_string(runs).unwrap();
    for (setting, word) in [
        ("gain_1.3", "eta_h is 0"),
        ("gain_1.4", "does not describe"),
    ] {
        let rows = runs.lines().filter(|line| line.starts_with(setting));
        let lines: Vec<&str> = runs.lines().take(1).chain(rows).collect();
        fs::write(dir.path().join("run.csv"), lines.join("\n")).unwrap();
        let command = &mut formant(dir.path());
        let error = one_line_error(
            command
                .args(["theory", "fit", "run.csv", "--exact-start"])
                .env("NO_COLOR", "1"),
        );
        assert!(error.contains(word) && error.contains("run.csv"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        command.assert().code(1);
    }
}

#[test]
fn damaged_trajectories_name_file_line_and_column() {
    let dir = tempfile::tempdir().unwrap();
    let good = "epoch,h2,y2,w\n0,0.1,0,0\n1,0.1,0,0\n2,0.1,0,0\n3,0.1,0,0\n";
    let fit = |text: &str| {
        fs::write(dir.path().join("run.csv"), text).unwrap();
        let error = one_line_error(formant(dir.path()).args(["theory", "fit", "run.csv"]));
        assert!(
            error.contains("run.csv") && error.lines().count() == 1,
            "{error}"
        );
        assert!(error.chars().count() < 300, "{error}");
        assert!(!error.trim_end().contains(char::is_control), "{error:?}");
        error
    };
    for (text, words) in [
        (
            good.replace(",w", ",v"),
            ["line 1: no column 'w'", "found epoch, h2, y2, v"],
        ),
        (
            good.replace("epoch", "step"),
            ["no column 'epoch' or 't'", "found step, h2"],
        ),
        (
            good.replace("\n2,0.1,0", "\n2,0.1,-0.5"),
            ["line 4, column 'y2': -0.5", "squared distance"],
        ),
        (
            good.replace("\n2,0.1", "\n2,-1e-300"),
            ["line 4, column 'h2': -1e-300", "squared distance"],
        ),
        (
            good.replace("\n2,0.1,0,0", "\n2,0.1,0,0.3") + "4,0.1,0,0\n",
            ["line 4: y2 0 and w 0.3", "y2 is squared"],
        ),
        (
            good.replace("0.1,0,0", "0.1,0.7071,0") + "4,0.1,0.7071,0\n",
            ["y2 looks like a distance", "give squares"],
        ),
        (
            good.replace("2,0.1", "2,\u{1b}[31m\u{7}"),
            ["line 4", "'\\u{1b}[31m\\u{7}'"],
        ),
        (good.replace("y2,w", "y2,y2"), ["line 1", "'y2'"]),
        (good.replace("2,0.1", "2,lots"), ["line 4", "'h2': 'lots'"]),
        (
            good.replace("\n1,0.1,0,0", "\n1,0.1,0,NaN"),
            ["line 3", "'w': 'NaN'"],
        ),
        (
            good.replace("\n3,", "\n1,"),
            ["line 5", "'epoch': 1 after 2"],
        ),
        (
            good.replace("\n1,0.1,0,0", "\n1,0.1,0"),
            ["line 3", "3 fields, expected 4"],
        ),
        ("epoch,h2,y2,w\n".to_owned(), ["line 2", "no rows"]),
        (String::new(), ["line 1", "no column"]),
        (good.to_owned(), ["4 samples", "at least 5"]),
        (
            good.replace("\n0,0.1", "\n0,0") + "4,0.1,0,0\n",
            ["h2", "is 0"],
        ),
    ] {
        let error = fit(&text);
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
    let error = one_line_error(formant(dir.path()).args(["theory", "fit", "absent.csv"]));
    assert!(error.contains("absent.csv"), "{error}");
}
