//! Streaming measurement of neural collapse.

use formant_moments::{Element, SampleBlock};
use ndarray::{Array2, ArrayView2};

use super::geometry::{duality, equiangularity, variability};
use super::means::ClassMeans;
use super::{NearestClassMean, NeuralCollapse};
use crate::sample_rows::{
    ScaledGram, add_gram_lower, checked_rows, mirror_lower, square_sum, trace,
};
use crate::{AlignmentError, LEAST_SAMPLES, OutputSpace, isotropy};

/// Collects what [`NeuralCollapse`] needs of one layer, over any number of labelled blocks.
///
/// The result does not depend on how samples are cut into blocks or in which order they come, up to rounding. Memory:
/// \\(d_a^2 + C (d_a + d_b)\\) numbers of 8 bytes.
#[derive(Debug, Clone)]
pub struct CollapseAccumulator {
    features: ClassMeans,
    /// \\(\sum_i (h_{a,i} - \mu_{y_i})(h_{a,i} - \mu_{y_i})^\top\\), lower triangle.
    feature_scatter: Array2<f64>,
    outputs: ClassMeans,
    /// The trace of the same for the outputs.
    output_scatter: f64,
    /// \\(\sum_i g_{b,i} g_{b,i}^\top\\), for a classifier only.
    gradients: Option<ScaledGram>,
}

impl CollapseAccumulator {
    /// An empty accumulator for a layer with `d_a` inputs and `d_b` outputs, on data of `classes` classes. With
    /// `d_b == classes` the layer is taken for the classifier.
    ///
    /// # Errors
    ///
    /// If there are fewer than two classes.
    pub fn new(d_a: usize, d_b: usize, classes: usize) -> Result<Self, AlignmentError> {
        if classes < 2 {
            return Err(AlignmentError::TooFewClasses { found: classes });
        }
        Ok(Self {
            features: ClassMeans::new(classes, d_a),
            feature_scatter: Array2::zeros((d_a, d_a)),
            outputs: ClassMeans::new(classes, d_b),
            output_scatter: 0.0,
            gradients: (d_b == classes).then(|| ScaledGram::new(d_b)),
        })
    }

    /// Adds a block of samples with their classes, counted from 0. Its `g_a` is not read.
    ///
    /// # Errors
    ///
    /// If a shape does not fit, a value is NaN or infinite, or a label is not below the number of classes. The
    /// accumulator is then as it was before.
    pub fn add<T: Element>(
        &mut self,
        block: &SampleBlock<'_, T>,
        labels: &[usize],
    ) -> Result<(), AlignmentError> {
        let n = labels.len();
        let (classes, d_a) = self.features.means.dim();
        let d_b = self.outputs.means.ncols();
        if let Some((row, &label)) = labels.iter().enumerate().find(|(_, l)| **l >= classes) {
            return Err(AlignmentError::Label {
                row,
                label,
                classes,
            });
        }
        let h_a = checked_rows("h_a", block.h_a, (n, d_a))?;
        let h_b = checked_rows("h_b", block.h_b, (n, d_b))?;
        if let Some(gradients) = &mut self.gradients {
            gradients.add(&checked_rows("g_b", block.g_b, (n, d_b))?);
        }
        for rows in self.features.absorb(h_a, labels) {
            add_gram_lower(&mut self.feature_scatter, &rows);
        }
        for rows in self.outputs.absorb(h_b, labels) {
            self.output_scatter += square_sum(&rows);
        }
        Ok(())
    }

    /// How many samples it has seen.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.features.counts.iter().sum()
    }

    /// The class means so far, ready to decide for NC4 in a second pass.
    ///
    /// # Errors
    ///
    /// If the layer is not a classifier (`d_b` is not the number of classes), or a class has no samples.
    pub fn nearest_class_mean(&self) -> Result<NearestClassMean, AlignmentError> {
        self.check_classes()?;
        let (classes, d_b) = self.outputs.means.dim();
        if d_b != classes {
            return Err(AlignmentError::NotAClassifier { d_b, classes });
        }
        Ok(NearestClassMean::new(&self.features))
    }

    /// Everything but NC4, which stays `None`; fill it in from [`NearestClassMean::disagreement`]. `weight` is
    /// `[d_b, d_a]`.
    ///
    /// # Errors
    ///
    /// If a class has no samples, features are so small that their squares lose digits, the weight does not fit or is not finite, or a decomposition does not converge.
    pub fn finish(&self, weight: ArrayView2<'_, f64>) -> Result<NeuralCollapse, AlignmentError> {
        self.check_classes()?;
        let (classes, d_b) = self.outputs.means.dim();
        let shape = (d_b, self.features.means.ncols());
        let weight = checked_rows("weight", weight, shape)?;
        let classifier = (d_b == classes).then(|| weight.view());
        let (means, n) = (self.features.centred(), self.samples() as f64);
        self.check_size(n)?;
        // One sample a class has no variance to speak of.
        let nc1 = if self.samples() > classes {
            variability(&means, &(mirror_lower(self.feature_scatter.clone()) / n))?
        } else {
            None
        };
        let between = square_sum(&self.outputs.centred()) / classes as f64;
        let counts = self.features.counts.iter().copied();
        Ok(NeuralCollapse {
            classes,
            class_samples: [counts.clone().min(), counts.max()].map(Option::unwrap_or_default),
            ignored: 0,
            nc1,
            nc2_features: equiangularity(means.view(), self.features.rounding()),
            nc2_weight: classifier.and_then(|rows| equiangularity(rows, 0.0)),
            nc3: classifier.and_then(|weight| duality(weight, &means)),
            nc4: None,
            quasi_interpolation: (between > LEAST_SAMPLES.powi(2) && self.samples() > classes)
                .then(|| self.output_scatter / n / between),
            loss_isotropy: self
                .gradients
                .as_ref()
                .and_then(|sum| isotropy(sum.finish().view(), OutputSpace::SumZero).ok()),
        })
    }

    /// An error if the squares of features of this size lose digits.
    fn check_size(&self, n: f64) -> Result<(), AlignmentError> {
        let means = &self.features.means;
        let square =
            square_sum(means) / means.nrows() as f64 + trace(self.feature_scatter.view()) / n;
        if square >= LEAST_SAMPLES.powi(2) || means.iter().all(|x| *x == 0.0) {
            return Ok(());
        }
        Err(AlignmentError::Underflow {
            what: "h_a",
            size: square.sqrt(),
        })
    }

    fn check_classes(&self) -> Result<(), AlignmentError> {
        let counts = &self.features.counts;
        match counts.iter().position(|count| *count == 0) {
            Some(class) => Err(AlignmentError::EmptyClass {
                class,
                classes: counts.len(),
            }),
            None => Ok(()),
        }
    }
}
