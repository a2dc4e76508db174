//! `formant-fetch NAME`, which `cargo xtask fetch-data NAME` builds and runs: downloads a data set, verifies it, and
//! puts it where figures find it.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use formant_catalog::DataSet;
use formant_data::mnist;
use formant_fetch::{CIFAR10, Progress, fetch_archive, fetch_mnist};
use indicatif::{ProgressBar, ProgressStyle};

/// Download data sets and verify them
#[derive(Parser)]
#[command(name = "formant-fetch", max_term_width = 100)]
struct Args {
    /// The data sets
    #[arg(required = true)]
    names: Vec<DataSet>,
    /// Put them here [default: FORMANT_DATA, else the user's cache folder]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Download from below this address instead of the canonical one
    #[arg(long, value_name = "BASE")]
    url: Option<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match args.names.iter().try_for_each(|name| fetch(*name, &args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(format_args!(
                "error: {}",
                formant_text::error(error.as_ref())
            ));
            ExitCode::FAILURE
        }
    }
}

/// A line on standard error, as far as anyone listens.
fn note(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn shown(path: &Path) -> String {
    formant_text::path(path, 200)
}

/// Downloads what is missing of one data set.
fn fetch(name: DataSet, args: &Args) -> Result<()> {
    let dir = name.download_dir(args.data_dir.as_deref())?;
    match name {
        DataSet::Mnist => {
            fetch_mnist(args.url.as_deref().unwrap_or(mnist::URL), &dir, &mut show())?
        }
        DataSet::Cifar10 => {
            let base = args.url.as_deref().unwrap_or(CIFAR10.url);
            fetch_archive(base, &dir, &CIFAR10, &mut show())?
        }
    };
    Ok(())
}

/// Shows progress on the terminal.
fn show() -> impl FnMut(Progress) {
    let mut bar = ProgressBar::hidden();
    move |progress| match progress {
        Progress::Kept { path } => {
            note(format_args!("there already: {}", shown(path)));
        }
        Progress::Started { url, total } => {
            note(format_args!("downloading {url}"));
            bar = new_bar(total);
        }
        Progress::Received { bytes } => bar.inc(bytes),
        Progress::Finished { path } => {
            bar.finish_and_clear();
            note(format_args!("verified: {}", shown(path)));
        }
    }
}

/// A bar where the length is known, else a spinner. Off a terminal neither is drawn.
fn new_bar(total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        ),
        None => (
            ProgressBar::new_spinner(),
            "{spinner} {bytes} {bytes_per_sec}",
        ),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
