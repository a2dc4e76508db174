//! Final distances and rates, in closed form.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::{Pair, Rates, State};

/// \\(A_{low} = \sqrt{(\eta_h/\eta_y)\\,dx^2 dy^2}\\): the final squared distance in the rich limit, where the data
/// set it and the initial weights are forgotten.
///
/// FOUND in the authors' code under this name, the "low-initialisation" limit.
pub fn a_low(pair: Pair, rates: Rates) -> f64 {
    // Two roots, because the product may leave the range of f64.
    (rates.eta_h / rates.eta_y).sqrt() * (pair.dx2 * pair.dy2).sqrt()
}

/// \\(A_{high} = h_0 - (\eta_h/\eta_y)\\,dx^2\\,y_0/h_0\\): the final squared distance in the lazy limit, where the
/// initial weights set it.
///
/// \\(-r A_{high}\\) is the [first integral](super::first_integral), so it can be evaluated at any point of a
/// solution. FOUND in the authors' code under this name.
pub fn a_high(pair: Pair, rates: Rates, start: State) -> f64 {
    start.h2 - rates.eta_h / rates.eta_y * pair.dx2 * start.y2 / start.h2
}

/// The final squared distance of the representations,
/// \\[ h_\infty = \frac{A_{high}}{2} + \sqrt{\frac{A_{high}^2}{4} + A_{low}^2} . \\]
///
/// DERIVED (and FOUND in the authors' code): at the end \\(dy = dy^\*\\), so \\(y = dy^2\\). There the first
/// integral, \\(dy^2/h - r h = -r A_{high}\\), becomes \\(h^2 - A_{high}h - A_{low}^2 = 0\\), whose other root is
/// negative. Only the ratio \\(\eta_h/\eta_y\\) matters. For \\(dy^2 = 0\\) it is \\(\max(A_{high}, 0)\\).
///
/// A start exactly on the stable manifold of the saddle would end at \\(h = 0\\) instead; no measured start lies on it.
pub fn final_distance(pair: Pair, rates: Rates, start: State) -> f64 {
    final_of(a_high(pair, rates, start), a_low(pair, rates))
}

fn final_of(high: f64, low: f64) -> f64 {
    let root = (0.5 * high).hypot(low);
    if high > 0.0 {
        0.5 * high + root
    } else if low > 0.0 {
        // The same root without cancellation.
        low * (low / (root - 0.5 * high))
    } else {
        0.0
    }
}

/// The rate at which a small squared distance grows, \\(\eta_y h_\infty\\), per epoch.
///
/// DERIVED: near the saddle \\(s = 0\\), \\(p \perp dy^\*\\), \\(\lVert p\rVert^2 = K = -rA_{high}\\), the pair
/// \\((s, g = p\cdot dy^\*)\\) obeys \\(s' = \tfrac a2(g - Ks)\\), \\(g' = \tfrac{\eta_y}2 dy^2 s\\). The positive
/// eigenvalue of that matrix is \\(\tfrac{\eta_y}{2}h_\infty\\), and \\(h = s^2\\) grows at twice that rate. In the
/// rich limit it is \\(\sqrt{\eta_h\eta_y dx^2 dy^2}\\), and for \\(dy^2 = 0\\) it is the logistic rate \\(\eta_y
/// A_{high}\\). The plateau lasts about \\(\log(h_\infty/h_0)\\) divided by this rate.
pub fn escape_rate(pair: Pair, rates: Rates, start: State) -> f64 {
    rates.eta_y * final_distance(pair, rates, start)
}

/// \\(\omega = \eta_y\sqrt{A_{high}^2/4 + A_{low}^2}\\), the rate of the exponential \\(e^{-\omega t}\\) in the
/// [exact solution](super::Exact), per epoch: how fast \\(h\\) settles for outputs of one dimension.
///
/// DERIVED. It equals the [escape rate](escape_rate) in the rich limit.
pub fn settling_rate(pair: Pair, rates: Rates, start: State) -> f64 {
    rates.eta_y * (0.5 * a_high(pair, rates, start)).hypot(a_low(pair, rates))
}

/// \\(h(t)\\) for two points with the same target (\\(dy^2 = 0\\)), after `t` epochs:
/// \\[ h(t) = \frac{A_{high}}{1 + (A_{high}/h_0 - 1)\\,e^{-\eta_y A_{high} t}} . \\]
///
/// DERIVED: \\(dy^2 = 0\\) forces \\(c = 0\\), so \\(w = y = rh(h - A_{high})\\) by the first integral, and
/// \\(h' = -aw = \eta_y h (A_{high} - h)\\), logistic. With \\(A_{high} \le 0\\) the points merge, otherwise they
/// stay \\(A_{high}\\) apart. Computed as \\(1/h = e^{-\eta_y A t}/h_0 + (1 - e^{-\eta_y A t})/A\\), which holds for
/// \\(A = 0\\) too.
pub fn merging(pair: Pair, rates: Rates, start: State, t: f64) -> f64 {
    let rate = rates.eta_y * a_high(pair, rates, start);
    1.0 / ((-rate * t).exp() / start.h2 + rates.eta_y * decayed(rate, t))
}

/// \\(\int_0^t e^{-\lambda u}du = (1 - e^{-\lambda t})/\lambda\\), for any sign of the rate.
fn decayed(rate: f64, t: f64) -> f64 {
    if rate == 0.0 {
        t
    } else {
        -(-rate * t).exp_m1() / rate
    }
}

/// Which quantity sets the final distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// \\(\lvert A_{high}\rvert < A_{low}\\): the data.
    Rich,
    /// \\(A_{high} \ge A_{low}\\): the initial representation.
    Lazy,
    /// \\(-A_{high} \ge A_{low}\\): initial outputs that are too far apart pull the representations together.
    Contracting,
}

impl Display for Regime {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Rich => "rich",
            Self::Lazy => "lazy",
            Self::Contracting => "contracting",
        })
    }
}

/// All closed forms for one pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limits {
    /// \\(A_{high}\\), the lazy limit.
    pub a_high: f64,
    /// \\(A_{low}\\), the rich limit.
    pub a_low: f64,
    /// Final squared distance.
    pub h_inf: f64,
    /// Growth rate of a small squared distance, per epoch.
    pub escape_rate: f64,
    /// The nearer limit. Equality counts as lazy or contracting by convention; all quantities are continuous there.
    pub regime: Regime,
}

impl Limits {
    /// Computes all closed forms for a start.
    pub fn new(pair: Pair, rates: Rates, start: State) -> Self {
        let (a_high, a_low) = (a_high(pair, rates, start), a_low(pair, rates));
        let h_inf = final_of(a_high, a_low);
        let regime = if a_high.abs() < a_low {
            Regime::Rich
        } else if a_high >= 0.0 {
            Regime::Lazy
        } else {
            Regime::Contracting
        };
        Self {
            a_high,
            a_low,
            h_inf,
            escape_rate: rates.eta_y * h_inf,
            regime,
        }
    }
}
