//! explore
use crate::common::PAIR;
use formant_theory::two_point::{
    Dynamics, Problem, Rates, Start, State, Tolerance, Trajectory, fit, solve,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

const RATES: Rates = Rates {
    eta_h: 0.004,
    eta_y: 0.02,
};

fn noisy(
    problem: &Problem,
    rows: usize,
    end: f64,
    level: f64,
    memory: f64,
    relative: bool,
    first: bool,
    rng: &mut ChaCha8Rng,
) -> Option<Trajectory> {
    let epochs: Vec<f64> = (0..rows)
        .map(|k| end * k as f64 / (rows - 1) as f64)
        .collect();
    let states = solve(problem, &epochs, Tolerance::default()).unwrap();
    let [h2, y2, w] = [0, 1, 2].map(|curve: usize| {
        let mut noise = 0.0;
        let values = states.iter().enumerate().map(|(sample, state)| {
            let fresh: f64 = StandardNormal.sample(rng);
            let kept = if sample == 0 { 0.0 } else { memory };
            noise = kept * noise + level * (1.0 - kept * kept).sqrt() * fresh;
            let own = if sample == 0 && !first { 0.0 } else { noise };
            let value = state.to_array()[curve];
            if relative {
                value * (1.0 + own)
            } else {
                value + own
            }
        });
        values.collect::<Vec<f64>>()
    });
    Trajectory::with_epochs(epochs, h2, y2, w).ok()
}

#[test]
fn explore() {
    let small = State {
        h2: 0.01,
        y2: 1e-4,
        w: -6e-3,
    };
    let oned = State {
        h2: 0.01,
        y2: 1e-6,
        w: 1e-6 - 5e-7_f64.sqrt(),
    };
    let lazy = State {
        h2: 0.5,
        y2: 0.1,
        w: 0.1 - 0.1,
    };
    for (name, start, end, rows, level, memory, relative, first) in [
        ("small rel.002", small, 1500.0, 300, 0.002, 0.0, true, true),
        (
            "small rel.002 firstexact",
            small,
            1500.0,
            300,
            0.002,
            0.0,
            true,
            false,
        ),
        ("oned rel.002", oned, 1500.0, 300, 0.002, 0.0, true, true),
        ("small rel.02", small, 1500.0, 300, 0.02, 0.0, true, true),
        (
            "small rel.02 m.9",
            small,
            1500.0,
            300,
            0.02,
            0.9,
            true,
            true,
        ),
        (
            "small rel.02 m.99",
            small,
            1500.0,
            300,
            0.02,
            0.99,
            true,
            true,
        ),
        ("lazy rel.02", lazy, 500.0, 300, 0.02, 0.0, true, true),
        ("lazy abs.005", lazy, 500.0, 300, 0.005, 0.0, false, true),
        ("small rel.02 n50", small, 1500.0, 50, 0.02, 0.0, true, true),
        ("small rel.02 n20", small, 1500.0, 20, 0.02, 0.0, true, true),
        ("small rel.02 n10", small, 1500.0, 10, 0.02, 0.0, true, true),
    ] {
        let problem = Problem {
            pair: PAIR,
            rates: RATES,
            start,
            dynamics: Dynamics::Original,
        };
        for mode in [Start::Exact, Start::Measured] {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let (mut h, mut y, mut n, mut bad, mut width) = (0, 0, 0, 0, 0.0);
            let t = std::time::Instant::now();
            let mut why = String::new();
            for _ in 0..200 {
                let Some(run) = noisy(
                    &problem, rows, end, level, memory, relative, first, &mut rng,
                ) else {
                    bad += 1;
                    continue;
                };
                match fit(&run, PAIR, Dynamics::Original, mode) {
                    Ok(found) => {
                        n += 1;
                        let within =
                            |[low, high]: [f64; 2], truth: f64| low <= truth && truth <= high;
                        h += u32::from(within(found.eta_h_ci95, RATES.eta_h));
                        y += u32::from(within(found.eta_y_ci95, RATES.eta_y));
                        width += (found.eta_h_ci95[1] / found.eta_h_ci95[0]).ln();
                    }
                    Err(e) => {
                        bad += 1;
                        why = e.to_string();
                    }
                }
            }
            println!(
                "{name} {mode:?}: n {n} bad {bad} eta_h {:.3} eta_y {:.3} width {:.2e} {:?} {why}",
                f64::from(h) / f64::from(n),
                f64::from(y) / f64::from(n),
                width / f64::from(n),
                t.elapsed() / 200
            );
        }
    }
}
