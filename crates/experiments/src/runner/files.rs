//! The files of a cell, as they go to the disk together and come back together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::disk::{self, damaged};

/// Files by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Files {
    bytes: BTreeMap<String, Vec<u8>>,
    /// Where they were read, for messages.
    folder: PathBuf,
}

impl Files {
    /// One file.
    pub fn one(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let mut files = Self::default();
        files.put(name, bytes);
        files
    }

    /// One file, a value as JSON.
    ///
    /// # Errors
    /// If it cannot be serialised.
    pub fn one_json(name: &str, value: &impl Serialize) -> Result<Self> {
        Ok(Self::one(name, disk::json(value)?))
    }

    /// Adds a file.
    pub fn put(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.bytes.insert(name.into(), bytes.into());
    }

    /// Adds a value as JSON.
    ///
    /// # Errors
    /// If it cannot be serialised.
    pub fn put_json(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        self.put(name, disk::json(value)?);
        Ok(())
    }

    /// The contents of a file.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn get(&self, name: &str) -> Result<&[u8]> {
        let bytes = self.bytes.get(name).map(Vec::as_slice);
        bytes.with_context(|| format!("no {name} in {}", self.folder.display()))
    }

    /// Reads a file with `parse`; the error names the file and says what to do.
    ///
    /// # Errors
    /// If there is none of that name, or `parse` refuses it.
    pub fn parse<T>(&self, name: &str, parse: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        parse(self.get(name)?).with_context(|| damaged(&self.folder.join(name)))
    }

    /// Reads a value from JSON.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        self.parse(name, |bytes| Ok(serde_json::from_slice(bytes)?))
    }

    /// Names and contents.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.bytes
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// The SHA-256 of each file.
    pub(super) fn hashes(&self) -> BTreeMap<String, String> {
        self.iter()
            .map(|(name, bytes)| (name.to_owned(), sha256(bytes)))
            .collect()
    }

    /// Reads files and compares each with its SHA-256.
    pub(super) fn read(folder: &Path, hashes: &BTreeMap<String, String>) -> Result<Self> {
        let mut files = Self {
            folder: folder.to_owned(),
            ..Self::default()
        };
        for (name, expected) in hashes {
            let path = folder.join(name);
            let bytes = disk::read(&path)?;
            ensure!(
                sha256(&bytes) == *expected,
                "{}: its SHA-256 is not the recorded one",
                damaged(&path)
            );
            files.put(name.clone(), bytes);
        }
        Ok(files)
    }
}

/// As 64 hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
