//! Building and running the binary `formant`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use xshell::{Cmd, Shell, cmd};

/// The backends that `formant` can be built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The CPU backend that is the default
    Flex,
    /// The CPU backend on ndarray, slower
    Ndarray,
    /// NVIDIA GPUs; switches a feature on, and so builds anew the first time
    Cuda,
}

impl Backend {
    /// The name that `formant` knows it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            Self::Cuda => "cuda",
        }
    }

    /// What cargo must be told for `formant` to have it. The CPU backends are default features.
    const fn cargo_args(self) -> &'static [&'static str] {
        match self {
            Self::Flex | Self::Ndarray => &[],
            Self::Cuda => &["--features", "cuda"],
        }
    }
}

/// Builds `formant` and returns where it is.
///
/// The profile is the one that tests use, so that burn is compiled once for both. Cargo says where the binary is, as
/// the user's configuration may have moved the target folder.
pub fn build(sh: &Shell, backend: Option<Backend>) -> Result<PathBuf> {
    eprintln!("building formant (the first build takes some minutes)");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = workspace_root().join("Cargo.toml");
    let extra = backend.map_or(&[][..], Backend::cargo_args);
    let messages = cmd!(
        sh,
        "{cargo} build --manifest-path {manifest} --package formant-experiments --bin formant {extra...}
         --message-format json-render-diagnostics"
    )
    .quiet()
    .read()
    .context("formant could not be built; cargo's errors are above")?;
    match executable(&messages) {
        Some(path) => Ok(path),
        None => bail!("cargo built formant, but did not say where it is"),
    }
}

/// The path of `formant` in cargo's messages, one JSON object a line.
fn executable(messages: &str) -> Option<PathBuf> {
    let message = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == "formant" && message["executable"].is_string())
            .then_some(message)
    })?;
    message["executable"].as_str().map(PathBuf::from)
}

/// Runs `formant` with `args`, on this terminal, and exits as it does.
pub fn run(sh: &Shell, formant: &Path, args: &[OsString]) -> Result<ExitCode> {
    // What the user typed, for provenance and for the report's "make it again".
    let typed = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    exit_code(
        cmd!(sh, "{formant} {args...}").env("FORMANT_INVOKED_AS", format!("cargo xtask {typed}")),
    )
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
