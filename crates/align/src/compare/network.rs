//! The representations of one network: from a dump, or from a report that the Python package saved.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use formant_alignment::similarity::{NamedRows, drawn_samples};
use formant_moments::dump::LayerDump;
use formant_moments::npz::NpzReader;
use formant_moments::printable;
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::same::Identity;
use crate::output::reason;
use crate::select::{self, LayerFilter, stem};

/// Which side of the linear maps is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Of {
    /// Inputs, h_a
    #[default]
    #[value(name = "h_a")]
    HA,
    /// Outputs, h_b
    #[value(name = "h_b")]
    HB,
}

impl Of {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::HA => "h_a",
            Self::HB => "h_b",
        }
    }
}

/// What is read of networks.
pub(super) struct Reading<'a> {
    pub(super) filter: &'a LayerFilter,
    pub(super) of: Of,
    /// Samples of a layer, at most; of more, so many are drawn, the same ones in all networks.
    pub(super) samples: usize,
}

/// A network's representations.
pub(super) struct Network {
    pub(super) path: PathBuf,
    /// Its file's name, without folders.
    pub(super) name: String,
    pub(super) layers: Vec<NamedRows>,
    /// Layers that have no rows, and why.
    pub(super) refused: Vec<String>,
    /// What to know of its samples.
    pub(super) warnings: Vec<String>,
    pub(super) identity: Identity,
}

impl Network {
    /// Reads the chosen layers. One that cannot be read is among the refused.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or no layer of it.
    pub(super) fn read(path: &Path, reading: &Reading<'_>) -> Result<Self> {
        let saved = path
            .extension()
            .is_some_and(|extension| extension == "formant");
        let network = match saved {
            true => saved_report(path, reading),
            false => dump(path, reading),
        }?;
        if network.layers.is_empty() {
            let path = printable(&path.display().to_string(), 60);
            match network.refused.as_slice() {
                [first, ..] => bail!(
                    "{path}: no layer can be compared: {}",
                    printable(first, 180)
                ),
                [] => bail!("{path}: no layer has {}", reading.of.name()),
            }
        }
        Ok(network)
    }
}

fn dump(path: &Path, reading: &Reading<'_>) -> Result<Network> {
    let dumped = select::open(path)?;
    let first = dumped.iter().find_map(|dumped| dumped.layer.as_ref().ok());
    let identity = first.map(|layer| -> Result<Identity> {
        let drawn = drawn_samples(layer.samples(), reading.samples);
        let labels = layer.labels()?;
        Ok(Identity {
            samples: layer.samples(),
            digest: None,
            inputs: Some(layer.h_a_rows(&drawn)?),
            labels: labels.map(|labels| labels.of_samples().to_vec()),
        })
    });
    // A first layer that cannot be read is refused below.
    let identity = identity.and_then(Result::ok).unwrap_or_default();
    let (mut layers, mut refused) = (Vec::new(), Vec::new());
    for dumped in reading.filter.chosen(path, dumped, |layer| &layer.name)? {
        let rows = dumped
            .layer
            .map_err(anyhow::Error::from)
            .and_then(|layer| rows(&layer, reading));
        match rows {
            Ok(rows) => layers.push((dumped.name, rows)),
            Err(error) => refused.push(format!(
                "{}: {}",
                printable(&dumped.name, 60),
                reason(&error)
            )),
        }
    }
    Ok(Network {
        path: path.to_owned(),
        name: stem(path),
        layers,
        refused,
        warnings: Vec::new(),
        identity,
    })
}

fn rows(layer: &LayerDump, reading: &Reading<'_>) -> Result<Array2<f64>> {
    let drawn = drawn_samples(layer.samples(), reading.samples);
    if reading.of == Of::HA {
        return Ok(layer.h_a_rows(&drawn)?);
    }
    let mut out = Array2::zeros((drawn.len(), layer.d_b()));
    let mut wanted = drawn.iter().enumerate().peekable();
    layer.for_each_block::<anyhow::Error>(|range, block| {
        while let Some((to, row)) = wanted.next_if(|(_, row)| range.contains(*row)) {
            out.row_mut(to).assign(&block.h_b.row(row - range.start));
        }
        Ok(())
    })?;
    Ok(out)
}

/// What is read of the record in a saved report.
#[derive(Deserialize)]
struct Saved {
    version: u32,
    layers: Vec<SavedLayer>,
    /// Of each layer the rows that it keeps.
    rows: Vec<Vec<String>>,
    samples_digest: Option<String>,
}

#[derive(Deserialize)]
struct SavedLayer {
    name: String,
    #[serde(default)]
    sample_axis: Option<String>,
}

/// The version of saved reports.
const SAVED_VERSION: u32 = 1;

fn saved_report(path: &Path, reading: &Reading<'_>) -> Result<Network> {
    let shown = || printable(&path.display().to_string(), 100);
    let bytes = std::fs::read(path).with_context(shown)?;
    let mut npz = NpzReader::new(bytes).with_context(shown)?;
    let record = npz.text("report").with_context(shown)?;
    let saved: Saved = serde_json::from_str(&record).with_context(shown)?;
    if saved.version != SAVED_VERSION {
        bail!(
            "{}: a report of version {}, expected {SAVED_VERSION}",
            shown(),
            saved.version
        );
    }
    let of = reading.of.name();
    let (mut layers, mut refused, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    let named = saved.layers.iter().zip(&saved.rows).enumerate().collect();
    for (at, (layer, kept)) in reading
        .filter
        .chosen(path, named, |(_, (layer, _))| &layer.name)?
    {
        let name = printable(&layer.name, 60);
        if !kept.iter().any(|kept| kept == of) {
            refused.push(format!(
                "{name}: the report keeps no {of}; measure with keep=1000"
            ));
            continue;
        }
        match array(&mut npz, &format!("{at}.{of}")) {
            Ok(rows) => {
                let drawn = drawn_samples(rows.nrows(), reading.samples);
                layers.push((layer.name.clone(), rows.select(Axis(0), &drawn)));
            }
            Err(error) => refused.push(format!("{name}: {}", reason(&error))),
        }
        if let Some(axis) = layer
            .sample_axis
            .as_ref()
            .filter(|axis| *axis != "examples")
        {
            warnings.push(format!(
                "samples of {name} are {axis}, which are not exchangeable: p-values are too small"
            ));
        }
    }
    Ok(Network {
        path: path.to_owned(),
        name: stem(path),
        identity: Identity {
            samples: layers.first().map_or(0, |(_, rows)| rows.nrows()),
            digest: saved.samples_digest,
            ..Identity::default()
        },
        layers,
        refused,
        warnings,
    })
}

/// Rows in either precision.
fn array(npz: &mut NpzReader, name: &str) -> Result<Array2<f64>> {
    match npz.by_name::<f32, ndarray::Ix2>(name) {
        Ok(rows) => Ok(rows.mapv(f64::from)),
        Err(_) => Ok(npz.by_name::<f64, ndarray::Ix2>(name)?),
    }
}
