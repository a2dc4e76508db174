//! The moments of an earlier measurement, kept beside a checkpoint for a later one to be compared with.
//!
//! Each measurement has a folder of its own, named after its step, so that a kill between it and the checkpoint leaves
//! the one that the checkpoint needs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use formant_moments::LayerMoments;

const PREFIX: &str = "moments-";

fn place(folder: &Path, step: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{step}"))
}

/// The steps that are kept.
fn steps(folder: &Path) -> Result<Vec<u64>> {
    let unreadable = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let name = entry.with_context(unreadable)?.file_name();
        let step = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        found.extend(step.and_then(|step| step.parse::<u64>().ok()));
    }
    Ok(found)
}

/// Keeps the moments of every layer, measured at `step`.
pub fn save(folder: &Path, step: u64, layers: &[LayerMoments]) -> Result<()> {
    let place = place(folder, step);
    if place.exists() {
        return Ok(());
    }
    fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    for (index, layer) in layers.iter().enumerate() {
        layer.save(place.join(format!("{index}.safetensors")))?;
    }
    Ok(())
}

/// The latest that are no later than `step`, and when they were measured.
pub fn load(folder: &Path, step: u64) -> Result<Option<(u64, Vec<LayerMoments>)>> {
    if !folder.exists() {
        return Ok(None);
    }
    let Some(step) = steps(folder)?.into_iter().filter(|at| *at <= step).max() else {
        return Ok(None);
    };
    let place = place(folder, step);
    let mut layers = Vec::new();
    loop {
        let path = place.join(format!("{}.safetensors", layers.len()));
        if !path.exists() {
            return Ok(Some((step, layers)));
        }
        layers.push(LayerMoments::load(&path)?);
    }
}

/// Removes all but those of one step.
pub fn remove(folder: &Path, keep: Option<u64>) -> Result<()> {
    for step in steps(folder)?
        .into_iter()
        .filter(|step| Some(*step) != keep)
    {
        let place = place(folder, step);
        fs::remove_dir_all(&place).with_context(|| format!("cannot remove {}", place.display()))?;
    }
    Ok(())
}
