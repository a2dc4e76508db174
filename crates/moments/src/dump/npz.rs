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
        layers.insert(path, layer, role, parse(path, array, role, &npy)?)?;
    }
    Ok(layers)
}

fn parse(path: &Path, array: &str, role: Role, npy: &[u8]) -> Result<Array, DumpError> {
    let wrong_type = |found| DumpError::Dtype {
        path: path.into(),
        array: array.to_owned(),
        found,
        expected: role.types(),
    };
    read_any(role, npy).map_err(|e| match e {
        ViewNpyError::WrongDescriptor(found) => wrong_type(found.to_string()),
        ViewNpyError::NonNativeEndian => wrong_type("a big-endian number".to_owned()),
        e => DumpError::DamagedArray {
            path: path.into(),
            array: array.to_owned(),
            reason: e.to_string(),
        },
    })
}

/// Tries one type after another: floats for every array, whole numbers for labels.
fn read_any(role: Role, npy: &[u8]) -> Result<Array, ViewNpyError> {
    type Reader = fn(&[u8]) -> Result<Array, ViewNpyError>;
    fn read<T: ViewElement + ReadableElement + Clone>(
        npy: &[u8],
        widen: fn(T) -> f64,
    ) -> Result<Array, ViewNpyError> {
        Ok(read_as::<T>(npy)?.mapv(widen))
    }
    const FLOATS: [Reader; 2] = [
        |npy| read(npy, |x: f64| x),
        |npy| read(npy, |x: f32| x.into()),
    ];
    // Beyond 2^53 a label loses digits, but that many classes have no samples anyhow.
    const WHOLE: [Reader; 9] = [
        |npy| read(npy, |x: i64| x as f64),
        |npy| read(npy, |x: i32| x.into()),
        |npy| read(npy, |x: u8| x.into()),
        |npy| read(npy, |x: i8| x.into()),
        |npy| read(npy, |x: i16| x.into()),
        |npy| read(npy, |x: u16| x.into()),
        |npy| read(npy, |x: u32| x.into()),
        |npy| read(npy, |x: u64| x as f64),
        |npy| read(npy, |x: bool| f64::from(u8::from(x))),
    ];
    let whole: &[Reader] = if role == Role::Labels { &WHOLE } else { &[] };
    let mut result = FLOATS[0](npy);
    for read in FLOATS[1..].iter().chain(whole) {
        if !matches!(result, Err(ViewNpyError::WrongDescriptor(_))) {
            break;
        }
        result = read(npy);
    }
    result
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
