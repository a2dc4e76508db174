//! A folder of cells, held by one process at a time.
//!
//! ```text
//! <root>/<key>/            a finished cell: cell.json and what its family keeps
//! <root>/<key>.partial/    a checkpoint of one in progress: checkpoint.json, checkpoint.safetensors, and the same
//! ```
//!
//! Every folder is written under a name that ends in `.tmp` and renamed when all of it has reached the disk: under any
//! other name it is whole. A new checkpoint is `<key>.next` until the old one is out of the way; a folder is renamed to
//! `.gone` before it is deleted. Whatever a kill leaves between two of these steps, the next process completes. Files that
//! a user has put into a folder that is deleted are in `<key>.kept`, until the cell is finished and has them again.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use serde::Serialize;

use super::disk;
use super::files::{Files, sha256};
use super::folder;

/// Version of everything that a cell's folder holds, and of the code that a cell's numbers depend on: part of
/// every key, so that a change here makes every cell anew.
pub const CELL_SCHEMA: u32 = 5;

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

/// Whether a kill has left something half done.
pub(super) fn has_leftovers(root: &Path) -> bool {
    let names = folder::names(root).unwrap_or_default();
    let left = |name: &String| {
        parts(name).is_some_and(|(key, end)| match end {
            "" => false,
            "partial" | "kept" => root.join(key).exists(),
            _ => true,
        })
    };
    names.iter().any(left)
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
        lock.try_lock().map_err(|error| locked(&error, root))?;
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
        self.discard(&partial(key.as_str()))?;
        self.put_back(key.as_str())
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
        let cells = folder::names(&self.root)?;
        disk::write(&mark, version.as_bytes())?;
        Ok(cells.iter().filter(|name| is_key(name)).count())
    }

    /// Writes a folder beside its place and gives it its name when it is whole.
    fn put(&self, name: &str, files: &Files) -> Result<()> {
        let beside = self.root.join(format!("{name}.tmp"));
        disk::make_folder(&beside)?;
        let is_manifest = |(name, _): &(&str, &[u8])| folder::is_manifest(name);
        let (manifests, others): (Vec<_>, Vec<_>) = files.iter().partition(is_manifest);
        for (file, bytes) in manifests.into_iter().chain(others) {
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

    /// Removes a folder, under another name: half removed it has to be taken for nothing else.
    fn discard(&self, name: &str) -> Result<()> {
        if !self.root.join(name).exists() {
            return Ok(());
        }
        let gone = gone(name);
        self.rename(name, &gone)?;
        self.clear(&gone)
    }

    /// Removes what is left of a folder.
    fn clear(&self, name: &str) -> Result<()> {
        let key = name.get(..DIGITS).unwrap_or(name);
        folder::remove(&self.root.join(name), &self.root.join(kept(key)))
    }

    /// Moves what a user has put into folders of a cell into that of the finished cell.
    fn put_back(&self, key: &str) -> Result<()> {
        let (kept, cell) = (self.root.join(kept(key)), self.root.join(key));
        if kept.exists() && cell.exists() {
            folder::put_back(&kept, &cell)?;
        }
        Ok(())
    }

    /// Completes what a kill has left half done.
    fn complete(&self) -> Result<()> {
        let names = folder::names(&self.root)?;
        let folders = names.iter().filter(|name| self.root.join(name).is_dir());
        let mut parts: Vec<(&str, &str)> = folders.filter_map(|name| parts(name)).collect();
        // What is to be removed first: the others need its name.
        parts.sort_by_key(|(_, end)| !is_rubbish(end));
        for (key, end) in parts {
            match end {
                "next" => self.advance(key)?,
                "partial" if self.root.join(key).exists() => self.discard(&partial(key))?,
                end if is_rubbish(end) => self.clear(&format!("{key}.{end}"))?,
                _ => {}
            }
            self.put_back(key)?;
        }
        Ok(())
    }
}

/// Why a folder cannot be locked.
fn locked(error: &TryLockError, root: &Path) -> anyhow::Error {
    let root = root.display();
    match error {
        TryLockError::WouldBlock => anyhow!(
            "another formant is working in {root}: wait for it, or choose another folder with --out"
        ),
        TryLockError::Error(error) => anyhow!(
            "cannot lock {root}: {error}; its file system seems to have no locks: choose a folder on another with --out"
        ),
    }
}

/// The key that the name of a folder begins with, and what follows it after a dot; `None` for what is not ours.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (key, end) = name.split_once('.').unwrap_or((name, ""));
    is_key(key).then_some((key, end))
}

/// Whether a folder whose name ends so is to be removed.
fn is_rubbish(end: &str) -> bool {
    ["tmp", "gone"].iter().any(|kind| end.ends_with(kind))
}

fn partial(key: &str) -> String {
    format!("{key}.partial")
}

fn gone(name: &str) -> String {
    format!("{name}.gone")
}

fn kept(key: &str) -> String {
    format!("{key}.kept")
}

fn next(key: &str) -> String {
    format!("{key}.next")
}

fn is_key(name: &str) -> bool {
    name.len() == DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
