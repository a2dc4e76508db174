//! Every file of a finished cell and of one in progress, damaged: reading or resuming names the file and says what to do,
//! or does the work again to the same results.
//!
//! `FORMANT_DAMAGES=N` damages each file at N places instead of 2.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::message::one_line;
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

/// Stops a run when two of its cells have checkpoints.
fn stop<F: Family>(out: &Path, plan: &impl Fn(&Context) -> Plan<F>) {
    for kill in (0..2_000).step_by(3) {
        let _ = fs::remove_dir_all(out);
        faults::arm(out, kill);
        let context = context(out);
        let result = plan(&context).run(&context).map(drop);
        faults::disarm(out);
        assert!(result.is_err(), "no kill leaves two checkpoints");
        if out.join("cells").exists() && folders(out, "partial").len() > 1 {
            return;
        }
    }
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
    /// Damages every file of every folder whose name ends so.
    fn damage_all(&mut self, end: &str) {
        let said = std::env::var("FORMANT_DAMAGES").ok();
        let places = said.map_or(2, |count| count.parse().unwrap());
        let folders = folders(self.whole, end);
        assert!(folders.len() > 1);
        for (index, folder) in folders.iter().enumerate() {
            let other = files(&folders[(index + 1) % folders.len()]);
            for (name, bytes) in files(folder) {
                for damage in KINDS {
                    let once = matches!(damage, Damage::Deleted | Damage::Exchanged);
                    for place in 0..if once { 1 } else { places } {
                        let Some(other) = other.get(&name) else {
                            continue;
                        };
                        let damaged = damage.apply(&bytes, other, place, places);
                        if damaged.as_ref() != Some(&bytes) {
                            let file = Path::new(folder.file_name().unwrap()).join(&name);
                            self.one(&file, damaged.as_deref(), &format!("{damage:?} {place}"));
                        }
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
            let error = one_line(&error);
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
    let [whole, stopped] = ["whole", "stopped"].map(|name| dir.path().join(name));
    let place = context(&whole);
    plan(&place).run(&place).unwrap();
    let expected = contents(&whole);
    stop(&stopped, &plan);
    for (whole, end) in [(&whole, ""), (&stopped, "partial")] {
        let mut bench = Bench {
            plan: &plan,
            whole,
            expected: &expected,
            tried: 0,
            refused: 0,
        };
        bench.damage_all(end);
        assert!(bench.refused * 2 > bench.tried && bench.tried > 10);
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
