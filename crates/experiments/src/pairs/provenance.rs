//! Where the numbers of runs on few points come from.

use std::collections::{BTreeMap, BTreeSet};

use formant_figures::{PROVENANCE_SCHEMA_VERSION, Provenance};

use super::cell::PairCell;
use crate::experiment::Context;
use crate::host;

/// The provenance of a table or figure. Wall time is that of the work which made the cells.
pub fn provenance(cells: &[PairCell], config: serde_json::Value, context: &Context) -> Provenance {
    let records = || cells.iter().map(|cell| &cell.record);
    let seeds: BTreeSet<u64> = records().map(|record| record.spec.seed).collect();
    Provenance {
        schema_version: PROVENANCE_SCHEMA_VERSION,
        formant_version: env!("CARGO_PKG_VERSION").into(),
        features: host::features(),
        backend: context.backend.name().to_string(),
        device: context.backend.device().into(),
        threads: context.threads.get(),
        dtype: "f32".into(),
        seeds: seeds.into_iter().collect(),
        data_hashes: BTreeMap::new(),
        wall_time_s: records().map(|record| record.wall_time_s).sum(),
        command: context.command.clone(),
        config,
        host_cpu: host::cpu(),
    }
}
