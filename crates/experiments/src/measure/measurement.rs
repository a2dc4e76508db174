//! What is measured of a network at one step: the lines of `events.jsonl`.

use formant_alignment::power_law::{X_FLOOR, Y_FLOOR};
use formant_alignment::{
    AlignmentError, CollapseAccumulator, Comparison, FeatureAnsatz, LayerMatrix, LayerReport,
    NeuralCollapse, Readings, feature_ansatz, project_pair,
};
use formant_moments::{LayerMoments, Moment, SampleBlock, Side, Variant};
use formant_probe::{HostBlock, Place};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// Everything measured of one network at one step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measurement {
    /// [`CELL_SCHEMA`](crate::runner::CELL_SCHEMA).
    pub schema_version: u32,
    /// `measurement`.
    pub event: String,
    /// Training step.
    pub step: u64,
    /// Mean loss of a measured sample (a held-out one, if nothing else was asked for), without decay; `None` if it is not
    /// finite.
    pub test_loss: Option<f64>,
    /// For classes.
    pub test_accuracy: Option<f64>,
    /// Every linear map, the readout last.
    pub layers: Vec<LayerReport>,
    /// What a report does not hold, for each linear map.
    pub extras: Vec<LayerExtras>,
    /// The numbers of means over late iterates, for each linear map; at the last step alone, where they are requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub averaged: Vec<Readings>,
}

/// What a [`LayerReport`] does not hold of one layer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LayerExtras {
    /// The points of power laws.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub eigenpairs: Vec<Eigenpair>,
}

/// A point of a power law: an eigenvalue of `x`, and `y` along its eigenvector.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Eigenpair {
    /// The matrix that is diagonalised.
    pub x: LayerMatrix,
    /// The matrix that is projected.
    pub y: LayerMatrix,
    /// From 0, at the largest eigenvalue.
    pub index: u32,
    /// The eigenvalue of `x`.
    pub x_value: f64,
    /// The projection of `y`.
    pub y_value: f64,
    /// Whether it is above the floors of the fit.
    pub used: bool,
}

/// The pairs whose points are kept: powers of each side's own Z, and G against H.
const KEPT: [(LayerMatrix, LayerMatrix); 6] = [
    (LayerMatrix::Za, LayerMatrix::Ha),
    (LayerMatrix::Za, LayerMatrix::Ga),
    (LayerMatrix::Zb, LayerMatrix::Hb),
    (LayerMatrix::Zb, LayerMatrix::Gb),
    (LayerMatrix::Ha, LayerMatrix::Ga),
    (LayerMatrix::Hb, LayerMatrix::Gb),
];

/// The points of the pairs that are kept; none for a pair that is not defined.
pub fn eigenpairs(layer: &LayerMoments) -> Vec<Eigenpair> {
    let points = |(x, y): (LayerMatrix, LayerMatrix)| {
        let Ok(found) = project_pair(layer, x, y, Variant::Raw) else {
            return Vec::new();
        };
        let largest = found.x.iter().copied().fold(0.0, f64::max);
        let enters = |x: f64| x > X_FLOOR * largest;
        let pairs = || found.x.iter().zip(&found.y);
        let top = pairs()
            .filter(|(x, _)| enters(**x))
            .map(|(_, y)| *y)
            .fold(0.0, f64::max);
        let point = |(index, (x_value, y_value)): (u32, (&f64, &f64))| Eigenpair {
            x,
            y,
            index,
            x_value: *x_value,
            y_value: *y_value,
            used: enters(*x_value) && *y_value > Y_FLOOR * top,
        };
        (0..).zip(pairs()).map(point).collect()
    };
    KEPT.into_iter().flat_map(points).collect()
}

/// The samples of one member's readout, kept for neural collapse.
#[derive(Debug, Default)]
pub struct ReadoutSamples {
    blocks: Vec<[Array2<f64>; 4]>,
}

impl ReadoutSamples {
    /// Keeps a block of the readout, the layer with index `readout`.
    pub fn keep(&mut self, place: Place, readout: usize, block: &HostBlock<'_>) {
        if place.layer == readout {
            self.blocks.push(match block {
                HostBlock::F32(block) => {
                    [block.h_a, block.h_b, block.g_a, block.g_b].map(|rows| rows.mapv(f64::from))
                }
                HostBlock::F64(block) => {
                    [block.h_a, block.h_b, block.g_a, block.g_b].map(|rows| rows.to_owned())
                }
            });
        }
    }

    /// Neural collapse with these labels, one for each sample in order.
    ///
    /// # Errors
    /// If it is not defined, as when a class has no samples.
    pub fn collapse(
        &self,
        labels: &[u32],
        classes: usize,
        weight: ArrayView2<'_, f64>,
    ) -> Result<NeuralCollapse, AlignmentError> {
        let labels: Vec<usize> = labels.iter().map(|label| *label as usize).collect();
        let (d_b, d_a) = weight.dim();
        let mut accumulator = CollapseAccumulator::new(d_a, d_b, classes)?;
        let mut rest = &labels[..];
        for block in &self.blocks {
            let (left, right) = (block[0].nrows(), rest.len());
            let unpaired = AlignmentError::Unpaired { left, right };
            let (own, others) = rest.split_at_checked(left).ok_or(unpaired)?;
            accumulator.add(&view(block), own)?;
            rest = others;
        }
        let mut collapse = accumulator.finish(weight)?;
        let mut nearest = accumulator.nearest_class_mean()?;
        for [h_a, h_b, ..] in &self.blocks {
            nearest.add(h_a.view(), h_b.view())?;
        }
        collapse.nc4 = nearest.disagreement();
        Ok(collapse)
    }
}

fn view([h_a, h_b, g_a, g_b]: &[Array2<f64>; 4]) -> SampleBlock<'_, f64> {
    SampleBlock {
        h_a: h_a.view(),
        h_b: h_b.view(),
        g_a: g_a.view(),
        g_b: g_b.view(),
    }
}

/// The average gradient outer product of every layer, summed over outputs with the given weights: `[d_a, d_a]` each.
/// `jacobians` holds, for each output, the moments of all layers.
pub fn average_gradient_outer_products(
    jacobians: &[Vec<LayerMoments>],
    weights: &[f64],
) -> Vec<Array2<f64>> {
    let layers = jacobians.first().map_or(0, Vec::len);
    let of_layer = |layer: usize| {
        let parts = jacobians.iter().zip(weights).map(|(of_output, weight)| {
            of_output[layer].second_moment(Side::A, Moment::G, Variant::Raw) * *weight
        });
        parts.reduce(|sum, part| sum + part).unwrap_or_default()
    };
    (0..layers).map(of_layer).collect()
}

/// [`feature_ansatz`] of one layer, by Pearson's correlation; `None` if it is not defined.
pub fn ansatz(layer: &LayerMoments, agop: &Array2<f64>) -> Option<FeatureAnsatz> {
    let g_a = layer.second_moment(Side::A, Moment::G, Variant::Raw);
    let gram = layer.weight_gram(Side::A);
    feature_ansatz(Comparison::Pearson, gram.view(), agop.view(), g_a.view()).ok()
}
