//! A finished run on disk: `cell.json` and `looks.npz`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use formant_backend::MemberExecution;
use formant_moments::npz::{NpzReader, NpzWriter};
use ndarray::{Array1, Array2, Array3};
use serde::{Deserialize, Serialize};

use super::spec::ManySpec;
use crate::cells::{read_json, write_atomically, write_json};
use crate::pairs::cell::PairOutcome;

/// `cell.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManyRecord {
    /// [`CELL_SCHEMA`](crate::cells::CELL_SCHEMA).
    pub schema_version: u32,
    /// What identifies it.
    pub spec: ManySpec,
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
    /// Seconds that were spent on it and on the members that trained beside it, divided among them.
    pub wall_time_s: f64,
}

/// What was seen of the items, look by look; entry 0 is the initial network.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Looks {
    /// The epoch of each look.
    pub epochs: Array1<f64>,
    /// Representations in the followed layer, `[looks kept, items, width]`: of all looks for two items, of the first and
    /// the last for more.
    pub hidden: Array3<f32>,
    /// Outputs, `[looks kept, items, outputs]`.
    pub outputs: Array3<f32>,
    /// Mean loss of training items, at each look.
    pub loss: Array1<f64>,
    /// Share of correct answers on held-out images, at each look; NaN where there are no classes.
    pub accuracy: Array1<f64>,
    /// Targets of the items.
    pub targets: Array2<f32>,
    /// Inputs of the items.
    pub inputs: Array2<f32>,
}

/// A finished run.
#[derive(Debug, Clone, PartialEq)]
pub struct ManyCell {
    /// What it is and how it ended.
    pub record: ManyRecord,
    /// What was seen.
    pub looks: Looks,
}

impl ManyCell {
    /// Writes both files into a folder.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut npz = NpzWriter::new();
        let looks = &self.looks;
        npz.add_array("epochs", &looks.epochs)?;
        npz.add_array("hidden", &looks.hidden)?;
        npz.add_array("outputs", &looks.outputs)?;
        npz.add_array("loss", &looks.loss)?;
        npz.add_array("accuracy", &looks.accuracy)?;
        npz.add_array("targets", &looks.targets)?;
        npz.add_array("inputs", &looks.inputs)?;
        write_atomically(&folder.join("looks.npz"), &npz.finish()?)?;
        write_json(&folder.join("cell.json"), &self.record)
    }

    /// Reads a finished run.
    ///
    /// # Errors
    /// If a file is missing or damaged; the message names it and says what to do.
    pub fn read(folder: &Path) -> Result<Self> {
        let record = read_json(&folder.join("cell.json"))?;
        let path = folder.join("looks.npz");
        let looks = read_looks(&path).with_context(|| {
            format!(
                "{} is damaged: delete its folder, and the cell is run again",
                path.display()
            )
        })?;
        Ok(Self { record, looks })
    }
}

fn read_looks(path: &Path) -> Result<Looks> {
    let mut npz = NpzReader::new(fs::read(path)?)?;
    let looks = Looks {
        epochs: npz.by_name("epochs")?,
        hidden: npz.by_name("hidden")?,
        outputs: npz.by_name("outputs")?,
        loss: npz.by_name("loss")?,
        accuracy: npz.by_name("accuracy")?,
        targets: npz.by_name("targets")?,
        inputs: npz.by_name("inputs")?,
    };
    let (kept, items, _) = looks.hidden.dim();
    ensure!(
        kept > 0
            && looks.outputs.dim().0 == kept
            && looks.outputs.dim().1 == items
            && looks.epochs.len() == looks.loss.len(),
        "its tables disagree in length"
    );
    Ok(looks)
}
