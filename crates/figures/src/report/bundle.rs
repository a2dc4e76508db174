//! A finished figure and its folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::{Builder, TempDir};

use crate::{Claims, FigureError, FigureInfo, Picture, Preset, Provenance};

/// The files of a figure's folder.
pub const FILES: [&str; 6] = [
    "figure.svg",
    "figure.png",
    "data.csv",
    "claims.json",
    "report.md",
    "provenance.json",
];

/// The file of a figure's folder that only figures of eigenpairs have.
pub const SPECTRA_FILE: &str = "spectra.csv";

/// The further tables that a figure's folder may hold: of eigenpairs, what figures of F-gamma once had, and the tables of the
/// second paper's figures.
pub const EXTRA_FILES: [&str; 7] = [
    SPECTRA_FILE,
    "relations.csv",
    "moments.csv",
    "fits.csv",
    "distances.csv",
    "embedded.csv",
    "values.csv",
];

/// Everything that is known of a finished figure.
#[derive(Debug, Clone)]
pub struct FigureBundle {
    /// Which figure.
    pub info: &'static FigureInfo,
    /// How much work it was given.
    pub preset: Preset,
    /// The picture.
    pub picture: Picture,
    /// The table behind it, as CSV.
    pub data_csv: Vec<u8>,
    /// Further tables as CSV, each with the name of its file, one of [`EXTRA_FILES`].
    pub extra: Vec<(&'static str, Vec<u8>)>,
    /// Its claims.
    pub claims: Claims,
    /// The report, in Markdown; it refers to the other files by name.
    pub report: String,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Writes `<out>/<ID>/<preset>/` and returns its path.
///
/// The folder is written beside its final name, flushed to disk and renamed, so that it is never half there. A folder of an
/// earlier run is first moved aside, so that between two renames there may be none; files in it that are not ours
/// ([`FILES`], [`EXTRA_FILES`]) are kept. It is removed last, and put back if the new one cannot take its place.
///
/// # Errors
///
/// [`FigureError::Io`] naming the file or folder, [`FigureError::Json`].
pub fn write_figure(out: &Path, bundle: &FigureBundle) -> Result<PathBuf, FigureError> {
    let parent = out.join(bundle.info.id);
    let target = parent.join(bundle.preset.name());
    fs::create_dir_all(&parent).map_err(io("create", &parent))?;
    let fresh = temporary(&parent, bundle.preset)?;
    let contents: [Vec<u8>; 6] = [
        bundle.picture.svg.clone().into_bytes(),
        bundle.picture.png.clone(),
        bundle.data_csv.clone(),
        json("claims.json", &bundle.claims)?,
        bundle.report.clone().into_bytes(),
        json("provenance.json", &bundle.provenance)?,
    ];
    for (name, content) in FILES.into_iter().zip(contents) {
        write_durably(&fresh.path().join(name), &content)?;
    }
    for (name, content) in &bundle.extra {
        write_durably(&fresh.path().join(name), content)?;
    }
    sync_folder(fresh.path())?;
    put_in_place(fresh, &target, bundle.preset)?;
    sync_folder(&parent)?;
    Ok(target)
}

fn temporary(parent: &Path, preset: Preset) -> Result<TempDir, FigureError> {
    let prefix = format!(".{preset}-");
    let mut builder = Builder::new();
    builder.prefix(&prefix);
    // Temporary folders are private by default; this one becomes the figure's.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder
        .tempdir_in(parent)
        .map_err(io("create a folder in", parent))
}

fn json(file: &'static str, value: &impl Serialize) -> Result<Vec<u8>, FigureError> {
    let mut text =
        serde_json::to_vec_pretty(value).map_err(|source| FigureError::Json { file, source })?;
    text.push(b'\n');
    Ok(text)
}

fn write_durably(path: &Path, content: &[u8]) -> Result<(), FigureError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(io("write", path))
}

/// Makes renames in a folder durable. Only Unix can open a folder to flush it.
fn sync_folder(path: &Path) -> Result<(), FigureError> {
    if cfg!(unix) {
        let sync = || File::open(path)?.sync_all();
        sync().map_err(io("flush", path))?;
    }
    Ok(())
}

fn put_in_place(fresh: TempDir, target: &Path, preset: Preset) -> Result<(), FigureError> {
    let rename = |from: &Path, to: &Path| fs::rename(from, to).map_err(io("rename to", to));
    if !target.exists() {
        rename(fresh.path(), target)?;
        // The folder has a new name: there is nothing left to remove.
        let _ = fresh.keep();
        return Ok(());
    }
    let aside = temporary(target.parent().unwrap_or(target), preset)?;
    let old = aside.path().join("old");
    rename(target, &old)?;
    if let Err(error) = rename(fresh.path(), target) {
        if rename(&old, target).is_err() {
            // The earlier figure stays on disk, under its temporary name.
            let _ = aside.keep();
        }
        return Err(error);
    }
    let _ = fresh.keep();
    if let Err(error) = keep_foreign_files(&old, target) {
        // Whatever could not be moved stays on disk.
        let _ = aside.keep();
        return Err(error);
    }
    Ok(())
}

/// Moves what a user put into the old folder into the new one.
fn keep_foreign_files(old: &Path, new: &Path) -> Result<(), FigureError> {
    for entry in fs::read_dir(old).map_err(io("read", old))? {
        let entry = entry.map_err(io("read", old))?;
        let name = entry.file_name();
        if !FILES.iter().chain(&EXTRA_FILES).any(|ours| name == *ours) {
            let to = new.join(name);
            fs::rename(entry.path(), &to).map_err(io("rename to", &to))?;
        }
    }
    Ok(())
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> FigureError {
    let path = path.to_owned();
    move |source| FigureError::Io {
        action,
        path,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn made_up() -> FigureBundle {
        let id = "crh-gamma";
        crate::reproduce(id, crate::made_up(id, Preset::Quick).unwrap()).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_holds_the_six_files_and_nothing_else() {
        let out = tempfile::tempdir().unwrap();
        let bundle = made_up();
        let folder = write_figure(out.path(), &bundle).unwrap();
        assert_eq!(folder, out.path().join("crh-gamma/quick"));
        let mut files = FILES.to_vec();
        files.sort_unstable();
        assert_eq!(names(&folder), files);
        assert_eq!(names(folder.parent().unwrap()), ["quick"]);
        let provenance = fs::read(folder.join("provenance.json")).unwrap();
        let provenance: Provenance = serde_json::from_slice(&provenance).unwrap();
        assert_eq!(provenance, bundle.provenance);
        let claims = fs::read_to_string(folder.join("claims.json")).unwrap();
        let written = serde_json::to_string_pretty(&bundle.claims).unwrap();
        assert_eq!(claims.trim_end(), written);
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_as_readable_as_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let out = tempfile::tempdir().unwrap();
        let folder = write_figure(out.path(), &made_up()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&folder), mode(folder.parent().unwrap()));
    }

    #[test]
    fn a_second_run_replaces_ours_and_keeps_the_users() {
        let out = tempfile::tempdir().unwrap();
        let mut bundle = made_up();
        let folder = write_figure(out.path(), &bundle).unwrap();
        fs::write(folder.join("notes.txt"), "mine").unwrap();
        bundle.report = "second".to_owned();
        write_figure(out.path(), &bundle).unwrap();
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(text("report.md"), "second");
        assert_eq!(text("notes.txt"), "mine");
        assert_eq!(names(&folder).len(), FILES.len() + 1);
        let beside = names(folder.parent().unwrap());
        assert_eq!(beside, ["quick"], "nothing is left beside it");
    }

    #[test]
    fn a_failed_write_leaves_the_earlier_folder_alone() {
        let out = tempfile::tempdir().unwrap();
        // A file stands where the figure's folder should be made.
        fs::write(out.path().join("crh-gamma"), "in the way").unwrap();
        let error = write_figure(out.path(), &made_up()).unwrap_err();
        assert!(error.to_string().contains("crh-gamma"), "{error}");
        assert_eq!(names(out.path()), ["crh-gamma"]);
    }
}
