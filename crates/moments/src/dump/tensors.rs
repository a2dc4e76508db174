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
        let tensor = file.tensor(array).map_err(damaged)?;
        let values =
            numbers(tensor.dtype(), role, tensor.data()).ok_or_else(|| DumpError::Dtype {
                path: path.into(),
                array: array.to_owned(),
                found: tensor.dtype().to_string(),
                expected: role.types(),
            })?;
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

/// The numbers of a tensor; `None` if its type has no place in an array of this role.
fn numbers(dtype: Dtype, role: Role, data: &[u8]) -> Option<Vec<f64>> {
    fn read<const N: usize>(data: &[u8], widen: impl Fn([u8; N]) -> f64) -> Vec<f64> {
        data.as_chunks()
            .0
            .iter()
            .map(|&bytes| widen(bytes))
            .collect()
    }
    Some(match (dtype, role) {
        (Dtype::F64, _) => read(data, f64::from_le_bytes),
        (Dtype::F32, _) => read(data, |b| f32::from_le_bytes(b).into()),
        (Dtype::I64, Role::Labels) => read(data, |b| i64::from_le_bytes(b) as f64),
        (Dtype::I32, Role::Labels) => read(data, |b| i32::from_le_bytes(b).into()),
        (Dtype::I16, Role::Labels) => read(data, |b| i16::from_le_bytes(b).into()),
        (Dtype::I8, Role::Labels) => read(data, |b| i8::from_le_bytes(b).into()),
        (Dtype::U64, Role::Labels) => read(data, |b| u64::from_le_bytes(b) as f64),
        (Dtype::U32, Role::Labels) => read(data, |b| u32::from_le_bytes(b).into()),
        (Dtype::U16, Role::Labels) => read(data, |b| u16::from_le_bytes(b).into()),
        (Dtype::U8 | Dtype::BOOL, Role::Labels) => read(data, |b| u8::from_le_bytes(b).into()),
        _ => return None,
    })
}
