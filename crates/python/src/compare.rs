//! How alike the representations of two networks are.

use formant_alignment::similarity::NamedRows;
use formant_alignment::{
    LayerComparison, RepresentationMeasure, Threads, compare_rows, permutation_p_value,
};
use pyo3::prelude::*;
use serde::Serialize;

use crate::errors::{json, value_error};
use crate::rows::Rows;

/// A pair of representations.
#[derive(Serialize)]
struct Pair {
    x: String,
    y: String,
    /// Share of permutations of the samples that are as alike; `null` where that is not defined.
    p_value: Option<f64>,
}

#[derive(Serialize)]
struct Compared {
    comparisons: Vec<LayerComparison>,
    pairs: Vec<Pair>,
}

/// Every pair of a representation of `left` with one of `right`, `[n, d]` of the same samples, by each of `measures`, as
/// JSON; with a p-value by permutations where there are any.
#[pyfunction]
#[pyo3(name = "compare_rows", signature = (left, right, measures, permutations = 0, seed = 0))]
pub fn compare(
    py: Python<'_>,
    left: Vec<(String, Rows)>,
    right: Vec<(String, Rows)>,
    measures: Vec<String>,
    permutations: usize,
    seed: u64,
) -> PyResult<String> {
    let known = |name: &String| {
        let mut all = RepresentationMeasure::ALL.into_iter();
        all.find(|measure| measure.name() == name)
            .ok_or_else(|| value_error(unknown(name)))
    };
    let measures: Vec<_> = measures.iter().map(known).collect::<PyResult<_>>()?;
    let [left, right] = [left, right].map(|rows| -> Vec<NamedRows> {
        let owned = rows.into_iter();
        owned.map(|(name, rows)| (name, rows.into_f64())).collect()
    });
    let compared = py.detach(|| Compared {
        comparisons: compare_rows(&left, &right, &measures, Threads::Pool),
        pairs: p_values(&left, &right, permutations, seed),
    });
    json(&compared)
}

fn unknown(name: &str) -> String {
    let names = RepresentationMeasure::ALL.map(RepresentationMeasure::name);
    format!("no measure `{name}`; there are {}", names.join(", "))
}

fn p_values(left: &[NamedRows], right: &[NamedRows], permutations: usize, seed: u64) -> Vec<Pair> {
    let mut out = Vec::new();
    for (x, left) in left {
        for (y, right) in right {
            let p_value = permutation_p_value(left.view(), right.view(), permutations, seed);
            out.push(Pair {
                x: x.clone(),
                y: y.clone(),
                p_value: p_value.ok().filter(|_| permutations > 0),
            });
        }
    }
    out
}
