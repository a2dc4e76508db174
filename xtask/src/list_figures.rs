//! `cargo xtask list-figures`: what can be reproduced.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Result;
use formant_catalog::{FigureInfo, registry};

/// List the figures that can be reproduced
#[derive(clap::Args)]
pub struct Args {
    /// Print JSON instead of text
    #[arg(long)]
    json: bool,
}

/// Prints the registry of figures.
pub fn run(args: &Args) -> Result<ExitCode> {
    let text = if args.json {
        let list = serde_json::json!({ "schema_version": 1, "figures": registry() });
        serde_json::to_string_pretty(&list)? + "\n"
    } else {
        registry().iter().map(describe).collect()
    };
    match io::stdout().write_all(text.as_bytes()) {
        // A reader that has seen enough (`| head`) is no error.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn describe(figure: &FigureInfo) -> String {
    let presets: Vec<_> = figure.presets.iter().map(|preset| preset.name()).collect();
    let data = figure.needs_data.map_or("none".to_owned(), |set| {
        format!("{set} (cargo xtask fetch-data {set})")
    });
    format!(
        "{}\n  {}\n  paper:   {}\n  figure:  {}\n  presets: {}\n  data:    {data}\n\n",
        figure.id,
        figure.title,
        figure.paper,
        figure.paper_figure,
        presets.join(", "),
    )
}
