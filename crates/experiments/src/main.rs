//! The binary `formant`.

use std::process::ExitCode;

use clap::Parser;
use formant_experiments::cli::{Cli, run};

/// Worth up to 1.7x in training loops, which allocate and free tensors all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
