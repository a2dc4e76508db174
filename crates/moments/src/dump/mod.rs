//! Dumps: activations and gradients that any framework wrote, as `.npz` or `.safetensors`.
//!
//! Per layer `NAME` (which may hold slashes and dots), as `f32` or `f64`, each array on its own:
//!
//! | array | shape | |
//! | --- | --- | --- |
//! | `NAME/h_a` | `[n, d_a]` | inputs of the linear map |
//! | `NAME/g_b` | `[n, d_b]` | **negative** per-sample gradients \\(-\partial\ell/\partial h_b\\) |
//! | `NAME/weight` | `[d_b, d_a]` | PyTorch's orientation, \\(h_b = W h_a\\) |
//! | `NAME/h_b` | `[n, d_b]` | optional, else \\(h_b = W h_a\\) |
//! | `NAME/g_a` | `[n, d_a]` | optional, else \\(g_a = W^\top g_b\\) |
//! | `NAME/labels` | `[n]` | optional: the class of each sample, counted from 0; any type of integer or whole floats |
//!
//! Give `h_b` where the layer has a bias or where its measured output is not \\(W h_a\\). Any other array is refused,
//! because it is most likely a misspelt one. Layers of an `.npz` come in the order in which they were written; a
//! safetensors file has no such order, so there they are sorted by name, numbers as numbers (`fc2` before `fc10`).

mod error;
mod layer;
mod names;
mod npz;
mod tensors;

use std::fs;
use std::path::Path;

pub use error::DumpError;
pub use layer::LayerDump;

use layer::{Array, Layers};

/// Reads and checks every layer of a dump. The format is chosen by the extension, `.npz` or `.safetensors`.
///
/// # Errors
///
/// If the file cannot be read, is damaged, holds no layer or an array that has no place in one, or if any array is
/// missing, mis-shaped, of the wrong type or not finite, or a label is no class. Each error names the file, and the array where there is one.
pub fn read_dump(path: impl AsRef<Path>) -> Result<Vec<LayerDump>, DumpError> {
    let path = path.as_ref();
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
        .to_lowercase();
    let read: fn(&Path, Vec<u8>) -> Result<Layers, DumpError> = match extension.as_str() {
        "npz" => npz::read,
        "safetensors" => tensors::read,
        _ => {
            return Err(DumpError::Extension {
                path: path.into(),
                found: extension,
            });
        }
    };
    let bytes = fs::read(path).map_err(|source| DumpError::Io {
        path: path.into(),
        source,
    })?;
    if bytes.is_empty() {
        return Err(DumpError::Damaged {
            path: path.into(),
            reason: "the file is empty".into(),
        });
    }
    read(path, bytes)?.finish(path)
}
