//! The equations of one side; those of the other are the same with the quantities exchanged.

use ndarray::{Array2, ArrayView2};

use super::noise::debiased;
use super::subset::Samples;
use super::{AgainstGram, Constant, Sgd};
use crate::AlignmentError;
use crate::sample_rows::{square_sum, trace};

/// What enters the equations of a side: \\(x \mapsto W x\\) and the gradient \\(y\\) by its output. On side b these are
/// \\(h_a\\) and \\(g_b\\), on side a \\(g_b\\) and \\(h_a\\), with \\(W\\) transposed.
pub(super) struct Half<'a> {
    /// Of the second moment of the output, and of the Gram matrix of the weight.
    pub(super) names: [&'static str; 2],
    /// \\(s = E\lVert x\rVert^2\\).
    pub(super) size: f64,
    /// \\(X = E[x x^\top]\\).
    pub(super) input: ArrayView2<'a, f64>,
    /// \\(Y = E[y y^\top]\\).
    pub(super) gradient: ArrayView2<'a, f64>,
    /// \\(N = E[\lVert x\rVert^2 y y^\top]\\).
    pub(super) weighted: ArrayView2<'a, f64>,
    /// \\(M = E[y x^\top]\\).
    pub(super) mean: ArrayView2<'a, f64>,
    /// \\(W\\), of the shape of `mean`.
    pub(super) weight: ArrayView2<'a, f64>,
}

/// What comes out, for one side.
pub(super) struct HalfBalance {
    /// Of (i) or (iii).
    pub(super) output: Level,
    /// The same equation, relative to \\(2\gamma s Z\\).
    pub(super) against_gram: AgainstGram,
    /// Of (ii) or (iv).
    pub(super) gram: Level,
    pub(super) drift: f64,
    pub(super) constant: Constant,
}

/// An equation.
pub(super) struct BothSides {
    left: Array2<f64>,
    right: Array2<f64>,
}

impl BothSides {
    /// Left less right.
    pub(super) fn deviation(self) -> Array2<f64> {
        self.left - self.right
    }

    fn residual(&self, what: &'static str) -> Result<f64, AlignmentError> {
        relative(&self.left, &self.right, what)
    }
}

/// The equations of a side, and the matrices that they share.
pub(super) struct Sides {
    /// (i) or (iii).
    pub(super) output: BothSides,
    /// (ii) or (iv).
    pub(super) gram: BothSides,
    /// \\(M W^\top + W M^\top\\).
    pull: Array2<f64>,
    /// \\(M M^\top\\).
    outer: Array2<f64>,
    gram_matrix: Array2<f64>,
    /// The second moment of the output.
    output_matrix: Array2<f64>,
}

/// A residual and its level from sampling alone.
pub(super) struct Level {
    pub(super) residual: f64,
    pub(super) noise: f64,
}

impl Half<'_> {
    /// \\(N\\) against \\(s Y\\); `what` is the name of \\(y\\).
    pub(super) fn self_averaging(&self, what: &'static str) -> Result<f64, AlignmentError> {
        relative(
            &self.weighted.to_owned(),
            &(&self.gradient * self.size),
            what,
        )
    }

    pub(super) fn balance(
        &self,
        sgd: &Sgd,
        samples: &Samples<'_>,
    ) -> Result<HalfBalance, AlignmentError> {
        let (eta, gamma, size) = (sgd.learning_rate, sgd.weight_decay, self.size);
        let batch = sgd.batch_size as f64;
        let (same, other) = (1.0 / batch, (batch - 1.0) / batch);
        let sides = self.sides(sgd);
        let gram_residual = sides.gram.residual(self.names[1])?;
        let output_residual = sides.output.residual(self.names[0])?;
        let Sides {
            pull,
            outer,
            gram_matrix: gram,
            output_matrix: output,
            ..
        } = sides;

        let exact =
            &self.weighted * same + &outer * other - &pull * gamma + &gram * (gamma * gamma);
        let left = pull + exact * eta;
        let drift = relative(&left, &(&gram * (2.0 * gamma)), self.names[1])?;

        let noise = self.noise(sgd, samples);
        let [of_output, of_gram] = [&output, &gram].map(|m| 2.0 * gamma * square_sum(m).sqrt());
        let units = of_output / (size * of_gram); // from 2 gamma H_b to 2 gamma s Z_b
        let level = |residual, noise| Level { residual, noise };
        let output_level = level(output_residual, noise.output / of_output);
        Ok(HalfBalance {
            against_gram: against_gram(&output_level, units),
            output: output_level,
            gram: level(gram_residual, noise.gram / of_gram),
            drift,
            constant: self.constant(&output, &gram)?,
        })
    }

    /// Both sides of (ii) or (iv), and of (i) or (iii).
    pub(super) fn sides(&self, sgd: &Sgd) -> Sides {
        let (mean, weight, size) = (&self.mean, &self.weight, self.size);
        let (eta, gamma) = (sgd.learning_rate, sgd.weight_decay);
        let batch = sgd.batch_size as f64;
        // Shares of pairs of samples of a batch that are equal, and that are not.
        let (same, other) = (1.0 / batch, (batch - 1.0) / batch);

        let gram = weight.dot(&weight.t());
        let mean_input = mean.dot(&self.input);
        let output = symmetric(weight.dot(&self.input).dot(&weight.t()));
        let pull = twice_symmetric(mean.dot(&weight.t())); // C + C^T
        let outer = mean.dot(&mean.t());

        let noise = &self.gradient * (same * size) + &outer * other;
        let of_gram = BothSides {
            left: &pull + &(noise * eta),
            right: &gram * (2.0 * gamma),
        };
        let noise = &self.gradient
            * (same * same * size * size + same * other * square_trace(&self.input))
            + &outer * (2.0 * same * other * size)
            + mean_input.dot(&mean.t()) * (other * (batch - 2.0) * same);
        let of_output = BothSides {
            left: &pull * (same * size)
                + twice_symmetric(mean_input.dot(&weight.t())) * other
                + noise * eta,
            right: &output * (2.0 * gamma),
        };
        Sides {
            output: of_output,
            gram: of_gram,
            pull,
            outer,
            gram_matrix: gram,
            output_matrix: output,
        }
    }

    fn constant(
        &self,
        output: &Array2<f64>,
        gram: &Array2<f64>,
    ) -> Result<Constant, AlignmentError> {
        let fitted = (output * gram).sum() / square_sum(gram);
        Ok(Constant {
            predicted: self.size,
            fitted,
            ratio: fitted / self.size,
            residual: relative(&(gram * fitted), output, self.names[0])?,
        })
    }
}

/// \\(\lVert \text{left} - \text{right}\rVert / \lVert\text{right}\rVert\\); `what` is zero if the right is.
pub(super) fn relative(
    left: &Array2<f64>,
    right: &Array2<f64>,
    what: &'static str,
) -> Result<f64, AlignmentError> {
    let largest = right.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if right.iter().all(|x| *x == 0.0) {
        return Err(AlignmentError::Zero { what });
    }
    // At a largest magnitude of 1 the squares keep their digits.
    let norm = |matrix: Array2<f64>| square_sum(&(matrix / largest)).sqrt();
    let value = norm(left - right) / norm(right.to_owned());
    if value.is_finite() {
        Ok(value)
    } else {
        Err(AlignmentError::NonFinite { what })
    }
}

/// A level in other units.
fn against_gram(level: &Level, units: f64) -> AgainstGram {
    let (residual, noise) = (level.residual * units, level.noise * units);
    let noise = noise.is_finite().then_some(noise);
    AgainstGram {
        residual,
        noise,
        debiased: noise.map(|noise| debiased(residual, noise)),
    }
}

/// \\(A + A^\top\\).
pub(super) fn twice_symmetric(matrix: Array2<f64>) -> Array2<f64> {
    &matrix + &matrix.t()
}

fn symmetric(matrix: Array2<f64>) -> Array2<f64> {
    twice_symmetric(matrix) / 2.0
}

/// \\(\operatorname{tr} X^2\\) of a symmetric matrix.
fn square_trace(matrix: &ArrayView2<'_, f64>) -> f64 {
    trace(matrix.dot(matrix).view())
}
