//! Every file of a finished cell and of one in progress, damaged: reading or resuming names the file and says what to do,
//! or does the work again to the same results.
//!
//! `FORMANT_DAMAGES=N` damages each file at N places instead of 2.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::runner::{Context, Family, Plan, faults};
use crate::small_runs::{self, contents, context};

/// What is done to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    ChangedDigit,
    DeletedRows,
    Truncated,
    Deleted,
    Exchanged,
}

const KINDS: [Damage; 5] = [
    Damage::ChangedDigit,
    Damage::DeletedRows,
    Damage::Truncated,
    Damage::Deleted,
    Damage::Exchanged,
];

impl Damage {
    /// What the file holds then, damaged at the `place`-th of `places`; `None` if it is gone.
    fn apply(self, bytes: &[u8], other: &[u8], place: usize, places: usize) -> Option<Vec<u8>> {
        let mut bytes = bytes.to_vec();
        let at = bytes.len().saturating_sub(1) * place / places;
        match self {
            Self::ChangedDigit => {
                let digit = (at..bytes.len()).find(|i| bytes[*i].is_ascii_digit());
                if let Some(byte) = bytes.get_mut(digit.unwrap_or(at)) {
                    *byte ^= 1; // 0 and 1, 2 and 3 and so on
                }
            }
            Self::DeletedRows => {
                let line = |from: usize| bytes[from..].iter().position(|b| *b == b'\n');
                let end = line(at).map_or(bytes.len(), |length| at + length + 1);
                bytes.drain(at..end);
            }
            Self::Truncated => bytes.truncate(at),
            Self::Deleted => return None,
            Self::Exchanged => bytes = other.to_vec(),
        }
        Some(bytes)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// The folders of cells whose names end so.
fn folders(out: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(out.join("cells")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let ends = |path: &Path| match path.extension() {
        None => end.is_empty(),
        Some(found) => found == end,
    };
    let mut folders: Vec<_> = paths.filter(|path| path.is_dir() && ends(path)).collect();
    folders.sort();
    folders
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

/// Stops a run when a cell but `not` has a checkpoint, and gives the folder of that; `None` if none ever has.
fn stop<F: Family>(out: &Path, plan: &impl Fn(&Context) -> Plan<F>, not: &str) -> Option<PathBuf> {
    for kill in (0..).step_by(5) {
        let _ = fs::remove_dir_all(out);
        faults::arm(out, kill);
        let context = context(out);
        let result = plan(&context).run(&context).map(drop);
        faults::disarm(out);
        let wanted = |path: &PathBuf| !path.ends_with(not);
        if out.join("cells").exists()
            && let Some(found) = folders(out, "partial").into_iter().find(wanted)
        {
            return Some(found);
        }
        if result.is_ok() {
            return None;
        }
    }
    None
}

struct Bench<'a, F: Family, P: Fn(&Context) -> Plan<F>> {
    plan: &'a P,
    /// The folder with the cells, and what an undisturbed run has.
    whole: &'a Path,
    expected: &'a BTreeMap<String, String>,
    tried: usize,
    refused: usize,
}

impl<F: Family, P: Fn(&Context) -> Plan<F>> Bench<'_, F, P> {
    /// Damages every file of a folder. `other`: the files of another cell.
    fn damage_all(&mut self, folder: &Path, other: &BTreeMap<String, Vec<u8>>) {
        let said = std::env::var("FORMANT_DAMAGES").ok();
        let places = said.map_or(2, |count| count.parse().unwrap());
        for (name, bytes) in files(folder) {
            for damage in KINDS {
                let once = matches!(damage, Damage::Deleted | Damage::Exchanged);
                for place in 0..if once { 1 } else { places } {
                    let other = other.get(&name).unwrap_or(&bytes);
                    let damaged = damage.apply(&bytes, other, place, places);
                    if damaged.as_ref() != Some(&bytes) {
                        let file = Path::new(folder.file_name().unwrap()).join(&name);
                        self.one(&file, damaged.as_deref(), &format!("{damage:?} {place}"));
                    }
                }
            }
        }
    }

    fn one(&mut self, file: &Path, damaged: Option<&[u8]>, what: &str) {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        copy(self.whole, &out);
        let path = out.join("cells").join(file);
        match damaged {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let context = context(&out);
        self.tried += 1;
        let what = format!("{}: {what}", file.display());
        if let Err(error) = (self.plan)(&context).run(&context) {
            self.refused += 1;
            let error = formant_text::error(error.as_ref());
            let name = file.file_name().unwrap().to_string_lossy();
            let key = file.iter().next().unwrap().to_string_lossy();
            assert!(
                error.contains(&*key) && error.contains("delete"),
                "{what}: {error}"
            );
            assert!(error.contains(&*name), "{what}: {error}");
            // What the message says.
            fs::remove_dir_all(path.parent().unwrap()).unwrap();
            (self.plan)(&context).run(&context).unwrap();
        }
        assert_eq!(&contents(&out), self.expected, "{what}");
    }
}

fn notices_damage<F: Family>(plan: impl Fn(&Context) -> Plan<F>) {
    let dir = tempfile::tempdir().unwrap();
    let [whole, stopped, later] = ["whole", "stopped", "later"].map(|name| dir.path().join(name));
    let place = context(&whole);
    plan(&place).run(&place).unwrap();
    let expected = contents(&whole);
    let finished = folders(&whole, "");
    let partial = stop(&stopped, &plan, "none").unwrap();
    let name = partial.file_name().unwrap().to_string_lossy();
    // Where only one cell has checkpoints, nothing can be exchanged.
    let other = stop(&later, &plan, &name);
    let other = other.map_or_else(BTreeMap::new, |other| files(&other));
    for (whole, folder, other) in [
        (&whole, &finished[0], &files(&finished[1])),
        (&whole, &finished[1], &files(&finished[0])),
        (&stopped, &partial, &other),
    ] {
        let mut bench = Bench {
            plan: &plan,
            whole,
            expected: &expected,
            tried: 0,
            refused: 0,
        };
        bench.damage_all(folder, other);
        assert!(bench.refused * 2 > bench.tried && bench.tried >= 10);
        println!("{} damages, {} refused", bench.tried, bench.refused);
    }
}

#[test]
fn damage_to_networks_is_noticed() {
    notices_damage(small_runs::networks);
}

#[test]
fn damage_to_moments_of_the_measurement_before_is_noticed() {
    notices_damage(small_runs::balance);
}

#[test]
fn damage_to_networks_on_few_points_is_noticed() {
    notices_damage(small_runs::few_points);
}

#[test]
fn damage_to_networks_on_many_points_is_noticed() {
    notices_damage(small_runs::many_points);
}
