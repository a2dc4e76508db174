//! Running the binary as a user does, on experiments small enough for tests.
#![allow(dead_code)] // each test file uses its own part

use std::fs;
use std::path::{Path, PathBuf};

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
