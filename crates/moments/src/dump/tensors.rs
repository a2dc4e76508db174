//! Dumps in the safetensors format.

use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use safetensors::{Dtype, SafeTensors};

use super::names::{self, Role};
use super::{Array, DumpError, Layers};

pub(crate) fn read(path: &Path, bytes: Vec<u8>) -> Result<Layers, DumpError> {
    let damaged = |e: safetensors::SafeTensorError| DumpError::Damaged {
        path: path.into(),
        reason: e.to_string(),
    };
    let file = SafeTensors::deserialize(&bytes).map_err(damaged)?;
    let mut arrays = file.names();
    arrays.sort_by(|a, b| names::natural(a, b));
    let mut layers = Layers::default();
    for array in arrays {
        let Some((layer, role)) = names::parse(array) else {
            return Err(DumpError::UnknownArray {
                path: path.into(),
                array: array.to_owned(),
            });
        };
        if role == Role::Labels {
            continue;
        }
        let tensor = file.tensor(array).map_err(damaged)?;
        let data = tensor.data();
        let values: Vec<f64> = match tensor.dtype() {
            Dtype::F64 => data
                .as_chunks()
                .0
                .iter()
                .map(|&b| f64::from_le_bytes(b))
                .collect(),
            Dtype::F32 => data
                .as_chunks()
                .0
                .iter()
                .map(|&b| f32::from_le_bytes(b).into())
                .collect(),
            other => {
                let (path, array, found) = (path.into(), array.to_owned(), other.to_string());
                return Err(DumpError::Dtype { path, array, found });
            }
        };
        let value: Array = ArrayD::from_shape_vec(IxDyn(tensor.shape()), values).map_err(|e| {
            DumpError::DamagedArray {
                path: path.into(),
                array: array.to_owned(),
                reason: e.to_string(),
            }
        })?;
        layers.insert(path, layer, role, value)?;
    }
    // `a/h_a` sorts among the layers whose names start with `a/`, so sort by layer, not by array.
    layers.sort();
    Ok(layers)
}
