//! The exact solution of the theory's dynamics.

use super::closed::a_high;
use super::{Pair, Rates, State};
use crate::TheoryError;

/// The solution of [`Dynamics::Original`](super::Dynamics::Original) from a given start, at any time, in closed form.
///
/// DERIVED. With \\(v = p/\sqrt r\\), \\(r = \eta_y/a\\), \\(\kappa = \tfrac12\sqrt{a\eta_y}\\) both maps move at the
/// same rate, \\(s' = \kappa v\cdot(dy^\* - \sqrt r s v)\\), \\(v' = \kappa s(dy^\* - \sqrt r s v)\\), and \\(s^2 -
/// \lVert v\rVert^2 = A_{high}\\) is constant. For \\(Q = (s, v)\\) this is
///
/// \\[ Q' = \left(\kappa F - \tfrac{\eta_y}{4}\lVert Q\rVert^2\right) Q , \qquad
///     \kappa F = \begin{pmatrix} \mu/2 & \kappa\\,dy^{\*\top} \\\\ \kappa\\,dy^\* & -\mu/2 \end{pmatrix}, \qquad
///     \mu = \tfrac12\eta_y A_{high} : \\]
///
/// a linear flow, rescaled. So \\(Q = P/\sqrt N\\) with \\(P = e^{\kappa F t}Q_0\\) and \\(N = 1 +
/// \tfrac{\eta_y}{2}\int_0^t \lVert P\rVert^2\\). The matrix has the eigenvalues \\(\pm\omega/2\\), \\(\omega =
/// \sqrt{\mu^2 + a\eta_y dy^2}\\), on the plane of \\(s\\) and \\(v\cdot dy^\*\\), and \\(-\mu/2\\) elsewhere, so
/// three exponentials solve the theory. (It is the exact solution of an unbalanced two-layer linear network with one
/// hidden unit.)
///
/// Nothing is singular at \\(h = 0\\): if a start of the wrong sign drives the points through each other, \\(s\\)
/// changes sign and the solution continues. The equations for \\((h, y, w)\\) alone are not Lipschitz there and do
/// not determine the continuation.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    start: State,
    eta_y: f64,
    /// Square root of \\(r\\,dy^2\\), and \\(r\\).
    pull: f64,
    r: f64,
    /// \\(s_0\\), \\(v_0\cdot dy^\*/\lVert dy^\*\rVert\\), and the squared norm of the remaining part of \\(v_0\\).
    s: f64,
    along: f64,
    across2: f64,
    omega: f64,
    mu: f64,
    /// \\(1 \pm \mu/\omega\\), each computed without cancellation, and \\(2\kappa\lVert dy^\*\rVert\\).
    plus: f64,
    minus: f64,
    twist: f64,
    /// Squared components of the start along the growing and the shrinking direction.
    growing: f64,
    shrinking: f64,
}

impl Exact {
    /// The solution that begins at `start`.
    ///
    /// Accepts any state with \\(h > 0\\) and \\(y \ge 0\\), even if rounding puts \\(c^2\\) above \\(y\\,dy^2\\).
    /// With \\(dy^2 = 0\\) the overlap \\(c\\) is set to 0.
    ///
    /// # Errors
    /// If a number is not finite, or not positive where it must be.
    pub fn new(pair: Pair, rates: Rates, start: State) -> Result<Self, TheoryError> {
        pair.check()?;
        rates.check()?;
        super::state::positive("h2", start.h2)?;
        super::state::at_least_zero("y2", start.y2)?;
        super::state::finite("w", start.w)?;
        Ok(Self::through(pair, rates, start))
    }

    /// [`new`](Self::new) without its checks: a fitted start may be slightly impossible.
    pub(super) fn through(pair: Pair, rates: Rates, start: State) -> Self {
        let a = rates.eta_h * pair.dx2;
        let r = rates.eta_y / a;
        let s = start.h2.sqrt();
        let pull = (r * pair.dy2).sqrt();
        let along = if pull > 0.0 {
            start.overlap() / (s * pull)
        } else {
            0.0
        };
        let across2 = start.y2 / (start.h2 * r) - along * along;
        let mu = 0.5 * rates.eta_y * a_high(pair, rates, start);
        let twist = (a * rates.eta_y * pair.dy2).sqrt();
        let omega = mu.hypot(twist);
        let (plus, minus) = if omega == 0.0 {
            (1.0, 1.0)
        } else {
            let large = 1.0 + mu.abs() / omega;
            let small = (twist / omega).powi(2) / large;
            if mu >= 0.0 {
                (large, small)
            } else {
                (small, large)
            }
        };
        let (cos, sin) = ((0.5 * plus).sqrt(), (0.5 * minus).sqrt());
        Self {
            growing: (s * cos + along * sin).powi(2),
            shrinking: (along * cos - s * sin).powi(2),
            start,
            eta_y: rates.eta_y,
            pull,
            r,
            s,
            along,
            across2,
            omega,
            mu,
            plus,
            minus,
            twist,
        }
    }

    /// The state `t` epochs after the start; `None` where the solution no longer exists.
    ///
    /// That happens only if \\(c_0^2 > y_0\\,dy^2\\), which is impossible for two points.
    #[inline]
    pub fn at(&self, t: f64) -> Option<State> {
        if t == 0.0 {
            // Avoids rounding from a root and its square.
            return Some(self.start);
        }
        let (decay, passed) = decay(self.omega, t);
        // P and N, times exp(-omega t / 2) and exp(-omega t).
        let s =
            0.5 * (self.s * (self.plus + decay * self.minus) + self.along * self.twist * passed);
        let along =
            0.5 * (self.along * (self.minus + decay * self.plus) + self.s * self.twist * passed);
        let (across_decay, across_passed) = if (self.mu * t).abs() < 1.0 {
            let (own, passed) = decay_near(self.mu, t);
            (decay * own, decay * passed)
        } else {
            // omega * plus is omega + mu.
            let across = (-self.omega * self.plus * t).exp();
            (across, (decay - across) / self.mu)
        };
        // N is 1 and the integral of |P|^2.
        let grown = (self.growing + self.shrinking * decay) * passed + self.across2 * across_passed;
        let norm = decay + 0.5 * self.eta_y * grown;
        let h2 = s * s / norm;
        let v2 = (along * along + self.across2 * across_decay) / norm;
        let y2 = self.r * h2 * v2;
        let w = y2 - self.pull * s * along / norm;
        (norm > 0.0 && y2.is_finite()).then_some(State { h2, y2, w })
    }
}

/// \\(e^{-\lambda t}\\) and its integral from 0, both to full relative precision.
#[inline]
fn decay(rate: f64, t: f64) -> (f64, f64) {
    if rate * t < 1.0 {
        decay_near(rate, t)
    } else {
        let decay = (-rate * t).exp();
        (decay, (1.0 - decay) / rate)
    }
}

/// The same for \\(\lvert\lambda t\rvert < 1\\).
#[inline]
fn decay_near(rate: f64, t: f64) -> (f64, f64) {
    let lost = (-rate * t).exp_m1();
    (1.0 + lost, if rate == 0.0 { t } else { -lost / rate })
}
