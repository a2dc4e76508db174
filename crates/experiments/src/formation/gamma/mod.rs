//! The experiment behind F-gamma: networks over weight decays and seeds, measured on held-out samples.

mod presets;
mod spec;

pub use presets::preset;
pub use spec::GammaConfig;

use std::path::PathBuf;

use anyhow::Result;
use formant_figures::Preset;
use formant_figures::formation::gamma::Task;
use formant_figures::table::write_rows;

use crate::configuration::read_toml;
use crate::experiment::Experiment;
use crate::formation::networks::plan;
use crate::formation::sweeps;
use crate::runner::{Context, write_atomically};

/// `formant run mlp-gamma`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "mlp-gamma",
    about: "fully connected networks over weight decays and seeds; alignments and ranks of every layer",
    example: || Ok(toml::to_string(&preset(Task::Teacher, Preset::Quick))?),
    flags_as_config: None,
    check: |text| read_toml::<GammaConfig>(text)?.check(),
    run,
};

fn run(text: &str, context: &Context) -> Result<PathBuf> {
    let config: GammaConfig = read_toml(text)?;
    config.check()?;
    let cells = plan(config.runs(), context)?.run(context)?;
    let rows: Vec<_> = cells.iter().flat_map(|cell| sweeps::rows(cell).0).collect();
    let mut csv = Vec::new();
    write_rows(&rows, &mut csv)?;
    let path = context.out.join("data.csv");
    write_atomically(&path, &csv)?;
    Ok(path)
}
