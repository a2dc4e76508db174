//! Cells on disk: what finished runs measured, and where stopped ones go on.
//!
//! ```text
//! <root>/<key>/            a finished cell: cell.json, measurements.csv, events.jsonl
//! <root>/<key>.partial/    one in progress: the same, and checkpoint.safetensors
//! ```
//!
//! A folder appears at its final name by a rename, when everything in it has reached the disk: it is never half
//! there. A kill loses at most the work since the last checkpoint.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Version of everything that a cell's folder holds, and of the code that a cell's numbers depend on: part of
/// every key, so that a change here makes every cell anew.
pub const CELL_SCHEMA: u32 = 3;

/// What identifies a cell, as 32 hexadecimal digits: the start of the SHA-256 of its specification.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// The key of a specification, which has to hold everything that the result depends on.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn of(spec: &impl Serialize) -> Result<Self> {
        let json = serde_json::to_vec(&(CELL_SCHEMA, spec)).context("the cell's specification")?;
        let digest = Sha256::digest(&json);
        Ok(Self(
            digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        ))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A folder of cells, held by one process at a time.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    // Dropped with the store, which lets the next process in, also after a kill.
    _lock: File,
}

impl Store {
    /// Opens, and if need be makes, the folder.
    ///
    /// # Errors
    /// If it cannot be made, or another process works in it.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("cannot make {}", root.display()))?;
        let path = root.join(".lock");
        let lock =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        if lock.try_lock().is_err() {
            bail!(
                "another formant is working in {}: wait for it, or choose another folder with --out",
                root.display()
            );
        }
        Ok(Self {
            root: root.to_owned(),
            _lock: lock,
        })
    }

    /// The folder of a finished cell; it exists only if the cell is finished.
    pub fn finished(&self, key: &Key) -> PathBuf {
        finished(&self.root, key)
    }

    /// The folder of a cell in progress, made if need be.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn partial(&self, key: &Key) -> Result<PathBuf> {
        let path = self.root.join(format!("{}.partial", key.as_str()));
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(path)
    }

    /// Forgets a cell, finished or not.
    ///
    /// # Errors
    /// If its folders cannot be removed.
    pub fn remove(&self, key: &Key) -> Result<()> {
        for path in [
            self.finished(key),
            self.root.join(format!("{}.partial", key.as_str())),
        ] {
            if path.exists() {
                fs::remove_dir_all(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Gives a cell in progress its final name. Its files have to be whole.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn finish(&self, key: &Key) -> Result<()> {
        let from = self.partial(key)?;
        sync_folder(&from)?;
        let to = self.finished(key);
        fs::rename(&from, &to)
            .with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))?;
        sync_folder(&self.root)
    }
}

/// Where a finished cell is, also for a reader that does not hold the store.
pub fn finished(root: &Path, key: &Key) -> PathBuf {
    root.join(key.as_str())
}

fn sync_folder(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot flush {}", path.display()))
}

/// Writes a file whole or not at all.
///
/// # Errors
/// If the file system refuses.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    file.write_all(bytes).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}

/// Writes a value as JSON, whole or not at all.
///
/// # Errors
/// If it cannot be serialised or written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let mut json = serde_json::to_vec_pretty(value)?;
    json.push(b'\n');
    write_atomically(path, &json)
}

/// Reads a JSON file.
///
/// # Errors
/// If it is missing or not what it should be; the message names the file and says what to do.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is damaged: delete its folder, and the cell is run again",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_everything_in_the_specification() {
        let key = |spec: (&str, f64, u64)| Key::of(&spec).unwrap();
        assert_eq!(key(("a", 0.1, 1)), key(("a", 0.1, 1)));
        for other in [("b", 0.1, 1), ("a", 0.1_f64.next_up(), 1), ("a", 0.1, 2)] {
            assert_ne!(key(("a", 0.1, 1)), key(other));
        }
        assert_eq!(key(("a", 0.1, 1)).as_str().len(), 32);
    }

    #[test]
    fn a_cell_is_finished_only_after_finish() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path()).unwrap();
        let key = Key::of(&"cell").unwrap();
        let partial = store.partial(&key).unwrap();
        write_json(&partial.join("cell.json"), &7).unwrap();
        assert!(!store.finished(&key).exists());
        store.finish(&key).unwrap();
        assert_eq!(
            read_json::<u32>(&store.finished(&key).join("cell.json")).unwrap(),
            7
        );
        store.remove(&key).unwrap();
        assert!(!store.finished(&key).exists());
    }

    #[test]
    fn a_second_process_is_turned_away() {
        let root = tempfile::tempdir().unwrap();
        let first = Store::open(root.path()).unwrap();
        let error = Store::open(root.path()).unwrap_err().to_string();
        assert!(error.contains("another formant"), "{error}");
        drop(first);
        Store::open(root.path()).unwrap();
    }

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
