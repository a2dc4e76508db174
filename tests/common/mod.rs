//! Running the binary as a user does, on experiments small enough for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;

/// The binary, away from any data or results of the machine.
pub fn formant(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_formant"));
    command
        .current_dir(dir)
        .env_remove("FORMANT_DATA")
        .env("XDG_CACHE_HOME", dir.join("cache"));
    command.env("HOME", dir);
    command
}

/// What a command line, which has to succeed, writes to standard output and standard error.
pub fn said(dir: &Path, line: &str) -> [String; 2] {
    let assert = formant(dir).args(line.split(' ')).assert().success();
    let output = assert.get_output().clone();
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
}

/// A command line has to fail with one line of error that holds all of `words`.
pub fn refused(dir: &Path, line: &str, words: &[&str]) {
    let error = one_line_error(formant(dir).args(line.split(' ')));
    let told = words.iter().all(|word| error.contains(word));
    assert!(told && error.lines().count() == 1, "{line}: {error}");
}

/// Standard error of a command that has to fail: one line that begins with `error:`.
pub fn one_line_error(command: &mut Command) -> String {
    let output = command.assert().failure().get_output().clone();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("error: ") || text.contains("error:"),
        "{text}"
    );
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// A file of a folder, as text.
pub fn read(dir: &Path, name: impl AsRef<Path>) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

/// A file of a folder, as JSON.
pub fn read_json(dir: &Path, name: impl AsRef<Path>) -> Value {
    serde_json::from_str(&read(dir, name)).unwrap()
}

/// A configuration of `mlp-gamma` that runs in a fraction of a second, with `steps` steps and an optimiser.
pub fn config(steps: u64, optimizer: &str, learning_rate: &str) -> String {
    format!(
        r#"weight_decays = [1e-4, 1e-2]
seeds = [0, 1]
[task]
name = "teacher"
inputs = 6
hidden = 5
outputs = 2
[model]
width = 8
depth = 2
activation = "tanh"
bias = "learned"
init = "uniform_fan_in"
[training]
loss = "squared_error"
learning_rate = {learning_rate}
batch = 4
steps = {steps}
optimizer = {optimizer}
[measurement]
samples = 40
count = 2
"#
    )
}

/// Adam, written out.
pub const ADAM: &str = r#"{ name = "adam" }"#;

/// Runs an experiment with a configuration, which is left in `config.toml`; `more` are further words of the command line.
pub fn run(dir: &Path, experiment: &str, text: &str, more: &str) -> [String; 2] {
    fs::write(dir.join("config.toml"), text).unwrap();
    said(
        dir,
        &format!("run {experiment} --config config.toml {more}"),
    )
}

/// Makes a figure at the smoke preset, in `out`; its folder, which holds every file, and standard error.
pub fn figure(dir: &Path, id: &str) -> (PathBuf, String) {
    let line = format!("figure {id} --preset smoke --check --out out");
    let [_, errors] = said(dir, &line);
    let folder = dir.join("out").join(id).join("smoke");
    let texts = ["data.csv", "claims.json", "report.md", "provenance.json"];
    for file in ["figure.svg", "figure.png"].into_iter().chain(texts) {
        let length = fs::metadata(folder.join(file)).unwrap().len();
        assert!(length > 100, "{id}/{file}");
    }
    (folder, errors)
}

/// Kills a run when `count` cells have checkpoints and lets another finish it: tables are those of a run that nothing
/// stopped. They are left in `killed` and `unbroken`.
pub fn survives_a_kill(dir: &Path, line: &str, count: usize, tables: &[&str]) {
    said(dir, &format!("{line} --out unbroken"));
    stop_at_checkpoints(dir, line, "killed", count, "KILL");
    let killed = |table: &&&str| dir.join("killed").join(table).exists();
    assert_eq!(tables.iter().find(killed), None);
    said(dir, &format!("{line} --out killed"));
    for table in tables {
        let [one, other] = ["unbroken", "killed"].map(|out| read(&dir.join(out), table));
        assert_eq!(one, other);
    }
    let cells = cell_files(dir, "killed", "cell.json");
    let resumed = |record: &PathBuf| read_json(dir, record)["resumed_at"].as_u64() > Some(0);
    assert!(cells.iter().any(resumed));
}

/// Runs a command line with its results in `out`, and sends it a signal when `count` cells have checkpoints.
pub fn stop_at_checkpoints(
    dir: &Path,
    line: &str,
    out: &str,
    count: usize,
    signal: &str,
) -> Output {
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_formant"))
        .args(line.split(' '))
        .args(["--out", out])
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let cells = dir.join(out).join("cells");
    let checkpoints = || {
        let entries = fs::read_dir(&cells).into_iter().flatten().flatten();
        let partial = |path: &Path| path.extension().is_some_and(|end| end == "partial");
        entries.filter(|entry| partial(&entry.path())).count()
    };
    let began = Instant::now();
    while checkpoints() < count && began.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut kill = std::process::Command::new("kill");
    kill.args([format!("-{signal}"), child.id().to_string()]);
    assert!(kill.status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    // One of them may be on its way to its place.
    assert!(
        checkpoints() + 1 >= count,
        "the run ended before it could be stopped"
    );
    output
}

/// A file of every finished cell that has one of this name.
pub fn cell_files(dir: &Path, out: &str, name: &str) -> Vec<PathBuf> {
    let cells = fs::read_dir(dir.join(out).join("cells")).unwrap();
    let mut files: Vec<PathBuf> = cells.map(|cell| cell.unwrap().path().join(name)).collect();
    files.retain(|file| file.exists());
    files.sort();
    files
}
