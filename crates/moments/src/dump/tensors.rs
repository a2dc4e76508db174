//! Dumps in the safetensors format: where the tensors of a file are.

use std::io::Read;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use super::DumpError;
use super::bytes::Bytes;
use super::names;
use super::npz::Found;
use super::stored::{Coding, Place, Stored};
use crate::npz::NumberType;

/// The longest header that the format allows.
const LONGEST: u64 = 100_000_000;

/// The arrays by layer, names in natural order: the file has no other, because writers sort by type.
pub(crate) fn arrays(path: &Path, bytes: &Bytes) -> Result<Vec<Found>, DumpError> {
    let (begin, metadata) = metadata(bytes).map_err(|reason| DumpError::Damaged {
        path: path.into(),
        reason,
    })?;
    let mut names = metadata.offset_keys();
    // By layer, and not by array: `a/h_a` would sort among the layers whose names start with `a/`.
    names.sort_by(|a, b| names::natural(names::layer(a), names::layer(b)).then_with(|| a.cmp(b)));
    let found = names.into_iter().filter_map(|name| {
        let info = metadata.info(&name)?;
        let (from, to) = info.data_offsets;
        let labels = matches!(names::parse(&name), Some((_, names::Role::Labels)));
        let number = number(info.dtype).filter(|number| labels || number.is_float());
        let stored = match number {
            Some(number) => Ok(Stored {
                name: name.clone(),
                number,
                shape: info.shape.clone(),
                fortran_order: false,
                place: Place {
                    start: begin + from as u64,
                    length: (to - from) as u64,
                    coding: Coding::Plain,
                    header: 0,
                    crc: None,
                    file: None,
                },
            }),
            None => Err(DumpError::Dtype {
                path: path.into(),
                array: name.clone(),
                found: info.dtype.to_string(),
                expected: names::types_of(&name),
            }),
        };
        Some((name, stored))
    });
    Ok(found.collect())
}

/// Where the numbers begin, and what the header says of them: it is checked that tensors fill the file without gaps.
fn metadata(bytes: &Bytes) -> Result<(u64, Metadata), String> {
    let mut length = [0; 8];
    let mut reader = bytes.clone();
    let short = |_| "the file ends within its header".to_owned();
    reader.read_exact(&mut length).map_err(short)?;
    let (length, rest) = (u64::from_le_bytes(length), bytes.len().saturating_sub(8));
    if length > LONGEST.min(rest) {
        return Err(format!(
            "a header of {length} bytes in a file of {} bytes",
            bytes.len()
        ));
    }
    let mut header = vec![0; length as usize];
    reader.read_exact(&mut header).map_err(short)?;
    let metadata: Metadata = serde_json::from_slice(&header).map_err(|e| e.to_string())?;
    let (expected, found) = (metadata.data_len() as u64, rest - length);
    if expected != found {
        return Err(format!(
            "{found} bytes of numbers, but {expected} in its header"
        ));
    }
    Ok((8 + length, metadata))
}

/// The types that labels may have; other arrays are of floats.
fn number(dtype: Dtype) -> Option<NumberType> {
    Some(match dtype {
        Dtype::F64 => NumberType::F64,
        Dtype::F32 => NumberType::F32,
        Dtype::F16 => NumberType::F16,
        Dtype::BF16 => NumberType::BF16,
        Dtype::I64 => NumberType::I64,
        Dtype::I32 => NumberType::I32,
        Dtype::I16 => NumberType::I16,
        Dtype::I8 => NumberType::I8,
        Dtype::U64 => NumberType::U64,
        Dtype::U32 => NumberType::U32,
        Dtype::U16 => NumberType::U16,
        Dtype::U8 => NumberType::U8,
        Dtype::BOOL => NumberType::Bool,
        _ => return None,
    })
}
