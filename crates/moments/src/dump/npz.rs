//! NumPy's `.npz`: a zip of `.npy` files, stored or deflated.

use std::io::{Cursor, Read};
use std::path::Path;

use ndarray::{ArrayD, ArrayViewD};
use ndarray_npy::{ReadNpyExt, ReadableElement, ViewElement, ViewNpyError, ViewNpyExt};
use zip::ZipArchive;

use super::names::{self, Role};
use super::{Array, DumpError, Layers};

pub(crate) fn read(path: &Path, bytes: Vec<u8>) -> Result<Layers, DumpError> {
    let damaged = |e: zip::result::ZipError| DumpError::Damaged {
        path: path.into(),
        reason: e.to_string(),
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut layers = Layers::default();
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).unwrap_or_default().to_owned();
        let array = name.strip_suffix(".npy").unwrap_or(&name);
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
        if role == Role::Labels {
            continue;
        }
        let fail = |reason| DumpError::DamagedArray {
            path: path.into(),
            array: array.to_owned(),
            reason,
        };
        let mut npy = Vec::new();
        let mut entry = archive.by_index(index).map_err(|e| fail(e.to_string()))?;
        entry
            .read_to_end(&mut npy)
            .map_err(|e| fail(e.to_string()))?;
        layers.insert(path, layer, role, parse(path, array, &npy)?)?;
    }
    Ok(layers)
}

fn parse(path: &Path, array: &str, npy: &[u8]) -> Result<Array, DumpError> {
    let value = match read_as::<f64>(npy) {
        Err(ViewNpyError::WrongDescriptor(_)) => {
            read_as::<f32>(npy).map(|array| array.mapv(f64::from))
        }
        other => other,
    };
    let array = array.to_owned();
    value.map_err(|e| match e {
        ViewNpyError::WrongDescriptor(found) => DumpError::Dtype {
            path: path.into(),
            array,
            found: found.to_string(),
        },
        ViewNpyError::NonNativeEndian => DumpError::Dtype {
            path: path.into(),
            array,
            found: "big-endian float".to_owned(),
        },
        e => DumpError::DamagedArray {
            path: path.into(),
            array,
            reason: e.to_string(),
        },
    })
}

/// Views before reading: a view compares the header's shape with the bytes that are there, whereas a reader would
/// allocate whatever a damaged header asks for.
fn read_as<T: ViewElement + ReadableElement + Clone>(
    npy: &[u8],
) -> Result<ArrayD<T>, ViewNpyError> {
    match ArrayViewD::<T>::view_npy(npy) {
        Ok(view) => Ok(view.to_owned()),
        Err(ViewNpyError::MisalignedData) => {
            ArrayD::read_npy(npy).map_err(|e| ViewNpyError::InvalidData(Box::new(e)))
        }
        Err(e) => Err(e),
    }
}
