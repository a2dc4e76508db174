//! The six matrices of a layer by name, and the fourteen pairs of them.

use std::fmt;

use formant_moments::Side;
use serde::{Deserialize, Serialize};

use crate::Matrix;

/// One of the six matrices of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LayerMatrix {
    /// \\(Z_a = W^\top W\\).
    #[serde(rename = "z_a")]
    Za,
    /// \\(Z_b = W W^\top\\).
    #[serde(rename = "z_b")]
    Zb,
    /// \\(H_a\\).
    #[serde(rename = "h_a")]
    Ha,
    /// \\(H_b\\).
    #[serde(rename = "h_b")]
    Hb,
    /// \\(G_a\\).
    #[serde(rename = "g_a")]
    Ga,
    /// \\(G_b\\).
    #[serde(rename = "g_b")]
    Gb,
}

impl LayerMatrix {
    /// All six, in the order that decides which matrix of a pair is \\(x\\): \\(Z\\), \\(H\\), \\(G\\), and of one
    /// letter side *a* first.
    pub const ALL: [Self; 6] = [Self::Za, Self::Zb, Self::Ha, Self::Hb, Self::Ga, Self::Gb];

    /// The side that it belongs to.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Za | Self::Ha | Self::Ga => Side::A,
            Self::Zb | Self::Hb | Self::Gb => Side::B,
        }
    }

    /// Which matrix of its side it is.
    #[must_use]
    pub fn matrix(self) -> Matrix {
        match self {
            Self::Za | Self::Zb => Matrix::Z,
            Self::Ha | Self::Hb => Matrix::H,
            Self::Ga | Self::Gb => Matrix::G,
        }
    }

    /// Its name in reports, `z_a` for example.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Za => "z_a",
            Self::Zb => "z_b",
            Self::Ha => "h_a",
            Self::Hb => "h_b",
            Self::Ga => "g_a",
            Self::Gb => "g_b",
        }
    }

    /// The pairs \\((x, y)\\) that power laws are fitted to: all but \\(Z_a, Z_b\\), whose exponent is 1 for any \\(W\\).
    pub fn pairs() -> impl Iterator<Item = (Self, Self)> {
        let all = Self::ALL.into_iter().enumerate();
        all.flat_map(|(at, x)| Self::ALL[at + 1..].iter().map(move |y| (x, *y)))
            .filter(|(_, y)| y.matrix() != Matrix::Z)
    }
}

impl fmt::Display for LayerMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
