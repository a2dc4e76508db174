//! Against numbers from the authors' code: right-hand side, trajectories, fits, refusals.

use crate::common::{PAIR, Row, Table, run};
use formant_theory::two_point::{
    Dynamics, FitRefusal, Limits, Pair, Problem, Rates, Start, State, Tolerance, Trajectory,
    a_high, a_low, check_squares, derivative, final_distance, first_integral, fit, fit_mean,
    integrate, solve,
};

fn relative(found: f64, expected: f64) -> f64 {
    (found - expected).abs() / expected.abs()
}

fn problem(row: Row) -> Problem {
    let n = |name| row.number(name);
    Problem {
        pair: Pair {
            dx2: n("dx2"),
            dy2: n("dy2"),
        },
        rates: Rates {
            eta_h: n("eta_h"),
            eta_y: n("eta_y"),
        },
        start: State {
            h2: n("h0"),
            y2: n("y0"),
            w: n("w0"),
        },
        dynamics: Dynamics::Original,
    }
}

#[test]
fn the_right_hand_side_is_the_authors() {
    for row in Table::read("rhs_samples.csv").rows() {
        let n = |name| row.number(name);
        let state = State {
            h2: n("h"),
            y2: n("y"),
            w: n("w"),
        };
        let rates = Rates {
            eta_h: n("eta_h"),
            eta_y: n("eta_y"),
        };
        let pair = Pair {
            dx2: n("dx2"),
            dy2: n("dy2"),
        };
        let found = derivative(Dynamics::Original, pair, rates, state).to_array();
        for (found, expected) in found.into_iter().zip([n("dh"), n("dy"), n("dw")]) {
            assert!(relative(found, expected) < 1e-14, "{found} {expected}");
        }
    }
}

/// Relative to the value, or to 1e-8 of the curve's largest one: w ends as a difference of equal numbers.
fn worst(curve: &[(f64, f64)]) -> f64 {
    let largest = curve.iter().map(|(_, e)| e.abs()).fold(0.0, f64::max);
    let error = |(f, e): &(f64, f64)| (f - e).abs() / e.abs().max(1e-8 * largest);
    curve.iter().map(error).fold(0.0, f64::max)
}

#[test]
fn both_solvers_agree_with_the_authors_trajectories() {
    let trajectories = Table::read("ode_trajectories.csv");
    let tight = Tolerance {
        relative: 1e-10,
        absolute: 1e-16,
        ..Tolerance::default()
    };
    for row in Table::read("ode_summary.csv").rows() {
        let (problem, name) = (problem(row), row.text("name"));
        let column = |which| trajectories.column(which, |row| row.text("ic") == name);
        let times = column("t");
        let expected = ["h2", "y2", "w"].map(column);
        for found in [
            solve(&problem, &times, Tolerance::default()).unwrap(),
            integrate(&problem, &times, tight).unwrap(),
        ] {
            for (curve, expected) in expected.iter().enumerate() {
                let found = found.iter().map(|state| state.to_array()[curve]);
                let pairs: Vec<_> = found.zip(expected.iter().copied()).collect();
                let error = worst(&pairs);
                assert!(error < 1e-6, "{name}, curve {curve}: {error:e}");
            }
        }
    }
}

#[test]
fn closed_forms_are_the_authors() {
    for row in Table::read("ode_summary.csv").rows() {
        let Problem {
            pair, rates, start, ..
        } = problem(row);
        for (found, name) in [
            (a_high(pair, rates, start), "A_high"),
            (a_low(pair, rates), "A_low"),
            (final_distance(pair, rates, start), "h_inf_closed"),
            (first_integral(pair, rates, start), "invariant_start"),
        ] {
            let expected = row.number(name);
            // The reference has 12 digits; 1e-12 is what cancellation leaves of a zero.
            assert!(
                (found - expected).abs() < 1e-11 * expected.abs() + 1e-12,
                "{name}: {found} {expected}"
            );
        }
        assert_eq!(
            Limits::new(pair, rates, start).h_inf,
            final_distance(pair, rates, start)
        );
    }
}

/// How far the rates may be off: the runs are thinned here, and the authors fitted through a solver with a relative
/// tolerance of 1e-3. The training of `cnn` is unstable, and thinning loses some of its spikes.
fn allowed(setting: &str) -> f64 {
    if setting == "cnn" { 0.06 } else { 0.01 }
}

#[test]
fn fits_are_the_authors_and_refusals_are_theirs() {
    let (runs, fits) = (Table::read("trajectories.csv"), Table::read("fits.csv"));
    for row in fits.rows() {
        let (setting, seed) = (row.text("setting"), row.text("seed"));
        let found = fit(
            &run(&runs, setting, seed),
            PAIR,
            Dynamics::Original,
            Start::Exact,
        );
        if row.text("fit_ok") == "False" {
            assert!(found.is_err(), "{setting}: {found:?}");
            continue;
        }
        let found = found.unwrap();
        let slack = allowed(setting);
        for (value, expected) in [
            (found.rates.eta_h, row.number("eta_h")),
            (found.rates.eta_y, row.number("eta_y")),
            (found.a_low, row.number("A_low")),
            (found.h_inf, row.number("h_inf_theory")),
        ] {
            let error = relative(value, expected);
            assert!(error < slack, "{setting} {seed}: {value} {expected}");
        }
        for (value, name) in found.rmse.into_iter().zip(["rmse_h", "rmse_y", "rmse_w"]) {
            let error = relative(value, row.number(name));
            assert!(error < 10.0 * slack, "{setting} {seed} {name}: {value}");
        }
        assert_eq!(found.h_end, {
            let end = runs.column("h2", |r| {
                r.text("setting") == setting && r.text("seed") == seed
            });
            *end.last().unwrap()
        });
        let [low, high] = found.eta_h_ci95;
        assert!(low < found.rates.eta_h && found.rates.eta_h < high);
    }
}

#[test]
fn what_is_refused_says_why() {
    let runs = Table::read("trajectories.csv");
    let refusal = |setting| {
        fit(
            &run(&runs, setting, "0"),
            PAIR,
            Dynamics::Original,
            Start::Exact,
        )
        .unwrap_err()
    };
    let moves_back = refusal("gain_1.3");
    assert!(
        matches!(moves_back, FitRefusal::RateAtZero { rate: "eta_h", .. }),
        "{moves_back}"
    );
    for setting in ["gain_1.4", "gain_1.6", "adam"] {
        let refusal = refusal(setting);
        assert!(
            matches!(refusal, FitRefusal::NotDescribed { .. }),
            "{setting}: {refusal}"
        );
    }
}

/// Networks are no exact solutions of the theory: a fitted start takes up a part of the difference.
#[test]
fn networks_are_fitted_more_closely_with_a_fitted_start_and_not_taken_for_distances() {
    let (runs, fits) = (Table::read("trajectories.csv"), Table::read("fits.csv"));
    let mut both = 0;
    for row in fits.rows().filter(|row| row.text("seed") == "0") {
        let setting = row.text("setting");
        let run = run(&runs, setting, "0");
        let [exact, fitted] =
            [Start::Exact, Start::Measured].map(|start| fit(&run, PAIR, Dynamics::Original, start));
        for found in [&exact, &fitted] {
            assert_eq!(check_squares(&run, PAIR, found), Ok(()), "{setting}");
        }
        if let (Ok(exact), Ok(fitted)) = (exact, fitted) {
            both += 1;
            assert_eq!(exact.start, run.start());
            assert!(
                fitted.sse < exact.sse,
                "{setting}: {} {}",
                fitted.sse,
                exact.sse
            );
        }
    }
    assert!(both >= 8, "{both}");
}

#[test]
fn the_rate_of_the_mean_is_the_authors() {
    let (runs, fits) = (Table::read("trajectories.csv"), Table::read("fits.csv"));
    for setting in ["shallow", "two_layer"] {
        let row = fits.rows().find(|row| row.text("setting") == setting);
        let row = row.unwrap();
        let of = |name| {
            runs.column(name, |row| {
                row.text("setting") == setting && row.text("seed") == "0"
            })
        };
        let run = Trajectory::with_epochs(of("epoch"), of("h2"), of("y2"), of("w")).unwrap();
        let fit = fit(&run, PAIR, Dynamics::Original, Start::Exact).unwrap();
        let mean = fit_mean(&of("loss"), &run, &fit, row.number("y0_mean")).unwrap();
        let expected = row.number("eta_y_mean");
        assert!(
            relative(mean.eta_mean, expected) < 0.02,
            "{mean:?} {expected}"
        );
    }
}

#[test]
fn every_layer_is_fitted_at_least_as_well_as_by_the_authors() {
    let layers = Table::read("depth_trajectories.csv");
    let all = |name: &str| layers.column(name, |_| true);
    let fits = Table::read("depth_fits.csv");
    for layer in 0..20 {
        let h2 = all(&format!("h2_layer{layer}"));
        let run = Trajectory::with_epochs(all("epoch"), h2, all("y2"), all("w")).unwrap();
        let found = fit(&run.extend_to(3000), PAIR, Dynamics::Original, Start::Exact).unwrap();
        let theirs = fits.column("fit_sse", |row| row.number("layer") == f64::from(layer));
        let best = theirs.iter().copied().fold(f64::INFINITY, f64::min);
        // Five percent for thinning. Layer 0 has a minimum at 242 that theirs ends in from a coarse grid.
        assert!(
            found.sse < 1.05 * best,
            "layer {layer}: {} {best}",
            found.sse
        );
        // Layers 16 and 17 have a lower one than theirs.
        if !(16..=17).contains(&layer) {
            assert!(
                found.sse > 0.95 * best,
                "layer {layer}: {} {best}",
                found.sse
            );
        }
    }
}

#[test]
fn wrong_dynamics_fit_worse_but_less_so_than_the_authors_optimiser_found() {
    let runs = Table::read("trajectories.csv");
    let run = run(&runs, "default", "0");
    let sse: Vec<f64> = Dynamics::ALL
        .iter()
        .map(|&dynamics| fit(&run, PAIR, dynamics, Start::Exact).unwrap().sse)
        .collect();
    let upper = Table::read("alternative_fits.csv").column("fit_sse", |_| true);
    for (index, (found, upper)) in sse.iter().zip(upper).enumerate() {
        assert!(*found < 1.02 * upper, "{index}: {found} {upper}");
        assert!(index == 0 || *found > 1.1 * sse[0], "{index}: {found}");
    }
}
