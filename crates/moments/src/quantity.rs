//! The names of things: sides, moments, variants, and what a sample is.

use serde::{Deserialize, Serialize};

/// A side of the linear map \\(h_b = W h_a\\).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The input: \\(h_a, g_a\\), of width \\(d_a\\).
    A,
    /// The output: \\(h_b, g_b\\), of width \\(d_b\\).
    B,
}

impl Side {
    /// Both sides, *a* first.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The lower-case letter that files and reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

/// Which second moment of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// \\(H_c = E\[h_c h_c^\top\]\\), symmetric.
    H,
    /// \\(G_c = E\[g_c g_c^\top\]\\), symmetric.
    G,
    /// \\(C_c = E\[g_c h_c^\top\]\\), rows \\(g\\), columns \\(h\\). The only one that depends on the sign of \\(g\\).
    Cross,
}

/// What is done to the samples before a second moment is formed. Every expectation divides by the number of
/// samples \\(n\\), not by \\(n - 1\\).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// Nothing: \\(E\[x y^\top\]\\), the object of the theory.
    Raw,
    /// The covariance: \\(E\[x y^\top\] - E\[x\]\\,E\[y\]^\top\\).
    Centered,
    /// Each sample divided by its own Euclidean norm, then the covariance: what the paper's experiments measure
    /// (FOUND; the order of the two is INFERRED). A sample of norm zero stays zero, counts as a sample, and
    /// is counted in [`ZeroNorm`].
    Normalized,
}

impl Variant {
    /// All variants, in the order in which reports list them.
    pub const ALL: [Self; 3] = [Self::Raw, Self::Centered, Self::Normalized];

    /// The lower-case word that files and reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Centered => "centered",
            Self::Normalized => "normalized",
        }
    }
}

/// What a row of a [`SampleBlock`](crate::SampleBlock) is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleAxis {
    /// One example of the data set.
    Examples,
    /// One token of one sequence.
    Tokens,
    /// One position of one image.
    Positions,
}

impl SampleAxis {
    /// The lower-case plural that files and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Examples => "examples",
            Self::Tokens => "tokens",
            Self::Positions => "positions",
        }
    }

    /// The inverse of [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Examples, Self::Tokens, Self::Positions]
            .into_iter()
            .find(|axis| axis.name() == name)
    }
}

/// How many samples had norm exactly zero, for each of the four quantities. Such samples have no direction, and
/// stay zero in [`Variant::Normalized`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZeroNorm {
    /// Zero rows of \\(h_a\\).
    pub h_a: usize,
    /// Zero rows of \\(h_b\\).
    pub h_b: usize,
    /// Zero rows of \\(g_a\\).
    pub g_a: usize,
    /// Zero rows of \\(g_b\\).
    pub g_b: usize,
}
