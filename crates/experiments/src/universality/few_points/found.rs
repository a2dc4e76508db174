//! What is found of a network on a few points.

use anyhow::{Result, ensure};
use formant_moments::npz::{NpzReader, NpzWriter};
use formant_theory::two_point::State;
use ndarray::{Array1, Array2, Array3, Ix1, aview1};
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

/// The curves of a network: entry *e* is the state after *e* updates, entry 0 the initial one. All pairs of an epoch stand
/// one after another, and so do all followed layers of a pair.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// \\(\lVert \Delta h\rVert^2\\) of every pair in every followed layer.
    pub h2: Vec<f64>,
    /// \\(\lVert \Delta y\rVert^2\\) of every pair.
    pub y2: Vec<f64>,
    /// \\(w = \lVert \Delta y\rVert^2 - \Delta y\cdot\Delta y^*\\) of every pair.
    pub w: Vec<f64>,
    pub loss: Vec<f64>,
    /// \\(\lVert \bar y - \bar y^*\rVert^2\\) before training.
    pub mean0: f64,
}

impl Curves {
    /// Epochs, pairs and followed layers.
    fn shape(&self) -> (usize, usize, usize) {
        let (epochs, entries) = (self.loss.len(), self.y2.len());
        (
            epochs,
            entries / epochs.max(1),
            self.h2.len() / entries.max(1),
        )
    }

    /// The state of a pair in a followed layer after this many updates.
    pub fn state(&self, epoch: usize, pair: usize, layer: usize) -> State {
        let (_, pairs, layers) = self.shape();
        let at = epoch * pairs + pair;
        State {
            h2: self.h2[at * layers + layer],
            y2: self.y2[at],
            w: self.w[at],
        }
    }

    /// As the arrays of an `.npz` file: `h2` is `[epochs, pairs, layers]`, `y2` and `w` are `[epochs, pairs]`.
    pub fn to_npz(&self) -> Result<Vec<u8>> {
        let shape @ (epochs, pairs, _) = self.shape();
        let mut npz = NpzWriter::new();
        npz.add_array("h2", &Array3::from_shape_vec(shape, self.h2.clone())?)?;
        for (name, curve) in [("y2", &self.y2), ("w", &self.w)] {
            let table = Array2::from_shape_vec((epochs, pairs), curve.clone())?;
            npz.add_array(name, &table)?;
        }
        npz.add_array("loss", &aview1(&self.loss).to_owned())?;
        npz.add_array("mean0", &aview1(&[self.mean0]).to_owned())?;
        Ok(npz.finish()?)
    }

    /// Reads what [`to_npz`](Self::to_npz) wrote, with this many layers.
    ///
    /// # Errors
    /// If an array is missing, or they do not fit together.
    pub fn from_npz(bytes: &[u8], layers: usize) -> Result<Self> {
        let mut npz = NpzReader::new(bytes.to_vec())?;
        let h2: Array3<f64> = npz.by_name("h2")?;
        let (y2, w): (Array2<f64>, Array2<f64>) = (npz.by_name("y2")?, npz.by_name("w")?);
        let loss: Array1<f64> = npz.by_name("loss")?;
        let (epochs, pairs, followed) = h2.dim();
        let agree = [y2.dim(), w.dim()] == [(epochs, pairs); 2] && loss.len() == epochs;
        ensure!(agree && epochs > 0, "its tables disagree in length");
        ensure!(
            followed == layers,
            "it follows {followed} layers, expected {layers}"
        );
        Ok(Self {
            h2: h2.into_iter().collect(),
            y2: y2.into_iter().collect(),
            w: w.into_iter().collect(),
            loss: loss.to_vec(),
            mean0: npz.by_name::<f64, Ix1>("mean0")?[0],
        })
    }
}
