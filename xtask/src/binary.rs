//! Building and running the binaries of the workspace.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::say::note;

/// A binary of the workspace.
pub struct Binary {
    package: &'static str,
    name: &'static str,
    /// How long the first build takes, where that is worth a warning.
    first_build: &'static str,
}

impl Binary {
    /// Trains, measures, draws.
    pub const FORMANT: Self = Self {
        package: "formant-experiments",
        name: "formant",
        first_build: "four to six minutes on two cores",
    };
    /// Downloads data sets.
    pub const FETCH: Self = Self {
        package: "formant-fetch",
        name: "formant-fetch",
        first_build: "about half a minute on two cores",
    };
    /// formant's side of the comparison with PyTorch.
    pub const SIDE_BY_SIDE: Self = Self {
        package: "formant-benches",
        name: "side_by_side",
        first_build: "a minute or two more than formant itself",
    };

    /// The line that is shown before the build.
    fn announcement(&self, seen: Seen) -> String {
        let Self {
            name, first_build, ..
        } = self;
        match seen {
            Seen::Never => {
                format!("building {name}: this happens once and takes {first_build}")
            }
            Seen::Built => format!("building {name}: only what changed"),
            Seen::Timed(time) => format!(
                "building {name}: only what changed (all of it took {} here)",
                shown(time)
            ),
        }
    }
}

/// What this target folder shows of earlier builds of a binary.
#[derive(Clone, Copy)]
enum Seen {
    Never,
    /// The binary is there; cargo was started by hand.
    Built,
    /// The longest build that was started from here.
    Timed(Duration),
}

impl Seen {
    /// Looks beside `xtask`, a binary of the same target folder.
    fn beside(xtask: &Path, binary: &Binary) -> Self {
        match read_time(&time_file(xtask, binary)) {
            Some(time) => Self::Timed(time),
            None if xtask.with_file_name(binary.name).exists() => Self::Built,
            None => Self::Never,
        }
    }
}

/// Builds a binary and returns where it is.
///
/// The profile is the one that tests use, so that burn is compiled once for both. Cargo says where the binary is, as
/// the user's configuration may have moved the target folder.
pub fn build(sh: &Shell, binary: &Binary, extra: &[&str]) -> Result<PathBuf> {
    let xtask = std::env::current_exe()?;
    let seen = Seen::beside(&xtask, binary);
    note(binary.announcement(seen));
    let Binary { package, name, .. } = binary;
    let started = Instant::now();
    let messages = cargo(sh, "build")
        .args(["--package", package, "--bin", name])
        .args(extra)
        .args(["--message-format", "json-render-diagnostics"])
        .quiet()
        .read()
        .with_context(|| format!("{name} could not be built; cargo's errors are above"))?;
    let Some(path) = executable(&messages, name) else {
        bail!("cargo built {name}, but did not say where it is");
    };
    keep_time(seen, started.elapsed(), &time_file(&path, binary));
    Ok(path)
}

/// Keeps the time of the longest build for the next announcement.
fn keep_time(seen: Seen, took: Duration, file: &Path) {
    let longest = match seen {
        Seen::Timed(longest) => took > longest,
        Seen::Never | Seen::Built => took > WORTH_A_NOTE,
    };
    if longest {
        // Without the note the next announcement is less exact, which is no reason to fail.
        let _ = fs::write(file, took.as_secs().to_string());
        note(format_args!("built in {}", shown(took)));
    }
}

/// A command of cargo in this workspace.
pub fn cargo<'a>(sh: &'a Shell, command: &str) -> Cmd<'a> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = workspace_root().join("Cargo.toml");
    as_by_hand(cmd!(sh, "{cargo} {command} --manifest-path {manifest}"))
}

/// A command that runs cargo, without what `cargo run` tells xtask of the package xtask.
///
/// Build scripts that watch such a variable (ring's watches `CARGO_MANIFEST_DIR`) would run again, and everything above
/// them would be compiled anew, whenever cargo is started from here and by hand in turn.
pub fn as_by_hand(command: Cmd<'_>) -> Cmd<'_> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names
        .filter(|name| name.starts_with("CARGO_PKG_") || TOLD_BY_CARGO.contains(&name.as_str()))
        .fold(command, Cmd::env_remove)
}

/// A build that took less was not the first.
const WORTH_A_NOTE: Duration = Duration::from_secs(10);

const TOLD_BY_CARGO: [&str; 6] = [
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "OUT_DIR",
];

/// The file beside a binary of this target folder that holds the seconds of the longest build of `binary`.
fn time_file(beside: &Path, binary: &Binary) -> PathBuf {
    beside.with_file_name(format!("{}.build-seconds", binary.name))
}

fn read_time(file: &Path) -> Option<Duration> {
    let seconds = fs::read_to_string(file).ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn shown(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// The path of a binary in cargo's messages, one JSON object a line.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let message = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == name && message["executable"].is_string()).then_some(message)
    })?;
    message["executable"].as_str().map(PathBuf::from)
}

/// Options that have a value, as a command line.
pub fn options<const N: usize>(
    options: [(&'static str, Option<OsString>); N],
) -> impl Iterator<Item = OsString> {
    options
        .into_iter()
        .filter_map(|(name, value)| Some([name.into(), value?]))
        .flatten()
}

/// Runs a binary with `args`, on this terminal, and exits as it does. The last thing that is done: on Unix the binary takes
/// the place of this process, so that signals reach it.
pub fn hand_over(sh: &Shell, binary: &Path, args: &[OsString]) -> Result<ExitCode> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let command = command(sh, binary, args);
        let shown = command.to_string();
        let error = Command::from(command).exec();
        Err(error).with_context(|| format!("`{shown}` could not be started"))
    }
    #[cfg(not(unix))]
    exit_code(command(sh, binary, args))
}

fn command<'a>(sh: &'a Shell, binary: &Path, args: &[OsString]) -> Cmd<'a> {
    // What the user typed, for provenance and for the report's "make it again".
    let words = std::env::args_os().skip(1);
    let words: Vec<_> = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let typed = words.join(" ");
    cmd!(sh, "{binary} {args...}").env("FORMANT_INVOKED_AS", format!("cargo xtask {typed}"))
}

/// Runs a command on this terminal; its exit code becomes ours.
pub fn exit_code(command: Cmd<'_>) -> Result<ExitCode> {
    let shown = command.to_string();
    let status = Command::from(command)
        .status()
        .with_context(|| format!("`{shown}` could not be started"))?;
    // No code means that a signal ended it.
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The folder of the workspace's `Cargo.toml`.
pub fn workspace_root() -> PathBuf {
    let here =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(here).join("..")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_build_is_announced_and_its_time_is_remembered() {
        let folder = Shell::new().unwrap().create_temp_dir().unwrap();
        let (xtask, formant) = (
            folder.path().join("xtask"),
            folder.path().join(Binary::FORMANT.name),
        );
        let announcement = || {
            let seen = Seen::beside(&xtask, &Binary::FORMANT);
            Binary::FORMANT.announcement(seen)
        };
        assert!(announcement().contains("this happens once and takes four to six minutes"));
        fs::write(&formant, "").unwrap();
        assert_eq!(announcement(), "building formant: only what changed");

        let times = time_file(&formant, &Binary::FORMANT);
        for (seconds, kept) in [(3, None), (312, Some(312)), (40, Some(312))] {
            let seen = Seen::beside(&xtask, &Binary::FORMANT);
            keep_time(seen, Duration::from_secs(seconds), &times);
            assert_eq!(read_time(&times), kept.map(Duration::from_secs));
        }
        assert!(announcement().ends_with("(all of it took 5 min 12 s here)"));
    }

    #[test]
    fn the_path_is_that_of_the_binary() {
        let other = r#"{"target":{"name":"build-script"},"executable":"/a"}"#;
        let line = |executable: &str| {
            format!(r#"{{"target":{{"name":"formant"}},"executable":{executable}}}"#)
        };
        let messages = format!("{other}\nnot JSON\n{}\n{}", line("null"), line("\"/b\""));
        assert_eq!(executable(&messages, "formant"), Some("/b".into()));
        assert_eq!(executable(other, "formant"), None);
    }
}
