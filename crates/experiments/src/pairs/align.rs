//! The six relations of a network on its few points.

use anyhow::Result;
use formant_alignment::{NullLevel, NullOptions, Relation, alpha, rotation_null};
use formant_backend::KernelsAutodiff;
use formant_data::Batch;
use formant_models::Network;
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_train::{Loss, measure_members};
use ndarray::Array2;

use super::cell::Alignment;

/// Rotations of the null: with moments of rank two it is wide, and its quantile needs many.
const DRAWS: usize = 40;

/// The relations of every linear map of every member, of raw second moments. The epoch is left at 0.
///
/// # Errors
/// If the samples cannot be measured, or a decomposition does not converge.
pub fn alignments<B: KernelsAutodiff, N: Network<B>>(
    model: &N,
    loss: Loss,
    points: &[&Batch],
    outputs: usize,
    device: &B::Device,
) -> Result<Vec<Vec<Alignment>>> {
    let measured = measure_members(model, loss, points, outputs, device)?;
    let of_member = |member: formant_train::Measured| {
        // Numbers that are not finite end the run anyway.
        let layers = member.layers.unwrap_or_default();
        let mut found = Vec::new();
        for (layer, number) in layers.iter().zip(1..) {
            for side in Side::ALL {
                for relation in Relation::ALL {
                    found.push(one(layer, number, side, relation)?);
                }
            }
        }
        Ok(found)
    };
    measured.into_iter().map(of_member).collect()
}

fn one(layer: &LayerMoments, number: u32, side: Side, relation: Relation) -> Result<Alignment> {
    let matrix = |moment| layer.second_moment(side, moment, Variant::Raw).to_owned();
    let gram = || -> Array2<f64> { layer.weight_gram(side) };
    let [x, y] = match relation {
        Relation::Rga => [matrix(Moment::H), matrix(Moment::G)],
        Relation::Rwa => [matrix(Moment::H), gram()],
        Relation::Gwa => [matrix(Moment::G), gram()],
    };
    let options = NullOptions {
        draws: Some(DRAWS),
        seed: 0,
    };
    Ok(Alignment {
        epoch: 0,
        layer: number,
        side: match side {
            Side::A => "a",
            Side::B => "b",
        }
        .to_owned(),
        relation: match relation {
            Relation::Rga => "rga",
            Relation::Rwa => "rwa",
            Relation::Gwa => "gwa",
        }
        .to_owned(),
        // Not defined, for instance, for a layer of one neuron.
        alpha: alpha(layer, side, relation, Variant::Raw).ok(),
        null_q95: rotation_null(x.view(), y.view(), options)
            .ok()
            .and_then(|draws| NullLevel::of(draws).q95),
    })
}
