//! What is found of a network on a few points.

use anyhow::{Result, ensure};
use formant_moments::npz::{NpzReader, NpzWriter};
use ndarray::{Array1, Array2, Array3, Ix1};
use serde::{Deserialize, Serialize};

/// What `cell.json` says of a network on a few points, beyond what it says of every cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The six relations, where they are requested.
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

/// The curves of a network: entry *e* is the state after *e* updates, entry 0 the initial one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
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

impl Curves {
    /// As the arrays of an `.npz` file.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        let mut npz = NpzWriter::new();
        npz.add_array("h2", &self.h2)?;
        npz.add_array("y2", &self.y2)?;
        npz.add_array("w", &self.w)?;
        npz.add_array("loss", &self.loss)?;
        npz.add_array("mean0", &Array1::from_elem(1, self.mean0))?;
        Ok(npz.finish()?)
    }

    /// Reads what [`to_npz`](Self::to_npz) wrote, with this many layers.
    ///
    /// # Errors
    /// If an array is missing, or they do not fit together.
    pub fn from_npz(bytes: &[u8], layers: usize) -> Result<Self> {
        let mut npz = NpzReader::new(bytes.to_vec())?;
        let curves = Self {
            h2: npz.by_name("h2")?,
            y2: npz.by_name("y2")?,
            w: npz.by_name("w")?,
            loss: npz.by_name("loss")?,
            mean0: npz.by_name::<f64, Ix1>("mean0")?[0],
        };
        let (epochs, pairs, followed) = curves.h2.dim();
        ensure!(
            curves.y2.dim() == (epochs, pairs)
                && curves.w.dim() == (epochs, pairs)
                && curves.loss.len() == epochs
                && epochs > 0,
            "its tables disagree in length"
        );
        ensure!(
            followed == layers,
            "it follows {followed} layers, expected {layers}"
        );
        Ok(curves)
    }
}
