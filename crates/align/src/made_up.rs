//! Networks for the tests, and command lines.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use formant_moments::npz::NpzWriter;
use ndarray::{Array1, Array2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

pub(crate) fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
}

/// A dump of layers with these inputs, three outputs each.
pub(crate) fn dump(path: &Path, layers: &[(&str, Array2<f64>)], labels: Option<&[i64]>) -> PathBuf {
    let mut file = NpzWriter::new();
    for (at, (name, h_a)) in layers.iter().enumerate() {
        let (n, seed) = (h_a.nrows(), 100 + at as u64);
        let mut add = |role: &str, rows: &Array2<f64>| {
            file.add_array(format!("{name}/{role}"), rows).unwrap()
        };
        add("h_a", h_a);
        add("g_b", &normal(n, 3, seed));
        add("weight", &normal(3, h_a.ncols(), seed + 1));
        if let Some(labels) = labels {
            file.add_array(format!("{name}/labels"), &Array1::from(labels.to_vec()))
                .unwrap();
        }
    }
    fs::write(path, file.finish().unwrap()).unwrap();
    path.to_owned()
}

/// The arguments of a command line, paths among them below `dir`.
pub(crate) fn parsed<A: Args>(dir: &Path, line: &str) -> A {
    let words = line
        .split_whitespace()
        .map(|word| match word.strip_prefix('@') {
            Some(path) => dir.join(path).display().to_string(),
            None => word.to_owned(),
        });
    let command = A::augment_args(clap::Command::new("test").no_binary_name(true));
    A::from_arg_matches(&command.get_matches_from(words)).unwrap()
}
