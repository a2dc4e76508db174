//! What is found of a network that trains on many points.

use anyhow::{Result, ensure};
use formant_moments::npz::{NpzReader, NpzWriter};
use ndarray::{Array1, Array2, Array3, Axis};

/// A network's view of the items at one epoch.
pub struct Snapshot {
    /// Representations in the followed layer, `[items, width]`.
    pub hidden: Array2<f32>,
    /// Outputs, `[items, outputs]`.
    pub outputs: Array2<f32>,
    /// Mean loss of training items.
    pub loss: f64,
    /// Share of correct answers on held-out images; NaN where there are no classes.
    pub accuracy: f64,
}

/// Snapshots of a network; entry 0 is the initial one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshots {
    /// The epoch of each snapshot.
    pub epochs: Array1<f64>,
    /// Representations in the followed layer, `[kept, items, width]`: of all snapshots for two items, of the first and
    /// the last for more.
    pub hidden: Array3<f32>,
    /// Outputs, `[kept, items, outputs]`.
    pub outputs: Array3<f32>,
    /// Mean loss of training items, in each snapshot.
    pub loss: Array1<f64>,
    /// Share of correct answers on held-out images, in each snapshot; NaN where there are no classes.
    pub accuracy: Array1<f64>,
    pub targets: Array2<f32>,
    pub inputs: Array2<f32>,
}

impl Snapshots {
    /// None yet, of items with these inputs and targets.
    pub fn none(inputs: Array2<f32>, targets: Array2<f32>) -> Self {
        Self {
            inputs,
            targets,
            ..Self::default()
        }
    }

    /// Adds one.
    ///
    /// # Errors
    /// If its shape is not that of the others.
    pub fn push(&mut self, epoch: u64, new: Snapshot) -> Result<()> {
        // Of many items only the first and the latest are kept.
        let latest_only = self.inputs.nrows() > 2;
        push(&mut self.hidden, new.hidden, latest_only)?;
        push(&mut self.outputs, new.outputs, latest_only)?;
        for (values, value) in [
            (&mut self.epochs, epoch as f64),
            (&mut self.loss, new.loss),
            (&mut self.accuracy, new.accuracy),
        ] {
            values.append(Axis(0), ndarray::aview1(&[value]))?;
        }
        Ok(())
    }

    /// As the arrays of an `.npz` file.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        let mut npz = NpzWriter::new();
        npz.add_array("epochs", &self.epochs)?;
        npz.add_array("hidden", &self.hidden)?;
        npz.add_array("outputs", &self.outputs)?;
        npz.add_array("loss", &self.loss)?;
        npz.add_array("accuracy", &self.accuracy)?;
        npz.add_array("targets", &self.targets)?;
        npz.add_array("inputs", &self.inputs)?;
        Ok(npz.finish()?)
    }

    /// Reads what [`to_npz`](Self::to_npz) wrote.
    ///
    /// # Errors
    /// If an array is missing, or they do not fit together.
    pub fn from_npz(bytes: &[u8]) -> Result<Self> {
        let mut npz = NpzReader::new(bytes.to_vec())?;
        let found = Self {
            epochs: npz.by_name("epochs")?,
            hidden: npz.by_name("hidden")?,
            outputs: npz.by_name("outputs")?,
            loss: npz.by_name("loss")?,
            accuracy: npz.by_name("accuracy")?,
            targets: npz.by_name("targets")?,
            inputs: npz.by_name("inputs")?,
        };
        let (kept, items, _) = found.hidden.dim();
        ensure!(
            kept > 0
                && found.outputs.dim().0 == kept
                && found.outputs.dim().1 == items
                && found.epochs.len() == found.loss.len(),
            "its tables disagree in length"
        );
        Ok(found)
    }
}

fn push(all: &mut Array3<f32>, new: Array2<f32>, latest_only: bool) -> Result<()> {
    let new = new.insert_axis(Axis(0));
    if all.is_empty() {
        *all = new;
        return Ok(());
    }
    if latest_only {
        *all = all.slice(ndarray::s![..1, .., ..]).to_owned();
    }
    Ok(all.append(Axis(0), new.view())?)
}
