//! Data sets that must be on the machine: their files, where these are looked for, and where downloads go.
//!
//! In this order: the folder that was named (`--data-dir`), and then no other; else the folder in the environment
//! variable `FORMANT_DATA`, then `formant` in the user's cache folder. In each, the data set's own folder (`DIR/mnist`) or the files
//! themselves (`DIR`) will do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use etcetera::BaseStrategy;
use serde::Serialize;

use crate::CatalogError;

/// The environment variable that names a data folder.
pub const DATA_VARIABLE: &str = "FORMANT_DATA";

/// A data set that figures read from files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DataSet {
    /// 70,000 handwritten digits of 28x28 pixels, 11.6 MB.
    Mnist,
    /// 60,000 colour photographs of 32x32 pixels, 170 MB.
    Cifar10,
}

impl DataSet {
    /// All data sets, in the order in which `fetch-data all` gets them.
    pub const ALL: [Self; 2] = [Self::Mnist, Self::Cifar10];

    /// The name on the command line and of the data set's folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::Cifar10 => "cifar10",
        }
    }

    /// The names of its files.
    #[must_use]
    pub const fn files(self) -> &'static [&'static str] {
        match self {
            Self::Mnist => &[
                "train-images-idx3-ubyte.gz",
                "train-labels-idx1-ubyte.gz",
                "t10k-images-idx3-ubyte.gz",
                "t10k-labels-idx1-ubyte.gz",
            ],
            Self::Cifar10 => &[
                "data_batch_1.bin",
                "data_batch_2.bin",
                "data_batch_3.bin",
                "data_batch_4.bin",
                "data_batch_5.bin",
                "test_batch.bin",
            ],
        }
    }

    /// The folder that holds all of its files.
    ///
    /// # Errors
    ///
    /// [`CatalogError::NotFound`] if there is none. The message lists the folders searched and what each of them lacks.
    pub fn locate(self, explicit: Option<&Path>) -> Result<PathBuf, CatalogError> {
        find(self, self.files(), &data_dirs(explicit))
    }

    /// The folder that downloads go to.
    ///
    /// # Errors
    ///
    /// [`CatalogError::NoDataDir`] if no folder is named and the user has no home.
    pub fn download_dir(self, explicit: Option<&Path>) -> Result<PathBuf, CatalogError> {
        match data_dirs(explicit).first() {
            Some(dir) => Ok(dir.join(self.name())),
            None => Err(CatalogError::NoDataDir { set: self.name() }),
        }
    }
}

impl fmt::Display for DataSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DataSet {
    type Err = CatalogError;

    fn from_str(name: &str) -> Result<Self, CatalogError> {
        let set = Self::ALL.into_iter().find(|set| set.name() == name);
        set.ok_or_else(|| CatalogError::UnknownDataSet {
            name: name.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

/// The folders that may hold data, in the order in which they are searched.
fn data_dirs(explicit: Option<&Path>) -> Vec<PathBuf> {
    let env = std::env::var_os(DATA_VARIABLE)
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

/// The first folder, of the set's own in each of `dirs` and of `dirs` themselves, that holds all of `files`.
fn find(set: DataSet, files: &[&str], dirs: &[PathBuf]) -> Result<PathBuf, CatalogError> {
    let mut searched = Vec::new();
    for dir in dirs
        .iter()
        .flat_map(|dir| [dir.join(set.name()), dir.clone()])
    {
        match files.iter().find(|file| !dir.join(file).is_file()) {
            None => return Ok(dir),
            Some(_) if !dir.is_dir() => {
                searched.push(format!("{} (no such folder)", dir.display()));
            }
            Some(file) => searched.push(format!("{} (no {file})", dir.display())),
        }
    }
    let searched = searched.join(", ");
    Err(CatalogError::NotFound {
        set: set.name(),
        searched,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for set in DataSet::ALL {
            assert_eq!(set.to_string().parse::<DataSet>().unwrap(), set);
            assert_eq!(serde_json::to_string(&set).unwrap(), format!("\"{set}\""));
        }
        let error = "imagenet".parse::<DataSet>().unwrap_err().to_string();
        assert!(
            error.contains("`imagenet`") && error.contains("mnist"),
            "{error}"
        );
    }

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
        for dir in [&flat, &nested.join("mnist")] {
            std::fs::create_dir_all(dir).unwrap();
            std::fs::write(dir.join("a"), "").unwrap();
            std::fs::write(dir.join("b"), "").unwrap();
        }
        let missing = root.path().join("missing");
        let dirs = [missing.clone(), flat.clone(), nested.clone()];
        let find = |dirs| find(DataSet::Mnist, &["a", "b"], dirs);
        assert_eq!(find(&dirs).unwrap(), flat);
        assert_eq!(find(&dirs[2..]).unwrap(), nested.join("mnist"));

        std::fs::remove_file(flat.join("b")).unwrap();
        let message = find(&dirs[..2]).unwrap_err().to_string();
        for part in [
            format!("{} (no such folder)", missing.display()),
            format!("{} (no b)", flat.display()),
            "fetch-data mnist".to_owned(),
            "--data-dir".to_owned(),
        ] {
            assert!(message.contains(&part), "{message}");
        }
    }
}
