//! What a reader of a layer's numbers should know before they mean anything.

use formant_moments::LayerMoments;

/// Effective rank of the weight's Gram matrix below which nearly everything is one direction.
pub const NEARLY_RANK_ONE: f64 = 1.5;

/// One sentence each. `rank`: the effective rank of the weight's Gram matrix.
pub(super) fn warnings(layer: &LayerMoments, rank: Option<f64>) -> Vec<String> {
    let mut out = Vec::new();
    if layer.d_b() == 1 && layer.d_a() > 1 {
        out.push(
            "GWA a is 1 by definition: with one output, G_a and Z_a are multiples of the same matrix"
                .to_owned(),
        );
    }
    if layer.d_a() == 1 && layer.d_b() > 1 {
        out.push(
            "RWA b is 1 by definition: with one input, H_b and Z_b are multiples of the same matrix"
                .to_owned(),
        );
    }
    if let Some(rank) =
        rank.filter(|rank| *rank < NEARLY_RANK_ONE && layer.d_a().min(layer.d_b()) > 1)
    {
        out.push(format!(
            "the weight is nearly of rank one (effective rank {rank:.2}): G_a, Z_a and H_b, Z_b are nearly multiples of \
             one matrix each, so that GWA a and RWA b hold by algebra"
        ));
    }
    out
}
