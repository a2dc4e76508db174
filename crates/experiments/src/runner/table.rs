//! Tables and other results, written whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::disk;

/// Random characters in the name of a file that is being written.
const RANDOM: usize = 6;

/// Writes a file whole or not at all: beside its place, as `.NAME.XXXXXX.tmp`, flushed and renamed.
///
/// # Errors
/// If the file system refuses.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp").rand_bytes(RANDOM);
    // Otherwise nobody but the owner could read what was written.
    #[cfg(unix)]
    builder.permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).with_context(failed)?;
    // Others that clear this folder leave a locked file alone. Without locks nobody clears anything.
    let _ = file.as_file().lock();
    file.write_all(bytes).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    // The rename itself is durable once the folder is; not every system can flush one.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Writes a value as JSON, whole or not at all.
///
/// # Errors
/// If it cannot be serialised or written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write_atomically(path, &disk::json(value)?)
}

/// Removes what a kill has left of files that were being written into a folder. It is no loss if that fails.
pub(super) fn clear_temporaries(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_temporary(&entry.file_name().to_string_lossy()) {
            let free = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
            if free {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// `.NAME.XXXXXX.tmp`, or `.tmpXXXXXX` as it once was.
fn is_temporary(name: &str) -> bool {
    let random =
        |text: &str| text.len() == RANDOM && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let middle = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".tmp"));
    let ours = middle.and_then(|middle| middle.rsplit_once('.'));
    ours.is_some_and(|(name, end)| !name.is_empty() && random(end))
        || name.strip_prefix(".tmp").is_some_and(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kill_left_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [
            ".data.csv.aB3dE6.tmp",
            ".tmpaB3dE6",
            ".tmp-notes",
            ".notes.tmp",
            "a.tmp",
            "data.csv",
        ] {
            fs::write(path(name), "x").unwrap();
        }
        fs::create_dir(path(".mine.abcdef.tmp")).unwrap();
        let busy = File::create(path(".fits.csv.aB3dE6.tmp")).unwrap();
        busy.lock().unwrap();
        clear_temporaries(folder.path());
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let expected = [
            ".fits.csv.aB3dE6.tmp",
            ".mine.abcdef.tmp",
            ".notes.tmp",
            ".tmp-notes",
            "a.tmp",
            "data.csv",
        ];
        assert_eq!(left, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_table_is_as_readable_as_any_other_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [plain, ours] = ["plain", "ours"].map(|name| folder.path().join(name));
        fs::write(&plain, "x").unwrap();
        write_atomically(&ours, b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            2,
            "a leftover"
        );
    }
}
