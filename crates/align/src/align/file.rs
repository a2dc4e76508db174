//! All layers of one dump.

use std::path::{Path, PathBuf};

use anyhow::Result;
use formant_alignment::{LayerComparison, RepresentationMeasure, Threads, compare_layers};
use formant_moments::dump::{DumpError, DumpedLayer};
use formant_moments::printable;
use serde::Serialize;

use super::layer::{self, MeasuredDump, Report, Settings};
use crate::output::progress;
use crate::select::{self, LayerFilter};

/// Memory that layers may take when they are compared, if measuring them took less.
const COMPARED: u64 = 256 << 20;

/// What came of a dump.
pub(super) struct FileReport {
    pub(super) path: PathBuf,
    pub(super) reports: Vec<Report>,
    pub(super) refused: Vec<Refused>,
    pub(super) similarity: Vec<LayerComparison>,
}

/// A layer that could not be measured.
#[derive(Serialize)]
pub(super) struct Refused {
    pub(super) name: String,
    pub(super) reason: String,
}

impl FileReport {
    /// Measures the chosen layers of a dump, one after the other. A layer that cannot be measured is among the refused.
    pub(super) fn of(path: &Path, filter: &LayerFilter, settings: &Settings) -> Result<Self> {
        let dumped = select::open(path)?;
        let dumped = filter.chosen(path, dumped, |layer| &layer.name)?;
        let (measured, refused) = measure(path, dumped, settings);
        let largest = measured
            .iter()
            .map(|layer| layer.dump.moments_bytes())
            .max();
        let memory = largest.unwrap_or(0).max(COMPARED).min(settings.memory);
        let (dumps, reports): (Vec<_>, Vec<_>) = measured
            .into_iter()
            .map(|layer| (layer.dump, layer.report))
            .unzip();
        let measures: &[_] = if settings.all {
            &RepresentationMeasure::BASIS_FREE
        } else {
            &[RepresentationMeasure::LinearCka]
        };
        Ok(Self {
            path: path.to_owned(),
            reports,
            refused,
            similarity: compare_layers(&dumps, measures, Threads::Pool, memory),
        })
    }

    /// Layers that were asked for.
    pub(super) fn layers(&self) -> usize {
        self.reports.len() + self.refused.len()
    }

    /// Why layers have no report, or their labels no use. Each begins with the file.
    pub(super) fn reasons(&self) -> impl Iterator<Item = &String> {
        let labels = self.reports.iter();
        let labels = labels.filter_map(|layer| layer.labels_refused.as_ref());
        self.refused.iter().map(|layer| &layer.reason).chain(labels)
    }
}

fn measure(
    path: &Path,
    dumped: Vec<DumpedLayer>,
    settings: &Settings,
) -> (Vec<MeasuredDump>, Vec<Refused>) {
    let (mut measured, mut refused) = (Vec::new(), Vec::new());
    let widths: Vec<usize> = dumped
        .iter()
        .filter_map(|dumped| Some(dumped.layer.as_ref().ok()?.d_b()))
        .collect();
    let all = dumped.len();
    for (at, DumpedLayer { name, layer }) in dumped.into_iter().enumerate() {
        progress(at, all, &printable(&name, 60));
        let result = match layer {
            Ok(layer) => layer::measure(layer, settings, &widths),
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(layer) => measured.push(layer),
            Err(error) => {
                let reason = reason(path, &name, &error);
                refused.push(Refused { name, reason });
            }
        }
    }
    progress(all, all, "");
    (measured, refused)
}

/// Why a layer is refused. Errors of the dump name the file and the array; those of a statistic do not.
fn reason(path: &Path, layer: &str, error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        None | Some(DumpError::Moments(_)) => {
            let path = printable(&path.display().to_string(), 100);
            let (layer, error) = (printable(layer, 60), printable(&format!("{error:#}"), 120));
            format!("{path}: layer `{layer}`: {error}")
        }
        Some(error) => error.to_string(),
    }
}
