//! The mathematics of the theory, on random problems.

use formant_theory::TheoryError;
use formant_theory::two_point::{
    Dynamics, Exact, Limits, Pair, Problem, Rates, Regime, State, Tolerance, a_high, a_low,
    derivative, escape_rate, final_distance, first_integral, integrate, loss, mean_from_loss,
    merging, settling_rate, solve,
};
use proptest::prelude::*;

/// Problems with outputs of any dimension: `cosine` is between outputs and targets.
fn problems() -> impl Strategy<Value = Problem> {
    let rate = || (-3.0..0.0f64).prop_map(|power| 10f64.powf(power));
    let size = || (-2.0..1.0f64).prop_map(|power| 10f64.powf(power));
    (
        (rate(), rate()),
        (size(), size()),
        (size(), size()),
        -1.0..1.0f64,
    )
        .prop_map(|((eta_h, eta_y), (dx2, dy2), (h2, y2), cosine)| Problem {
            pair: Pair { dx2, dy2 },
            rates: Rates { eta_h, eta_y },
            start: State {
                h2,
                y2,
                w: y2 - cosine * (y2 * dy2).sqrt(),
            },
            dynamics: Dynamics::Original,
        })
}

/// Times up to some multiples of the slowest time scale.
fn times(problem: &Problem, spans: f64, count: usize) -> Vec<f64> {
    let Problem {
        pair, rates, start, ..
    } = *problem;
    let slowest = escape_rate(pair, rates, start).min(settling_rate(pair, rates, start));
    let step = spans / slowest / (count - 1) as f64;
    (0..count).map(|k| k as f64 * step).collect()
}

/// How many times the fastest time scale, at the start or the end, goes into a time.
fn stiffness(problem: &Problem, time: f64) -> f64 {
    let Problem {
        pair, rates, start, ..
    } = *problem;
    let fastest = |h2: f64, y2: f64| rates.eta_y * h2 + rates.eta_h * pair.dx2 * y2 / h2;
    let end = final_distance(pair, rates, start);
    time * fastest(start.h2, start.y2).max(fastest(end, pair.dy2))
}

fn states(problem: &Problem, times: &[f64]) -> Vec<State> {
    solve(problem, times, Tolerance::default()).unwrap()
}

/// Runge and Kutta's classical method with many small steps: slow and obvious.
fn slow(problem: &Problem, end: f64, steps: usize) -> State {
    let Problem {
        pair,
        rates,
        start,
        dynamics,
    } = *problem;
    let field =
        |state: [f64; 3]| derivative(dynamics, pair, rates, State::from_array(state)).to_array();
    let along = |state: [f64; 3], by: f64, slope: [f64; 3]| -> [f64; 3] {
        std::array::from_fn(|i| state[i] + by * slope[i])
    };
    let (mut state, h) = (start.to_array(), end / steps as f64);
    for _ in 0..steps {
        let first = field(state);
        let second = field(along(state, 0.5 * h, first));
        let third = field(along(state, 0.5 * h, second));
        let fourth = field(along(state, h, third));
        state = std::array::from_fn(|i| {
            state[i] + h / 6.0 * (first[i] + 2.0 * second[i] + 2.0 * third[i] + fourth[i])
        });
    }
    State::from_array(state)
}

fn close(found: f64, expected: f64, scale: f64) -> bool {
    (found - expected).abs() < 1e-7 * scale
}

fn assert_same(found: State, expected: State) -> Result<(), TestCaseError> {
    let scale = expected.h2.abs() + expected.y2.abs() + expected.w.abs();
    for (found, expected) in found.to_array().into_iter().zip(expected.to_array()) {
        prop_assert!(close(found, expected, scale), "{found} {expected}");
    }
    Ok(())
}

/// The final distance of a start that contracts strongly, dy² h0 / y0, and a limit whose square no `f64` holds.
#[test]
fn closed_forms_hold_at_extreme_rates() {
    let pair = |dy2| Pair { dx2: 1e-100, dy2 };
    let rates = |eta_h| Rates {
        eta_h,
        eta_y: 1e100,
    };
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-12;
    assert!(near(a_low(pair(1e-100), rates(1e-100)), 1e-200));
    assert!(near(a_low(pair(1e100), rates(1e-100)), 1e-100));
    let start = State {
        h2: 1e-80,
        y2: 1e40,
        w: 1e40,
    };
    let found = final_distance(pair(1e-100), rates(1e100), start);
    assert!(near(found, 1e-220), "{found:e}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_exact_solution_has_the_theorys_derivative(problem in problems(), part in 0.05..3.0f64) {
        let t = times(&problem, part, 2)[1];
        let step = 1e-5 * t;
        let found = states(&problem, &[t - step, t, t + step]);
        let slope = derivative(problem.dynamics, problem.pair, problem.rates, found[1]).to_array();
        let [before, _, after] = [found[0], found[1], found[2]].map(State::to_array);
        let size = found[1].h2 + found[1].y2 + found[1].w.abs();
        for i in 0..3 {
            let difference = (after[i] - before[i]) / (2.0 * step);
            // Steps of 1e-5 leave rounding of 1e-11 of the value and truncation of 1e-10 of the fastest scale.
            let fast = slope.iter().map(|s| s.abs()).fold(size / t, f64::max);
            prop_assert!((difference - slope[i]).abs() < 1e-5 * fast, "{i}: {difference} {}", slope[i]);
        }
    }

    #[test]
    fn the_first_integral_and_cauchy_schwarz_are_kept(problem in problems()) {
        let Problem { pair, rates, start, .. } = problem;
        prop_assert_eq!(states(&problem, &[0.0])[0], start);
        let at_start = first_integral(pair, rates, start);
        for state in states(&problem, &times(&problem, 10.0, 30)) {
            let now = first_integral(pair, rates, state);
            let scale = rates.eta_y / rates.eta_h / pair.dx2 * (state.h2 + start.h2) + start.y2 / start.h2;
            prop_assert!(close(now, at_start, scale), "{now} {at_start}");
            let overlap = state.overlap();
            prop_assert!(overlap * overlap <= state.y2 * pair.dy2 * (1.0 + 1e-9) + 1e-14);
        }
    }

    #[test]
    fn outputs_of_one_dimension_stay_so(problem in problems(), aligned in any::<bool>()) {
        let sign = if aligned { 1.0 } else { -1.0 };
        let State { h2, y2, .. } = problem.start;
        let start = State { h2, y2, w: y2 - sign * (y2 * problem.pair.dy2).sqrt() };
        for state in states(&Problem { start, ..problem }, &times(&problem, 10.0, 30)) {
            let (square, limit) = (state.overlap().powi(2), state.y2 * problem.pair.dy2);
            prop_assert!(close(square, limit, problem.pair.dy2 * (problem.pair.dy2 + y2)), "{square} {limit}");
        }
    }

    #[test]
    fn every_solution_ends_at_the_closed_form(problem in problems()) {
        let Problem { pair, rates, start, .. } = problem;
        let expected = final_distance(pair, rates, start);
        // What starts on the wrong side first has to find its way back past the saddle.
        let end = states(&problem, &[0.0, times(&problem, 80.0, 2)[1]])[1];
        prop_assert!((end.h2 / expected - 1.0).abs() < 1e-6, "{} {expected}", end.h2);
        prop_assert!(close(end.y2, pair.dy2, 10.0 * pair.dy2) && close(end.w, 0.0, 10.0 * pair.dy2));
        let stays = derivative(Dynamics::Original, pair, rates, State { h2: expected, y2: pair.dy2, w: 0.0 });
        prop_assert_eq!(stays.to_array().map(f64::abs), [0.0; 3]);
    }

    #[test]
    fn points_with_one_target_follow_the_logistic_law(problem in problems()) {
        let pair = Pair { dy2: 0.0, ..problem.pair };
        let start = State { w: problem.start.y2, ..problem.start };
        let problem = Problem { pair, start, ..problem };
        let high = a_high(pair, problem.rates, start);
        let span = 20.0 / (problem.rates.eta_y * (high.abs() + start.h2));
        let times = [0.0, 0.1 * span, span, 10.0 * span];
        let integrated = integrate(&problem, &times, Tolerance::default()).unwrap();
        for ((&t, exact), integrated) in times.iter().zip(states(&problem, &times)).zip(integrated) {
            let expected = merging(pair, problem.rates, start, t);
            prop_assert!((exact.h2 / expected - 1.0).abs() < 1e-8, "{} {expected}", exact.h2);
            prop_assert!((integrated.h2 - expected).abs() < 1e-6 * expected + 1e-9 * start.h2);
        }
        prop_assert!(high > 0.0 || merging(pair, problem.rates, start, 1e3 * span) < 0.01 * start.h2);
    }

    #[test]
    fn faster_rates_are_a_faster_clock(problem in problems(), factor in 0.1..10.0f64) {
        let times = times(&problem, 5.0, 7);
        let rates = Rates { eta_h: factor * problem.rates.eta_h, eta_y: factor * problem.rates.eta_y };
        let sooner: Vec<f64> = times.iter().map(|t| t / factor).collect();
        for (found, expected) in states(&Problem { rates, ..problem }, &sooner).into_iter().zip(states(&problem, &times)) {
            assert_same(found, expected)?;
        }
    }

    #[test]
    fn every_dynamics_agrees_with_small_steps(problem in problems(), which in 0..5usize) {
        let problem = Problem { dynamics: Dynamics::ALL[which], ..problem };
        let times = times(&problem, 0.5, 41);
        prop_assume!(stiffness(&problem, times[40]) < 2000.0);
        // Where the distance comes close to 0 the equations for h, y, w are singular, and small steps are no judge.
        let Ok(found) = integrate(&problem, &times, Tolerance::default()) else {
            return Ok(());
        };
        prop_assume!(found.iter().all(|state| state.h2 > 0.1 * problem.start.h2));
        for (at, steps) in [(20, 10_000), (40, 20_000)] {
            let [coarse, fine] = [steps / 2, steps].map(|steps| slow(&problem, times[at], steps));
            // Small steps that disagree among themselves are no judge either.
            prop_assume!(assert_same(coarse, fine).is_ok());
            assert_same(found[at], fine)?;
        }
    }

    #[test]
    fn integration_agrees_with_the_exact_solution(problem in problems()) {
        let times = times(&problem, 3.0, 40);
        prop_assume!(stiffness(&problem, times[39]) < 2000.0);
        let exact = states(&problem, &times);
        // A path that passes close to 0 keeps the absolute errors of where it came from.
        let start = problem.start;
        let came_from = 1e-3 * (start.h2 + start.y2 + start.w.abs());
        for (found, expected) in integrate(&problem, &times, Tolerance::default()).unwrap().into_iter().zip(exact) {
            let scale = came_from + expected.h2.abs() + expected.y2.abs() + expected.w.abs();
            for (found, expected) in found.to_array().into_iter().zip(expected.to_array()) {
                prop_assert!(close(found, expected, scale), "{found} {expected}");
            }
        }
    }

    #[test]
    fn the_loss_is_that_of_two_points(problem in problems(), mean in 0.0..2.0f64, rate in 0.0..1.0f64, t in 0.0..10.0f64) {
        let Problem { pair, start, .. } = problem;
        let difference = start.y2 - 2.0 * start.overlap() + pair.dy2;
        let expected = 0.5 * mean * (-rate * t).exp().powi(2) + difference / 8.0;
        let found = loss(pair, start, mean, rate, t);
        prop_assert!(close(found, expected, 1.0 + expected));
        prop_assert!(close(mean_from_loss(pair, start, loss(pair, start, mean, rate, 0.0)), mean, 1.0 + expected));
    }
}

/// Aligned, balanced outputs of one dimension: a logistic curve.
#[test]
fn balanced_points_grow_logistically() {
    let pair = Pair { dx2: 1.3, dy2: 0.7 };
    let rates = Rates {
        eta_h: 0.02,
        eta_y: 0.05,
    };
    let h0 = 1e-3_f64;
    let y2 = rates.eta_y / (rates.eta_h * pair.dx2) * h0 * h0;
    let start = State {
        h2: h0,
        y2,
        w: y2 - (y2 * pair.dy2).sqrt(),
    };
    let exact = Exact::new(pair, rates, start).unwrap();
    let rate = (rates.eta_h * rates.eta_y * pair.dx2 * pair.dy2).sqrt();
    let end = final_distance(pair, rates, start);
    assert!((escape_rate(pair, rates, start) / rate - 1.0).abs() < 1e-12);
    let mut lowest = f64::INFINITY;
    for k in 0..2000 {
        let t = f64::from(k);
        let state = exact.at(t).unwrap();
        let expected = end / (1.0 + (end / h0 - 1.0) * (-rate * t).exp());
        assert!(
            (state.h2 / expected - 1.0).abs() < 1e-9,
            "{t}: {}",
            state.h2
        );
        lowest = lowest.min(state.w);
    }
    assert!((lowest + pair.dy2 / 4.0).abs() < 1e-4, "{lowest}");
    assert_eq!(Limits::new(pair, rates, start).regime, Regime::Rich);
}

/// Near the saddle at h = 0, with outputs orthogonal to the targets, h grows at the escape rate.
#[test]
fn small_distances_grow_at_the_escape_rate() {
    let pair = Pair { dx2: 1.0, dy2: 0.5 };
    let rates = Rates {
        eta_h: 0.01,
        eta_y: 0.02,
    };
    for slope in [0.0, 0.1, 1.0] {
        let h2 = 1e-12;
        let start = State {
            h2,
            y2: slope * h2,
            w: slope * h2,
        };
        let rate = escape_rate(pair, rates, start);
        let exact = Exact::new(pair, rates, start).unwrap();
        let at = |spans: f64| exact.at(spans / rate).unwrap().h2.ln();
        let found = (at(16.0) - at(13.0)) / 3.0;
        assert!((found - 1.0).abs() < 0.01, "{slope}: {found}");
    }
}

/// A start of the wrong sign whose outputs are large: the points pass through each other, exactly, and come apart again.
#[test]
fn points_may_pass_through_each_other() {
    let pair = Pair { dx2: 1.0, dy2: 0.5 };
    let rates = Rates {
        eta_h: 0.02,
        eta_y: 0.01,
    };
    let start = State {
        h2: 0.1,
        y2: 0.3,
        w: 0.3 + 0.15_f64.sqrt(),
    };
    let problem = Problem {
        pair,
        rates,
        start,
        dynamics: Dynamics::Original,
    };
    let times: Vec<f64> = (0..4000).map(f64::from).collect();
    let found = states(&problem, &times);
    let least = found.iter().map(|state| state.h2).fold(1.0, f64::min);
    assert!(least < 1e-3, "{least}");
    let end = final_distance(pair, rates, start);
    assert!((found[3999].h2 - end).abs() < 1e-9);
    let integrated = integrate(&problem, &times, Tolerance::default()).unwrap();
    for (integrated, exact) in integrated.iter().zip(&found) {
        assert!((integrated.h2 - exact.h2).abs() < 1e-8);
    }
    // Wrong dynamics divide by the distance.
    let wrong = Problem {
        dynamics: Dynamics::SignFlipped,
        ..problem
    };
    let error = integrate(&wrong, &times, Tolerance::default()).unwrap_err();
    assert!(
        matches!(error, TheoryError::DistanceVanished { .. }),
        "{error}"
    );
}

#[test]
fn impossible_problems_are_refused() {
    let good = Problem {
        pair: Pair { dx2: 1.0, dy2: 0.5 },
        rates: Rates {
            eta_h: 0.01,
            eta_y: 0.01,
        },
        start: State {
            h2: 0.1,
            y2: 0.1,
            w: 0.0,
        },
        dynamics: Dynamics::Original,
    };
    let refused = |problem: Problem, times: &[f64]| {
        let exact = solve(&problem, times, Tolerance::default()).unwrap_err();
        let integrated = integrate(&problem, times, Tolerance::default()).unwrap_err();
        assert_eq!(exact.to_string(), integrated.to_string());
        exact.to_string()
    };
    assert!(solve(&good, &[0.0, 1.0], Tolerance::default()).is_ok());
    for (change, name) in [
        (
            (|p: &mut Problem| p.start.h2 = 0.0) as fn(&mut Problem),
            "h2",
        ),
        (|p| p.start.y2 = -1.0, "y2"),
        (|p| p.pair.dx2 = 0.0, "dx2"),
        (|p| p.pair.dy2 = -0.5, "dy2"),
        (|p| p.rates.eta_h = -1.0, "eta_h"),
        (|p| p.rates.eta_y = f64::NAN, "eta_y"),
        (|p| p.start.w = 0.9, "overlap"),
        (|p| p.start.w = f64::NAN, "w"),
        (|p| p.rates.eta_y = 1e-320, "eta_y is 1e-320"),
        (|p| p.rates.eta_h = 1e200, "eta_h is 1e200"),
        (|p| p.start.h2 = f64::MIN_POSITIVE, "h2 is 2.2"),
        (|p| p.pair.dy2 = 1e-310, "dy2 is 1e-310"),
    ] {
        let mut problem = good;
        change(&mut problem);
        let message = refused(problem, &[0.0, 1.0]);
        assert!(message.contains(name), "{message}");
    }
    for times in [&[1.0, 0.5][..], &[-1.0], &[0.0, f64::NAN], &[f64::INFINITY]] {
        let message = refused(good, times);
        assert!(message.contains("ascending"), "{message}");
    }
    let hurried = Tolerance {
        max_steps: 10,
        ..Tolerance::default()
    };
    let error = integrate(&good, &[1e6], hurried).unwrap_err();
    assert!(
        matches!(error, TheoryError::TooManySteps { steps: 10, .. }),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn extreme_problems_have_finite_states_or_an_error(
        powers in prop::array::uniform6(-120.0..120.0f64),
        ordinary in prop::array::uniform6(prop::bool::weighted(0.7)),
        cosine in -1.0..1.0f64,
        time in -20.0..110.0f64,
    ) {
        let at = |k: usize| if ordinary[k] { 0.1 } else { 10f64.powf(powers[k]) };
        let pair = Pair { dx2: at(0), dy2: at(1) };
        let rates = Rates { eta_h: at(2), eta_y: at(3) };
        let (h2, y2) = (at(4), at(5));
        let start = State { h2, y2, w: y2 - cosine * (y2 * pair.dy2).sqrt() };
        let problem = Problem { pair, rates, start, dynamics: Dynamics::Original };
        let end = 10f64.powf(time);
        match solve(&problem, &[0.0, 0.5 * end, end], Tolerance::default()) {
            Ok(states) => for state in states {
                prop_assert!(state.to_array().iter().all(|value| value.is_finite()), "{:?}", state);
                prop_assert!(state.h2 >= 0.0, "{:?}", state);
            },
            Err(error) => {
                let message = error.to_string();
                prop_assert!(message.len() < 250 && !message.contains("NaN"), "{}", message);
            }
        }
    }
}
