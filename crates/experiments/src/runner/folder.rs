//! What is in the folder of a cell: files that its manifest lists, and what a user has put there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::disk;
use super::progress::note;

/// `cell.json` of a finished cell.
pub(super) const RECORD: &str = "cell.json";
/// `checkpoint.json` of one in progress.
pub(super) const SAVED: &str = "checkpoint.json";

/// Files that say which others belong to a cell: written first and removed last.
const MANIFESTS: [&str; 2] = [RECORD, SAVED];

/// Whether a file is a manifest.
pub(super) fn is_manifest(name: &str) -> bool {
    MANIFESTS.contains(&name)
}

/// What of a manifest is read here.
#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, IgnoredAny>,
}

/// Removes a folder of ours. What is not ours in it goes to the folder `kept`.
pub(super) fn remove(folder: &Path, kept: &Path) -> Result<()> {
    let names = names(folder)?;
    let listed = listed(folder);
    let (manifests, others): (Vec<_>, Vec<_>) = names.iter().partition(|name| is_manifest(name));
    for name in others {
        let path = folder.join(name);
        if listed.contains_key(name) && path.is_file() {
            disk::remove_file(&path)?;
        } else {
            keep(&path, kept, name)?;
        }
    }
    for name in manifests {
        disk::remove_file(&folder.join(name))?;
    }
    disk::remove_folder(folder)
}

/// Moves what was kept back into the folder of its cell. What has no place there stays, and is named.
pub(super) fn put_back(kept: &Path, folder: &Path) -> Result<()> {
    let mut stays = 0;
    for name in names(kept)? {
        let to = folder.join(&name);
        if to.exists() {
            stays += 1;
            let folder = folder.display();
            note(&format!(
                "{} stays: {folder} has a file of that name",
                kept.join(name).display()
            ));
        } else {
            disk::rename(&kept.join(name), &to)?;
        }
    }
    if stays == 0 {
        disk::remove_folder(kept)?;
    }
    Ok(())
}

/// Moves a file that is not ours out of the way, under its own name or with a number.
fn keep(path: &Path, kept: &Path, name: &str) -> Result<()> {
    disk::make_folder(kept)?;
    let numbered = (1..).map(|number| kept.join(format!("{name}.{number}")));
    let mut places = std::iter::once(kept.join(name)).chain(numbered);
    if let Some(place) = places.find(|place| !place.exists()) {
        disk::rename(path, &place)?;
        let place = place.display();
        note(&format!(
            "{name} is not a file of this cell: it is kept as {place} until the cell is finished"
        ));
    }
    Ok(())
}

/// The files that the manifests of a folder list; none where a kill has left no whole one.
fn listed(folder: &Path) -> BTreeMap<String, IgnoredAny> {
    let manifest = |name: &str| -> Option<Manifest> {
        let bytes = fs::read(folder.join(name)).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let found = MANIFESTS.into_iter().filter_map(manifest);
    found.flat_map(|manifest| manifest.files).collect()
}

/// What is in a folder, in order.
pub(super) fn names(folder: &Path) -> Result<Vec<String>> {
    let unreadable = || format!("cannot read {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let name = entry.with_context(unreadable)?.file_name();
        // Ours are text.
        names.extend(name.into_string());
    }
    names.sort();
    Ok(names)
}
