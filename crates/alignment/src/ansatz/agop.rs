//! The average gradient outer product, streaming.

use formant_moments::Element;
use ndarray::{Array2, ArrayView2, ArrayView3, Axis};

use crate::AlignmentError;
use crate::sample_rows::{ScaledGram, checked_rows};

/// Collects the average gradient outer product \\(E\[J^\top J\]\\), `[d_a, d_a]`, where row \\(k\\) of a sample's Jacobian
/// \\(J\\), `[outputs, d_a]`, is the gradient \\(\partial f_k / \partial h_a\\) of the network's output \\(k\\).
///
/// Give whole Jacobians, or the gradients of one output after the other (one backward pass an output gives them): it is
/// the same sum. Both may be cut into blocks at will.
#[derive(Debug, Clone)]
pub struct AgopAccumulator {
    d_a: usize,
    sum: ScaledGram,
    /// Gradients seen, by output.
    counts: Vec<usize>,
}

impl AgopAccumulator {
    /// An empty accumulator for a layer with `d_a` inputs in a network with `outputs` outputs.
    #[must_use]
    pub fn new(d_a: usize, outputs: usize) -> Self {
        Self {
            d_a,
            sum: ScaledGram::new(d_a),
            counts: vec![0; outputs],
        }
    }

    /// Adds the Jacobians of some samples, `[n, outputs, d_a]`.
    ///
    /// # Errors
    ///
    /// If the shape does not fit or a value is NaN or infinite. The accumulator is then as it was before.
    pub fn add_jacobians<T: Element>(
        &mut self,
        jacobians: ArrayView3<'_, T>,
    ) -> Result<(), AlignmentError> {
        let (n, outputs, d_a) = jacobians.dim();
        let expected = (self.counts.len(), self.d_a);
        if (outputs, d_a) != expected {
            return Err(AlignmentError::Rows {
                what: "a sample's Jacobian",
                found: [outputs, d_a],
                expected: expected.into(),
            });
        }
        let blocks = jacobians.axis_iter(Axis(0));
        let rows: Vec<_> = blocks
            .map(|block| checked_rows("a Jacobian", block, expected))
            .collect::<Result<_, _>>()?;
        for rows in rows {
            self.sum.add(&rows);
        }
        self.counts.iter_mut().for_each(|count| *count += n);
        Ok(())
    }

    /// Adds the gradients of one output, counted from 0, for some samples, `[n, d_a]`.
    ///
    /// # Errors
    ///
    /// If there is no such output, the shape does not fit, or a value is NaN or infinite. The accumulator is then as it
    /// was before.
    pub fn add_output<T: Element>(
        &mut self,
        output: usize,
        gradients: ArrayView2<'_, T>,
    ) -> Result<(), AlignmentError> {
        let outputs = self.counts.len();
        let Some(count) = self.counts.get_mut(output) else {
            return Err(AlignmentError::Output { output, outputs });
        };
        let shape = (gradients.nrows(), self.d_a);
        self.sum.add(&checked_rows("gradients", gradients, shape)?);
        *count += shape.0;
        Ok(())
    }

    /// \\(E\[J^\top J\]\\), `[d_a, d_a]`, the mean over samples.
    ///
    /// # Errors
    ///
    /// If there are no samples, not equally many gradients of every output, or gradients so small or large that their
    /// squares lose digits or overflow.
    pub fn finish(self) -> Result<Array2<f64>, AlignmentError> {
        let expected = self.counts.first().copied().unwrap_or(0);
        if let Some((output, &found)) = self
            .counts
            .iter()
            .enumerate()
            .find(|(_, n)| **n != expected)
        {
            return Err(AlignmentError::UnevenOutputs {
                output,
                found,
                expected,
            });
        }
        if expected == 0 {
            let (found, needed) = (0, 1);
            return Err(AlignmentError::TooFewSamples { found, needed });
        }
        self.sum.mean(expected, "the output's gradient")
    }
}
