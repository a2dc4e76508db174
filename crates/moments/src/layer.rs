//! The narrow waist: what every statistic is computed from.

use ndarray::{Array2, ArrayView2};

use crate::linalg::gram;
use crate::scatter::Scatter;
use crate::{Moment, MomentsError, SampleAxis, Side, Variant, ZeroNorm};

/// The second moments of one layer on one set of samples, with its weight. Made by
/// [`MomentsAccumulator::finish`](crate::MomentsAccumulator::finish), by a [dump](crate::dump), or [loaded](Self::load).
#[derive(Debug, Clone, PartialEq)]
pub struct LayerMoments {
    pub(crate) name: String,
    pub(crate) sample_axis: SampleAxis,
    pub(crate) weight: Array2<f64>,
    pub(crate) a: SideMoments,
    pub(crate) b: SideMoments,
    /// `None` of one iterate.
    pub(crate) iterates: Option<Iterates>,
}

/// What is known of the weights of several iterates beside their mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Iterates {
    pub(crate) count: usize,
    /// Mean of \\(W^\top W\\).
    pub(crate) gram_a: Array2<f64>,
    /// Mean of \\(W W^\top\\).
    pub(crate) gram_b: Array2<f64>,
}

/// One side: samples as they are, and at unit norm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideMoments {
    pub(crate) plain: Scatter,
    pub(crate) unit: Scatter,
    pub(crate) zero_norm_h: usize,
    pub(crate) zero_norm_g: usize,
}

impl SideMoments {
    pub(crate) fn d(&self) -> usize {
        self.plain.mean.len() / 2
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (to, from) in [
            (&mut self.plain, &other.plain),
            (&mut self.unit, &other.unit),
        ] {
            to.merge(from);
        }
        self.zero_norm_h += other.zero_norm_h;
        self.zero_norm_g += other.zero_norm_g;
    }
}

impl LayerMoments {
    /// Name of the layer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of samples \\(n\\), at least 2.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.a.plain.samples
    }

    /// What a sample is.
    #[must_use]
    pub fn sample_axis(&self) -> SampleAxis {
        self.sample_axis
    }

    /// Width of the input.
    #[must_use]
    pub fn d_a(&self) -> usize {
        self.a.d()
    }

    /// Width of the output.
    #[must_use]
    pub fn d_b(&self) -> usize {
        self.b.d()
    }

    /// Width of a side.
    #[must_use]
    pub fn d(&self, side: Side) -> usize {
        self.side(side).d()
    }

    /// Of how many iterates of the training these are the moments, see [`add_iterate`](Self::add_iterate).
    #[must_use]
    pub fn iterates(&self) -> usize {
        self.iterates.as_ref().map_or(1, |iterates| iterates.count)
    }

    /// The weight \\(W\\), `[d_b, d_a]`: \\(h_b = W h_a\\). Of several iterates it is their mean, and the equation does not hold.
    #[must_use]
    pub fn weight(&self) -> ArrayView2<'_, f64> {
        self.weight.view()
    }

    /// A second moment of a side, `[d, d]`; for [`Moment::Cross`] rows are \\(g\\) and columns \\(h\\).
    ///
    /// Made anew at each call, in O(d²).
    #[must_use]
    pub fn second_moment(&self, side: Side, moment: Moment, variant: Variant) -> Array2<f64> {
        let moments = self.side(side);
        match variant {
            Variant::Raw | Variant::Centered => moments.plain.second_moment(moment, variant),
            Variant::Normalized => moments.unit.second_moment(moment, Variant::Centered),
        }
    }

    /// The weight's Gram matrix on a side: \\(Z_a = W^\top W\\), `[d_a, d_a]`, or \\(Z_b = W W^\top\\), `[d_b, d_b]`.
    ///
    /// Of several iterates it is the mean of theirs, and not the Gram matrix of [`weight`](Self::weight). Made anew at each call,
    /// by one matrix product.
    #[must_use]
    pub fn weight_gram(&self, side: Side) -> Array2<f64> {
        if let Some(iterates) = &self.iterates {
            return match side {
                Side::A => iterates.gram_a.clone(),
                Side::B => iterates.gram_b.clone(),
            };
        }
        match side {
            Side::A => gram(self.weight.view()),
            Side::B => gram(self.weight.t()),
        }
    }

    /// How many samples had norm zero.
    #[must_use]
    pub fn zero_norm(&self) -> ZeroNorm {
        ZeroNorm {
            h_a: self.a.zero_norm_h,
            h_b: self.b.zero_norm_h,
            g_a: self.a.zero_norm_g,
            g_b: self.b.zero_norm_g,
        }
    }

    /// Adds the samples behind `other`: the same layer, with the same weight, on other samples.
    ///
    /// # Errors
    ///
    /// If name, widths, weight or sample axis differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), MomentsError> {
        self.check_alike(other)?;
        if let Some(((row, column), x)) = self
            .weight
            .indexed_iter()
            .find(|(at, x)| other.weight[*at] != **x)
        {
            let right = other.weight[[row, column]];
            let left = format!("{x} at [{row}, {column}]");
            return Err(mismatch("weights", left, right.to_string()));
        }
        let counts = [self, other].map(Self::iterates);
        if counts != [1, 1] {
            let [left, right] = counts.map(|count| count.to_string());
            return Err(mismatch("iterates, expected 1 each,", left, right));
        }
        self.merge_samples(other);
        Ok(())
    }

    /// Adds the samples behind `other`, the same layer at other steps of its training. Of \\(W\\), \\(W^\top W\\) and
    /// \\(W W^\top\\) the means over iterates are kept. Where training is stationary, means over iterates estimate expectations
    /// over the stationary state; moments of one iterate, of however many samples, do not.
    ///
    /// # Errors
    ///
    /// If name, widths or sample axis differ.
    pub fn add_iterate(&mut self, other: &Self) -> Result<(), MomentsError> {
        self.check_alike(other)?;
        let [left, right] = [&*self, other].map(|layer| layer.iterates() as f64);
        let mean = |x: Array2<f64>, y: Array2<f64>| (x * left + y * right) / (left + right);
        let [gram_a, gram_b] =
            Side::ALL.map(|side| mean(self.weight_gram(side), other.weight_gram(side)));
        self.weight = mean(std::mem::take(&mut self.weight), other.weight.clone());
        self.iterates = Some(Iterates {
            count: self.iterates() + other.iterates(),
            gram_a,
            gram_b,
        });
        self.merge_samples(other);
        Ok(())
    }

    /// An error unless both are of one layer.
    fn check_alike(&self, other: &Self) -> Result<(), MomentsError> {
        if self.name != other.name {
            return Err(mismatch("names", self.name.clone(), other.name.clone()));
        }
        if self.sample_axis != other.sample_axis {
            let (left, right) = (self.sample_axis.name(), other.sample_axis.name());
            return Err(mismatch("sample axes", left.into(), right.into()));
        }
        let (left, right) = (self.weight.dim(), other.weight.dim());
        if left != right {
            return Err(mismatch(
                "weight shapes [d_b, d_a]",
                format!("{left:?}"),
                format!("{right:?}"),
            ));
        }
        Ok(())
    }

    fn merge_samples(&mut self, other: &Self) {
        for (side, other) in [(&mut self.a, &other.a), (&mut self.b, &other.b)] {
            side.merge(other);
            side.plain.complete();
            side.unit.complete();
        }
    }

    fn side(&self, side: Side) -> &SideMoments {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

fn mismatch(what: &'static str, left: String, right: String) -> MomentsError {
    MomentsError::MergeMismatch { what, left, right }
}
