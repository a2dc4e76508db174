//! Power laws between the matrices of a layer: the polynomial alignment hypothesis (PAH).
//!
//! The paper's Theorem 2 says that one relation on each side makes all six matrices powers of one another, with
//! exponents from −1 to 3 (FOUND). How it measures them is UNKNOWN (its figure is read by eye), so the following
//! is ours.
//!
//! Kind and range: an exponent is any number, from −1 to 3 by the theorem; \\(R^2\\) a similarity in \\([0, 1]\\), the
//! residual and the commutator distances, the latter in \\([0, 1]\\). All are unchanged by a scale of either matrix and by one
//! rotation of both sides (\\(W \to P W Q^\top\\)).
//!
//! # Estimator
//!
//! Everything happens on the support of \\(W = U S V^\top\\): the directions with a singular value above 1e-2 of the
//! largest, the rule by which [`numerical_rank`](crate::numerical_rank) counts. The statements hold there only
//! (DERIVED), and there \\(U\\) and \\(V\\) give both sides common coordinates: a matrix \\(M\\) of side *a* is
//! \\(V^\top M V\\), one of side *b* \\(U^\top M U\\), both `[r, r]`, and \\(Z_a\\) and \\(Z_b\\) are both \\(S^2\\). Two
//! matrices of one side are compared in this way as well; where \\(W\\) has full rank on that side this changes nothing.
//!
//! With \\(x_i, u_i\\) the eigenvalues and unit eigenvectors of \\(X\\), and \\(y_i = u_i^\top Y u_i\\), the exponent is the
//! slope of \\(\ln y_i\\) on \\(\ln x_i\\) by least squares ([`fit_power_law`]). \\(Y\\) is not decomposed, so nothing is
//! matched by rank order, and unrelated eigenvectors show: \\(y_i\\) is then flat and the exponent near 0. Of a pair the
//! matrix that comes first in \\(Z, H, G\\), then *a* before *b*, is \\(X\\), the less noisy one: \\(Z\\) is known exactly.
//! As \\(Z_a\\) and \\(Z_b\\) coincide, so do the laws that have them as \\(X\\).
//!
//! # Which eigenvalues enter
//!
//! - \\(x_i\\) above [`X_FLOOR`] = 1e-4 of the largest, the square of the threshold on singular values: the rule of the
//!   support again.
//! - \\(y_i\\) above [`Y_FLOOR`] = 1e-6 of the largest that is left. Samples in `f32` leave noise of about 1e-15 of the
//!   largest eigenvalue, second moments that were summed in `f32` of up to 1e-8 (MEASURED: 2000 samples of 50 and of 200
//!   directions); the floor is a hundred times that. It is lower than that of \\(x\\), so that a law of exponent 3 is
//!   still fitted over two decades of \\(x\\).
//!
//! # What is refused
//!
//! - Fewer than [`MIN_POINTS`] such pairs.
//! - A spectrum of \\(X\\) that is too flat: the standard deviation of \\(\ln x_i\\) is below [`MIN_LOG_SPREAD`], or,
//!   for an \\(X\\) that is estimated from \\(n\\) samples, below three times \\(\sqrt{r_{\mathrm{eff}} / n}\\) with
//!   \\(r_{\mathrm{eff}} = (\sum x_i)^2 / \sum x_i^2\\). Sampling alone spreads the eigenvalues of a flat population by
//!   1.0 times that for \\(n \gg r\\), 1.5 times for \\(n = 2r\\) and 2.7 times for \\(n = r\\) (MEASURED, Gaussian
//!   samples), and the exponent over such a spread is that of the noise.
//!
//! # Bias
//!
//! The eigenvalues of a sample covariance spread further than those of the population, the smallest most, and a part
//! of order \\(r_{\mathrm{eff}}/n\\) of the strong directions leaks into the eigenvectors of the weak ones. Where
//! \\(X\\) is \\(H\\) or \\(G\\) and \\(n\\) is not many times \\(r\\) the tail is therefore biased, and exponents are
//! pulled towards the middle of their range. With \\(X = Z\\) there is no such bias.
//!
//! # Uncertainty
//!
//! The interval of a fit resamples eigenvalue pairs. It treats their scatter about the line as independent, and knows
//! nothing of another seed: for that there is [`exponent_over_seeds`]. Share of nominal 95 % intervals that hold the
//! planted exponent (MEASURED: 1500 trials, \\(\ln x_i\\) evenly spaced, independent residuals of one size, 400 resamples):
//!
//! | points | normal residuals | exponentially distributed ones |
//! | --- | --- | --- |
//! | 8 | 0.98 | 0.98 |
//! | 12 | 0.96 | 0.96 |
//! | 20 | 0.96 | 0.93 |
//! | 50 | 0.94 | 0.93 |
//! | 200 | 0.95 | 0.93 |
//!
//! Those are intervals about a line that is itself unbiased, as it is for \\(X = Z\\). Where \\(X\\) is \\(H\\) or \\(G\\),
//! the bias above enters, which the resampling of pairs does not see (MEASURED: Gaussian samples of \\(H_a \propto Z_a\\)
//! and \\(G_b \propto Z_b\\) with singular values over a factor of 5, 24 layers, 144 laws of \\(H\\) or \\(G\\), 96 of
//! \\(Z\\)):
//!
//! | directions \\(r\\) | samples | \\(r^3/n\\) | \\(X = Z\\) | \\(X = H\\) or \\(G\\) | its relative bias |
//! | --- | --- | --- | --- | --- | --- |
//! | 12 | 30 r | 4.8 | 0.96 | 0.73 | −0.028 |
//! | 12 | 100 r | 1.4 | 0.96 | 0.92 | −0.009 |
//! | 12 | 300 r | 0.5 | 1.00 | 0.99 | −0.003 |
//! | 12 | 1000 r | 0.1 | 0.92 | 0.95 | −0.001 |
//! | 30 | 30 r | 30 | 0.94 | 0.37 | −0.027 |
//! | 30 | 100 r | 9 | 0.94 | 0.56 | −0.009 |
//! | 30 | 300 r | 3 | 0.96 | 0.74 | −0.003 |
//! | 30 | 1000 r | 0.9 | 0.94 | 0.88 | −0.001 |
//!
//! The bias is about \\(-0.9\\, r/n\\) of the exponent, towards smaller ones, and small in itself; but the interval narrows
//! as \\(1/\sqrt{r n}\\), so that coverage is a matter of \\(r^3/n\\) (DERIVED, and the table agrees). Above 1 a law carries
//! the [`Caution`] that its interval is too narrow.

mod bootstrap;
mod fit;
mod frame;
mod layer;
mod pair;
mod project;
mod seeds;

use formant_moments::Variant;
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, SINGULAR_VALUE_THRESHOLD};
use bootstrap::Bootstrap;
pub use fit::{MIN_LOG_SPREAD, MIN_POINTS, PowerLawFit, fit_power_law};
pub(crate) use frame::WeightFrame;
pub(crate) use layer::{LayerLaws, MOMENTS, in_frame};
pub use layer::{power_law, power_laws, project_pair};
pub use pair::LayerMatrix;
pub use project::{Projection, project};
pub use seeds::{exponent_over_seeds, exponent_over_seeds_bootstrap};

/// Least \\(x_i\\) that enters a fit, relative to the largest: the square of [`SINGULAR_VALUE_THRESHOLD`].
pub const X_FLOOR: f64 = SINGULAR_VALUE_THRESHOLD * SINGULAR_VALUE_THRESHOLD;

/// Least \\(y_i\\) that enters a fit, relative to the largest of those whose \\(x_i\\) does.
pub const Y_FLOOR: f64 = 1e-6;

/// How many times the spread \\(\sqrt{r_{\mathrm{eff}}/n}\\) that sampling makes a spectrum needs at least.
const SAMPLING_SPREADS: f64 = 3.0;

/// How power laws are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerLawOptions {
    /// Which \\(H\\) and \\(G\\). The theory is one of raw second moments, the default.
    pub variant: Variant,
    /// Bootstrap resamples of an interval, at least 200.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
}

impl Default for PowerLawOptions {
    fn default() -> Self {
        Self {
            variant: Variant::Raw,
            resamples: 1000,
            seed: 0,
        }
    }
}

/// \\(Y \propto X^p\\) for two matrices of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PowerLaw {
    /// The matrix whose eigenbasis is the common one.
    pub x: LayerMatrix,
    /// The matrix that is projected onto it.
    pub y: LayerMatrix,
    /// Exponent, interval, quality; in JSON these are fields of the law itself.
    #[serde(flatten)]
    pub fit: PowerLawFit,
    /// Why the interval should not be taken at its word.
    #[serde(default)]
    pub caution: Option<Caution>,
    /// How far the two are from sharing an eigenbasis, on the support of \\(W\\); see [`Projection::commutator`].
    pub commutator: f64,
    /// Its level for unrelated eigenvectors; see [`Projection::commutator_unrelated`].
    pub commutator_unrelated: f64,
}

/// What an interval does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// \\(X\\) is \\(H\\) or \\(G\\), of fewer samples than the cube of the number of points: its exponent is biased by
    /// about as much as the interval is wide, see [the table](mod@crate::power_law#uncertainty).
    SamplingBias,
}

/// A pair of matrices without a power law, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedPowerLaw {
    /// The matrix whose eigenbasis would be the common one.
    pub x: LayerMatrix,
    /// The other one.
    pub y: LayerMatrix,
    /// The message of the [`AlignmentError`] that [`power_law`] gives.
    pub reason: String,
}

/// The fourteen pairs of a layer, each in one of the two lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PowerLaws {
    /// The laws that could be fitted, in the order of [`LayerMatrix::pairs`].
    pub laws: Vec<PowerLaw>,
    /// The pairs that were refused, in the same order.
    pub refused: Vec<RefusedPowerLaw>,
}

impl PowerLaws {
    /// The law of a pair; `None` if it was refused, or `x` does not come before `y`.
    #[must_use]
    pub fn get(&self, x: LayerMatrix, y: LayerMatrix) -> Option<&PowerLaw> {
        self.laws.iter().find(|law| (law.x, law.y) == (x, y))
    }
}

impl Projection {
    /// The pairs \\(x_i, y_i\\) that [enter a fit](mod@crate::power_law#which-eigenvalues-enter), as two lists.
    #[must_use]
    pub fn points(&self) -> [Vec<f64>; 2] {
        let above =
            |values: &mut dyn Iterator<Item = f64>, floor: f64| floor * values.fold(0.0, f64::max);
        let x_floor = above(&mut self.x.iter().copied(), X_FLOOR);
        let strong = || {
            let pairs = self.x.iter().copied().zip(self.y.iter().copied());
            pairs.filter(move |(x, _)| *x > x_floor)
        };
        let y_floor = above(&mut strong().map(|(_, y)| y), Y_FLOOR);
        let (x, y) = strong().filter(|(_, y)| *y > y_floor).unzip();
        [x, y]
    }

    /// The line through its [`points`](Self::points). `samples`: how many samples \\(X\\) was estimated from; `None`
    /// if it is known exactly.
    ///
    /// # Errors
    ///
    /// If there are fewer than [`MIN_POINTS`], the spectrum of \\(X\\) is [too flat](mod@crate::power_law#what-is-refused), or fewer
    /// than 200 resamples are requested.
    pub fn fit(
        &self,
        samples: Option<usize>,
        options: &PowerLawOptions,
    ) -> Result<PowerLawFit, AlignmentError> {
        self.fit_shared(
            samples,
            &mut Bootstrap::new(options.resamples, options.seed),
        )
    }

    fn fit_shared(
        &self,
        samples: Option<usize>,
        bootstrap: &mut Bootstrap,
    ) -> Result<PowerLawFit, AlignmentError> {
        let [x, y] = self.points();
        let largest = x.iter().copied().fold(0.0, f64::max);
        let sum = |power| x.iter().map(|x| (x / largest).powi(power)).sum::<f64>();
        let sampling = samples.map_or(0.0, |n| (sum(1).powi(2) / sum(2) / n as f64).sqrt());
        let spread = MIN_LOG_SPREAD.max(SAMPLING_SPREADS * sampling);
        fit::fit_with(&x, &y, spread, bootstrap)
    }
}
