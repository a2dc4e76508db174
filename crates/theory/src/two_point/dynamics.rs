//! Right-hand sides: the theory's, and the paper's four deliberately wrong ones.

use serde::{Deserialize, Serialize};

use super::{Pair, Rates, State};

/// The choice of right-hand side. All but the first are deliberately wrong in one term (FOUND in the authors' code,
/// `2_points_alternative`): if the theory is right, they should fit worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dynamics {
    /// The theory.
    Original,
    /// \\(y'\\) doubled.
    OutputDoubled,
    /// \\(h'\\) doubled.
    RepresentationDoubled,
    /// The last term of \\(w'\\) with the opposite sign.
    SignFlipped,
    /// \\(y'\\) without \\(a y/h\\).
    TermDropped,
}

impl Dynamics {
    /// All of them, the theory first.
    pub const ALL: [Self; 5] = [
        Self::Original,
        Self::OutputDoubled,
        Self::RepresentationDoubled,
        Self::SignFlipped,
        Self::TermDropped,
    ];
}

/// \\((h', y', w')\\) per epoch. With \\(a = \eta_h dx^2\\)
///
/// \\[ h' = -a w, \qquad y' = -w\left(\eta_y h + a \frac{y}{h}\right), \qquad
///     w' = -\frac{\eta_y}{2}(3w - y + dy^2)h - \frac{a}{2}(y + w)\frac{w}{h} . \\]
///
/// DERIVED from the pair \\((s, p)\\) of the [module](super): \\(h' = 2ss' = a(s\\,p\cdot dy^\* - y) = -aw\\); \\(y =
/// h\lVert p\rVert^2\\) and \\((\lVert p\rVert^2)' = \eta_y s\\,p\cdot(dy^\* - sp) = -\eta_y w\\) give \\(y'\\); \\(c
/// = s\\,p\cdot dy^\*\\) has \\(c' = \tfrac{\eta_y}{2}h(dy^2 - c) - \tfrac{a}{2}\tfrac{w}{h}c\\), and \\(w' = y' -
/// c'\\). Undefined at \\(h = 0\\).
pub fn derivative(dynamics: Dynamics, pair: Pair, rates: Rates, state: State) -> State {
    let State { h2: h, y2: y, w } = state;
    let a = rates.eta_h * pair.dx2;
    let from_output = rates.eta_y * h;
    let from_hidden = a * y / h;
    let first = -0.5 * rates.eta_y * (3.0 * w - y + pair.dy2) * h;
    let last = -0.5 * a * (y + w) * w / h;
    let original = State {
        h2: -a * w,
        y2: -w * (from_output + from_hidden),
        w: first + last,
    };
    match dynamics {
        Dynamics::Original => original,
        Dynamics::OutputDoubled => State {
            y2: 2.0 * original.y2,
            ..original
        },
        Dynamics::RepresentationDoubled => State {
            h2: 2.0 * original.h2,
            ..original
        },
        Dynamics::SignFlipped => State {
            w: first - last,
            ..original
        },
        Dynamics::TermDropped => State {
            y2: -w * from_output,
            ..original
        },
    }
}

/// \\(K = y/h - r h\\) with \\(r = \eta_y/(\eta_h dx^2)\\), constant along every solution of [`Dynamics::Original`].
///
/// DERIVED: \\(y/h = \lVert p\rVert^2\\), and \\((\lVert p\rVert^2)' = -\eta_y w = r h'\\). It is the conserved
/// difference of weight norms of a two-layer linear network. Hence \\(y(t) = h(t)\\,[\\,y_0/h_0 + r(h(t) -
/// h_0)\\,]\\).
pub fn first_integral(pair: Pair, rates: Rates, state: State) -> f64 {
    state.y2 / state.h2 - rates.eta_y / (rates.eta_h * pair.dx2) * state.h2
}
