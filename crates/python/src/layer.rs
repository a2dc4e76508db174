//! One layer while it is measured, and what came of it.

use formant_alignment::balance::stationarity;
use formant_alignment::{
    ByRelation, ByVariant, Comparison, Interval, LayerReport, LayerSummary, MeasuredLayer,
    NullLevel, RelationTable, ReportOptions, Threads, jackknife_correlation, relation_table,
};
use formant_moments::dump::{FitAccumulator, LinearFit};
use formant_moments::{
    Element, LayerMoments, MomentsAccumulator, SampleAxis, SampleBlock, ZeroNorm,
};
use ndarray::{Array2, ArrayView2, s};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Serialize;

use crate::errors::{json, value_error};
use crate::rows::Rows;

/// Samples on which outputs are compared with `W h_a`.
const PROBED: usize = 2048;

/// The moments of one layer while its network is run. Rows stream in; memory does not grow with their number.
#[pyclass(module = "formant._native")]
pub struct LayerAccumulator {
    name: String,
    axis: SampleAxis,
    weight: Array2<f64>,
    /// One a group of samples.
    groups: Vec<MomentsAccumulator>,
    /// Moments of samples at unit norm alone, and what is made of them.
    summary: bool,
    fit: FitAccumulator,
    fitted: usize,
}

#[pymethods]
impl LayerAccumulator {
    /// `weight` is `[d_b, d_a]`; `axis` is `examples`, `tokens` or `positions`. Samples are kept in `groups` disjoint
    /// groups, from which intervals are made. A `summary` has the relations of samples at unit norm alone, in about a
    /// quarter of the time.
    #[new]
    #[pyo3(signature = (name, weight, axis = "examples", groups = 1, summary = false))]
    fn new(name: String, weight: Rows, axis: &str, groups: usize, summary: bool) -> PyResult<Self> {
        let axis = SampleAxis::from_name(axis).ok_or_else(|| {
            PyValueError::new_err(format!(
                "axis is {axis:?}; expected examples, tokens or positions"
            ))
        })?;
        let weight = weight.into_f64();
        let (d_b, d_a) = weight.dim();
        Ok(Self {
            name,
            axis,
            groups: vec![accumulator(d_a, d_b, summary); groups.max(1)],
            summary,
            fit: FitAccumulator::new(weight.clone()),
            weight,
            fitted: 0,
        })
    }

    /// Adds rows of the same `n` samples to a group: `h_a`, `g_a` `[n, d_a]`, `h_b`, `g_b` `[n, d_b]`, all of one
    /// precision; the gradients negative, and of each sample's own loss.
    #[pyo3(signature = (h_a, h_b, g_a, g_b, group = 0))]
    fn add(
        &mut self,
        py: Python<'_>,
        h_a: Rows,
        h_b: Rows,
        g_a: Rows,
        g_b: Rows,
        group: usize,
    ) -> PyResult<()> {
        match (h_a, h_b, g_a, g_b) {
            (Rows::Single(h_a), Rows::Single(h_b), Rows::Single(g_a), Rows::Single(g_b)) => {
                py.detach(|| self.add_block([&h_a, &h_b, &g_a, &g_b], group))
            }
            (Rows::Double(h_a), Rows::Double(h_b), Rows::Double(g_a), Rows::Double(g_b)) => {
                py.detach(|| self.add_block([&h_a, &h_b, &g_a, &g_b], group))
            }
            _ => Err(PyTypeError::new_err(
                "the four arrays have to be of one precision",
            )),
        }
    }

    /// Samples so far.
    #[getter]
    fn samples(&self) -> usize {
        self.groups.iter().map(MomentsAccumulator::samples).sum()
    }

    /// The layer, with every statistic. `draws` rotations of the null, by width if `None`.
    #[pyo3(signature = (draws = None, seed = 0))]
    fn finish(&self, py: Python<'_>, draws: Option<usize>, seed: u64) -> PyResult<LayerResult> {
        let null = ReportOptions {
            null_draws: draws,
            null_seed: seed,
        };
        py.detach(|| self.result(&null))
    }
}

impl LayerAccumulator {
    fn add_block<T: Element>(&mut self, rows: [&Array2<T>; 4], group: usize) -> PyResult<()> {
        let groups = self.groups.len();
        let [h_a, h_b, g_a, g_b] = rows.map(|rows| rows.view());
        self.groups[group % groups]
            .add(&SampleBlock { h_a, h_b, g_a, g_b })
            .map_err(value_error)?;
        let few = h_a.nrows().min(PROBED - self.fitted);
        if few > 0 {
            let head = |rows: ArrayView2<'_, T>| rows.slice(s![..few, ..]).mapv(Into::into);
            let [h_a, h_b, g_a, g_b] = [h_a, h_b, g_a, g_b].map(head);
            self.fit.add(&SampleBlock {
                h_a: h_a.view(),
                h_b: h_b.view(),
                g_a: g_a.view(),
                g_b: g_b.view(),
            });
            self.fitted += few;
        }
        Ok(())
    }

    fn result(&self, options: &ReportOptions) -> PyResult<LayerResult> {
        let moments = self.moments(|_| true)?;
        let measured = MeasuredLayer::new(&moments, options.null(), Threads::Pool);
        let json = if self.summary {
            json(&self.summary(&measured)?)?
        } else {
            json(&self.report(&measured)?)?
        };
        Ok(LayerResult { moments, json })
    }

    fn report(&self, measured: &MeasuredLayer<'_>) -> PyResult<Report> {
        let layer = LayerReport::of(measured).map_err(value_error)?;
        Ok(Report {
            intervals: self.intervals(&layer.alpha),
            layer,
            linear_fit: self.fit.finish(),
        })
    }

    fn summary(&self, measured: &MeasuredLayer<'_>) -> PyResult<Summary> {
        let layer = LayerSummary::of(measured).map_err(value_error)?;
        let alpha = ByRelation::from_fn(|side, relation| ByVariant {
            raw: None,
            centered: None,
            normalized: *layer.alpha.get(side, relation),
        });
        Ok(Summary {
            summary: true,
            name: layer.name,
            samples: layer.samples,
            sample_axis: self.axis,
            d_a: layer.d_a,
            d_b: layer.d_b,
            zero_norm: layer.zero_norm,
            intervals: self.intervals(&alpha),
            alpha,
            null: layer.null,
            calibrated: layer.calibrated,
            effective_rank_of_weight: layer.effective_rank,
            warnings: layer.warnings,
            linear_fit: self.fit.finish(),
        })
    }

    /// The moments of some groups together.
    fn moments(&self, chosen: impl Fn(usize) -> bool) -> PyResult<LayerMoments> {
        let (d_b, d_a) = self.weight.dim();
        let mut all = accumulator(d_a, d_b, self.summary);
        for (_, group) in self.groups.iter().enumerate().filter(|(at, _)| chosen(*at)) {
            all.merge(group).map_err(value_error)?;
        }
        all.finish(self.name.as_str(), self.weight.view(), self.axis)
            .map_err(value_error)
    }

    /// Of the six relations, over groups; `None` where fewer than two have samples.
    fn intervals(&self, whole: &RelationTable) -> Option<Intervals> {
        let filled = |at: &usize| self.groups[*at].samples() > 0;
        let filled: Vec<usize> = (0..self.groups.len()).filter(filled).collect();
        let left_out = |&out: &usize| {
            let moments = self.moments(|at| at != out).ok()?;
            Some(relation_table(&moments, Comparison::Pearson))
        };
        let left_out: Vec<RelationTable> = filled.iter().map(left_out).collect::<Option<_>>()?;
        let alpha = ByRelation::from_fn(|side, relation| {
            ByVariant::from_fn(|variant| {
                let of = |table: &RelationTable| *table.get(side, relation).get(variant);
                let left_out: Vec<f64> = left_out.iter().map(of).collect::<Option<_>>()?;
                jackknife_correlation(of(whole)?, &left_out, LEVEL).ok()
            })
        });
        Some(Intervals {
            level: LEVEL,
            groups: filled.len(),
            alpha,
        })
    }
}

fn accumulator(d_a: usize, d_b: usize, summary: bool) -> MomentsAccumulator {
    let all = MomentsAccumulator::new(d_a, d_b);
    if summary { all.normalized_only() } else { all }
}

/// How sure intervals are.
const LEVEL: f64 = 0.95;

/// Intervals over groups of samples, see [`jackknife_correlation`].
#[derive(Serialize)]
struct Intervals {
    level: f64,
    groups: usize,
    alpha: ByRelation<ByVariant<Option<Interval>>>,
}

/// What Python reads: the fields of the layer's report, and what only samples tell.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    layer: LayerReport,
    /// How far `h_b` is from `W h_a` plus a constant.
    linear_fit: Option<LinearFit>,
    intervals: Option<Intervals>,
}

/// The same of a summary.
#[derive(Serialize)]
struct Summary {
    summary: bool,
    name: String,
    samples: usize,
    sample_axis: SampleAxis,
    d_a: usize,
    d_b: usize,
    zero_norm: ZeroNorm,
    alpha: RelationTable,
    null: ByRelation<NullLevel>,
    calibrated: ByRelation<Option<f64>>,
    effective_rank_of_weight: Option<f64>,
    warnings: Vec<String>,
    linear_fit: Option<LinearFit>,
    intervals: Option<Intervals>,
}

/// A measured layer: its report, and its moments for what compares it with others.
#[pyclass(module = "formant._native", frozen)]
pub struct LayerResult {
    moments: LayerMoments,
    /// The report as JSON.
    #[pyo3(get)]
    json: String,
}

#[pymethods]
impl LayerResult {
    /// How much the layer has changed since `earlier`, as JSON: relative to it, of the four matrices that are constant
    /// in a stationary state.
    fn change_since(&self, py: Python<'_>, earlier: &Self) -> PyResult<String> {
        let change = py.detach(|| stationarity(&earlier.moments, &self.moments));
        json(&change.map_err(value_error)?)
    }

    /// The moments as the bytes of a safetensors file.
    fn moments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = py.detach(|| self.moments.to_bytes()).map_err(value_error)?;
        Ok(PyBytes::new(py, &bytes))
    }
}
