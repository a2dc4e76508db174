//! MD5 sums, in which the canonical checksums of MNIST are published. They detect damage, not tampering.

use std::fmt;

use md5::{Digest, Md5 as Hasher};

/// An MD5 sum. Displays as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Md5(pub u128);

impl Md5 {
    /// The sum of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(u128::from_be_bytes(Hasher::digest(bytes).into()))
    }
}

impl fmt::Display for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
