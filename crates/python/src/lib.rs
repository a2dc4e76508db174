//! The compiled part of the Python package `formant`: arrays in, accumulators that live as long as a measurement, and
//! reports out as JSON.
//!
//! What is a statistic lies in `formant-alignment`, what knows PyTorch in `python/formant`. Work on arrays runs without
//! Python's lock.

mod compare;
mod errors;
mod layer;
mod rows;
mod theory;

use pyo3::prelude::*;

/// The compiled part of `formant`.
#[pymodule]
#[pyo3(name = "_native")]
mod native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::compare::{compare, universal};
    #[pymodule_export]
    use crate::layer::{LayerAccumulator, LayerResult};
    #[pymodule_export]
    use crate::theory::{decay_times, fit_two_point, is_stationary, two_point, two_point_limits};

    /// What each statistic means, as JSON.
    #[pyfunction]
    fn descriptions() -> PyResult<String> {
        crate::errors::json(&formant_alignment::descriptions())
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("UNFIT", formant_moments::dump::UNFIT)
    }
}
