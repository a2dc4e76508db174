//! The six relations of a network on its few points.

use anyhow::Result;
use formant_alignment::{NullLevel, NullOptions, Relation, alpha, rotation_level, rotation_null};
use formant_backend::KernelsAutodiff;
use formant_data::Batch;
use formant_models::FastPaths;
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_train::{Loss, measure_members};
use ndarray::Array2;

use super::found::Alignment;

/// Rotations of the null: with moments of rank two it is wide, and its quantile needs many.
const DRAWS: usize = 40;

/// Wider layers have a null in closed form, whose quantile is then off by up to 0.002: decompositions and rotations would
/// take a hundred times as long as the training.
const DRAWN_WIDTH: usize = 256;

/// The relations of every linear map of every member, of raw second moments. The epoch is left at 0.
///
/// # Errors
/// If the samples cannot be measured, or a decomposition does not converge.
pub fn alignments<B: KernelsAutodiff, N: FastPaths<B>>(
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
        Relation::Rwa => [gram(), matrix(Moment::H)],
        Relation::Gwa => [gram(), matrix(Moment::G)],
    };
    Ok(Alignment {
        epoch: 0,
        layer: number,
        side: side.name().to_owned(),
        relation: relation.name().to_owned(),
        // Not defined, for instance, for a layer of one neuron.
        alpha: alpha(layer, side, relation, Variant::Raw).ok(),
        null_q95: null_q95(&x, &y),
    })
}

/// The 95 % quantile of the rotation null; nothing where the relation is not defined. Of two matrices the second is turned:
/// the one of rank two, which needs two columns of a rotation.
fn null_q95(still: &Array2<f64>, turned: &Array2<f64>) -> Option<f64> {
    let (still, turned) = (still.view(), turned.view());
    if still.nrows() > DRAWN_WIDTH {
        return rotation_level(still, turned).ok()?.q95;
    }
    let options = NullOptions {
        draws: Some(DRAWS),
        seed: 0,
    };
    let draws = rotation_null(still, turned, options).ok()?;
    NullLevel::of(draws).q95
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A positive semi-definite matrix of rank `r`, whose entries follow no pattern.
    fn positive(d: usize, r: usize, seed: f64) -> Array2<f64> {
        let x = Array2::from_shape_fn((r, d), |(i, j)| {
            ((i * i * 7 + j * j * 3 + i * j * 5 + j) as f64 * seed).sin() + 0.1
        });
        x.t().dot(&x)
    }

    #[test]
    fn the_closed_null_is_that_of_many_draws_where_drawing_ends() {
        let d = DRAWN_WIDTH;
        let options = NullOptions {
            draws: Some(1500),
            seed: 0,
        };
        for (still, turned) in [
            (positive(d, d, 1.3), positive(d, 2, 0.7)),
            (positive(d, 2, 1.1), positive(d, 2, 0.7)),
        ] {
            let drawn = rotation_null(still.view(), turned.view(), options).unwrap();
            let drawn = NullLevel::of(drawn).q95.unwrap();
            let closed = rotation_level(still.view(), turned.view()).unwrap();
            let closed = closed.q95.unwrap();
            assert!((drawn - closed).abs() < 0.003, "{drawn} {closed}");
        }
    }

    #[test]
    fn an_undefined_relation_has_no_null() {
        for d in [3, DRAWN_WIDTH + 1] {
            let zero = Array2::zeros((d, d));
            assert_eq!(null_q95(&zero, &positive(d, 2, 0.7)), None);
        }
    }
}
