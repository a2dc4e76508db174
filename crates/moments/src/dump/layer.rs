//! One layer of a dump, from loose arrays to moments.

use std::ops::Range;
use std::path::Path;

use ndarray::{Array2, ArrayD, ArrayView2, Axis, CowArray, Ix1, Ix2, s};

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
    labels: Option<Vec<usize>>,
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

    /// The inputs, `[n, d_a]`.
    #[must_use]
    pub fn h_a(&self) -> ArrayView2<'_, f64> {
        self.h_a.view()
    }

    /// The outputs, `[n, d_b]`: those of the dump, or \\(W h_a\\) where it has none.
    #[must_use]
    pub fn h_b(&self) -> CowArray<'_, f64, Ix2> {
        self.h_b_of(0..self.samples())
    }

    /// The negative gradients of the inputs, `[n, d_a]`: those of the dump, or \\(W^\top g_b\\) where it has none.
    #[must_use]
    pub fn g_a(&self) -> CowArray<'_, f64, Ix2> {
        self.g_a_of(0..self.samples())
    }

    /// The negative gradients of the outputs, `[n, d_b]`.
    #[must_use]
    pub fn g_b(&self) -> ArrayView2<'_, f64> {
        self.g_b.view()
    }

    /// The weight, `[d_b, d_a]`.
    #[must_use]
    pub fn weight(&self) -> ArrayView2<'_, f64> {
        self.weight.view()
    }

    /// The class of each sample, counted from 0, if the dump has labels. Classes need not all
    /// occur; neural collapse, which compares their means, refuses a layer where one below the largest label does not.
    #[must_use]
    pub fn labels(&self) -> Option<&[usize]> {
        self.labels.as_deref()
    }

    /// Calls `f` with block after block of samples, in order, and with the rows that a block holds. What the dump lacks
    /// is computed a block at a time, so that it is never there as a whole.
    ///
    /// # Errors
    ///
    /// The first error of `f`, which is not called again then.
    pub fn for_each_block<E>(
        &self,
        mut f: impl FnMut(Range<usize>, &SampleBlock<'_, f64>) -> Result<(), E>,
    ) -> Result<(), E> {
        for start in (0..self.samples()).step_by(ROWS) {
            let rows = start..self.samples().min(start + ROWS);
            let (h_b, g_a) = (self.h_b_of(rows.clone()), self.g_a_of(rows.clone()));
            let block = SampleBlock {
                h_a: self.h_a.slice(s![rows.clone(), ..]),
                h_b: h_b.view(),
                g_a: g_a.view(),
                g_b: self.g_b.slice(s![rows.clone(), ..]),
            };
            f(rows, &block)?;
        }
        Ok(())
    }

    /// The layer's moments. A dump does not say what its rows are; they are recorded as
    /// [`SampleAxis::Examples`].
    ///
    /// # Errors
    ///
    /// If the moments overflow `f64`.
    pub fn moments(&self) -> Result<LayerMoments, MomentsError> {
        let mut accumulator = MomentsAccumulator::new(self.d_a(), self.d_b());
        self.for_each_block(|_, block| accumulator.add(block))?;
        accumulator.finish(&self.name, self.weight(), SampleAxis::Examples)
    }

    fn h_b_of(&self, rows: Range<usize>) -> CowArray<'_, f64, Ix2> {
        let rows = s![rows, ..];
        match &self.h_b {
            Some(h_b) => h_b.slice(rows).into(),
            None => self.h_a.slice(rows).dot(&self.weight.t()).into(),
        }
    }

    fn g_a_of(&self, rows: Range<usize>) -> CowArray<'_, f64, Ix2> {
        let rows = s![rows, ..];
        match &self.g_a {
            Some(g_a) => g_a.slice(rows).into(),
            None => self.g_b.slice(rows).dot(&self.weight).into(),
        }
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

    fn remove(&mut self, role: Role) -> Option<Array> {
        let at = self.arrays.iter().position(|(there, _)| *there == role)?;
        Some(self.arrays.swap_remove(at).1)
    }

    /// Takes one array out, as a matrix in standard layout without NaN or infinity.
    fn take(&mut self, path: &Path, role: Role) -> Result<Option<Array2<f64>>, DumpError> {
        let Some(array) = self.remove(role) else {
            return Ok(None);
        };
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

    /// Takes the labels out: one whole number of 0 or more for each of `n` samples.
    fn take_labels(&mut self, path: &Path, n: usize) -> Result<Option<Vec<usize>>, DumpError> {
        let Some(array) = self.remove(Role::Labels) else {
            return Ok(None);
        };
        let found = array.shape().to_vec();
        let array = array
            .into_dimensionality::<Ix1>()
            .ok()
            .filter(|labels| labels.len() == n)
            .ok_or_else(|| {
                let expected = format!("[{n}], one label for each row of {}", self.array(Role::HA));
                self.misfit(path, Role::Labels, found, expected)
            })?;
        let label = |(row, &value): (usize, &f64)| {
            let class = value as usize; // saturates, and is 0 for NaN
            if class as f64 == value {
                return Ok(class);
            }
            Err(DumpError::Label {
                path: path.into(),
                array: self.array(Role::Labels),
                row,
                value,
            })
        };
        array
            .iter()
            .enumerate()
            .map(label)
            .collect::<Result<_, _>>()
            .map(Some)
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
        let labels = self.take_labels(path, n)?;
        Ok(LayerDump {
            name: self.name,
            labels,
            h_a,
            g_b,
            weight,
            h_b,
            g_a,
        })
    }
}
