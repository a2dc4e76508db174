//! The reports of a dump's layers together.

use serde::{Deserialize, Serialize};

use super::{LayerReport, REPORT_SCHEMA_VERSION};
use crate::{Description, LayerComparison, descriptions};

/// The reports of all layers of a dump, and how their representations compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DumpReport {
    /// [`REPORT_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// One report a layer, in the order of the dump.
    pub layers: Vec<LayerReport>,
    /// Pairs of layers by several measures; [`new`](Self::new) leaves it empty, the caller sets it from
    /// [`compare_layers`](crate::compare_layers).
    #[serde(default)]
    pub similarity: Vec<LayerComparison>,
    /// What the readings of the layers mean.
    #[serde(default = "descriptions", skip_deserializing)]
    pub statistics: &'static [Description],
}

impl DumpReport {
    /// A report of the current version.
    #[must_use]
    pub fn new(layers: Vec<LayerReport>) -> Self {
        Self {
            schema_version: REPORT_SCHEMA_VERSION,
            layers,
            similarity: Vec::new(),
            statistics: descriptions(),
        }
    }
}
