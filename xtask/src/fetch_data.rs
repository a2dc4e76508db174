//! `cargo xtask fetch-data NAME`: download a data set, verify it, put it where figures find it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use formant_data::fetch::{Progress, fetch_mnist};
use formant_data::{mnist, places};
use indicatif::{ProgressBar, ProgressStyle};

/// Download a data set and verify it
#[derive(clap::Args)]
pub struct Args {
    /// The data set
    name: Name,
    /// Put it here [default: FORMANT_DATA, else the user's cache folder]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Download from below this address instead of the canonical one
    #[arg(long, value_name = "BASE")]
    url: Option<String>,
}

/// What can be downloaded.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    /// 70,000 handwritten digits, 11.6 MB
    Mnist,
    /// Every data set (so far that is mnist)
    All,
}

/// Downloads what is missing.
pub fn run(args: &Args) -> Result<ExitCode> {
    match args.name {
        Name::Mnist | Name::All => get_mnist(args.url.as_deref(), args.data_dir.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn get_mnist(url: Option<&str>, data_dir: Option<&Path>) -> Result<()> {
    let dir = places::download_dir("mnist", data_dir)?;
    let mut bar = ProgressBar::hidden();
    let result = fetch_mnist(
        url.unwrap_or(mnist::URL),
        &dir,
        &mut |progress| match progress {
            Progress::Kept { path } => eprintln!("there already: {}", path.display()),
            Progress::Started { url, total } => {
                eprintln!("downloading {url}");
                bar = new_bar(total);
            }
            Progress::Received { bytes } => bar.inc(bytes),
            Progress::Finished { path } => {
                bar.finish_and_clear();
                eprintln!("verified: {}", path.display());
            }
        },
    );
    bar.finish_and_clear();
    Ok(result.map(|_| ())?)
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
