//! What a cell's folder says of itself: `cell.json` of a finished one, `checkpoint.json` of one in progress.
//!
//! Both hold the SHA-256 of every other file beside them, and of themselves.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};
use formant_backend::MemberExecution;
use formant_train::{Checkpoint, Divergence};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::disk::{self, damaged, read_json};
use super::family::Family;
use super::files::{Files, sha256};
use super::folder::{RECORD, SAVED};
use super::store::{CELL_SCHEMA, Key};

/// How a cell ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Outcome {
    /// It took all its steps.
    Finished,
    /// It came to rest earlier.
    Converged,
    /// Numbers stopped being finite.
    Diverged(Divergence),
}

impl Outcome {
    /// Whether numbers stopped being finite.
    pub fn diverged(&self) -> bool {
        matches!(self, Self::Diverged(_))
    }
}

/// Where a cell was computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Version of this program.
    pub formant_version: String,
    /// Its features.
    pub features: Vec<String>,
    /// Device.
    pub device: String,
    /// How members ran.
    pub execution: MemberExecution,
    /// Processor.
    pub host_cpu: String,
}

/// `cell.json`: what the cell is, how it ended, where it was computed. `D` is what its family adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record<S, D> {
    /// [`CELL_SCHEMA`].
    pub schema_version: u32,
    /// What identifies it.
    pub spec: S,
    /// How it ended.
    pub outcome: Outcome,
    /// What its family says of it.
    #[serde(flatten)]
    pub details: D,
    /// What computed it.
    #[serde(flatten)]
    pub machine: Machine,
    /// Step at which the process that finished it resumed; 0 if nothing stopped it.
    pub resumed_at: u64,
    /// Cells that trained in one ensemble with it.
    pub ensemble: usize,
    /// Seconds spent on that ensemble, by all processes.
    pub wall_time_s: f64,
    /// SHA-256 of the other files.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of this record without this field.
    pub sha256: String,
}

impl<S, D> Record<S, D> {
    /// This cell's share of the time that its ensemble took, in seconds.
    pub fn share_s(&self) -> f64 {
        self.wall_time_s / self.ensemble.max(1) as f64
    }
}

/// A finished cell.
#[derive(Debug, Clone)]
pub struct Finished<F: Family> {
    /// What it is and how it ended.
    pub record: Record<F::Spec, F::Details>,
    /// What it found.
    pub found: F::Found,
}

/// The state of a cell that is not finished.
#[derive(Debug, Clone)]
pub struct State {
    /// The network and its optimiser.
    pub network: Checkpoint,
    /// What has been found so far.
    pub files: Files,
}

/// `checkpoint.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Saved {
    pub schema_version: u32,
    pub key: String,
    pub step: u64,
    /// Seconds spent on its ensemble so far.
    pub wall_time_s: f64,
    pub files: BTreeMap<String, String>,
    pub sha256: String,
}

const NETWORK: &str = "checkpoint.safetensors";

/// A file that holds its own SHA-256.
trait Sealed: Serialize {
    fn seal(&mut self) -> &mut String;

    /// What the SHA-256 is of.
    fn digest(&mut self) -> Result<String> {
        let said = std::mem::take(self.seal());
        let digest = sha256(&serde_json::to_vec(self)?);
        *self.seal() = said;
        Ok(digest)
    }

    fn check(&mut self, path: &Path) -> Result<()> {
        let digest = self.digest()?;
        ensure!(
            digest == *self.seal(),
            "{}: its SHA-256 is not the recorded one",
            damaged(path)
        );
        Ok(())
    }
}

impl<S: Serialize, D: Serialize> Sealed for Record<S, D> {
    fn seal(&mut self) -> &mut String {
        &mut self.sha256
    }
}

impl Sealed for Saved {
    fn seal(&mut self) -> &mut String {
        &mut self.sha256
    }
}

/// All files of a finished cell.
pub(super) fn pack<S: Serialize, D: Serialize>(
    mut record: Record<S, D>,
    mut files: Files,
) -> Result<Files> {
    record.files = files.hashes();
    record.sha256 = record.digest()?;
    files.put(RECORD, disk::json(&record)?);
    Ok(files)
}

/// Reads the finished cell of a specification and checks every file.
pub(super) fn unpack<S, D>(folder: &Path, spec: &S) -> Result<(Record<S, D>, Files)>
where
    S: PartialEq + Serialize + DeserializeOwned,
    D: Serialize + DeserializeOwned,
{
    let path = folder.join(RECORD);
    let mut record: Record<S, D> = read_json(&path)?;
    ensure!(
        record.schema_version == CELL_SCHEMA,
        "{} has schema version {}, expected {CELL_SCHEMA}: delete its folder, and the cell is run again",
        path.display(),
        record.schema_version
    );
    record.check(&path)?;
    ensure!(record.spec == *spec, of_another(&path));
    let files = Files::read(folder, &record.files)?;
    Ok((record, files))
}

/// All files of a checkpoint.
pub(super) fn pack_state(key: &Key, step: u64, state: State, wall_time_s: f64) -> Result<Files> {
    let State { network, mut files } = state;
    files.put(NETWORK, network.to_bytes(key.as_str())?);
    let mut saved = Saved {
        schema_version: CELL_SCHEMA,
        key: key.as_str().to_owned(),
        step,
        wall_time_s,
        files: files.hashes(),
        sha256: String::new(),
    };
    saved.sha256 = saved.digest()?;
    files.put(SAVED, disk::json(&saved)?);
    Ok(files)
}

/// What a checkpoint says of itself.
pub(super) fn read_saved(folder: &Path, key: &Key) -> Result<Saved> {
    let path = folder.join(SAVED);
    let mut saved: Saved = read_json(&path)?;
    saved.check(&path)?;
    ensure!(
        saved.key == key.as_str() && saved.schema_version == CELL_SCHEMA,
        of_another(&path)
    );
    Ok(saved)
}

/// What to do about a file that has its name from one cell and its contents from another.
fn of_another(path: &Path) -> String {
    let path = path.display();
    format!("{path} is of another cell: delete its folder, and the cell is run again")
}

/// Reads a checkpoint and checks every file.
pub(super) fn unpack_state(folder: &Path, key: &Key) -> Result<(Saved, State)> {
    let saved = read_saved(folder, key)?;
    let files = Files::read(folder, &saved.files)?;
    let path = folder.join(NETWORK);
    let network = Checkpoint::from_bytes(files.get(NETWORK)?, key.as_str(), &path)?;
    Ok((saved, State { network, files }))
}
