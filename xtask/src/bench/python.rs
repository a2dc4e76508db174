//! A Python that has a library: the one that the user names, or a virtual environment made for the purpose.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::binary::workspace_root;
use crate::say::note;

/// Where the libraries come from.
#[derive(clap::Args)]
pub struct Choice {
    /// A Python that has what is needed already; nothing is installed
    #[arg(long, value_name = "PROGRAM", conflicts_with = "venv")]
    python: Option<PathBuf>,
    /// The virtual environment to use, made if it is not there [default: target/pytorch-venv]
    #[arg(long, value_name = "DIR")]
    venv: Option<PathBuf>,
}

/// What a script imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    /// PyTorch.
    Torch,
    /// NumPy alone, which is small.
    Numpy,
}

impl Library {
    const fn module(self) -> &'static str {
        match self {
            Self::Torch => "torch",
            Self::Numpy => "numpy",
        }
    }

    /// The version of it that `python` imports, if it does.
    fn version(self, sh: &Shell, python: &Path) -> Option<String> {
        let module = self.module();
        let code = format!("import {module}; print({module}.__version__)");
        cmd!(sh, "{python} -c {code}")
            .quiet()
            .ignore_stderr()
            .read()
            .ok()
    }

    /// The same, or what to do without one; says what was found.
    fn check(self, sh: &Shell, python: &Path) -> Result<()> {
        let (module, program) = (self.module(), python.display());
        let version = self.version(sh, python).with_context(|| {
            format!(
                "`{program} -c 'import {module}'` fails: name a Python that has {module}, or leave --python out to \
                 have it installed"
            )
        })?;
        note(format_args!("{module} {version} of {program}"));
        Ok(())
    }
}

/// The path of a Python that imports `library`, after installing it if need be.
///
/// # Errors
/// If the user's Python has none, or if the environment cannot be made or filled; the message says what to do.
pub fn with(library: Library, sh: &Shell, choice: &Choice) -> Result<PathBuf> {
    if let Some(python) = &choice.python {
        library.check(sh, python)?;
        return Ok(python.clone());
    }
    let venv = choice.venv.clone().unwrap_or_else(default_venv);
    let program = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let python = venv.join(program);
    let requirements = workspace_root().join("benches/pytorch/requirements.txt");
    let wanted = pinned(&sh.read_file(&requirements)?, library.module())?;
    if library
        .version(sh, &python)
        .is_none_or(|version| !is_pinned(&version, &wanted))
    {
        note(format_args!(
            "installing {} {wanted} in {}, once",
            library.module(),
            venv.display()
        ));
        if !python.exists() {
            make(sh, &venv)?;
        }
        match library {
            Library::Torch => {
                note(format_args!(
                    "a download of 0.2 GB, or of 3 GB (7 GB on the disk) where only pypi.org can be reached, whose \
                     wheel for Linux brings CUDA; delete the folder to be rid of it"
                ));
                fill(sh, &python, &["-r".into(), requirements])?;
            }
            Library::Numpy => fill(sh, &python, &[format!("numpy=={wanted}").into()])?,
        }
    }
    library.check(sh, &python)?;
    Ok(python)
}

fn default_venv() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace_root().join("target"), PathBuf::from);
    target.join("pytorch-venv")
}

/// The version of `module` that the requirements pin.
fn pinned(requirements: &str, module: &str) -> Result<String> {
    let version = requirements
        .lines()
        .find_map(|line| line.strip_prefix(module)?.strip_prefix("=="));
    let version = version.with_context(|| format!("the requirements pin no {module}"))?;
    Ok(version.trim().to_owned())
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
             the library with --python"
        )
    })
}

/// Installs `what`, in pip's words.
fn fill(sh: &Shell, python: &Path, what: &[PathBuf]) -> Result<()> {
    let quiet = ["--disable-pip-version-check", "--retries", "1"];
    cmd!(sh, "{python} -m pip install {quiet...} {what...}").run().with_context(|| {
        let python = python.display();
        format!(
            "pip could not install. Without a network: where there is one, run `pip download -d wheels -r \
             benches/pytorch/requirements.txt`; bring the folder here and run `{python} -m pip install --no-index \
             --find-links wheels torch numpy`; or name a Python that has the library with --python"
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pinned_versions_are_read_from_the_requirements() {
        let text = "# torch==0\nnumpy==1.2\ntorch==2.9.1\n";
        assert_eq!(pinned(text, "torch").unwrap(), "2.9.1");
        assert_eq!(pinned(text, "numpy").unwrap(), "1.2");
        let error = pinned("torch>=2\n", "torch").unwrap_err();
        assert_eq!(error.to_string(), "the requirements pin no torch");
    }

    #[test]
    fn a_local_suffix_is_the_same_version() {
        assert!(is_pinned("2.9.1", "2.9.1") && is_pinned("2.9.1+cpu", "2.9.1"));
        assert!(!is_pinned("2.9.10", "2.9.1") && !is_pinned("2.8.0+cu128", "2.9.1"));
    }

    #[test]
    fn a_python_without_the_library_is_named() {
        let choice = Choice {
            python: Some("no-such-python".into()),
            venv: None,
        };
        let error = with(Library::Torch, &Shell::new().unwrap(), &choice).unwrap_err();
        let start = "`no-such-python -c 'import torch'` fails";
        assert!(error.to_string().starts_with(start), "{error}");
    }
}
