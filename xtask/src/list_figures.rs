//! `cargo xtask list-figures`: what can be reproduced.

use std::process::ExitCode;

use anyhow::Result;
use formant_catalog::{FigureInfo, registry};

use crate::say::print;

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
    print(text)?;
    Ok(ExitCode::SUCCESS)
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
