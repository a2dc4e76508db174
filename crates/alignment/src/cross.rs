//! The cross moment of gradients and representations against the matrices of its side.
//!
//! Kind and range: similarities in \\([-1, 1]\\), unchanged by a scale of \\(g\\), \\(h\\) or \\(W\\) and by one permutation of
//! the neurons of the side; \\(g \to -g\\) turns their sign. Their null is the rotation null of \\(C_c + C_c^\top\\) and
//! \\(Z_c\\), see [`layer_nulls`](crate::layer_nulls).

use formant_moments::{LayerMoments, Moment, Side, Variant};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::relation::{SideMatrices, moment_or_zero};
use crate::sample_rows::{square_sum, trace};
use crate::{ByVariant, Matrix, ROUNDING, pearson};

/// How well the cross moment \\(C_c = E\[g_c h_c^\top\]\\) of a side aligns with the other matrices of that side:
/// similarities in \\([-1, 1]\\), `None` where not defined.
///
/// The paper compares cov(g, h) with \\(WW^\top\\), as support for the step of its proof in which cross terms align with
/// weights, and with \\(G\\) and \\(H\\) (FOUND). The balance equations hold the symmetric part \\(C_c + C_c^\top\\)
/// (DERIVED, after Theorem 1 of arXiv 2410.03006), so that part is compared. Its sign is that of \\(g = -\partial\ell/\partial h\\).
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

    /// The same, of matrices that are formed already: side a, side b.
    pub(crate) fn of(sides: &[SideMatrices; 2], crosses: &[ByVariant<Array2<f64>>; 2]) -> Self {
        let side = |side: &SideMatrices, cross: &ByVariant<Array2<f64>>| {
            ByVariant::from_fn(|variant| {
                let of = |matrix| side.get(matrix, variant);
                let [h, g, z] = [Matrix::H, Matrix::G, Matrix::Z].map(of);
                CrossAlignment::of(cross.get(variant).view(), h, g, z)
            })
        };
        Self {
            a: side(&sides[0], &crosses[0]),
            b: side(&sides[1], &crosses[1]),
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
    let [h, g, z] =
        [Matrix::H, Matrix::G, Matrix::Z].map(|m| moment_or_zero(layer, side, m, variant));
    let cross = layer.second_moment(side, Moment::Cross, variant);
    let cross = symmetric_cross(&cross, [h.view(), g.view()]);
    CrossAlignment::of(cross.view(), h.view(), g.view(), z.view())
}

impl CrossAlignment {
    fn of(
        cross: ArrayView2<'_, f64>,
        h: ArrayView2<'_, f64>,
        g: ArrayView2<'_, f64>,
        z: ArrayView2<'_, f64>,
    ) -> Self {
        let with = |other| pearson(cross, other).ok();
        Self {
            z: with(z),
            h: with(h),
            g: with(g),
        }
    }
}

/// \\(C + C^\top\\) of a side, in every variant.
pub(crate) fn symmetric_crosses(
    layer: &LayerMoments,
    side: Side,
    matrices: &SideMatrices,
) -> ByVariant<Array2<f64>> {
    ByVariant::from_fn(|variant| {
        let of = |matrix| matrices.get(matrix, variant);
        let cross = layer.second_moment(side, Moment::Cross, variant);
        symmetric_cross(&cross, [of(Matrix::H), of(Matrix::G)])
    })
}

/// \\(C + C^\top\\); zeros where that is rounding relative to the two second moments, or one of them is zero.
fn symmetric_cross(cross: &Array2<f64>, [h, g]: [ArrayView2<'_, f64>; 2]) -> Array2<f64> {
    let mut sum = cross + &cross.t();
    let most = trace(h).sqrt() * trace(g).sqrt();
    if square_sum(&sum).sqrt() <= ROUNDING * most || most == 0.0 {
        sum.fill(0.0);
    }
    sum
}
