//! Do intervals cover the truth as often as they say, under noise that remembers?

use crate::common::PAIR;
use formant_theory::two_point::{
    Dynamics, Problem, Rates, State, Tolerance, Trajectory, fit, solve,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

const RATES: Rates = Rates {
    eta_h: 0.004,
    eta_y: 0.02,
};

/// The theory with autoregressive noise on every curve, all but the first sample.
fn noisy(memory: f64, rng: &mut ChaCha8Rng) -> Trajectory {
    let start = State {
        h2: 0.01,
        y2: 1e-6,
        w: 1e-6 - 5e-7_f64.sqrt(),
    };
    let problem = Problem {
        pair: PAIR,
        rates: RATES,
        start,
        dynamics: Dynamics::Original,
    };
    let epochs: Vec<f64> = (0..400).map(|k| 3.75 * f64::from(k)).collect();
    let states = solve(&problem, &epochs, Tolerance::default()).unwrap();
    let [h2, y2, w] = [0, 1, 2].map(|curve: usize| {
        let mut noise = 0.0;
        let values = states.iter().enumerate().map(|(sample, state)| {
            let fresh: f64 = StandardNormal.sample(rng);
            let kept = if sample == 0 { 0.0 } else { memory };
            noise = kept * noise + 0.02 * (1.0 - kept * kept).sqrt() * fresh;
            state.to_array()[curve] + if sample == 0 { 0.0 } else { noise }
        });
        values.collect::<Vec<f64>>()
    });
    Trajectory::with_epochs(epochs, h2, y2, w).unwrap()
}

/// Share of 95 % intervals that hold the planted rates: MEASURED with 300 runs 0.95, 0.94 and 0.85 at these
/// memories; with the scores' long-run covariance alone 0.94, 0.87 and 0.54.
#[test]
fn intervals_cover_the_planted_rates() {
    for (memory, least) in [(0.0, 0.85), (0.9, 0.82), (0.99, 0.65)] {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let runs = 30;
        let mut covered = 0;
        for _ in 0..runs {
            let found = fit(&noisy(memory, &mut rng), PAIR, Dynamics::Original).unwrap();
            let within = |[low, high]: [f64; 2], truth: f64| low <= truth && truth <= high;
            covered += u32::from(within(found.eta_h_ci95, RATES.eta_h));
            covered += u32::from(within(found.eta_y_ci95, RATES.eta_y));
        }
        let share = f64::from(covered) / f64::from(2 * runs);
        assert!(share >= least, "memory {memory}: {share}");
    }
}
