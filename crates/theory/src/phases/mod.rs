//! The power-law phases of a layer: the form of its matrices if some of the six relations hold exactly.
//!
//! Symbols: \\(W = U S V^\top\\) is the weight on its support (its non-zero singular values, \\(r\\) of them). With
//! \\(A = V^\top H_a V\\) and \\(B = U^\top G_b U\\), both `[r, r]`, the other matrices of the layer are, by
//! \\(h_b = W h_a\\) and \\(g_a = W^\top g_b\\),
//!
//! \\[ U^\top H_b U = S A S, \quad V^\top G_a V = S B S, \quad V^\top Z_a V = U^\top Z_b U = S^2. \\]
//!
//! A relation says that two of them are proportional. Take \\(A\\) and \\(B\\) diagonal, and write
//! \\(a, b, s\\) for the logarithms of the diagonals of \\(A, B, S\\), up to a constant. Then each relation is one
//! linear equation (DERIVED, after Theorem 2 and Table 1 of arXiv 2410.03006):
//!
//! | | side b | side a |
//! | --- | --- | --- |
//! | RGA, \\(H_c \propto G_c\\) | \\(2s + a = b\\) | \\(a = 2s + b\\) |
//! | RWA, \\(H_c \propto Z_c\\) | \\(2s + a = 2s\\) | \\(a = 2s\\) |
//! | GWA, \\(G_c \propto Z_c\\) | \\(b = 2s\\) | \\(2s + b = 2s\\) |
//!
//! [`Solution`] solves such a set by elimination over the rational numbers. It gives \\(p\\) in "matrix \\(\propto
//! Z^p\\)" for each matrix, whether the singular values must all be equal, and which matrices are powers of each
//! other. [`rows`] does so for the 12 sets of the paper's Table 1. Only the sets are hard-coded here.
//!
//! Everything holds on the support of \\(W\\). \\(H_a\\) may be non-zero in the null space of \\(W\\), and \\(G_b\\)
//! outside its range; these relations say nothing about those parts.
//!
//! ```
//! use formant_theory::phases::{Exponent, Matrix, row, table};
//!
//! let row = row(2)?;
//! assert_eq!(row.solution.exponent(Matrix::GA), Exponent::Power(3.into()));
//! assert_eq!(row.solution.laws()[0].to_string(), "G_a ∝ H_a^3");
//! println!("{}", table());
//! # Ok::<(), formant_theory::TheoryError>(())
//! ```

mod construct;
mod laws;
mod solve;
mod table;

use serde::Serialize;

use crate::TheoryError;

pub use construct::{LayerSpectra, PlantedLayer, construct};
pub use laws::Law;
pub use num_rational::Rational64;
pub use solve::{Exponent, Solution, WeightSpectrum};
pub use table::table;

/// A second moment of the layer, or a Gram matrix of its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Matrix {
    /// \\(H_a\\), of the layer's inputs.
    HA,
    /// \\(G_a\\), of the gradients with respect to its inputs.
    GA,
    /// \\(H_b\\), of its outputs.
    HB,
    /// \\(G_b\\), of the gradients with respect to its outputs.
    GB,
    /// \\(Z_a = W^\top W\\) or \\(Z_b = W W^\top\\), which have the same spectrum.
    Z,
}

impl std::fmt::Display for Matrix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::HA => "H_a",
            Self::GA => "G_a",
            Self::HB => "H_b",
            Self::GB => "G_b",
            Self::Z => "Z",
        })
    }
}

/// Which relations hold on a side. Any two imply the third, so there are no other states (DERIVED).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SideState {
    /// None is assumed.
    None,
    /// \\(H_c \propto G_c\\).
    Rga,
    /// \\(H_c \propto Z_c\\).
    Rwa,
    /// \\(G_c \propto Z_c\\).
    Gwa,
    /// All three.
    All,
}

impl std::fmt::Display for SideState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Rga => "RGA",
            Self::Rwa => "RWA",
            Self::Gwa => "GWA",
            Self::All => "all",
        })
    }
}

/// A row of Table 1: which relations hold on the two sides, and what follows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// 1 to 12, in our order (the paper's numbering is UNKNOWN).
    #[serde(rename = "row")]
    pub number: usize,
    /// The relations on the output side.
    pub side_b: SideState,
    /// The relations on the input side.
    pub side_a: SideState,
    /// The consequences.
    #[serde(flatten)]
    pub solution: Solution,
}

/// The 12 rows in their order: one relation a side (1 to 9), then all three of side b, of side a, of both.
#[must_use]
pub fn rows() -> Vec<Row> {
    let one = [SideState::Rga, SideState::Rwa, SideState::Gwa];
    one.into_iter()
        .flat_map(|b| one.map(|a| (b, a)))
        .chain([
            (SideState::All, SideState::None),
            (SideState::None, SideState::All),
            (SideState::All, SideState::All),
        ])
        .enumerate()
        .map(|(index, (side_b, side_a))| Row {
            number: index + 1,
            side_b,
            side_a,
            solution: Solution::of(side_b, side_a),
        })
        .collect()
}

/// One row by its number, 1 to 12.
///
/// # Errors
///
/// If there is no such row.
pub fn row(number: usize) -> Result<Row, TheoryError> {
    let all = rows();
    let count = all.len();
    all.into_iter()
        .find(|row| row.number == number)
        .ok_or(TheoryError::NoSuchRow {
            found: number,
            rows: count,
        })
}
