//! Do intervals cover the truth as often as they say, under noise of several kinds?

use crate::common::PAIR;
use formant_theory::two_point::{
    Dynamics, Fit, Problem, Rates, Start, State, Tolerance, Trajectory, fit, solve,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

const RATES: Rates = Rates {
    eta_h: 0.004,
    eta_y: 0.02,
};

/// Small initial weights, and a start that the points need not leave far.
const RICH: State = State {
    h2: 0.01,
    y2: 1e-4,
    w: -6e-3,
};
const LAZY: State = State {
    h2: 0.5,
    y2: 0.1,
    w: 0.0,
};

/// The theory from a start, with autoregressive noise relative to the value on every curve.
struct Noisy {
    start: State,
    samples: u32,
    end: f64,
    level: f64,
    memory: f64,
    /// Whether the first sample has noise too.
    first: bool,
}

impl Noisy {
    fn draw(&self, rng: &mut ChaCha8Rng) -> Trajectory {
        let problem = Problem {
            pair: PAIR,
            rates: RATES,
            start: self.start,
            dynamics: Dynamics::Original,
        };
        let last = f64::from(self.samples - 1);
        let epochs: Vec<f64> = (0..self.samples)
            .map(|k| self.end * f64::from(k) / last)
            .collect();
        let states = solve(&problem, &epochs, Tolerance::default()).unwrap();
        let [h2, y2, w] = [0, 1, 2].map(|curve: usize| {
            let mut noise = 0.0;
            let values = states.iter().enumerate().map(|(sample, state)| {
                let fresh: f64 = StandardNormal.sample(rng);
                let kept = if sample == 0 { 0.0 } else { self.memory };
                noise = kept * noise + self.level * (1.0 - kept * kept).sqrt() * fresh;
                let exact = sample == 0 && !self.first;
                state.to_array()[curve] * (1.0 + if exact { 0.0 } else { noise })
            });
            values.collect::<Vec<f64>>()
        });
        Trajectory::with_epochs(epochs, h2, y2, w).unwrap()
    }

    /// Shares of the 95 % intervals of `eta_h` and `eta_y` that hold the planted rates.
    fn coverage(&self, start: Start, runs: u32) -> [f64; 2] {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut covered = [0; 2];
        for _ in 0..runs {
            let found = fit(&self.draw(&mut rng), PAIR, Dynamics::Original, start).unwrap();
            let within = |[low, high]: [f64; 2], truth: f64| low <= truth && truth <= high;
            covered[0] += u32::from(within(found.eta_h_ci95, RATES.eta_h));
            covered[1] += u32::from(within(found.eta_y_ci95, RATES.eta_y));
        }
        covered.map(|covered| f64::from(covered) / f64::from(runs))
    }
}

/// MEASURED with 200 runs of 300 samples: 0.95 and 0.97 (rich, 0.2 % and 2 %), 0.94 and 0.96 (lazy, 2 %). With the
/// first sample as the start 0.67 and 0.79 (rich), 0.13 and 0.66 (lazy).
#[test]
fn intervals_cover_the_planted_rates_whatever_the_noise_of_the_first_sample() {
    for (start, level, end, samples) in [(RICH, 0.002, 1500.0, 60), (LAZY, 0.02, 500.0, 120)] {
        for first in [true, false] {
            let noisy = Noisy {
                start,
                samples,
                end,
                level,
                memory: 0.0,
                first,
            };
            // Of 150 intervals of 95 %, 134 or fewer cover the truth once in 280 tries, and of intervals of 80 %, more
            // do so once in 1300.
            let shares = noisy.coverage(Start::Measured, 150);
            assert!(
                shares.iter().all(|share| *share > 134.0 / 150.0),
                "{start:?} {first}: {shares:?}"
            );
        }
    }
}

#[test]
fn a_noisy_sample_is_no_exact_start() {
    let noisy = |first| Noisy {
        start: LAZY,
        samples: 300,
        end: 500.0,
        level: 0.02,
        memory: 0.0,
        first,
    };
    let [of_h, _] = noisy(true).coverage(Start::Exact, 40);
    assert!(of_h < 0.4, "{of_h}");
    let [of_h, _] = noisy(false).coverage(Start::Exact, 40);
    assert!(of_h > 0.85, "{of_h}");
}

/// MEASURED with 100 runs at these memories: 0.90, 0.87 and 0.66 with an exact start, 0.96, 0.94 and 0.73 with a
/// fitted one. The last noise is correlated over a third of the run.
#[test]
fn noise_that_remembers_widens_intervals() {
    for (start, first, least) in [
        (Start::Exact, false, [0.85, 0.75, 0.5]),
        (Start::Measured, true, [0.85, 0.75, 0.5]),
    ] {
        for (memory, least) in [0.0, 0.9, 0.99].into_iter().zip(least) {
            let noisy = Noisy {
                start: RICH,
                samples: 300,
                end: 1500.0,
                level: 0.02,
                memory,
                first,
            };
            let [of_h, of_y] = noisy.coverage(start, 20);
            let share = 0.5 * (of_h + of_y);
            assert!(share >= least, "{start:?}, memory {memory}: {share}");
        }
    }
}

/// The fitted start is nearer to the truth than the first sample, and is what the closed forms are computed from.
#[test]
fn the_start_is_fitted() {
    let noisy = Noisy {
        start: LAZY,
        samples: 300,
        end: 500.0,
        level: 0.02,
        memory: 0.0,
        first: true,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut fitted, mut first) = (0.0, 0.0);
    for _ in 0..10 {
        let run = noisy.draw(&mut rng);
        let found: Fit = fit(&run, PAIR, Dynamics::Original, Start::Measured).unwrap();
        fitted += (found.start.h2 - LAZY.h2).powi(2);
        first += (run.start().h2 - LAZY.h2).powi(2);
        let r = found.rates.eta_h / found.rates.eta_y;
        let a_high = found.start.h2 - r * found.start.y2 / found.start.h2;
        assert!((found.a_high - a_high).abs() < 1e-12);
    }
    assert!(fitted < 0.3 * first, "{fitted} {first}");
}
