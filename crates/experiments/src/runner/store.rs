//! A folder of cells, held by one process at a time.
//!
//! ```text
//! <root>/<key>/            a finished cell: cell.json and what its family keeps
//! <root>/<key>.partial/    a checkpoint of one in progress: checkpoint.json, checkpoint.safetensors, and the same
//! ```
//!
//! Every folder is written under a name that ends in `.tmp` and renamed when all of it has reached the disk: under any
//! other name it is whole. A new checkpoint is `<key>.next` until the old one is out of the way; a folder is renamed to
//! `.gone` before it is deleted. Whatever a kill leaves between two of these steps, the next process completes.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use serde::Serialize;

use super::disk;
use super::files::{Files, sha256};

/// Version of everything that a cell's folder holds, and of the code that a cell's numbers depend on: part of
/// every key, so that a change here makes every cell anew.
pub const CELL_SCHEMA: u32 = 3;

/// Digits of a key.
const DIGITS: usize = 32;

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
        let mut digits = sha256(&json);
        digits.truncate(DIGITS);
        Ok(Self(digits))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a finished cell is; it exists only if the cell is finished.
pub(super) fn finished(root: &Path, key: &Key) -> PathBuf {
    root.join(key.as_str())
}

/// Whether a checkpoint of a finished cell, or a part of one, is still there.
pub(super) fn leftover(root: &Path, key: &Key) -> bool {
    let checkpoint = partial(key.as_str());
    let gone = gone(&checkpoint);
    root.join(checkpoint).exists() || root.join(gone).exists()
}

/// A folder of cells, held by one process at a time.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    // Dropped with the store, which lets the next process in, also after a kill.
    _lock: File,
}

impl Store {
    /// Opens, and if need be makes, the folder, and completes what a kill has left half done.
    ///
    /// # Errors
    /// If it cannot be made, or another process works in it.
    pub fn open(root: &Path) -> Result<Self> {
        disk::make_folder(root)?;
        let path = root.join(".lock");
        let lock =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => anyhow!(
                "another formant is working in {}: wait for it, or choose another folder with --out",
                root.display()
            ),
            TryLockError::Error(error) => anyhow!(
                "cannot lock {}: {error}; choose a folder with --out whose file system has locks",
                path.display()
            ),
        })?;
        let store = Self {
            root: root.to_owned(),
            _lock: lock,
        };
        store.complete()?;
        Ok(store)
    }

    /// The folder of a cell's last checkpoint, if it has one.
    pub fn partial(&self, key: &Key) -> Option<PathBuf> {
        Some(self.root.join(partial(key.as_str()))).filter(|path| path.exists())
    }

    /// Puts a new checkpoint in the place of the last one.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn checkpoint(&self, key: &Key, files: &Files) -> Result<()> {
        self.put(&next(key.as_str()), files)?;
        self.advance(key.as_str())
    }

    /// Finishes a cell, which has no checkpoint from then on.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn finish(&self, key: &Key, files: &Files) -> Result<()> {
        self.put(key.as_str(), files)?;
        self.discard(&partial(key.as_str()))
    }

    /// Forgets a cell, finished or not.
    ///
    /// # Errors
    /// If its folders cannot be removed.
    pub fn remove(&self, key: &Key) -> Result<()> {
        self.discard(&partial(key.as_str()))?;
        self.discard(key.as_str())
    }

    /// How many cells of other versions are here, the first time that this version looks.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn count_others(&self) -> Result<usize> {
        let mark = self.root.join(".schema");
        let version = format!("{CELL_SCHEMA}\n");
        if fs::read_to_string(&mark).is_ok_and(|found| found == version) {
            return Ok(0);
        }
        let cells = self.names()?;
        disk::write(&mark, version.as_bytes())?;
        Ok(cells.iter().filter(|name| is_key(name)).count())
    }

    /// Writes a folder beside its place and gives it its name when it is whole.
    fn put(&self, name: &str, files: &Files) -> Result<()> {
        let beside = self.root.join(format!("{name}.tmp"));
        disk::make_folder(&beside)?;
        for (file, bytes) in files.iter() {
            disk::write(&beside.join(file), bytes)?;
        }
        disk::sync_folder(&beside)?;
        self.rename(&format!("{name}.tmp"), name)
    }

    /// Gives a checkpoint that is whole the place of the one before.
    fn advance(&self, key: &str) -> Result<()> {
        self.discard(&partial(key))?;
        self.rename(&next(key), &partial(key))
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        disk::rename(&self.root.join(from), &self.root.join(to))?;
        disk::sync_folder(&self.root)
    }

    fn discard(&self, name: &str) -> Result<()> {
        if !self.root.join(name).exists() {
            return Ok(());
        }
        let gone = gone(name);
        self.rename(name, &gone)?;
        disk::remove_folder(&self.root.join(gone))
    }

    /// Completes what a kill has left half done.
    fn complete(&self) -> Result<()> {
        let names = self.names()?;
        for name in &names {
            if name.ends_with(".tmp") || name.ends_with(".gone") {
                disk::remove_folder(&self.root.join(name))?;
            } else if let Some(key) = name.strip_suffix(".next") {
                self.advance(key)?;
            } else if let Some(key) = name.strip_suffix(".partial")
                && self.root.join(key).exists()
            {
                self.discard(name)?;
            }
        }
        Ok(())
    }

    /// Folders of the store, those of leftovers first.
    fn names(&self) -> Result<Vec<String>> {
        let unreadable = || format!("cannot read {}", self.root.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root).with_context(unreadable)? {
            let entry = entry.with_context(unreadable)?;
            if entry.path().is_dir() {
                names.extend(entry.file_name().into_string());
            }
        }
        let leftover = |name: &String| !(name.ends_with(".tmp") || name.ends_with(".gone"));
        names.sort_by_key(leftover);
        Ok(names)
    }
}

fn partial(key: &str) -> String {
    format!("{key}.partial")
}

fn gone(name: &str) -> String {
    format!("{name}.gone")
}

fn next(key: &str) -> String {
    format!("{key}.next")
}

fn is_key(name: &str) -> bool {
    name.len() == DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::disk::faults;

    fn files(text: &str) -> Files {
        let mut files = Files::default();
        files.put("a", text);
        files.put("b", text);
        files
    }

    fn text(folder: &Path) -> String {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(read("a"), read("b"));
        read("a")
    }

    #[test]
    fn a_key_depends_on_everything_in_the_specification() {
        let key = |spec: (&str, f64, u64)| Key::of(&spec).unwrap();
        assert_eq!(key(("a", 0.1, 1)), key(("a", 0.1, 1)));
        for other in [("b", 0.1, 1), ("a", 0.1_f64.next_up(), 1), ("a", 0.1, 2)] {
            assert_ne!(key(("a", 0.1, 1)), key(other));
        }
        assert_eq!(key(("a", 0.1, 1)).as_str().len(), DIGITS);
    }

    #[test]
    fn every_kill_leaves_the_last_checkpoint_or_the_new_one() {
        let root = tempfile::tempdir().unwrap();
        let key = Key::of(&"cell").unwrap();
        for kill in 0.. {
            Store::open(root.path())
                .unwrap()
                .checkpoint(&key, &files("old"))
                .unwrap();
            let store = Store::open(root.path()).unwrap();
            faults::arm(root.path(), kill);
            let result = store.checkpoint(&key, &files("new"));
            faults::disarm(root.path());
            drop(store);
            let store = Store::open(root.path()).unwrap();
            let found = text(&store.partial(&key).unwrap());
            assert!(found == "old" || found == "new", "{found} after {kill}");
            assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2, "a leftover");
            if result.is_ok() {
                assert_eq!(found, "new");
                assert!(kill > 8, "only {kill} operations");
                return;
            }
        }
    }

    #[test]
    fn every_kill_leaves_a_checkpoint_or_a_finished_cell() {
        let root = tempfile::tempdir().unwrap();
        let key = Key::of(&"cell").unwrap();
        for kill in 0.. {
            let store = Store::open(root.path()).unwrap();
            store.remove(&key).unwrap();
            store.checkpoint(&key, &files("state")).unwrap();
            faults::arm(root.path(), kill);
            let result = store.finish(&key, &files("result"));
            faults::disarm(root.path());
            drop(store);
            let store = Store::open(root.path()).unwrap();
            let done = finished(root.path(), &key);
            if done.exists() {
                assert_eq!(text(&done), "result");
                assert!(store.partial(&key).is_none());
            } else {
                assert_eq!(text(&store.partial(&key).unwrap()), "state");
            }
            if result.is_ok() {
                assert!(done.exists());
                return;
            }
        }
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
    fn cells_of_another_version_are_counted_once() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("0".repeat(DIGITS))).unwrap();
        let count = || Store::open(root.path()).unwrap().count_others().unwrap();
        assert_eq!([count(), count()], [1, 0]);
    }
}
