//! Samples for the tests, and the slow twin of the moments.
#![allow(clippy::unwrap_used)]

use formant_moments::{
    LayerMoments, Moment, MomentsAccumulator, SampleAxis, SampleBlock, Side, Variant,
};
use ndarray::{Array2, Axis, s};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

pub mod fuzz;

pub const MOMENTS: [Moment; 3] = [Moment::H, Moment::G, Moment::Cross];

pub fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

/// A layer's samples, with means far from zero; `h_b` and `g_a` are those of a linear layer.
pub struct Samples {
    pub h_a: Array2<f64>,
    pub h_b: Array2<f64>,
    pub g_a: Array2<f64>,
    pub g_b: Array2<f64>,
    pub weight: Array2<f64>,
}

impl Samples {
    pub fn new(n: usize, d_a: usize, d_b: usize, seed: u64) -> Self {
        let (h_a, g_b, weight) = (
            normal(n, d_a, seed) + 0.5,
            normal(n, d_b, seed + 1),
            normal(d_b, d_a, seed + 2),
        );
        Self {
            h_b: h_a.dot(&weight.t()),
            g_a: g_b.dot(&weight),
            h_a,
            g_b,
            weight,
        }
    }

    pub fn block(&self, rows: std::ops::Range<usize>) -> SampleBlock<'_, f64> {
        SampleBlock {
            h_a: self.h_a.slice(s![rows.clone(), ..]),
            h_b: self.h_b.slice(s![rows.clone(), ..]),
            g_a: self.g_a.slice(s![rows.clone(), ..]),
            g_b: self.g_b.slice(s![rows, ..]),
        }
    }

    pub fn accumulator(&self) -> MomentsAccumulator {
        MomentsAccumulator::new(self.weight.ncols(), self.weight.nrows())
    }

    /// All samples in one block.
    pub fn moments(&self) -> LayerMoments {
        let mut accumulator = self.accumulator();
        accumulator.add(&self.block(0..self.h_a.nrows())).unwrap();
        accumulator
            .finish("fc", self.weight.view(), SampleAxis::Examples)
            .unwrap()
    }

    /// A second moment as the definition says it, sample by sample, in two passes.
    pub fn slow(&self, side: Side, moment: Moment, variant: Variant) -> Array2<f64> {
        let (h, g) = match side {
            Side::A => (&self.h_a, &self.g_a),
            Side::B => (&self.h_b, &self.g_b),
        };
        let prepare = |x: &Array2<f64>| {
            let mut x = x.clone();
            if variant == Variant::Normalized {
                for mut row in x.rows_mut() {
                    let norm = row.dot(&row).sqrt();
                    if norm > 0.0 {
                        row /= norm;
                    }
                }
            }
            if variant != Variant::Raw {
                let mean = x.mean_axis(Axis(0)).unwrap();
                x -= &mean;
            }
            x
        };
        let (left, right) = match moment {
            Moment::H => (prepare(h), prepare(h)),
            Moment::G => (prepare(g), prepare(g)),
            Moment::Cross => (prepare(g), prepare(h)),
        };
        left.t().dot(&right) / left.nrows() as f64
    }
}

/// Largest difference, relative to the largest entry.
pub fn distance(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    let largest = |x: &Array2<f64>| x.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    largest(&(left - right)) / largest(right).max(f64::MIN_POSITIVE)
}

/// [`distance`] of two layers: the largest over sides, moments and variants.
pub fn layer_distance(left: &LayerMoments, right: &LayerMoments) -> f64 {
    let mut largest = 0.0_f64;
    for (side, moment) in Side::ALL
        .into_iter()
        .flat_map(|side| MOMENTS.map(|moment| (side, moment)))
    {
        for variant in Variant::ALL {
            let both = [left, right].map(|layer| layer.second_moment(side, moment, variant));
            largest = largest.max(distance(&both[0], &both[1]));
        }
    }
    largest
}
