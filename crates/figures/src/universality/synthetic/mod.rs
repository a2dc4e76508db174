//! Made-up tables for tests and for looking at the drawing code. **Not data.**

mod fits;
mod network;

pub use fits::{altered, depth_fits, distances, grid};
pub use network::{Network, two_points, two_points_with};

use super::{PairInput, PairTables};
use crate::{Preset, Setting, Tag};

/// A figure's input made of `tables`, with settings and a provenance that say that they are made up.
pub fn input<'a>(id: &str, preset: Preset, tables: &'a PairTables) -> PairInput<'a> {
    PairInput {
        preset,
        tables,
        settings: vec![Setting::new("setting", "made up", Tag::Ours, "a | b")],
        provenance: crate::formation::synthetic::provenance(id, preset),
        identities: Vec::new(),
    }
}
