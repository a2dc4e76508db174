//! Fits of planted rates, and trajectories that cannot be.

use crate::common::PAIR;
use formant_theory::TheoryError;
use formant_theory::two_point::{
    Dynamics, FitRefusal, Pair, Problem, Rates, Start, State, Tolerance, Trajectory, check_squares,
    fit, fit_mean, loss, solve,
};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

fn planted(problem: &Problem, epochs: &[f64]) -> Trajectory {
    try_planted(problem, epochs).unwrap()
}

fn try_planted(problem: &Problem, epochs: &[f64]) -> Result<Trajectory, TheoryError> {
    let states = solve(problem, epochs, Tolerance::default()).unwrap();
    let curve = |of: fn(&State) -> f64| states.iter().map(of).collect::<Vec<f64>>();
    let (h2, y2, w) = (curve(|s| s.h2), curve(|s| s.y2), curve(|s| s.w));
    Trajectory::with_epochs(epochs.to_vec(), h2, y2, w)
}

fn problem(eta_h: f64, eta_y: f64, h2: f64, dynamics: Dynamics) -> Problem {
    let y2 = 1e-4;
    Problem {
        pair: PAIR,
        rates: Rates { eta_h, eta_y },
        start: State {
            h2,
            y2,
            w: y2 - (y2 * PAIR.dy2).sqrt(),
        },
        dynamics,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn planted_rates_are_found(ratio in -4.0..4.0f64, scale in 0.5..2.0f64, h2 in -3.0..1.0f64, which in 0..5usize) {
        // Rates that let the points come apart in the middle of 400 epochs, whatever their ratio and the start.
        let h2 = 10f64.powf(h2);
        let ratio = ratio.exp();
        let a_low = (ratio * PAIR.dy2).sqrt();
        let eta_y = scale * 0.05 / (a_low + h2);
        let problem = problem(ratio * eta_y, eta_y, h2, Dynamics::ALL[which]);
        let epochs: Vec<f64> = (0..400).map(f64::from).collect();
        // Wrong dynamics may make distances that have no meaning, below 0 for instance.
        let planted = try_planted(&problem, &epochs);
        prop_assume!(planted.is_ok());
        let trajectory = planted.unwrap();
        let states = trajectory.states();
        prop_assume!(trajectory.check(PAIR).is_ok());
        prop_assume!(states.iter().all(|s| s.h2 > 0.0 && s.h2 < 1e3));
        prop_assume!(states[399].h2 > 1.05 * states[0].h2);
        let found = fit(&trajectory, PAIR, problem.dynamics, Start::Exact).unwrap();
        prop_assert!((found.rates.eta_h / problem.rates.eta_h - 1.0).abs() < 1e-3, "{:?} {:?}", found, problem.rates);
        prop_assert!((found.rates.eta_y / problem.rates.eta_y - 1.0).abs() < 1e-3, "{:?} {:?}", found, problem.rates);
        prop_assert!(found.sse < 1e-6 && found.explained.iter().all(|share| *share > 0.99));
    }
}

#[test]
fn the_authors_objective_stretches_time_by_one_epoch() {
    let n = 300;
    let stretched: Vec<f64> = (0..n).map(|k| f64::from(k) * 300.0 / 299.0).collect();
    let problem = problem(0.05, 0.1, 0.01, Dynamics::Original);
    let sampled = planted(&problem, &stretched);
    let curve = |of: fn(&State) -> f64| sampled.states().iter().map(of).collect::<Vec<f64>>();
    let run = Trajectory::new(curve(|s| s.h2), curve(|s| s.y2), curve(|s| s.w)).unwrap();
    assert_eq!(run.times()[299], 300.0);
    assert_eq!(run.epochs()[299], 299.0);
    assert!(run.weights().iter().all(|weight| *weight == 1.0));
    let found = fit(&run, PAIR, Dynamics::Original, Start::Exact).unwrap();
    assert!(found.sse < 1e-12 && (found.rates.eta_h / 0.05 - 1.0).abs() < 1e-6);
    assert_eq!(run.extend_to(400).times()[399], 400.0);
}

#[test]
fn thinning_a_trajectory_keeps_its_sum_of_squares() {
    let problem = problem(0.05, 0.1, 0.01, Dynamics::Original);
    let every = |step: usize| {
        let epochs: Vec<f64> = (0..601).step_by(step).map(|k| k as f64).collect();
        let states = solve(&problem, &epochs, Tolerance::default()).unwrap();
        // A smooth misfit, so that there is a sum to keep.
        let h2 = states.iter().zip(&epochs);
        let h2 = h2.map(|(s, e)| s.h2 + 0.01 * (e / 80.0).sin()).collect();
        let (y2, w) = (
            states.iter().map(|s| s.y2).collect(),
            states.iter().map(|s| s.w).collect(),
        );
        let run = Trajectory::with_epochs(epochs, h2, y2, w).unwrap();
        fit(&run, PAIR, Dynamics::Original, Start::Exact).unwrap()
    };
    let (all, few) = (every(1), every(10));
    assert!(
        (few.sse / all.sse - 1.0).abs() < 0.02,
        "{} {}",
        few.sse,
        all.sse
    );
    assert!((few.rates.eta_h / all.rates.eta_h - 1.0).abs() < 1e-3);
}

#[test]
fn the_rate_of_the_mean_is_found_from_the_loss() {
    let problem = problem(0.02, 0.05, 0.01, Dynamics::Original);
    let epochs: Vec<f64> = (0..600).map(f64::from).collect();
    let run = planted(&problem, &epochs);
    let found = fit(&run, PAIR, Dynamics::Original, Start::Exact).unwrap();
    let states = run.states().iter().zip(&epochs);
    let measured: Vec<f64> = states
        .map(|(&state, &t)| loss(PAIR, state, 0.9, 0.03, t))
        .collect();
    let mean = fit_mean(&measured, &run, &found, 0.9).unwrap();
    assert!((mean.eta_mean / 0.03 - 1.0).abs() < 1e-6, "{mean:?}");
    assert!(mean.sse < 1e-12);
    let short = fit_mean(&measured[1..], &run, &found, 0.9).unwrap_err();
    assert!(
        matches!(
            short,
            FitRefusal::Loss {
                found: 599,
                samples: 600
            }
        ),
        "{short}"
    );
    assert!(fit_mean(&measured, &run, &found, 0.0).is_err());
    let rising: Vec<f64> = measured.iter().map(|loss| 1.0 - loss).collect();
    let refused = fit_mean(&rising, &run, &found, 0.9).unwrap_err();
    assert!(
        matches!(refused, FitRefusal::NotDescribed { curve: "loss", .. }),
        "{refused}"
    );
}

#[test]
fn pairs_and_trajectories_that_say_nothing_are_refused() {
    let problem = problem(0.02, 0.05, 0.01, Dynamics::Original);
    let epochs: Vec<f64> = (0..200).map(f64::from).collect();
    let run = planted(&problem, &epochs);
    let refused = |pair| fit(&run, pair, Dynamics::Original, Start::Exact).unwrap_err();
    assert_eq!(refused(Pair { dx2: 1.0, dy2: 0.0 }), FitRefusal::SameTarget);
    for pair in [
        Pair { dx2: 0.0, dy2: 0.5 },
        Pair {
            dx2: 1.0,
            dy2: f64::NAN,
        },
        Pair {
            dx2: 1.0,
            dy2: 1e-3,
        },
    ] {
        assert!(
            matches!(refused(pair), FitRefusal::Impossible(_)),
            "{pair:?}"
        );
    }
    // Representations that shrink as much as they should grow.
    let epochs: Vec<f64> = (0..400).map(f64::from).collect();
    let run = planted(&self::problem(0.01, 0.03, 1.0, Dynamics::Original), &epochs);
    let h2 = run.states().iter().map(|s| 2.0 - s.h2).collect();
    let (y2, w) = (
        run.states().iter().map(|s| s.y2).collect(),
        run.states().iter().map(|s| s.w).collect(),
    );
    let shrinking = Trajectory::new(h2, y2, w).unwrap();
    let refused = fit(&shrinking, PAIR, Dynamics::Original, Start::Exact).unwrap_err();
    assert!(
        matches!(refused, FitRefusal::RateAtZero { rate: "eta_h", .. }),
        "{refused}"
    );
}

#[test]
fn damaged_trajectories_are_refused() {
    let good = || vec![0.1; 6];
    let with = |h2: Vec<f64>, y2: Vec<f64>, w: Vec<f64>| Trajectory::new(h2, y2, w).unwrap_err();
    let changed = |index: usize, value: f64| {
        let mut curve = good();
        curve[index] = value;
        curve
    };
    let unequal = with(good(), vec![0.1; 5], good());
    assert!(matches!(
        unequal,
        TheoryError::CurveLength {
            curve: "y2",
            found: 5,
            epochs: 6
        }
    ));
    let short = with(vec![0.1; 4], vec![0.1; 4], vec![0.1; 4]);
    assert!(matches!(short, TheoryError::TooFew { found: 4, .. }));
    let broken = with(good(), good(), changed(3, f64::NAN));
    assert!(matches!(
        broken,
        TheoryError::Sample {
            curve: "w",
            sample: 3,
            ..
        }
    ));
    let merged = with(changed(0, 0.0), good(), good());
    assert!(
        merged.to_string().contains("h2 of the first sample"),
        "{merged}"
    );
    let epochs = vec![0.0, 1.0, 2.0, 2.0, 4.0, 5.0];
    let error = Trajectory::with_epochs(epochs, good(), good(), good()).unwrap_err();
    assert!(
        matches!(error, TheoryError::TimeOrder { index: 3, .. }),
        "{error}"
    );
}

/// Whatever the numbers are, there is a fit of finite numbers or one short line.
#[test]
fn extreme_trajectories_are_fitted_or_refused() {
    let mut refused = 0;
    for case in 0..150 {
        let mut rng = ChaCha8Rng::seed_from_u64(case);
        let rows = rng.random_range(8..20);
        let scale = |rng: &mut ChaCha8Rng| match rng.random_range(0..3) {
            0 => 10_f64.powf(rng.random_range(-300.0..300.0)),
            _ => 1.0,
        };
        let step = scale(&mut rng);
        let epochs: Vec<f64> = (0..rows).map(|k| step * f64::from(k)).collect();
        let [h2, y2, w] = [0, 1, 2].map(|_| {
            let scale = scale(&mut rng);
            let values = (0..rows).map(|_| scale * rng.random_range(0.0..1.0));
            values.collect::<Vec<f64>>()
        });
        let pair = Pair {
            dx2: 10_f64.powf(rng.random_range(-3.0..3.0)),
            dy2: scale(&mut rng).clamp(1e-90, 1e90),
        };
        let w = w
            .iter()
            .zip(&y2)
            .map(|(w, y)| y - w * (y * pair.dy2).sqrt());
        let run = match Trajectory::with_epochs(epochs, h2, y2.clone(), w.collect()) {
            Ok(run) => run,
            Err(error) => {
                assert!(error.to_string().len() < 200, "{case}: {error}");
                continue;
            }
        };
        for start in [Start::Measured, Start::Exact] {
            let found = fit(&run, pair, Dynamics::Original, start);
            let squares = check_squares(&run, pair, &found);
            match (found, squares) {
                (Ok(fit), Ok(())) => {
                    let json = serde_json::to_string(&fit).unwrap();
                    assert!(!json.contains("null"), "{case}: {json}");
                }
                (Err(refusal), _) | (_, Err(refusal)) => {
                    refused += 1;
                    let message = refusal.to_string();
                    assert!(message.len() < 230, "{case}: {message}");
                    assert!(!message.contains("NaN"), "{case}: {message}");
                }
            }
        }
    }
    assert!(refused > 100, "{refused}");
}
