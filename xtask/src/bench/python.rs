//! A Python that has PyTorch: the one that the user names, or a virtual environment made for the purpose.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::formant::workspace_root;

/// Where PyTorch comes from.
#[derive(clap::Args)]
pub struct Choice {
    /// A Python that has PyTorch already; nothing is installed
    #[arg(long, value_name = "PROGRAM", conflicts_with = "venv")]
    python: Option<PathBuf>,
    /// The virtual environment to use, made if it is not there [default: target/pytorch-venv]
    #[arg(long, value_name = "DIR")]
    venv: Option<PathBuf>,
}

/// The path of a Python that imports PyTorch, after installing it if need be.
///
/// # Errors
/// If the user's Python has no PyTorch, or if the environment cannot be made or filled; the message says what to do.
pub fn with_torch(sh: &Shell, choice: &Choice) -> Result<PathBuf> {
    if let Some(python) = &choice.python {
        let version = imported(sh, python)?;
        eprintln!("PyTorch {version} of {}", python.display());
        return Ok(python.clone());
    }
    let venv = choice.venv.clone().unwrap_or_else(default_venv);
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let requirements = workspace_root().join("benches/pytorch/requirements.txt");
    let wanted = pinned(&sh.read_file(&requirements)?)?;
    if torch_version(sh, &python).is_none_or(|version| !is_pinned(&version, &wanted)) {
        eprintln!(
            "installing PyTorch {wanted} in {}, once: a download of 0.2 GB, or of 3 GB (7 GB on the disk) where only \
             pypi.org can be reached, whose wheel for Linux brings CUDA; delete the folder to be rid of it",
            venv.display()
        );
        if !python.exists() {
            make(sh, &venv)?;
        }
        fill(sh, &python, &requirements)?;
    }
    let version = imported(sh, &python)?;
    eprintln!("PyTorch {version} of {}", venv.display());
    Ok(python)
}

fn default_venv() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace_root().join("target"), PathBuf::from);
    target.join("pytorch-venv")
}

/// The version of PyTorch that `python` imports, if it does.
fn torch_version(sh: &Shell, python: &Path) -> Option<String> {
    let code = "import torch; print(torch.__version__)";
    cmd!(sh, "{python} -c {code}")
        .quiet()
        .ignore_stderr()
        .read()
        .ok()
}

/// The version of PyTorch that `python` imports, or what to do without one.
fn imported(sh: &Shell, python: &Path) -> Result<String> {
    torch_version(sh, python).with_context(|| {
        let python = python.display();
        format!("`{python} -c 'import torch'` fails: name a Python that has PyTorch, or leave --python out to have one installed")
    })
}

/// The version of torch that the requirements pin.
fn pinned(requirements: &str) -> Result<String> {
    let version = requirements
        .lines()
        .find_map(|line| line.strip_prefix("torch=="));
    Ok(version
        .context("the requirements pin no torch")?
        .trim()
        .to_owned())
}

/// Whether `version` is the pinned one; wheels from PyTorch's own index carry a suffix such as `+cpu`.
fn is_pinned(version: &str, wanted: &str) -> bool {
    version.split('+').next() == Some(wanted)
}

/// Makes an empty environment.
fn make(sh: &Shell, venv: &Path) -> Result<()> {
    let system = if cfg!(windows) { "python" } else { "python3" };
    cmd!(sh, "{system} -m venv {venv}").run().with_context(|| {
        format!(
            "`{system} -m venv` failed: install Python 3.11 or later with its venv module, or name a Python that has \
             PyTorch with --python"
        )
    })
}

/// Installs the requirements.
fn fill(sh: &Shell, python: &Path, requirements: &Path) -> Result<()> {
    let quiet = ["--disable-pip-version-check", "--retries", "1"];
    cmd!(sh, "{python} -m pip install {quiet...} -r {requirements}").run().with_context(|| {
        let (python, file) = (python.display(), requirements.display());
        format!(
            "pip could not install {file}. Without a network: run `pip download -d wheels -r {file}` where there is \
             one, bring the folder here, and run `{python} -m pip install --no-index --find-links wheels torch numpy`; \
             or name a Python that has PyTorch with --python"
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_version_is_read_from_the_requirements() {
        assert_eq!(
            pinned("# torch==0\nnumpy==1\ntorch==2.9.1\n").unwrap(),
            "2.9.1"
        );
        assert!(
            pinned("torch>=2\n")
                .unwrap_err()
                .to_string()
                .contains("pin no torch")
        );
    }

    #[test]
    fn a_local_suffix_is_the_same_version() {
        assert!(is_pinned("2.9.1", "2.9.1") && is_pinned("2.9.1+cpu", "2.9.1"));
        assert!(!is_pinned("2.9.10", "2.9.1") && !is_pinned("2.8.0+cu128", "2.9.1"));
    }

    #[test]
    fn a_python_without_torch_is_named() {
        let choice = Choice {
            python: Some("no-such-python".into()),
            venv: None,
        };
        let error = with_torch(&Shell::new().unwrap(), &choice).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`no-such-python -c 'import torch'` fails")
        );
    }
}
