//! What is done to the file system, one function each: whoever changes a folder of cells does it through these, so that
//! a test can stop a run at any one of them.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Makes a folder and those above it.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    faults::pass(path)?;
    fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))
}

/// Writes a file and waits until it is on the disk. A kill may leave any part of it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    faults::pass(path)?;
    let failed = || format!("cannot write {}", path.display());
    let mut file = File::create(path).with_context(failed)?;
    let (start, end) = bytes.split_at(bytes.len() / 2);
    file.write_all(start).with_context(failed)?;
    faults::pass(path)?;
    file.write_all(end).with_context(failed)?;
    faults::pass(path)?;
    file.sync_all().with_context(failed)
}

/// Gives a file or folder another name in the same folder.
pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    faults::pass(from)?;
    fs::rename(from, to)
        .with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))
}

/// Removes a file.
pub(super) fn remove_file(path: &Path) -> Result<()> {
    faults::pass(path)?;
    fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Removes a folder that is empty.
pub(super) fn remove_folder(path: &Path) -> Result<()> {
    faults::pass(path)?;
    fs::remove_dir(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Waits until the names in a folder are on the disk.
pub(super) fn sync_folder(path: &Path) -> Result<()> {
    faults::pass(path)?;
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot flush {}", path.display()))
}

/// A value as JSON for people.
pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(value)?;
    json.push(b'\n');
    Ok(json)
}

/// Reads a JSON file.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_slice(&read(path)?).with_context(|| damaged(path))
}

/// Reads a file of a cell.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let missing = || {
        format!(
            "cannot read {}: delete its folder, and the cell is run again",
            path.display()
        )
    };
    fs::read(path).with_context(missing)
}

/// What to do about a file of a cell that is not as it was written.
pub(super) fn damaged(path: &Path) -> String {
    format!(
        "{} is damaged: delete its folder, and the cell is run again",
        path.display()
    )
}

#[cfg(not(test))]
mod faults {
    pub(super) fn pass(_: &std::path::Path) -> anyhow::Result<()> {
        Ok(())
    }
}

/// Lets the operations below a folder fail after a number of them, as a kill would stop them.
#[cfg(test)]
pub(crate) mod faults {
    use std::collections::HashMap;
    use std::path::{Path, PathBuf};
    use std::sync::{LazyLock, Mutex};

    static ARMED: LazyLock<Mutex<HashMap<PathBuf, u64>>> = LazyLock::new(Mutex::default);

    /// Lets so many operations below a folder pass, and none after them.
    pub(crate) fn arm(folder: &Path, passing: u64) {
        ARMED.lock().unwrap().insert(folder.to_owned(), passing);
    }

    /// Lets all pass again; gives back how many were left to pass.
    pub(crate) fn disarm(folder: &Path) -> u64 {
        ARMED.lock().unwrap().remove(folder).unwrap_or_default()
    }

    pub(super) fn pass(path: &Path) -> anyhow::Result<()> {
        let mut armed = ARMED.lock().unwrap();
        for (folder, left) in armed.iter_mut() {
            if path.starts_with(folder) {
                anyhow::ensure!(*left > 0, "killed before {}", path.display());
                *left -= 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_named() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("cell.json");
        fs::write(&path, "{").unwrap();
        let error = format!("{:#}", read_json::<u32>(&path).unwrap_err());
        assert!(
            error.contains("cell.json") && error.contains("delete"),
            "{error}"
        );
    }
}
