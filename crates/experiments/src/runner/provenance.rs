//! Where the numbers of a table or figure come from.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use formant_figures::{PROVENANCE_SCHEMA_VERSION, Provenance};
use serde::Serialize;

use crate::experiment::Context;
use crate::runner::host;

/// What the cells behind a table or figure say of themselves.
pub struct Made {
    /// Their seeds, in any order.
    pub seeds: Vec<u64>,
    /// What they computed with.
    pub dtype: String,
    /// Of the data files that they read.
    pub data_hashes: BTreeMap<String, String>,
    /// Seconds of the work that made them, whenever that was.
    pub wall_time_s: f64,
}

/// The provenance of what the cells of `config` made.
///
/// # Errors
/// If the configuration cannot be written as JSON.
pub fn provenance(made: Made, config: &impl Serialize, context: &Context) -> Result<Provenance> {
    let seeds: BTreeSet<u64> = made.seeds.into_iter().collect();
    Ok(Provenance {
        schema_version: PROVENANCE_SCHEMA_VERSION,
        formant_version: env!("CARGO_PKG_VERSION").into(),
        features: host::features(),
        backend: context.backend.name().to_string(),
        device: context.backend.device().into(),
        threads: context.threads.get(),
        dtype: made.dtype,
        seeds: seeds.into_iter().collect(),
        data_hashes: made.data_hashes,
        wall_time_s: made.wall_time_s,
        command: context.command.clone(),
        config: serde_json::to_value(config)?,
        host_cpu: host::cpu(),
    })
}
