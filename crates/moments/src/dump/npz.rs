//! Dumps in NumPy's format.

use std::path::Path;

use super::names::{self, Role};
use super::{DumpError, Layers};
use crate::npz::{NpzError, NpzReader};

pub(crate) fn read(path: &Path, bytes: Vec<u8>) -> Result<Layers, DumpError> {
    let refused = |error| match error {
        NpzError::NumberType {
            array,
            found,
            expected,
        } => DumpError::Dtype {
            path: path.into(),
            array,
            found,
            expected,
        },
        NpzError::Damaged { array, reason } => DumpError::DamagedArray {
            path: path.into(),
            array,
            reason,
        },
        other => DumpError::Damaged {
            path: path.into(),
            reason: other.to_string(),
        },
    };
    let mut npz = NpzReader::new(bytes).map_err(refused)?;
    let entries: Vec<String> = npz.entries().map(str::to_owned).collect();
    let mut layers = Layers::default();
    for (index, name) in entries.iter().enumerate() {
        let array = name.strip_suffix(".npy").unwrap_or(name);
        let (layer, role) = match names::parse(array) {
            Some(place) => place,
            None if name.ends_with('/') => continue, // a folder, as general zip tools write them
            None => {
                return Err(DumpError::UnknownArray {
                    path: path.into(),
                    array: array.to_owned(),
                });
            }
        };
        let numbers = npz.numbers(index, array, role.types(), |number| {
            number.is_float() || role == Role::Labels
        });
        layers.insert(path, layer, role, numbers.map_err(refused)?)?;
    }
    Ok(layers)
}
