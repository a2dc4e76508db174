//! `formant theory fit CSV`: the two constants of a user's own network.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_theory::two_point::{
    Dynamics, Fit, FitRefusal, MeanFit, Pair, Start, State, Trajectory, check_ends, check_squares,
    fit, fit_mean, mean_from_loss,
};
use serde::Serialize;

use super::super::print;
use super::digits::{short, with_interval};
use super::trajectory::{Curves, name, read};

/// Arguments of `formant theory fit`.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// CSV with the columns epoch (or t), h2, y2, w (squared distances of representations and outputs; y2 minus the
    /// inner product of the outputs' and the targets' differences), and loss if there is one; - for standard input
    csv: PathBuf,
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
    /// Take the first row as the exact start, for curves without noise; otherwise the start is fitted too
    #[arg(long)]
    exact_start: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What is printed.
#[derive(Serialize)]
struct Report {
    /// Number of rows that were fitted.
    rows: usize,
    /// The columns that were used, by their names in the file.
    columns: Vec<String>,
    /// The state in the first row.
    first: State,
    #[serde(flatten)]
    fit: Fit,
    /// The rate of the mean prediction, if there is a loss that the theory describes.
    mean: Option<MeanFit>,
    /// Why there is none although there is a loss.
    mean_refusal: Option<String>,
}

/// Reads, fits, prints.
pub fn run(args: &FitArgs) -> Result<()> {
    let named = || name(&args.csv);
    let pair = Pair {
        dx2: args.dx2,
        dy2: args.dy2,
    };
    pair.check()?;
    let read = read(&args.csv)?;
    let (summary, loss) = (read.summary(), read.loss.clone());
    let columns = read.used.clone();
    let trajectory = checked(read, pair).with_context(named)?;
    let start = if args.exact_start {
        Start::Exact
    } else {
        Start::Measured
    };
    let fit = fit(&trajectory, pair, Dynamics::Original, start);
    check_squares(&trajectory, pair, &fit).with_context(named)?;
    let fit = fit.with_context(named)?;
    let mean = loss.map(|loss| mean_rate(&loss, &trajectory, &fit));
    let (mean, mean_refusal) = match mean {
        Some(Ok(mean)) => (Some(mean), None),
        Some(Err(refusal)) => (None, Some(refusal.to_string())),
        None => (None, None),
    };
    let report = Report {
        rows: trajectory.states().len(),
        columns,
        first: trajectory.start(),
        fit,
        mean,
        mean_refusal,
    };
    if args.json {
        return print(serde_json::to_string_pretty(&report)?);
    }
    print(format!("{}: {summary}", named()))?;
    print_tables(&report)
}

/// The trajectory, if every row of it is possible for the pair; a row that is not is named by its line.
fn checked(read: Curves, pair: Pair) -> Result<Trajectory> {
    let Curves {
        epochs,
        curves: [h2, y2, w],
        lines,
        ..
    } = read;
    let trajectory = Trajectory::with_epochs(epochs, h2, y2, w)?;
    check_ends(&trajectory, pair)?;
    for (state, line) in trajectory.states().iter().zip(lines) {
        let refused = state.check_measured(pair);
        refused.with_context(|| format!("line {line}"))?;
    }
    Ok(trajectory)
}

fn mean_rate(loss: &[f64], trajectory: &Trajectory, fit: &Fit) -> Result<MeanFit, FitRefusal> {
    let first = loss.first().copied().unwrap_or(f64::NAN);
    let y0_mean = mean_from_loss(fit.pair, fit.start, first);
    fit_mean(loss, trajectory, fit, y0_mean)
}

fn print_tables(report: &Report) -> Result<()> {
    let fit = &report.fit;
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_header(["quantity", "value", "95 %"]);
    let mut row = |name: &str, value: String, interval: String| {
        let cells =
            [value, interval].map(|text| Cell::new(text).set_alignment(CellAlignment::Right));
        table.add_row(std::iter::once(Cell::new(name)).chain(cells));
    };
    for (name, value, interval) in [
        ("eta_h", fit.rates.eta_h, fit.eta_h_ci95),
        ("eta_y", fit.rates.eta_y, fit.eta_y_ci95),
    ] {
        let [value, interval] = with_interval(value, interval);
        row(name, value, interval);
    }
    let mut row = |name: &str, value: f64| row(name, short(value), String::new());
    if let Some(mean) = &report.mean {
        row("eta_mean", mean.eta_mean);
        row("SSE of the loss", mean.sse);
    }
    row("SSE", fit.sse);
    row("A_high (lazy limit)", fit.a_high);
    row("A_low (rich limit)", fit.a_low);
    row("final h2, theory", fit.h_inf);
    row("final h2, measured", fit.h_end);
    for (name, fitted, first) in [
        ("h2", fit.start.h2, report.first.h2),
        ("y2", fit.start.y2, report.first.y2),
        ("w", fit.start.w, report.first.w),
    ] {
        row(&format!("start {name}, fitted"), fitted);
        row(&format!("start {name}, first row"), first);
    }
    print(table)?;
    let mut curves = Table::new();
    curves.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "curve",
        "RMSE",
        "share of variance described",
    ]);
    for (index, name) in ["h2", "y2", "w"].into_iter().enumerate() {
        let cells = [
            short(fit.rmse[index]),
            format!("{:.3}", fit.explained[index]),
        ];
        let cells = cells.map(|text| Cell::new(text).set_alignment(CellAlignment::Right));
        curves.add_row(std::iter::once(Cell::new(name)).chain(cells));
    }
    print(curves)?;
    match &report.mean_refusal {
        Some(refusal) => print(format!("No eta_mean: {refusal}.")),
        None => Ok(()),
    }
}
