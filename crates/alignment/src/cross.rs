//! The cross moment of gradients and representations against the matrices of its side.

use formant_moments::{LayerMoments, Moment, Side, Variant};
use serde::{Deserialize, Serialize};

use crate::relation::matrix_of;
use crate::{ByVariant, Matrix, pearson};

/// How well the cross moment \\(C_c = E\[g_c h_c^\top\]\\) of a side aligns with the other matrices of that side:
/// similarities in \\([-1, 1]\\), `None` where not defined.
///
/// The paper compares cov(g, h) with \\(WW^\top\\), as support for the step of its proof in which cross terms align with
/// weights, and with \\(G\\) and \\(H\\) (FOUND: 1.5). The balance equations hold the symmetric part \\(C_c + C_c^\top\\)
/// (DERIVED: 2.1), so that part is compared. Its sign is that of \\(g = -\partial\ell/\partial h\\).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CrossAlignment {
    /// [`pearson`] of \\(C_c + C_c^\top\\) and \\(Z_c\\).
    pub z: Option<f64>,
    /// The same with \\(H_c\\).
    pub h: Option<f64>,
    /// The same with \\(G_c\\).
    pub g: Option<f64>,
}

/// [`CrossAlignment`] of both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CrossAlignments {
    /// Side a.
    pub a: ByVariant<CrossAlignment>,
    /// Side b.
    pub b: ByVariant<CrossAlignment>,
}

impl CrossAlignments {
    /// Measures both sides; the variant applies to the cross moment, \\(H\\) and \\(G\\).
    #[must_use]
    pub fn new(layer: &LayerMoments) -> Self {
        let side = |side| ByVariant::from_fn(|variant| cross_alignment(layer, side, variant));
        Self {
            a: side(Side::A),
            b: side(Side::B),
        }
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, side: Side, variant: Variant) -> CrossAlignment {
        match side {
            Side::A => *self.a.get(variant),
            Side::B => *self.b.get(variant),
        }
    }
}

/// [`CrossAlignment`] of one side.
#[must_use]
pub fn cross_alignment(layer: &LayerMoments, side: Side, variant: Variant) -> CrossAlignment {
    let cross = layer.second_moment(side, Moment::Cross, variant);
    let cross = &cross + &cross.t();
    let with = |matrix| {
        let other = matrix_of(layer, side, matrix, variant);
        pearson(cross.view(), other.view()).ok()
    };
    CrossAlignment {
        z: with(Matrix::Z),
        h: with(Matrix::H),
        g: with(Matrix::G),
    }
}
