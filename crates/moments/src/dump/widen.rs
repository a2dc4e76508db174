//! Numbers of every type that dumps may hold, as `f64`.

use half::{bf16, f16};

use crate::npz::NumberType;

impl NumberType {
    /// Appends the numbers in some bytes, little-endian, as `f64`; bytes that are left over are dropped. Integers beyond
    /// 2^53 lose digits.
    pub(crate) fn widen(self, bytes: &[u8], to: &mut Vec<f64>) {
        fn extend<const N: usize>(bytes: &[u8], to: &mut Vec<f64>, widen: impl Fn([u8; N]) -> f64) {
            to.extend(bytes.as_chunks().0.iter().map(|number| widen(*number)));
        }
        match self {
            Self::F64 => extend(bytes, to, f64::from_le_bytes),
            Self::F32 => extend(bytes, to, |b| f32::from_le_bytes(b).into()),
            Self::F16 => extend(bytes, to, |b| f16::from_le_bytes(b).into()),
            Self::BF16 => extend(bytes, to, |b| bf16::from_le_bytes(b).into()),
            Self::I64 => extend(bytes, to, |b| i64::from_le_bytes(b) as f64),
            Self::I32 => extend(bytes, to, |b| i32::from_le_bytes(b).into()),
            Self::I16 => extend(bytes, to, |b| i16::from_le_bytes(b).into()),
            Self::I8 => extend(bytes, to, |b| i8::from_le_bytes(b).into()),
            Self::U64 => extend(bytes, to, |b| u64::from_le_bytes(b) as f64),
            Self::U32 => extend(bytes, to, |b| u32::from_le_bytes(b).into()),
            Self::U16 => extend(bytes, to, |b| u16::from_le_bytes(b).into()),
            Self::U8 | Self::Bool => extend(bytes, to, |[b]| b.into()),
        }
    }
}
