//! Which files, and which of their layers.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use formant_moments::dump::{Dump, DumpedLayer};
use formant_moments::printable;
use glob::Pattern;

/// Options that choose layers.
#[derive(Debug, Clone, Default, Args)]
pub struct LayerFilter {
    /// Only layers whose names match, such as 'blocks.*.fc1'; may be given again
    #[arg(long, value_name = "GLOB")]
    layers: Vec<Pattern>,
    /// No layers whose names match; may be given again
    #[arg(long, value_name = "GLOB")]
    skip: Vec<Pattern>,
}

impl LayerFilter {
    /// Whether a layer of this name is chosen.
    pub(crate) fn takes(&self, name: &str) -> bool {
        let matches = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(name));
        (self.layers.is_empty() || matches(&self.layers)) && !matches(&self.skip)
    }

    /// The chosen ones of some layers.
    ///
    /// # Errors
    ///
    /// If there is none; names some that there are.
    pub(crate) fn chosen<T>(
        &self,
        path: &Path,
        layers: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Result<Vec<T>> {
        let names: Vec<String> = layers
            .iter()
            .map(|layer| printable(name(layer), 30))
            .collect();
        let chosen: Vec<T> = layers
            .into_iter()
            .filter(|layer| self.takes(name(layer)))
            .collect();
        if chosen.is_empty() {
            let path = printable(&path.display().to_string(), 60);
            let there = printable(&names.join(", "), 120);
            bail!("{path}: no layer matches --layers and --skip; there are {there}");
        }
        Ok(chosen)
    }
}

/// The files that arguments name: themselves, what matches them where there is no such file, or `-`.
///
/// # Errors
///
/// If a pattern matches nothing.
pub(crate) fn files(arguments: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for argument in arguments {
        let text = argument.to_string_lossy();
        let is_pattern = text.contains(['*', '?', '[']) && !argument.exists();
        if !is_pattern {
            files.push(argument.clone());
            continue;
        }
        let before = files.len();
        let found = glob::glob(&text).with_context(|| format!("the pattern {text}"))?;
        files.extend(found.filter_map(Result::ok));
        if files.len() == before {
            bail!("{}: no file matches", printable(&text, 100));
        }
    }
    Ok(files)
}

/// The layers of a dump; `-` is standard input, which is kept in memory.
pub(crate) fn open(path: &Path) -> Result<Vec<DumpedLayer>> {
    if path != Path::new("-") {
        return Ok(Dump::open(path)?.into_layers());
    }
    let mut bytes = Vec::new();
    let mut stdin = std::io::stdin().lock();
    stdin.read_to_end(&mut bytes).context("standard input")?;
    Ok(from_bytes(bytes)?.into_layers())
}

/// A dump without a name: a zip begins with PK, and only an `.npz` is one.
fn from_bytes(bytes: Vec<u8>) -> Result<Dump> {
    let name = match bytes.starts_with(b"PK") {
        true => "stdin.npz",
        false => "stdin.safetensors",
    };
    Ok(Dump::from_bytes(bytes, name)?)
}

/// A file's name without folders and extension, for files that are written about it.
pub(crate) fn stem(path: &Path) -> String {
    if path == Path::new("-") {
        return "stdin".to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let letter = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '_'
        }
    };
    stem.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(layers: &[&str], skip: &[&str]) -> LayerFilter {
        let patterns = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| Pattern::new(text).unwrap())
                .collect()
        };
        LayerFilter {
            layers: patterns(layers),
            skip: patterns(skip),
        }
    }

    #[test]
    fn layers_are_chosen_by_globs() {
        let names = ["blocks.0/fc1", "blocks.0/fc2", "blocks.11/fc1", "head"];
        let chosen = |layers: &[&str], skip: &[&str]| -> Vec<&str> {
            let filter = filter(layers, skip);
            names
                .into_iter()
                .filter(|name| filter.takes(name))
                .collect()
        };
        assert_eq!(chosen(&[], &[]), names);
        assert_eq!(
            chosen(&["blocks.*/fc1"], &[]),
            ["blocks.0/fc1", "blocks.11/fc1"]
        );
        assert_eq!(
            chosen(&["*fc1", "head"], &["*.11*"]),
            ["blocks.0/fc1", "head"]
        );
        let none = filter(&["x"], &[]).chosen(Path::new("a.npz"), names.to_vec(), |name| name);
        let error = none.unwrap_err().to_string();
        assert!(
            error.contains("a.npz: no layer matches") && error.contains("head"),
            "{error}"
        );
    }

    #[test]
    fn files_are_themselves_or_what_matches() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.npz", "b.npz", "c[1].npz"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let found = |argument: &str| {
            let found = files(&[dir.path().join(argument)]).unwrap();
            found.iter().map(|path| stem(path)).collect::<Vec<_>>()
        };
        assert_eq!(found("*.npz"), ["a", "b", "c_1_"]);
        assert_eq!(found("c[1].npz"), ["c_1_"], "there is such a file");
        assert_eq!(
            found("nowhere.npz"),
            ["nowhere"],
            "opening it says that it is not there"
        );
        assert!(files(&[dir.path().join("x*.npz")]).is_err());
        assert_eq!(files(&["-".into()]).unwrap(), [PathBuf::from("-")]);
    }

    #[test]
    fn standard_input_is_recognised_by_its_first_bytes() {
        let error = |bytes: &[u8]| from_bytes(bytes.to_vec()).unwrap_err().to_string();
        assert!(error(b"PK\x03\x04").contains("stdin.npz"));
        assert!(error(b"12345678{").contains("stdin.safetensors"));
    }
}
