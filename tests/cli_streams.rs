//! Standard error and standard output that take nothing: a closed one, a pipe without a reader, a full device. No command
//! panics, and nothing but the lines themselves is lost.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::pipe;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::{ADAM, config};

/// Command lines of every command, the wrong ones included. `C` is a configuration.
const COMMANDS: [&[&str]; 10] = [
    &["run", "mlp-gamma", "--config", "C", "--log", "text"],
    &[
        "run",
        "two-points",
        "--setting",
        "two_layer",
        "--seeds",
        "1",
    ],
    &["run", "mlp-gamma", "--config", "missing.toml"],
    &["run", "mlp-gamma", "--example"],
    &["figure", "crh-gamma", "--preset", "smoke", "--seeds", "0"],
    &["align", "missing.npz"],
    &["theory", "phases"],
    &["backends", "--json"],
    &["check-backend", "cuda"],
    &["--help"],
];

/// A stream that takes nothing.
#[derive(Debug, Clone, Copy)]
enum Broken {
    Closed,
    NoReader,
    Full,
}

const ALL: [Broken; 3] = [Broken::Closed, Broken::NoReader, Broken::Full];

impl Broken {
    /// `None` for one that only a shell can make.
    fn stream(self) -> Option<Stdio> {
        match self {
            Self::Closed => None,
            Self::NoReader => Some(pipe().unwrap().1.into()),
            Self::Full => Some(
                File::options()
                    .write(true)
                    .open("/dev/full")
                    .unwrap()
                    .into(),
            ),
        }
    }
}

fn command(dir: &Path, arguments: &[&str], close: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("exec \"$0\" \"$@\" {close}")])
        .arg(env!("CARGO_BIN_EXE_formant"))
        .args(arguments)
        .current_dir(dir)
        .env_remove("FORMANT_DATA");
    command
}

fn prepared() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("C"), config(20, ADAM, "1e-3")).unwrap();
    dir
}

fn table(dir: &Path) -> Vec<Option<String>> {
    let read = |name| fs::read_to_string(dir.join("results/runs").join(name)).ok();
    ["data.csv", "trajectories.csv", "fits.csv"]
        .map(read)
        .into()
}

#[test]
fn what_standard_error_takes_changes_nothing() {
    for arguments in COMMANDS {
        let plain = prepared();
        let expected = command(plain.path(), arguments, "").output().unwrap();
        for broken in ALL {
            let dir = prepared();
            let output: Output = match broken.stream() {
                None => command(dir.path(), arguments, "2>&-").output(),
                Some(stream) => command(dir.path(), arguments, "").stderr(stream).output(),
            }
            .unwrap();
            assert_eq!(output.status, expected.status, "{arguments:?} {broken:?}");
            assert_eq!(output.stdout, expected.stdout, "{arguments:?} {broken:?}");
            assert_eq!(
                table(dir.path()),
                table(plain.path()),
                "{arguments:?} {broken:?}"
            );
        }
    }
}

#[test]
fn what_standard_output_takes_causes_no_panic() {
    for arguments in COMMANDS {
        for broken in ALL {
            let dir = prepared();
            let output = match broken.stream() {
                None => command(dir.path(), arguments, ">&-").output(),
                Some(stream) => command(dir.path(), arguments, "").stdout(stream).output(),
            }
            .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            let orderly = matches!(output.status.code(), Some(0..=2));
            assert!(
                orderly && !said.contains("panicked"),
                "{arguments:?} {broken:?}: {said}"
            );
        }
    }
}
