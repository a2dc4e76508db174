//! Streaming accumulation of a layer's moments, block by block.

use ndarray::{ArrayView1, ArrayView2, s};

use crate::block::check_finite;
use crate::layer::{LayerMoments, SideMoments};
use crate::rows::Scratch;
use crate::scatter::{Collected, Scatter};
use crate::{Element, MomentsError, SampleAxis, SampleBlock, Side};

/// Rows that share the reference which they are shifted by before they are multiplied, see [`Scratch`].
const SPAN: usize = 4096;

/// Collects the moments of one layer over any number of blocks, in `f64`, on the calling thread.
///
/// The result does not depend on how samples are cut into blocks or in which order they come, up to rounding
/// (1e-12 relative in the tests). Memory: \\(6 (d_a^2 + d_b^2)\\) numbers of 8 bytes, and 2048 of the larger width.
#[derive(Debug, Clone)]
pub struct MomentsAccumulator {
    a: SideMoments,
    b: SideMoments,
    scratch: Scratch,
}

/// Moments of some samples that were already reduced elsewhere, on a GPU for example; see
/// [`MomentsAccumulator::add_reduced`].
#[derive(Debug, Clone, Copy)]
pub struct ReducedBlock<'a> {
    /// How many samples were reduced.
    pub samples: usize,
    /// The input side.
    pub a: ReducedSide<'a>,
    /// The output side.
    pub b: ReducedSide<'a>,
}

/// One side of a [`ReducedBlock`]. Each vector is a sample's \\(x = (h, g)\\), stacked, with `2 d` entries.
#[derive(Debug, Clone, Copy)]
pub struct ReducedSide<'a> {
    /// Mean of \\(x\\), `[2d]`.
    pub mean: ArrayView1<'a, f64>,
    /// \\(\sum_i (x_i - \mu)(x_i - \mu)^\top\\) about that mean, `[2d, 2d]`; the lower triangle is read.
    pub scatter: ArrayView2<'a, f64>,
    /// The same mean of the samples with \\(h\\) and \\(g\\) each divided by its own norm.
    pub unit_mean: ArrayView1<'a, f64>,
    /// The same scatter of the samples with \\(h\\) and \\(g\\) each divided by its own norm.
    pub unit_scatter: ArrayView2<'a, f64>,
    /// How many \\(h\\) had norm zero, and stayed zero.
    pub zero_norm_h: usize,
    /// How many \\(g\\) had norm zero, and stayed zero.
    pub zero_norm_g: usize,
}

impl MomentsAccumulator {
    /// An empty accumulator for a layer with `d_a` inputs and `d_b` outputs.
    #[must_use]
    pub fn new(d_a: usize, d_b: usize) -> Self {
        Self {
            a: SideMoments::new(d_a),
            b: SideMoments::new(d_b),
            scratch: Scratch::default(),
        }
    }

    /// The same for what is made of representations and gradients at unit norm alone, in about a quarter of the time: in the
    /// finished layer raw and centered moments and all cross moments are zero, so that nothing that is made of them is
    /// defined.
    #[must_use]
    pub fn normalized_only(mut self) -> Self {
        for side in [&mut self.a, &mut self.b] {
            side.plain.keep(Collected::Diagonals);
            side.unit.keep(Collected::Symmetric);
        }
        self
    }

    /// How many samples it has seen.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.a.plain.samples
    }

    /// Adds a block of samples; an empty one changes nothing.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit, or a value is NaN or infinite. The accumulator is then as it was before.
    pub fn add<T: Element>(&mut self, block: &SampleBlock<'_, T>) -> Result<(), MomentsError> {
        let samples = block.check(self.a.d(), self.b.d())?;
        for (side, h, g) in [
            (&mut self.a, block.h_a, block.g_a),
            (&mut self.b, block.h_b, block.g_b),
        ] {
            for start in (0..samples).step_by(SPAN) {
                let rows = s![start..samples.min(start + SPAN), ..];
                self.scratch.add(side, h.slice(rows), g.slice(rows));
            }
        }
        Ok(())
    }

    /// Adds samples that were reduced elsewhere. The scatter has to be about the block's own mean: subtract the
    /// mean *before* the product, or `f32` loses the digits that matter.
    ///
    /// # Errors
    ///
    /// If a shape does not fit, a value is NaN or infinite, or more samples were zero than there are. The accumulator is then as it was before.
    pub fn add_reduced(&mut self, block: &ReducedBlock<'_>) -> Result<(), MomentsError> {
        block.a.check(block.samples, self.a.d())?;
        block.b.check(block.samples, self.b.d())?;
        for (side, from) in [(&mut self.a, &block.a), (&mut self.b, &block.b)] {
            side.plain
                .merge_whole(block.samples, from.mean, &from.scatter);
            side.unit
                .merge_whole(block.samples, from.unit_mean, &from.unit_scatter);
            side.zero_norm_h += from.zero_norm_h;
            side.zero_norm_g += from.zero_norm_g;
        }
        Ok(())
    }

    /// Adds everything that `other` has seen.
    ///
    /// # Errors
    ///
    /// If the widths differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), MomentsError> {
        let (left, right) = ((self.a.d(), self.b.d()), (other.a.d(), other.b.d()));
        if left != right {
            let (left, right) = (format!("{left:?}"), format!("{right:?}"));
            return Err(MomentsError::MergeMismatch {
                what: "widths (d_a, d_b)",
                left,
                right,
            });
        }
        self.a.merge(&other.a);
        self.b.merge(&other.b);
        Ok(())
    }

    /// Closes the measurement. `weight` is `[d_b, d_a]`, PyTorch's orientation: \\(h_b = W h_a\\).
    ///
    /// # Errors
    ///
    /// If the weight does not fit or is not finite, a side has no neurons, there are fewer than two samples, or
    /// the moments overflow.
    pub fn finish(
        mut self,
        name: impl Into<String>,
        weight: ArrayView2<'_, f64>,
        sample_axis: SampleAxis,
    ) -> Result<LayerMoments, MomentsError> {
        let (layer, d_a, d_b) = (name.into(), self.a.d(), self.b.d());
        if d_a == 0 || d_b == 0 {
            return Err(MomentsError::NoNeurons { layer, d_a, d_b });
        }
        if weight.dim() != (d_b, d_a) {
            return Err(MomentsError::WeightShape {
                layer,
                found: weight.shape().to_vec(),
                expected: vec![d_b, d_a],
            });
        }
        check_finite("weight", &weight)?;
        if self.samples() < 2 {
            return Err(MomentsError::TooFewSamples {
                layer,
                found: self.samples(),
            });
        }
        for (side, moments) in [(Side::A, &mut self.a), (Side::B, &mut self.b)] {
            moments.plain.complete();
            moments.unit.complete();
            if !(moments.plain.is_finite() && moments.unit.is_finite()) {
                let side = if side == Side::A { 'a' } else { 'b' };
                return Err(MomentsError::Overflow { layer, side });
            }
            moments.plain.forget_diagonals();
        }
        let weight = weight.as_standard_layout().into_owned();
        Ok(LayerMoments {
            name: layer,
            sample_axis,
            weight,
            a: self.a,
            b: self.b,
            iterates: None,
        })
    }
}

impl ReducedSide<'_> {
    fn check(&self, samples: usize, d: usize) -> Result<(), MomentsError> {
        let found = self.zero_norm_h.max(self.zero_norm_g);
        if found > samples {
            return Err(MomentsError::TooManyZeros { found, samples });
        }
        for (quantity, mean) in [("mean", &self.mean), ("unit_mean", &self.unit_mean)] {
            let (found, expected) = (mean.shape().to_vec(), vec![2 * d]);
            if found != expected {
                return Err(MomentsError::BlockShape {
                    quantity,
                    found,
                    expected,
                });
            }
            check_finite(quantity, &mean.insert_axis(ndarray::Axis(0)))?;
        }
        for (quantity, scatter) in [
            ("scatter", &self.scatter),
            ("unit_scatter", &self.unit_scatter),
        ] {
            let (found, expected) = (scatter.shape().to_vec(), vec![2 * d, 2 * d]);
            if found != expected {
                return Err(MomentsError::BlockShape {
                    quantity,
                    found,
                    expected,
                });
            }
            check_finite(quantity, scatter)?;
        }
        Ok(())
    }
}

impl SideMoments {
    fn new(d: usize) -> Self {
        Self {
            plain: Scatter::new(d),
            unit: Scatter::new(d),
            zero_norm_h: 0,
            zero_norm_g: 0,
        }
    }
}
