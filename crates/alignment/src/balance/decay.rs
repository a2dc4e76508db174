//! The clock of weight decay.

/// How many [`decay_times`] training has to last before a stationary state can be expected: the initial weights have then
/// shrunk to \\(e^{-3}\\), a twentieth. Ours.
pub const STATIONARY: f64 = 3.0;

/// How many decay times `steps` of SGD last,
///
/// \\[ n = \frac{\eta \gamma t}{1 - \mu}, \\]
///
/// with learning rate \\(\eta\\), weight decay \\(\gamma\\), momentum \\(\mu\\) and \\(t\\) steps; a number from 0 up. In one of
/// them weight decay alone shrinks a weight to \\(1/e\\): the clock of everything that weight decay does (DERIVED).
#[must_use]
pub fn decay_times(learning_rate: f64, weight_decay: f64, momentum: f64, steps: f64) -> f64 {
    learning_rate * weight_decay * steps / (1.0 - momentum)
}

/// Whether so many decay times are enough for a stationary state; rounding of their product is no shortage.
#[must_use]
pub fn is_stationary(decay_times: f64) -> bool {
    decay_times >= STATIONARY * (1.0 - 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_decay_alone_shrinks_a_weight_by_e_in_one_of_them() {
        let (rate, decay, momentum) = (0.03, 1e-3, 0.9);
        let (mut weight, mut velocity, mut steps) = (1.0_f64, 0.0, 0.0);
        while weight > (-1.0_f64).exp() {
            velocity = momentum * velocity + decay * weight;
            weight -= rate * velocity;
            steps += 1.0;
        }
        let times = decay_times(rate, decay, momentum, steps);
        assert!((times - 1.0).abs() < 5e-3, "{times}");
        assert!(!is_stationary(times) && is_stationary(3.0 * (1.0 - 1e-12)));
    }
}
