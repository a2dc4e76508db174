//! The clock of weight decay.

/// Decay times that training has to last before its state can be taken for stationary: the initial weights have then
/// shrunk to \\(e^{-3}\\), 5 %. Ours.
pub const LEAST_DECAY_TIMES: f64 = 3.0;

/// How many decay times training has lasted (DERIVED: without a gradient, weights shrink by \\(e^{-1}\\) in one),
///
/// \\[ n = \frac{\eta \gamma t}{1 - \mu}, \\]
///
/// of SGD with learning rate \\(\eta\\), weight decay \\(\gamma\\) and momentum \\(\mu\\) after \\(t\\) steps; a number from 0 up.
///
/// ```
/// let n = formant_alignment::balance::decay_times(0.03, 1e-4, 0.9, 100_000.0);
/// assert!((n - 3.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn decay_times(learning_rate: f64, weight_decay: f64, momentum: f64, steps: f64) -> f64 {
    learning_rate * weight_decay * steps / (1.0 - momentum)
}
