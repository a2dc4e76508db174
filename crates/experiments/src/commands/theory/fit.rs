//! `formant theory fit CSV`: the two constants of a user's own network.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_theory::two_point::{
    Dynamics, Fit, FitRefusal, MeanFit, Pair, Trajectory, fit, fit_mean, mean_from_loss,
};
use serde::Serialize;

use super::super::print;
use super::trajectory::{Curves, read};

/// Arguments of `formant theory fit`.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// CSV with the columns epoch, h2, y2, w (squared distances of representations and outputs; y2 minus the inner
    /// product of the outputs' and the targets' differences), and loss if there is one
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
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What is printed.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    fit: Fit,
    /// The rate of the mean prediction, if there is a loss that the theory describes.
    mean: Option<MeanFit>,
    /// Why there is none although there is a loss.
    mean_refusal: Option<String>,
}

/// Reads, fits, prints.
pub fn run(args: &FitArgs) -> Result<()> {
    let Curves {
        epochs,
        curves: [h2, y2, w],
        loss,
    } = read(&args.csv)?;
    let named = || args.csv.display().to_string();
    let pair = Pair {
        dx2: args.dx2,
        dy2: args.dy2,
    };
    let trajectory = Trajectory::with_epochs(epochs, h2, y2, w).with_context(named)?;
    let fit = fit(&trajectory, pair, Dynamics::Original).with_context(named)?;
    let mean = loss.map(|loss| mean_rate(&loss, &trajectory, &fit));
    let (mean, mean_refusal) = match mean {
        Some(Ok(mean)) => (Some(mean), None),
        Some(Err(refusal)) => (None, Some(refusal.to_string())),
        None => (None, None),
    };
    let report = Report {
        fit,
        mean,
        mean_refusal,
    };
    if args.json {
        print(serde_json::to_string_pretty(&report)?)
    } else {
        print_tables(&report)
    }
}

fn mean_rate(loss: &[f64], trajectory: &Trajectory, fit: &Fit) -> Result<MeanFit, FitRefusal> {
    let first = loss.first().copied().unwrap_or(f64::NAN);
    let y0_mean = mean_from_loss(fit.pair, trajectory.start(), first);
    fit_mean(loss, trajectory, fit, y0_mean)
}

fn print_tables(report: &Report) -> Result<()> {
    let fit = &report.fit;
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_header(["quantity", "value", "95 %"]);
    let mut row = |name: &str, value: f64, interval: Option<[f64; 2]>| {
        let interval = interval.map(|[low, high]| format!("{} to {}", short(low), short(high)));
        let cells = [short(value), interval.unwrap_or_default()];
        let cells = cells.map(|text| Cell::new(text).set_alignment(CellAlignment::Right));
        table.add_row(std::iter::once(Cell::new(name)).chain(cells));
    };
    row("eta_h", fit.rates.eta_h, Some(fit.eta_h_ci95));
    row("eta_y", fit.rates.eta_y, Some(fit.eta_y_ci95));
    if let Some(mean) = &report.mean {
        row("eta_mean", mean.eta_mean, None);
        row("SSE of the loss", mean.sse, None);
    }
    row("SSE", fit.sse, None);
    row("A_high (lazy limit)", fit.a_high, None);
    row("A_low (rich limit)", fit.a_low, None);
    row("final h2, theory", fit.h_inf, None);
    row("final h2, measured", fit.h_end, None);
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

/// Four digits.
fn short(value: f64) -> String {
    if value == 0.0 || (1e-3..1e4).contains(&value.abs()) {
        let before = value.abs().max(1.0).log10() as usize;
        format!("{value:.*}", 4 - before.min(4))
    } else {
        format!("{value:.3e}")
    }
}
