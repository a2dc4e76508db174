//! Where a result comes from: enough to make it again and to judge it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Tag;

/// The version of `provenance.json`.
pub const PROVENANCE_SCHEMA_VERSION: u32 = 1;

/// What `provenance.json` holds. Whoever ran the work fills it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// [`PROVENANCE_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The version of the program.
    pub formant_version: String,
    /// The cargo features it was built with.
    pub features: Vec<String>,
    /// The backend's name, such as `flex`.
    pub backend: String,
    /// The device, in words.
    pub device: String,
    /// How many threads did the work.
    pub threads: usize,
    /// The element type of training, such as `f32`.
    pub dtype: String,
    /// The seeds of the members.
    pub seeds: Vec<u64>,
    /// Name of each data file or set, and its hash.
    pub data_hashes: BTreeMap<String, String>,
    /// Wall time of the work that made the cells, in seconds; a figure redrawn from its cells keeps theirs.
    pub wall_time_s: f64,
    /// The command that makes the figure again.
    pub command: String,
    /// The full configuration.
    pub config: serde_json::Value,
    /// The host's processor, in words.
    pub host_cpu: String,
}

/// One setting of a figure and where it comes from: the papers' public traces leave many open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// What is set.
    pub name: String,
    /// To what.
    pub value: String,
    /// Where the value comes from.
    pub origin: Tag,
    /// Why, if there is more to say.
    pub note: String,
}

impl Setting {
    /// A setting.
    pub fn new(
        name: impl Into<String>,
        value: impl Into<String>,
        origin: Tag,
        note: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            origin,
            note: note.into(),
        }
    }
}
