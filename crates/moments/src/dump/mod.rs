//! Dumps: activations and gradients that any framework wrote, as `.npz`, `.safetensors`, or a folder of `.npy`.
//!
//! Per layer `NAME` (which may hold slashes and dots), as `f64`, `f32`, `f16` or `bf16`, each array on its own:
//!
//! | array | shape | |
//! | --- | --- | --- |
//! | `NAME/h_a` | `[n, d_a]` | inputs of the linear map |
//! | `NAME/g_b` | `[n, d_b]` | **negative** per-sample gradients \\(-\partial\ell/\partial h_b\\) |
//! | `NAME/weight` | `[d_b, d_a]` | PyTorch's orientation, \\(h_b = W h_a\\) |
//! | `NAME/h_b` | `[n, d_b]` | optional, else \\(h_b = W h_a\\) |
//! | `NAME/g_a` | `[n, d_a]` | optional, else \\(g_a = W^\top g_b\\) |
//! | `NAME/labels` | `[n]` | optional: the class of each sample, counted from 0; any type of integer or whole floats; −1 and −100: no class. Or one-hot, `[n, C]` |
//!
//! Give `h_b` where the layer has a bias or where its measured output is not \\(W h_a\\). Any other array is refused,
//! because it is most likely a misspelt one. Layers of an `.npz` come in the order in which they were written; a
//! safetensors file and a folder have no such order, so there they are sorted by name, numbers as numbers (`fc2` before `fc10`).
//!
//! Opening a [`Dump`] reads what arrays there are, and none of their numbers. Those are read a block of samples at a time,
//! so that memory does not depend on how many samples or layers there are: [`LayerDump::for_each_block`]. An array in
//! Fortran order is an exception, because its rows are only together once all of it is read.

mod bytes;
mod error;
mod fit;
mod folder;
mod gather;
mod labels;
mod layer;
mod names;
mod npz;
mod stored;
mod tensors;
mod widen;

use std::path::Path;
use std::sync::Arc;

pub use error::DumpError;
pub use fit::{FitAccumulator, FitCause, LinearFit, UNFIT};
pub use labels::Labels;
pub use layer::LayerDump;

use bytes::Bytes;
use stored::Container;

/// An open dump.
#[derive(Debug)]
pub struct Dump {
    layers: Vec<DumpedLayer>,
}

/// A layer of a dump, or why it cannot be used.
#[derive(Debug)]
pub struct DumpedLayer {
    /// Its name, as it is in the file: control characters and all, see [`printable`](crate::printable).
    pub name: String,
    /// What there is of it.
    pub layer: Result<LayerDump, DumpError>,
}

/// How the arrays of a container are found.
type Finder = fn(&Path, &Bytes) -> Result<Vec<npz::Found>, DumpError>;

impl Dump {
    /// Opens a dump. The format is chosen by the extension, `.npz` or `.safetensors`; a folder has a file
    /// `NAME/h_a.npy` for each array.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is damaged as a whole, or holds no layer.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DumpError> {
        let path = path.as_ref();
        if path.is_dir() {
            return Self::gathered(path, Bytes::of(Vec::new()), folder::arrays(path)?);
        }
        let arrays = finder(path)?;
        let bytes = Bytes::open(path).map_err(|source| DumpError::Io {
            path: path.into(),
            source,
        })?;
        Self::of(path, bytes, arrays)
    }

    /// Opens a dump that is in memory; `path` is for the format and for messages.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_bytes(bytes: Vec<u8>, path: impl AsRef<Path>) -> Result<Self, DumpError> {
        let path = path.as_ref();
        Self::of(path, Bytes::of(bytes), finder(path)?)
    }

    fn of(path: &Path, bytes: Bytes, arrays: Finder) -> Result<Self, DumpError> {
        if bytes.len() == 0 {
            let (path, reason) = (path.into(), "the file is empty".into());
            return Err(DumpError::Damaged { path, reason });
        }
        let found = arrays(path, &bytes)?;
        Self::gathered(path, bytes, found)
    }

    fn gathered(path: &Path, bytes: Bytes, found: Vec<npz::Found>) -> Result<Self, DumpError> {
        let path = path.to_owned();
        let container = Arc::new(Container { path, bytes });
        let layers = gather::gather(&container, found);
        if layers.is_empty() {
            let path = container.path.clone();
            return Err(DumpError::NoLayers { path });
        }
        Ok(Self { layers })
    }

    /// The layers, those that cannot be used among them.
    #[must_use]
    pub fn layers(&self) -> &[DumpedLayer] {
        &self.layers
    }

    /// The layers, those that cannot be used among them.
    #[must_use]
    pub fn into_layers(self) -> Vec<DumpedLayer> {
        self.layers
    }
}

/// Opens a dump, and reads and checks every number of every layer.
///
/// # Errors
///
/// If the file cannot be read, is damaged, holds no layer or an array that has no place in one, or if any array is
/// missing, mis-shaped, of the wrong type or not finite, or a label is no class. Each error names the file, and the array where there is one.
pub fn read_dump(path: impl AsRef<Path>) -> Result<Vec<LayerDump>, DumpError> {
    let layers = Dump::open(path)?.into_layers();
    let checked = layers.into_iter().map(|dumped| {
        let layer = dumped.layer?;
        layer.check()?;
        Ok(layer)
    });
    checked.collect()
}

/// What reads a file of this name.
fn finder(path: &Path) -> Result<Finder, DumpError> {
    let extension = path.extension().and_then(|e| e.to_str());
    let extension = extension.unwrap_or_default().to_lowercase();
    let (found, advice) = match extension.as_str() {
        "npz" => return Ok(npz::arrays),
        "safetensors" => return Ok(tensors::arrays),
        _ if path == Path::new("-") => (
            "standard input".to_owned(),
            "a dump is read more than once, write it to a file",
        ),
        "pt" | "pth" | "ckpt" | "bin" | "pkl" | "pickle" => (
            format!("a file of PyTorch or pickle (.{extension})"),
            "write NAME/h_a, NAME/g_b and NAME/weight with np.savez",
        ),
        "npy" => (
            "a single array (.npy)".to_owned(),
            "give its folder, with NAME/h_a.npy, NAME/g_b.npy and NAME/weight.npy of each layer",
        ),
        "" => (
            "no extension".to_owned(),
            "rename the file after its format",
        ),
        other => (
            format!("extension `{}`", crate::printable(other, 20)),
            "np.savez writes one",
        ),
    };
    let path = path.into();
    Err(DumpError::Extension {
        path,
        found,
        advice,
    })
}
