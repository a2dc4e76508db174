//! Noise–regularisation balance (Theorem 1): whether a layer is where gradient noise and weight decay cancel.
//!
//! Symbols: \\(W\\) `[d_b, d_a]`, inputs \\(h_a\\), outputs \\(h_b = W h_a\\), negative gradients \\(g_b\\) of one sample's
//! loss without weight decay, \\(g_a = W^\top g_b\\); second moments \\(H_c, G_c\\) and \\(Z_a = W^\top W, Z_b = W W^\top\\);
//! \\(s_a = E\lVert h_a\rVert^2\\), \\(s_g = E\lVert g_b\rVert^2\\), and the mean gradient \\(M = E[g_b h_a^\top]\\),
//! `[d_b, d_a]`. The layer has no bias, as in the theory. Training is plain SGD ([`Sgd`]): step \\(\eta\\), weight decay
//! \\(\gamma\\) (loss \\(+ \tfrac{\gamma}{2}\lVert W\rVert^2\\)), a batch of \\(S\\) independent samples, loss averaged
//! over it:
//!
//! \\[ \Delta W = \eta\Big(\frac1S \sum_{k=1}^S g_b^{(k)} h_a^{(k)\top} - \gamma W\Big). \\]
//!
//! # What is stationary
//!
//! All expectations are over the samples at hand, at fixed \\(W\\); they should come from the distribution that the
//! network trains on. With \\(C_b = E[g_b h_b^\top] = M W^\top\\) and \\(N_b = E[\lVert h_a\rVert^2 g_b g_b^\top]\\) the
//! change of \\(Z_b\\) in a step is **exactly** (DERIVED)
//!
//! \\[ \frac1\eta E[\Delta Z_b] = C_b + C_b^\top - 2\gamma Z_b + \eta\Big(\frac1S N_b + \frac{S-1}{S} M M^\top -
//!    \gamma (C_b + C_b^\top) + \gamma^2 Z_b\Big), \\]
//!
//! which [`Balance::drift`] gives relative to \\(2\gamma Z_b\\). The theorem drops the terms in \\(\eta\gamma\\) and takes
//! \\(\lVert h_a\rVert^2\\) for a constant (*self-averaging*), so that \\(N_b = s_a G_b\\). That is equation (ii)
//! (DERIVED, after Theorem 1 of arXiv 2410.03006, whose own equations are UNKNOWN):
//!
//! \\[ \text{(ii)}\quad C_b + C_b^\top + \eta\Big(\frac1S s_a G_b + \frac{S-1}{S} M M^\top\Big) = 2\gamma Z_b. \\]
//!
//! Equation (i) is the same for \\(H_b\\), where \\(\Delta h_b = \Delta W h_a\\) is the change of the output of a sample
//! **of the batch itself**. Averaged over the other \\(S - 1\\) samples, with self-averaging also of
//! \\(h_a^\top H_a h_a = \operatorname{tr} H_a^2\\), and \\(D_b = M H_a W^\top\\) (DERIVED):
//!
//! \\[ \text{(i)}\quad \frac{s_a}{S} (C_b + C_b^\top) + \frac{S-1}{S} (D_b + D_b^\top) +
//!    \frac{\eta}{S^2} \Big(s_a^2 G_b + (S-1)\big(\operatorname{tr}(H_a^2)\\, G_b + 2 s_a M M^\top\big) +
//!    (S-1)(S-2)\\, M H_a M^\top\Big) = 2\gamma H_b. \\]
//!
//! (iv) and (iii) are (ii) and (i) with the sides exchanged: \\(h_a \leftrightarrow g_b\\), \\(h_b \leftrightarrow g_a\\),
//! \\(W \to W^\top\\), for \\(Z_a\\) and \\(G_a\\).
//!
//! # The constants, and what they can be
//!
//! For \\(S = 1\\), (i) minus \\(s_a\\) times (ii) is \\(H_b = s_a Z_b\\), and likewise \\(G_a = s_g Z_a\\): two relations
//! whose constants are predicted. [`Constant`] fits the constant and compares. **Both equations cannot hold on more than
//! one direction** (DERIVED): \\(H_b = c Z_b\\) says \\(A = c\\,1\\) on the support of \\(W\\) with \\(A = V^\top H_a V\\), and
//! \\(\operatorname{tr} A \le s_a\\), so that \\(c \le s_a / r\\) for a weight of rank \\(r\\). A ratio \\(c / s_a\\) near
//! \\(1/r\\) therefore means that the relation holds and inputs lie in the weight's row space, not that the theorem's
//! constant fails by accident: what fails is that the output of the sample just trained on were stationary.
//!
//! # Noise
//!
//! All expectations are means over \\(n\\) samples, so that a residual is not 0 even in balance: the matrix inside its norm
//! has an error of mean square \\(\operatorname{tr}\operatorname{cov}(F) / n\\), with \\(F_k\\) the effect of sample
//! \\(k\\) on it to first order (DERIVED, the delta method). For the mean step \\(F = g_b h_a^\top\\), and the level is
//!
//! \\[ \frac{1}{\lVert\gamma W\rVert} \sqrt{\frac{E[\lVert g_b\rVert^2 \lVert h_a\rVert^2] - \lVert M\rVert^2}{n - 1}}, \\]
//!
//! which grows as \\(1/\gamma\\) and is above 10 in layers of usual size at \\(\gamma = 10^{-4}\\): there the residual says
//! nothing but how many samples were taken. [`Balance::noise`] gives the level of each residual, in its units, and
//! [`Balance::debiased`] the root of the difference of the squares, 0 where noise explains it all. That root is itself only
//! known to about \\((2/d^2)^{1/4}\\) of the level, which is 0.1 of it for \\(d = 100\\). Samples are taken as independent;
//! tokens of one text or positions of one image are not, and their true level is higher. The batches of the training see
//! the distribution that the samples are drawn from; where they *are* the training set there is no such noise, and the
//! plain residual counts. For (i) to (iv) the covariance is measured on up to 512 samples, and scaled by what all samples
//! say of \\(g_b h_a^\top\\). Terms of order \\(1/n\\) inside the norm (the bias of \\(M M^\top\\)) are left out.
//!
//! # Kind, range, invariances
//!
//! All residuals, levels and drifts are distances from 0 up, 0 in balance. Unchanged by an orthogonal change of basis of
//! either side (\\(W \to P W Q^\top\\) with \\(h_a \to Q h_a, g_b \to P g_b\\)) and by a change of units
//! (\\(h_a \to c h_a, W \to W/c, \eta \to \eta/c^2, \gamma \to c^2\gamma\\)). The constants' `ratio` and `residual` are in
//! \\([0, 1]\\).
//!
//! # Over time
//!
//! [`stationarity`] compares a layer at two times; [`slope_over_seeds`] fits the power of \\(\gamma\\) or \\(\eta\\) in
//! \\(\operatorname{tr} G_b / \operatorname{tr} Z_b\\): 1 for \\(\gamma\\) and −1 for \\(\eta\\) if noise dominates (ii), 2
//! and 0 if the mean gradient does, by \\(M = \gamma W\\) (DERIVED; the 2 is that of the paper's equations 182–184,
//! FOUND).

mod accumulator;
mod average;
mod decay;
mod equations;
mod noise;
mod slope;
mod stationarity;
mod subset;

use serde::{Deserialize, Serialize};

use crate::AlignmentError;

pub use accumulator::BalanceAccumulator;
pub use average::{AveragedResidual, Deviations, EQUATIONS, averaged_residuals};
pub use decay::{STATIONARY, decay_times, is_stationary};
pub use noise::{AgainstGram, BalanceLevels, ResidualsAgainstGram};
pub use slope::{SlopePoint, slope_over_seeds};
pub use stationarity::{Stationarity, stationarity};

/// Plain stochastic gradient descent, as the equations know it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sgd {
    /// Step size \\(\eta\\), positive.
    pub learning_rate: f64,
    /// Weight decay \\(\gamma\\), positive: the gradient gains \\(\gamma W\\).
    pub weight_decay: f64,
    /// Samples in a batch \\(S\\), over which the loss is averaged; at least 1.
    pub batch_size: usize,
}

impl Sgd {
    fn check(&self) -> Result<(), AlignmentError> {
        let batch_size = self.batch_size as f64;
        for (what, value) in [
            ("learning rate", self.learning_rate),
            ("weight decay", self.weight_decay),
            ("batch size", batch_size),
        ] {
            if !(value.is_finite() && value > 0.0) {
                return Err(AlignmentError::Setting { what, value });
            }
        }
        Ok(())
    }
}

/// How near a layer is to the balance of noise and weight decay. Norms are Frobenius norms; every number is 0 or more,
/// and where it is a residual 0 means that the equation holds and 1 an error as large as its right-hand side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The equations of the theorem.
    pub residuals: BalanceResiduals,
    /// The level of each residual, and of `mean_stationarity`, from [sampling alone](self#noise); `None` where it
    /// overflows, and in records of earlier versions.
    #[serde(default)]
    pub noise: Option<BalanceLevels>,
    /// The residuals, and `mean_stationarity`, [without that level](self#noise); `None` where there is none.
    #[serde(default)]
    pub debiased: Option<BalanceLevels>,
    /// (i) and (iii) relative to \\(2\gamma\\, s\\, Z\\), as (ii) and (iv) are to \\(2\gamma Z\\); `None` in records of
    /// earlier versions.
    #[serde(default)]
    pub residuals_against_z: Option<ResidualsAgainstGram>,
    /// The same for the weight, without approximation.
    pub drift: WeightDrift,
    /// \\(\lVert M - \gamma W\rVert / \lVert\gamma W\rVert\\): the mean step is zero.
    pub mean_stationarity: f64,
    /// Whether norms are as constant over samples as the theorem assumes.
    pub self_averaging: SelfAveraging,
    /// \\(H_b = s_a Z_b\\).
    pub h_b_constant: Constant,
    /// \\(G_a = s_g Z_a\\).
    pub g_a_constant: Constant,
    /// \\(\operatorname{tr} G_b / \operatorname{tr} Z_b\\).
    pub trace_ratio: f64,
}

/// Norm of left minus right over the norm of the right-hand side, for the four equations of [the module](self). The
/// right-hand sides are \\(2\gamma\\) times the matrix that the field is named after; for (i) and (iii) those are
/// \\(2\gamma Z\\) in the units of their equation, \\(2\gamma s Z\\), wherever the theorem's constants hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BalanceResiduals {
    /// (i), relative to \\(2\gamma H_b\\).
    pub h_b: f64,
    /// (ii), relative to \\(2\gamma Z_b\\).
    pub z_b: f64,
    /// (iii), relative to \\(2\gamma G_a\\).
    pub g_a: f64,
    /// (iv), relative to \\(2\gamma Z_a\\).
    pub z_a: f64,
}

/// \\(\lVert E[\Delta Z_c]\rVert / \lVert 2\eta\gamma Z_c\rVert\\), the exact expectation over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WeightDrift {
    /// Of \\(Z_b = W W^\top\\).
    pub z_b: f64,
    /// Of \\(Z_a = W^\top W\\).
    pub z_a: f64,
}

/// Hypotheses A.1 and A.2 of the paper, measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SelfAveraging {
    /// Coefficient of variation over samples of \\(\lVert h_a\rVert^2\\): standard deviation over mean.
    pub variation_h_a: f64,
    /// The same of \\(\lVert g_b\rVert^2\\).
    pub variation_g_b: f64,
    /// \\(E[\lVert h_a\rVert^2 g_b g_b^\top]\\) against \\(s_a G_b\\), relative to the latter.
    pub weighted_g_b: f64,
    /// \\(E[\lVert g_b\rVert^2 h_a h_a^\top]\\) against \\(s_g H_a\\), relative to the latter.
    pub weighted_h_a: f64,
}

/// A proportionality \\(M = c Z\\) whose constant is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Constant {
    /// \\(s_a\\) for \\(H_b\\), \\(s_g\\) for \\(G_a\\).
    pub predicted: f64,
    /// The best constant, \\(\langle M, Z\rangle / \lVert Z\rVert^2\\).
    pub fitted: f64,
    /// `fitted / predicted`, between 0 and 1.
    pub ratio: f64,
    /// \\(\lVert M - cZ\rVert / \lVert M\rVert\\) with the best constant, between 0 and 1: the sine of the angle between them.
    pub residual: f64,
}
