//! formant's side of `cargo xtask bench pytorch`: times one case and prints one line of JSON.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Parser;
use formant_benches::{Case, time};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Args {
    #[arg(long, value_enum)]
    case: Case,
    #[arg(long, default_value = "1")]
    threads: NonZeroUsize,
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    steps: u64,
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let mut times = time(args.case, args.threads, args.steps, args.repeats)?;
    times.sort_by(f64::total_cmp);
    let name = clap::ValueEnum::to_possible_value(&args.case);
    let line = serde_json::json!({
        "case": name.map(|name| name.get_name().to_owned()),
        "threads": args.threads,
        "steps": args.steps,
        "median_ms": (times[times.len() / 2] + times[(times.len() - 1) / 2]) / 2.0,
        "min_ms": times[0],
    });
    println!("{line}");
    Ok(())
}
