//! How far apart two data points come to lie in a network.
//!
//! The theory of "When Representations Align: Universality in Representation Learning Dynamics" (arXiv 2402.09142).
//! Two inputs differ by \\(dx\\), the activations of a chosen hidden layer by \\(dh\\), the outputs by \\(dy\\), the
//! targets by \\(dy^\*\\). In code and here:
//!
//! | symbol | name | meaning |
//! | --- | --- | --- |
//! | \\(h = \lVert dh\rVert^2\\) | `h2` | **squared** distance of the representations |
//! | \\(y = \lVert dy\rVert^2\\) | `y2` | squared distance of the outputs |
//! | \\(w = \lVert dy\rVert^2 - dy\cdot dy^\*\\) | `w` | below zero while the outputs are closer together than the targets |
//! | \\(\lVert dx\rVert^2, \lVert dy^\*\rVert^2\\) | `dx2`, `dy2` | the data |
//! | \\(\eta_h, \eta_y\\) | `eta_h`, `eta_y` | effective learning rates, per epoch |
//!
//! # The equations
//!
//! Linearise the map from input to hidden layer, and the one from hidden layer to output, about the mean of the
//! two points: \\(h(x_i) = \bar h \pm \tfrac12 D_h dx\\), \\(\hat y_i = \bar y \pm \tfrac12 D_y dh\\). The loss is then
//!
//! \\[ L = \tfrac12 \cdot \tfrac12 \sum_i \lVert \hat y_i - y_i \rVert^2
//!       = \tfrac12 \lVert \bar y - \bar y^\* \rVert^2 + \tfrac18 \lVert dy - dy^\* \rVert^2 , \\]
//!
//! and gradient flow on \\(D_h\\) and \\(D_y\\), with rates \\(1/\tau_h\\) and \\(1/\tau_y\\) that represent the
//! architecture, gives
//!
//! \\[ D_h' = -\tfrac{1}{4\tau_h} D_y^\top (dy - dy^\*) dx^\top , \qquad
//!     D_y' = -\tfrac{1}{4\tau_y} (dy - dy^\*) dh^\top . \\]
//!
//! One assumption closes the system: the pair moves along its own difference, \\(dh = s e\\) with a fixed unit vector
//! \\(e\\). With \\(p = D_y e\\), \\(\eta_h = 1/2\tau_h\\), \\(\eta_y = 1/2\tau_y\\) and \\(a = \eta_h dx^2\\) it reads
//!
//! \\[ s' = \tfrac{a}{2}\\, p\cdot(dy^\* - s p), \qquad p' = \tfrac{\eta_y}{2}\\, s\\,(dy^\* - s p), \qquad dy = s p : \\]
//!
//! a linear network of two layers with **one** hidden unit. The three scalars \\(h = s^2\\), \\(y = s^2 \lVert p\rVert^2\\)
//! and \\(w = y - s\\,p\cdot dy^\*\\) close among themselves (FOUND in the authors' code; DERIVED here):
//!
//! \\[ h' = -a w, \qquad y' = -w\left(\eta_y h + a \frac{y}{h}\right), \qquad
//!     w' = -\frac{\eta_y}{2}(3w - y + dy^2)h - \frac{a}{2}(y + w)\frac{w}{h} . \\]
//!
//! Time is in epochs, one full-batch step each.
//!
//! # What is here
//!
//! - [`derivative`]: the right-hand side, and the paper's four deliberately wrong variants ([`Dynamics`]).
//! - [`solve`]: states at given times. The theory's dynamics has an exact solution, [`Exact`], because a network with
//!   one hidden unit has one; [`integrate`] integrates the wrong variants adaptively.
//! - [`first_integral`], [`final_distance`], [`Limits`], [`escape_rate`], [`merging`], [`loss`]: closed forms.
//! - [`fit`] and [`fit_mean`]: the two constants, and a third one for the loss, from a measured [`Trajectory`].
//!
//! # Possible states
//!
//! \\(c = dy\cdot dy^\* = y - w\\) obeys \\(c^2 \le y\\,dy^2\\) (Cauchy–Schwarz). For outputs of one dimension
//! \\(p\\) is a number, so the two sides are equal and stay equal. [`State::check`] refuses states that violate the
//! inequality by more than `f32` rounding explains.
//!
//! ```
//! use formant_theory::two_point::{Dynamics, Pair, Problem, Rates, State, Tolerance, final_distance, solve};
//!
//! let pair = Pair { dx2: 1.0, dy2: 0.5 };
//! let rates = Rates { eta_h: 0.001, eta_y: 0.05 };
//! let start = State { h2: 8e-4, y2: 0.0, w: 0.0 };
//! let problem = Problem { pair, rates, start, dynamics: Dynamics::Original };
//! let end = solve(&problem, &[0.0, 6000.0], Tolerance::default())?[1];
//! assert!((end.h2 - final_distance(pair, rates, start)).abs() < 1e-9);
//! # Ok::<(), formant_theory::TheoryError>(())
//! ```

mod closed;
mod dopri;
mod dynamics;
mod exact;
mod fit;
mod loss;
mod solve;
mod state;
mod trajectory;

pub use closed::{
    Limits, Regime, a_high, a_low, escape_rate, final_distance, merging, settling_rate,
};
pub use dynamics::{Dynamics, derivative, first_integral};
pub use exact::Exact;
pub use fit::{Fit, FitRefusal, MeanFit, Start, check_ends, check_squares, fit, fit_mean};
pub use loss::{loss, mean_from_loss};
pub use solve::{Problem, Tolerance, integrate, solve};
pub use state::{Pair, Rates, State};
pub use trajectory::Trajectory;
