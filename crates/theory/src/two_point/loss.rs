//! The loss that the theory predicts.

use super::{Pair, State};

/// The loss of two points when the error of the mean prediction decays independently. \\(Y_0\\) (`y0_mean`) is the
/// squared distance of the mean prediction from the mean target at the start, and `t` is in epochs:
///
/// \\[ L(t) = \tfrac14\left[\\,2 Y_0 e^{-2\bar\eta t} + w + \tfrac12(dy^2 - y)\\,\right] . \\]
///
/// DERIVED (FOUND in the authors' code, `simulate.loss`): \\(L = \tfrac12\lVert\bar y - \bar y^\*\rVert^2 +
/// \tfrac18\lVert dy - dy^\*\rVert^2\\), where \\(\bar y' = -\bar\eta(\bar y - \bar y^\*)\\) and \\(\lVert dy -
/// dy^\*\rVert^2 = y - 2c + dy^2 = 2w - y + dy^2\\). It is half of the mean squared error if outputs have one
/// dimension; with more, PyTorch's `mse_loss` also divides by their number.
///
/// The mean is learned first: the loss drops to the plateau \\(dy^2/8\\), and drops again when the points separate.
pub fn loss(pair: Pair, state: State, y0_mean: f64, eta_mean: f64, t: f64) -> f64 {
    0.5 * y0_mean * (-2.0 * eta_mean * t).exp() + of_difference(pair, state)
}

/// \\(Y_0\\) from the loss at a state before training: \\(2L - \tfrac12 w - \tfrac14(dy^2 - y)\\).
pub fn mean_from_loss(pair: Pair, state: State, loss: f64) -> f64 {
    2.0 * (loss - of_difference(pair, state))
}

fn of_difference(pair: Pair, state: State) -> f64 {
    0.25 * (state.w + 0.5 * (pair.dy2 - state.y2))
}
