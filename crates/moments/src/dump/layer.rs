//! One layer of a dump, from loose arrays to moments.

use std::path::Path;

use ndarray::{Array2, ArrayD, Axis, Ix2, s};

use super::DumpError;
use super::names::{self, Role};
use crate::block::check_finite;
use crate::{LayerMoments, MomentsAccumulator, MomentsError, SampleAxis, SampleBlock};

/// An array as it was read, of any rank.
pub(crate) type Array = ArrayD<f64>;

/// Rows for which missing arrays are computed at once.
const ROWS: usize = 1024;

/// One layer of a dump: every array is present or can be computed, fits the others, and is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerDump {
    name: String,
    h_a: Array2<f64>,
    g_b: Array2<f64>,
    weight: Array2<f64>,
    h_b: Option<Array2<f64>>,
    g_a: Option<Array2<f64>>,
}

impl LayerDump {
    /// Name of the layer.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of samples, at least 2.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.h_a.nrows()
    }

    /// Width of the input.
    #[must_use]
    pub fn d_a(&self) -> usize {
        self.weight.ncols()
    }

    /// Width of the output.
    #[must_use]
    pub fn d_b(&self) -> usize {
        self.weight.nrows()
    }

    /// The layer's moments. A dump does not say what its rows are; they are recorded as
    /// [`SampleAxis::Examples`].
    ///
    /// # Errors
    ///
    /// If the moments overflow `f64`.
    pub fn moments(self) -> Result<LayerMoments, MomentsError> {
        let mut accumulator = MomentsAccumulator::new(self.d_a(), self.d_b());
        for start in (0..self.samples()).step_by(ROWS) {
            let rows = s![start..self.samples().min(start + ROWS), ..];
            let (h_a, g_b) = (self.h_a.slice(rows), self.g_b.slice(rows));
            let h_b = self.h_b.as_ref().map_or_else(
                || h_a.dot(&self.weight.t()),
                |h_b| h_b.slice(rows).to_owned(),
            );
            let g_a = self
                .g_a
                .as_ref()
                .map_or_else(|| g_b.dot(&self.weight), |g_a| g_a.slice(rows).to_owned());
            accumulator.add(&SampleBlock {
                h_a,
                h_b: h_b.view(),
                g_a: g_a.view(),
                g_b,
            })?;
        }
        accumulator.finish(self.name, self.weight.view(), SampleAxis::Examples)
    }
}

/// The arrays of a file, gathered by layer in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Layers(Vec<Parts>);

#[derive(Debug)]
struct Parts {
    name: String,
    arrays: Vec<(Role, Array)>,
}

impl Layers {
    pub(crate) fn insert(
        &mut self,
        path: &Path,
        layer: &str,
        role: Role,
        array: Array,
    ) -> Result<(), DumpError> {
        let at = self
            .0
            .iter()
            .position(|parts| parts.name == layer)
            .unwrap_or_else(|| {
                self.0.push(Parts {
                    name: layer.to_owned(),
                    arrays: Vec::new(),
                });
                self.0.len() - 1
            });
        let parts = &mut self.0[at];
        if parts.arrays.iter().any(|(there, _)| *there == role) {
            return Err(DumpError::DuplicateArray {
                path: path.into(),
                array: parts.array(role),
            });
        }
        parts.arrays.push((role, array));
        Ok(())
    }

    /// Orders the layers by name.
    pub(crate) fn sort(&mut self) {
        self.0.sort_by(|a, b| names::natural(&a.name, &b.name));
    }

    pub(crate) fn finish(self, path: &Path) -> Result<Vec<LayerDump>, DumpError> {
        if self.0.is_empty() {
            return Err(DumpError::NoLayers { path: path.into() });
        }
        self.0.into_iter().map(|parts| parts.finish(path)).collect()
    }
}

impl Parts {
    fn array(&self, role: Role) -> String {
        format!("{}/{}", self.name, role.name())
    }

    /// Takes one array out, as a matrix in standard layout without NaN or infinity.
    fn take(&mut self, path: &Path, role: Role) -> Result<Option<Array2<f64>>, DumpError> {
        let Some(at) = self.arrays.iter().position(|(there, _)| *there == role) else {
            return Ok(None);
        };
        let (_, array) = self.arrays.swap_remove(at);
        let found = array.shape().to_vec();
        let rank = if role == Role::Weight {
            "2 axes, [d_b, d_a]"
        } else {
            "2 axes, [samples, neurons]"
        };
        let matrix = array
            .into_dimensionality::<Ix2>()
            .map_err(|_| self.misfit(path, role, found, rank.into()))?;
        check_finite("", &matrix.view()).map_err(|e| match e {
            MomentsError::NonFinite {
                row, column, value, ..
            } => DumpError::NonFinite {
                path: path.into(),
                array: self.array(role),
                row,
                column,
                value,
            },
            other => other.into(),
        })?;
        Ok(Some(matrix.as_standard_layout().into_owned()))
    }

    fn need(&mut self, path: &Path, role: Role) -> Result<Array2<f64>, DumpError> {
        let missing = DumpError::MissingArray {
            path: path.into(),
            array: self.array(role),
        };
        self.take(path, role)?.ok_or(missing)
    }

    fn misfit(&self, path: &Path, role: Role, found: Vec<usize>, expected: String) -> DumpError {
        DumpError::Shape {
            path: path.into(),
            array: self.array(role),
            found,
            expected,
        }
    }

    fn finish(mut self, path: &Path) -> Result<LayerDump, DumpError> {
        let (h_a, g_b) = (self.need(path, Role::HA)?, self.need(path, Role::GB)?);
        let weight = self.need(path, Role::Weight)?;
        let (h_b, g_a) = (self.take(path, Role::HB)?, self.take(path, Role::GA)?);
        let (d_b, d_a) = weight.dim();
        if d_a == 0 || d_b == 0 {
            let expected = "[d_b, d_a] with at least one neuron on both sides".to_owned();
            return Err(self.misfit(path, Role::Weight, vec![d_b, d_a], expected));
        }
        let n = h_a.len_of(Axis(0));
        let parts = [
            (Role::HA, Some(&h_a), d_a),
            (Role::GB, Some(&g_b), d_b),
            (Role::HB, h_b.as_ref(), d_b),
            (Role::GA, g_a.as_ref(), d_a),
        ];
        for (role, matrix, d) in parts {
            if let Some(matrix) = matrix.filter(|matrix| matrix.dim() != (n, d)) {
                let expected = format!(
                    "[{n}, {d}] to fit {} and the weight [{d_b}, {d_a}]",
                    self.array(Role::HA)
                );
                return Err(self.misfit(path, role, matrix.shape().to_vec(), expected));
            }
        }
        if n < 2 {
            return Err(DumpError::TooFewSamples {
                path: path.into(),
                array: self.array(Role::HA),
                found: n,
            });
        }
        Ok(LayerDump {
            name: self.name,
            h_a,
            g_b,
            weight,
            h_b,
            g_a,
        })
    }
}
