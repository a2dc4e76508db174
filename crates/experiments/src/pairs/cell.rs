//! A finished run on disk: `cell.json` and `trajectory.npz`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use formant_backend::MemberExecution;
use formant_moments::npz::{NpzReader, NpzWriter};
use ndarray::{Array1, Array2, Array3};
use serde::{Deserialize, Serialize};

use super::spec::PairSpec;
use crate::cells::{read_json, write_atomically, write_json};
use crate::provenance::Made;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairOutcome {
    /// It took all its epochs.
    Finished,
    /// Its loss fell below the limit.
    Converged,
    /// Its loss stopped being finite.
    Diverged,
}

/// `cell.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairRecord {
    /// [`CELL_SCHEMA`](crate::cells::CELL_SCHEMA).
    pub schema_version: u32,
    /// What identifies it.
    pub spec: PairSpec,
    /// How it ended.
    pub outcome: PairOutcome,
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
    /// Seconds that were spent on it, and on the members that ran in one model with it.
    pub wall_time_s: f64,
    /// The six relations, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alignments: Vec<Alignment>,
}

/// One relation of one linear map before one epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alignment {
    /// The epoch.
    pub epoch: u64,
    /// The linear map, counted from 1.
    pub layer: u32,
    /// `a` or `b`.
    pub side: String,
    /// `rga`, `rwa`, `gwa`.
    pub relation: String,
    /// Pearson's correlation of the entries of raw second moments; `None` if not defined.
    pub alpha: Option<f64>,
    /// 95 % quantile under random rotations.
    pub null_q95: Option<f64>,
}

/// What a run went through: entry *e* is the state after *e* updates, entry 0 the initial one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Followed {
    /// \\(\lVert \Delta h\rVert^2\\) of every pair in every followed layer, `[epochs, pairs, layers]`.
    pub h2: Array3<f64>,
    /// \\(\lVert \Delta y\rVert^2\\) of every pair, `[epochs, pairs]`.
    pub y2: Array2<f64>,
    /// \\(w = \lVert \Delta y\rVert^2 - \Delta y\cdot\Delta y^*\\) of every pair, `[epochs, pairs]`.
    pub w: Array2<f64>,
    /// The loss, `[epochs]`.
    pub loss: Array1<f64>,
    /// \\(\lVert \bar y - \bar y^*\rVert^2\\) before training.
    pub mean0: f64,
}

const RECORD: &str = "cell.json";
const TRAJECTORY: &str = "trajectory.npz";

/// A finished run.
#[derive(Debug, Clone, PartialEq)]
pub struct PairCell {
    /// What it is and how it ended.
    pub record: PairRecord,
    /// What it went through.
    pub followed: Followed,
}

/// What provenance says of some cells.
pub(super) fn made(cells: &[PairCell]) -> Made {
    let records = || cells.iter().map(|cell| &cell.record);
    Made {
        seeds: records().map(|record| record.spec.seed).collect(),
        dtype: "f32".into(),
        data_hashes: BTreeMap::new(),
        wall_time_s: records().map(|record| record.wall_time_s).sum(),
    }
}

impl PairCell {
    /// Writes both files into a folder.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut npz = NpzWriter::new();
        npz.add_array("h2", &self.followed.h2)?;
        npz.add_array("y2", &self.followed.y2)?;
        npz.add_array("w", &self.followed.w)?;
        npz.add_array("loss", &self.followed.loss)?;
        npz.add_array("mean0", &Array1::from_elem(1, self.followed.mean0))?;
        write_atomically(&folder.join(TRAJECTORY), &npz.finish()?)?;
        write_json(&folder.join(RECORD), &self.record)
    }

    /// Reads a finished run.
    ///
    /// # Errors
    /// If a file is missing or damaged; the message names it and says what to do.
    pub fn read(folder: &Path) -> Result<Self> {
        let record: PairRecord = read_json(&folder.join(RECORD))?;
        let path = folder.join(TRAJECTORY);
        let followed = read_followed(&path).with_context(|| {
            format!(
                "{} is damaged: delete its folder, and the cell is run again",
                path.display()
            )
        })?;
        let layers = followed.h2.dim().2;
        ensure!(
            layers == record.spec.layers.len(),
            "{} follows {layers} layers, expected {}: delete its folder, and the cell is run again",
            path.display(),
            record.spec.layers.len()
        );
        Ok(Self { record, followed })
    }
}

fn read_followed(path: &Path) -> Result<Followed> {
    let mut npz = NpzReader::new(fs::read(path)?)?;
    let followed = Followed {
        h2: npz.by_name("h2")?,
        y2: npz.by_name("y2")?,
        w: npz.by_name("w")?,
        loss: npz.by_name("loss")?,
        mean0: npz.by_name::<f64, ndarray::Ix1>("mean0")?[0],
    };
    let (epochs, pairs, _) = followed.h2.dim();
    ensure!(
        followed.y2.dim() == (epochs, pairs)
            && followed.w.dim() == (epochs, pairs)
            && followed.loss.len() == epochs
            && epochs > 0,
        "its tables disagree in length"
    );
    Ok(followed)
}
