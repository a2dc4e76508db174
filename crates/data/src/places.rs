//! Where data files are searched and stored.
//!
//! If a folder is named (`--data-dir`), only that one is searched. Otherwise the folder in the environment variable
//! `FORMANT_DATA` is searched, then `formant` in the user's cache folder. Each may hold the data set's own folder
//! (`DIR/mnist`) or the files themselves (`DIR`).

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::DataError;

/// The environment variable that names a data folder.
pub const ENV: &str = "FORMANT_DATA";

/// The folders that may hold data, in search order.
#[must_use]
pub fn data_dirs(explicit: Option<&Path>) -> Vec<PathBuf> {
    let env = std::env::var_os(ENV)
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from);
    let cache = etcetera::choose_base_strategy()
        .ok()
        .map(|base| base.cache_dir().join("formant"));
    ordered(explicit, env, cache)
}

fn ordered(explicit: Option<&Path>, env: Option<PathBuf>, cache: Option<PathBuf>) -> Vec<PathBuf> {
    match explicit {
        Some(dir) => vec![dir.to_owned()],
        None => env.into_iter().chain(cache).collect(),
    }
}

/// The folder that downloads of `set` go to: `set` in the first of [`data_dirs`].
///
/// # Errors
/// If no folder is named and the user has no home.
pub fn download_dir(set: &str, explicit: Option<&Path>) -> Result<PathBuf, DataError> {
    match data_dirs(explicit).first() {
        Some(dir) => Ok(dir.join(set)),
        None => Err(DataError::NoDataDir {
            set: set.to_owned(),
        }),
    }
}

/// The first folder, of `dirs` and of `set` in each of them, that holds all of `files`.
///
/// # Errors
/// If there is none. The message lists the folders searched and what each of them lacks.
pub fn find(set: &'static str, files: &[&str], dirs: &[PathBuf]) -> Result<PathBuf, DataError> {
    let mut searched = Vec::new();
    for dir in dirs.iter().flat_map(|dir| [dir.join(set), dir.clone()]) {
        match files.iter().find(|file| !dir.join(file).is_file()) {
            None => return Ok(dir),
            Some(_) if !dir.is_dir() => {
                searched.push(format!("{} (no such folder)", dir.display()));
            }
            Some(file) => searched.push(format!("{} (no {file})", dir.display())),
        }
    }
    let searched = searched.join(", ");
    Err(DataError::NotFound { set, searched })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_is_the_only_one_searched() {
        let (env, cache) = (Some(PathBuf::from("/env")), Some(PathBuf::from("/cache")));
        assert_eq!(
            ordered(Some(Path::new("/a")), env.clone(), cache.clone()),
            [Path::new("/a")]
        );
        assert_eq!(
            ordered(None, env, cache.clone()),
            [Path::new("/env"), Path::new("/cache")]
        );
        assert_eq!(ordered(None, None, cache), [Path::new("/cache")]);
        assert!(ordered(None, None, None).is_empty());
    }

    #[test]
    fn both_layouts_are_found_and_the_first_folder_wins() {
        let root = tempfile::tempdir().unwrap();
        let (flat, nested) = (root.path().join("flat"), root.path().join("nested"));
        for dir in [&flat, &nested.join("set")] {
            std::fs::create_dir_all(dir).unwrap();
            std::fs::write(dir.join("a"), "").unwrap();
            std::fs::write(dir.join("b"), "").unwrap();
        }
        let missing = root.path().join("missing");
        let dirs = [missing.clone(), flat.clone(), nested.clone()];
        assert_eq!(find("set", &["a", "b"], &dirs).unwrap(), flat);
        assert_eq!(
            find("set", &["a", "b"], &dirs[2..]).unwrap(),
            nested.join("set")
        );

        std::fs::remove_file(flat.join("b")).unwrap();
        let message = find("set", &["a", "b"], &dirs[..2])
            .unwrap_err()
            .to_string();
        for part in [
            format!("{} (no such folder)", missing.display()),
            format!("{} (no b)", flat.display()),
            "fetch-data set".to_owned(),
            "--data-dir".to_owned(),
        ] {
            assert!(message.contains(&part), "{message}");
        }
    }
}
