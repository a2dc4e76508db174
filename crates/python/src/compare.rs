//! How alike the representations of networks are.

use formant_alignment::similarity::NamedRows;
use formant_alignment::{
    CompareOptions, RepresentationMeasure, Threads, UniversalOptions, compare_networks,
    universal_dimensions,
};
use pyo3::prelude::*;

use crate::errors::{json, value_error};
use crate::rows::Rows;

/// Every pair of a representation of `left` with one of `right`, `[n, d]` of the same samples, by each of `measures`, as
/// JSON; with p-values by permutations and noise ceilings by splits where there are any.
#[pyfunction]
#[pyo3(name = "compare_rows", signature = (left, right, measures, permutations = 0, splits = 0, seed = 0))]
pub fn compare(
    py: Python<'_>,
    left: Vec<(String, Rows)>,
    right: Vec<(String, Rows)>,
    measures: Vec<String>,
    permutations: usize,
    splits: usize,
    seed: u64,
) -> PyResult<String> {
    let known = |name: &String| {
        RepresentationMeasure::from_name(name).ok_or_else(|| value_error(unknown(name)))
    };
    let options = CompareOptions {
        measures: measures.iter().map(known).collect::<PyResult<_>>()?,
        permutations,
        splits,
        seed,
    };
    let [left, right] = [left, right].map(named);
    let compared = py.detach(|| compare_networks(&left, &right, &options, Threads::Pool));
    json(&compared)
}

/// How well each principal dimension of each network, `[n, d]` of the same samples, is predicted from the others, as JSON.
#[pyfunction]
#[pyo3(signature = (networks, dimensions = 20, permutations = 99, seed = 0))]
pub fn universal(
    py: Python<'_>,
    networks: Vec<(String, Rows)>,
    dimensions: usize,
    permutations: usize,
    seed: u64,
) -> PyResult<String> {
    let options = UniversalOptions {
        dimensions,
        permutations,
        seed,
        ..UniversalOptions::default()
    };
    let networks = named(networks);
    let found = py.detach(|| universal_dimensions(&networks, &options, Threads::Pool));
    json(&found.map_err(value_error)?)
}

fn named(rows: Vec<(String, Rows)>) -> Vec<NamedRows> {
    let rows = rows.into_iter();
    rows.map(|(name, rows)| (name, rows.into_f64())).collect()
}

fn unknown(name: &str) -> String {
    let names = RepresentationMeasure::ALL.map(RepresentationMeasure::name);
    format!("no measure `{name}`; there are {}", names.join(", "))
}
