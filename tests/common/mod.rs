//! Running the binary as a user does, on experiments small enough for tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::Command;

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

/// Writes a configuration into a folder and returns its path.
pub fn write(dir: &Path, text: &str) -> PathBuf {
    let path = dir.join("config.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Runs `mlp-gamma` and returns the table that it wrote.
pub fn run(dir: &Path, text: &str, out: &str, more: &[&str]) -> String {
    let config = write(dir, text);
    formant(dir)
        .args(["run", "mlp-gamma", "--out", out, "--config"])
        .arg(config)
        .args(more)
        .assert()
        .success();
    fs::read_to_string(dir.join(out).join("data.csv")).unwrap()
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

/// Runs an experiment into `out` and kills it when that many cells have checkpoints.
pub fn kill_at_checkpoints(dir: &Path, experiment: &[&str], out: &str, count: usize) {
    stop_at_checkpoints(dir, experiment, out, count, "KILL");
}

/// Runs an experiment into `out` and sends it a signal when that many cells have checkpoints.
pub fn stop_at_checkpoints(
    dir: &Path,
    experiment: &[&str],
    out: &str,
    count: usize,
    signal: &str,
) -> Output {
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_formant"))
        .arg("run")
        .args(experiment)
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

/// The records of all finished cells.
pub fn records(dir: &Path, out: &str) -> Vec<serde_json::Value> {
    let cells = fs::read_dir(dir.join(out).join("cells")).unwrap();
    let files = cells.map(|cell| cell.unwrap().path().join("cell.json"));
    let texts = files.filter_map(|file| fs::read_to_string(file).ok());
    texts
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect()
}
