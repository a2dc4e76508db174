//! Where the numbers of a table or figure come from.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use formant_figures::{PROVENANCE_SCHEMA_VERSION, Provenance};
use serde::Serialize;

use super::context::Context;
use super::family::Family;
use super::host;
use super::record::Finished;

/// The provenance of what the cells of `config` found.
///
/// # Errors
/// If the configuration cannot be written as JSON.
pub fn provenance<F: Family>(
    family: &F,
    cells: &[Finished<F>],
    config: &impl Serialize,
    context: &Context,
) -> Result<Provenance> {
    let records = || cells.iter().map(|cell| &cell.record);
    let seeds: BTreeSet<u64> = records().map(|record| family.seed(&record.spec)).collect();
    let hashes = records().map(|record| family.data_hashes(&record.spec));
    let data_hashes: BTreeMap<String, String> = hashes.flatten().collect();
    Ok(Provenance {
        schema_version: PROVENANCE_SCHEMA_VERSION,
        formant_version: env!("CARGO_PKG_VERSION").into(),
        features: host::features(),
        backend: context.backend.name().to_string(),
        device: context.backend.device().into(),
        threads: context.threads.get(),
        dtype: "f32".into(),
        seeds: seeds.into_iter().collect(),
        data_hashes,
        // Whenever that was.
        wall_time_s: records().map(|record| record.share_s()).sum(),
        command: context.command.clone(),
        config: serde_json::to_value(config)?,
        host_cpu: host::cpu(),
    })
}
