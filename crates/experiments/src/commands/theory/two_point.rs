//! `formant theory two-point`: a trajectory or the closed forms of the theory.

use std::fmt::Write;

use anyhow::{Result, bail};
use clap::Args;
use formant_theory::two_point::{
    Dynamics, Limits, Pair, Problem, Rates, State, Tolerance, settling_rate, solve,
};

use super::super::print;

/// Arguments of `formant theory two-point`.
#[derive(Debug, Args)]
pub struct TwoPointArgs {
    /// Squared distance of the representations at the start
    #[arg(long, value_name = "H0", allow_hyphen_values = true)]
    h0: f64,
    /// Squared distance of the outputs at the start
    #[arg(long, value_name = "Y0", allow_hyphen_values = true)]
    y0: f64,
    /// y0 minus the inner product of the outputs' and the targets' differences, at the start
    #[arg(long, value_name = "W0", allow_hyphen_values = true)]
    w0: f64,
    /// Squared distance of the inputs
    #[arg(
        long,
        value_name = "DX2",
        default_value_t = 1.0,
        allow_hyphen_values = true
    )]
    dx2: f64,
    /// Squared distance of the targets
    #[arg(
        long,
        value_name = "DY2",
        default_value_t = 0.5,
        allow_hyphen_values = true
    )]
    dy2: f64,
    /// Effective learning rate of the map to the representation, per epoch
    #[arg(long, value_name = "ETA", allow_hyphen_values = true)]
    eta_h: f64,
    /// Effective learning rate of the map to the output, per epoch
    #[arg(long, value_name = "ETA", allow_hyphen_values = true)]
    eta_y: f64,
    /// The last time, in epochs
    #[arg(
        long,
        value_name = "EPOCHS",
        required_unless_present = "closed_form",
        allow_hyphen_values = true
    )]
    t_max: Option<f64>,
    /// How many times, from 0 to the last, at least 2
    #[arg(long, value_name = "N", default_value_t = 301, value_parser = points)]
    points: usize,
    /// Print the final distance, its limits and the rates instead, as name,value
    #[arg(long)]
    closed_form: bool,
}

/// Maximum number of times. Each needs about 150 bytes while the table is made: its state and its text.
const MAX_POINTS: usize = 1_000_000;

/// Maximum of the last time, in epochs.
const MAX_TIME: f64 = 1e100;

fn points(text: &str) -> Result<usize, String> {
    let found = text.parse().ok();
    found
        .filter(|points| (2..=MAX_POINTS).contains(points))
        .ok_or_else(|| {
            let memory = MAX_POINTS * 150 / 1_000_000;
            format!("expected a whole number from 2 to {MAX_POINTS}, which needs {memory} MB")
        })
}

/// Prints CSV.
pub fn run(args: &TwoPointArgs) -> Result<()> {
    let problem = Problem {
        pair: Pair {
            dx2: args.dx2,
            dy2: args.dy2,
        },
        rates: Rates {
            eta_h: args.eta_h,
            eta_y: args.eta_y,
        },
        start: State {
            h2: args.h0,
            y2: args.y0,
            w: args.w0,
        },
        dynamics: Dynamics::Original,
    };
    let text = match args.t_max {
        Some(t_max) if !args.closed_form => trajectory(&problem, t_max, args.points)?,
        _ => closed_forms(&problem)?,
    };
    print(text.trim_end())
}

/// `t,h2,y2,w` at `points` times from 0 to `t_max`, every number in the shortest form that reads back the same.
pub(super) fn trajectory(problem: &Problem, t_max: f64, points: usize) -> Result<String> {
    if !(t_max > 0.0 && t_max <= MAX_TIME) {
        bail!("t-max is {t_max:?}; expected a number of epochs above 0, at most {MAX_TIME:?}");
    }
    if points < 2 {
        bail!("points is {points}; expected at least 2, the start and the end");
    }
    let last = points - 1;
    let at = |k: usize| t_max * (k as f64 / last as f64);
    let times: Vec<f64> = (0..points).map(at).collect();
    let mut text = String::from("t,h2,y2,w\n");
    for (t, state) in times
        .iter()
        .zip(solve(problem, &times, Tolerance::default())?)
    {
        let State { h2, y2, w } = state;
        writeln!(text, "{t:?},{h2:?},{y2:?},{w:?}")?;
    }
    Ok(text)
}

/// `name,value` for each closed form.
pub(super) fn closed_forms(problem: &Problem) -> Result<String> {
    let Problem {
        pair, rates, start, ..
    } = *problem;
    pair.check()?;
    rates.check()?;
    start.check(pair)?;
    let limits = Limits::new(pair, rates, start);
    let mut text = String::from("name,value\n");
    for (name, value) in [
        ("h_inf", limits.h_inf),
        ("a_high", limits.a_high),
        ("a_low", limits.a_low),
        ("escape_rate", limits.escape_rate),
        ("settling_rate", settling_rate(pair, rates, start)),
    ] {
        // With targets that differ, all but A_high are above 0.
        let is_lost = pair.dy2 > 0.0 && name != "a_high" && value < f64::MIN_POSITIVE;
        if is_lost || !value.is_finite() {
            bail!("{name} leaves the range of f64; give rates and distances that are less extreme");
        }
        writeln!(text, "{name},{value:?}")?;
    }
    writeln!(text, "regime,{}", limits.regime)?;
    Ok(text)
}
