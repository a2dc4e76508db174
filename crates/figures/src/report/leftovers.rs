//! What a kill has left beside the folder of a figure: the next run clears it, and puts back what it replaced.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::bundle::{io, is_ours};
use crate::{FigureError, Preset};

/// Random characters in the name of a folder that is being written.
pub(super) const RANDOM: usize = 6;

/// Completes what a kill has left half done in `<out>/<ID>/`: an earlier figure goes back to its place, and a user's files
/// to the figure's folder. Returns the folders that have to stay, because they hold files whose names are taken.
///
/// # Errors
///
/// [`FigureError::Io`] naming the file or folder.
pub fn recover_figure(out: &Path, id: &str) -> Result<Vec<PathBuf>, FigureError> {
    let parent = out.join(id);
    let mut stay = Vec::new();
    for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(preset) = preset_of(&name.to_string_lossy()) else {
            continue;
        };
        let folder = entry.path();
        if is_free(&folder) {
            recover(&folder, &parent.join(preset.name()))?;
        }
        if folder.exists() {
            stay.push(folder);
        }
    }
    stay.sort();
    Ok(stay)
}

/// The preset of a folder that is being written, `.PRESET-XXXXXX`.
fn preset_of(name: &str) -> Option<Preset> {
    let (preset, random) = name.strip_prefix('.')?.split_once('-')?;
    let ours = random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    preset.parse().ok().filter(|_| ours)
}

/// Whether no other process is writing it. Where folders cannot be locked nobody knows.
fn is_free(folder: &Path) -> bool {
    File::open(folder).is_ok_and(|folder| folder.try_lock().is_ok())
}

fn recover(folder: &Path, target: &Path) -> Result<(), FigureError> {
    let old = folder.join("old");
    if old.is_dir() {
        if target.exists() {
            empty(&old, target)?;
        } else {
            fs::rename(&old, target).map_err(io("rename to", target))?;
        }
    }
    empty(folder, target)
}

/// Removes what is ours and moves the rest to `target`, then removes the folder if nothing is left in it.
fn empty(folder: &Path, target: &Path) -> Result<(), FigureError> {
    let mut is_empty = true;
    for entry in fs::read_dir(folder).map_err(io("read", folder))? {
        let entry = entry.map_err(io("read", folder))?;
        let (path, to) = (entry.path(), target.join(entry.file_name()));
        if is_ours(&entry.file_name()) {
            fs::remove_file(&path).map_err(io("remove", &path))?;
        } else if target.is_dir() && !to.exists() && !path.ends_with("old") {
            fs::rename(&path, &to).map_err(io("rename to", &to))?;
        } else {
            is_empty = false;
        }
    }
    if is_empty {
        fs::remove_dir(folder).map_err(io("remove", folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(parent: &Path, name: &str, files: &[&str]) -> PathBuf {
        let folder = parent.join(name);
        fs::create_dir_all(&folder).unwrap();
        for file in files {
            fs::write(folder.join(file), name).unwrap();
        }
        folder
    }

    fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn an_earlier_figure_goes_back_where_a_kill_left_none() {
        let out = tempfile::tempdir().unwrap();
        let figure = out.path().join("f");
        folder(&figure, ".smoke-aB3dE6/old", &["report.md", "mine.txt"]);
        folder(&figure, ".smoke-xY3zW6", &["report.md", "data.csv"]);
        assert_eq!(
            recover_figure(out.path(), "f").unwrap(),
            Vec::<PathBuf>::new()
        );
        assert_eq!(fs::read_dir(&figure).unwrap().count(), 1);
        assert!(read(&figure.join("smoke/report.md")).ends_with("old"));
        assert!(figure.join("smoke/mine.txt").exists());
    }

    #[test]
    fn a_users_files_go_to_the_new_figure() {
        let out = tempfile::tempdir().unwrap();
        let figure = out.path().join("f");
        let new = folder(&figure, "smoke", &["report.md"]);
        folder(&figure, ".smoke-aB3dE6/old", &["report.md", "mine.txt"]);
        folder(&figure, ".smoke-aB3dE7", &["yours.txt"]);
        assert!(recover_figure(out.path(), "f").unwrap().is_empty());
        assert_eq!(read(&new.join("report.md")), "smoke");
        assert!(read(&new.join("mine.txt")).ends_with("old"));
        assert!(new.join("yours.txt").exists());
        assert_eq!(fs::read_dir(&figure).unwrap().count(), 1);
    }

    #[test]
    fn what_has_no_other_place_stays_and_is_named() {
        let out = tempfile::tempdir().unwrap();
        let figure = out.path().join("f");
        folder(&figure, "smoke", &["mine.txt"]);
        let old = folder(&figure, ".smoke-aB3dE6/old", &["report.md", "mine.txt"]);
        let alone = folder(&figure, ".quick-aB3dE6", &["report.md", "mine.txt"]);
        let mine = folder(&figure, ".smoke-notes", &["report.md"]);
        let busy = folder(&figure, ".paper-aB3dE6", &["report.md"]);
        let lock = File::open(&busy).unwrap();
        lock.lock().unwrap();
        let stay = recover_figure(out.path(), "f").unwrap();
        assert_eq!(
            stay,
            [
                busy.clone(),
                alone.clone(),
                old.parent().unwrap().to_owned()
            ]
        );
        assert!(old.join("mine.txt").exists() && !old.join("report.md").exists());
        assert!(alone.join("mine.txt").exists());
        assert!(mine.join("report.md").exists() && busy.join("report.md").exists());
    }
}
