//! The teacher task: fresh random inputs, labelled by a fixed random network of two layers.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, linalg::general_mat_mul};
use serde::{Deserialize, Serialize};

use crate::rng::{Purpose, fill_normal_f32, normal_f32, stream};
use crate::{Batch, DataError, TargetKind, Targets, Task};

/// The teacher's non-linearity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeacherActivation {
    /// $\sin$.
    #[default]
    Sine,
    /// $\max(0, \cdot)$.
    Relu,
}

/// How the variance of the inputs is distributed over directions. The mean variance of a coordinate is always 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Spectrum {
    /// Equal in all directions: $N(0, I)$.
    #[default]
    White,
    /// The $k$-th principal direction ($k = 1, 2, \dots$) has a standard deviation proportional to `k^-exponent`. The
    /// directions are a random orthogonal basis, drawn with the teacher.
    PowerLaw {
        /// The exponent; 0 is white.
        exponent: f64,
    },
}

/// The settings of a [`TeacherTask`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeacherConfig {
    /// Width of an input.
    pub inputs: usize,
    /// Hidden units of the teacher.
    pub hidden: usize,
    /// Width of a target.
    pub outputs: usize,
    /// The teacher's non-linearity.
    pub activation: TeacherActivation,
    /// Factor on the targets. At 1, a sine teacher's outputs have a standard deviation of about 0.7.
    pub amplitude: f32,
    /// Standard deviation of the phases $v$. At 0 a sine teacher is odd, \\(y(-x) = -y(x)\\); at 1, most of the
    /// variance of its targets that no linear function can fit is in the even part.
    pub phase: f32,
    /// How the variance of the inputs is spread over directions.
    pub spectrum: Spectrum,
}

impl Default for TeacherConfig {
    fn default() -> Self {
        Self {
            inputs: 100,
            hidden: 100,
            outputs: 1,
            activation: TeacherActivation::Sine,
            amplitude: 0.5,
            phase: 1.0,
            spectrum: Spectrum::White,
        }
    }
}

impl TeacherConfig {
    fn check(&self) -> Result<(), DataError> {
        for (field, width) in [
            ("inputs", self.inputs),
            ("hidden", self.hidden),
            ("outputs", self.outputs),
        ] {
            if width == 0 {
                return Err(DataError::Config {
                    field,
                    found: "0".into(),
                    expected: "at least 1",
                });
            }
        }
        for (field, factor) in [("amplitude", self.amplitude), ("phase", self.phase)] {
            if !factor.is_finite() {
                return Err(DataError::Config {
                    field,
                    found: factor.to_string(),
                    expected: "a finite number",
                });
            }
        }
        match self.spectrum {
            Spectrum::PowerLaw { exponent } if !exponent.is_finite() => Err(DataError::Config {
                field: "spectrum.power_law.exponent",
                found: exponent.to_string(),
                expected: "a finite number",
            }),
            _ => Ok(()),
        }
    }
}

/// Fresh Gaussian inputs, labelled by a fixed random network of two layers.
///
/// A sample is \\(x \in \mathbb{R}^{d}\\), its target
/// \\[ y = s\\, U\\, \phi(W x + v), \qquad W_{ij} \sim N(0, 1/d),\quad v_i \sim N(0, p^2),\quad U_{ki} \sim N(0, 1/m), \\]
/// with \\(m\\) hidden units, amplitude \\(s\\), phases of standard deviation \\(p\\), and \\(\phi\\) the sine or ReLU.
/// Inputs are \\(N(0, I)\\) ([`Spectrum::White`]) or Gaussian with a power law of standard deviations in a random basis
/// ([`Spectrum::PowerLaw`]).
///
/// The default (100 inputs, 100 hidden units, 1 output, sine, amplitude 0.5) came nearest to the published curves of
/// the fully connected network in a first scan (MEASURED; the paper does not name its task). A later search came
/// nearer without phases. Each seed has its own teacher, so an interval over seeds includes the variation between
/// teachers.
#[derive(Debug)]
pub struct TeacherTask {
    config: TeacherConfig,
    seed: u64,
    /// `[inputs, hidden]`, the transpose of $W$.
    first: Array2<f32>,
    /// `[hidden]`, $v$.
    phase: Array1<f32>,
    /// `[hidden, outputs]`, the transpose of $U$ times the amplitude.
    second: Array2<f32>,
    /// `[inputs, inputs]`: a white row times this matrix is an input row. `None` if inputs are white.
    colour: Option<Array2<f32>>,
    scratch: Scratch,
}

/// Memory that is reused between batches.
#[derive(Debug, Default)]
struct Scratch {
    white: Array2<f32>,
    hidden: Array2<f32>,
}

impl TeacherTask {
    /// A task whose teacher, inputs and held-out samples come from `seed`.
    ///
    /// # Errors
    /// If a width is 0, or the amplitude or exponent is not finite.
    pub fn new(config: TeacherConfig, seed: u64) -> Result<Self, DataError> {
        config.check()?;
        let TeacherConfig {
            inputs,
            hidden,
            outputs,
            ..
        } = config;
        let first_scale = (inputs as f32).sqrt().recip();
        let second_scale = config.amplitude * (hidden as f32).sqrt().recip();
        let colour = match config.spectrum {
            Spectrum::White => None,
            Spectrum::PowerLaw { exponent } => Some(power_law(seed, inputs, exponent)),
        };
        Ok(Self {
            first: weights(seed, 0, (inputs, hidden), first_scale),
            phase: weights(seed, 1, (1, hidden), config.phase).remove_axis(ndarray::Axis(0)),
            second: weights(seed, 2, (hidden, outputs), second_scale),
            colour,
            scratch: Scratch::default(),
            config,
            seed,
        })
    }

    /// The task's settings.
    #[must_use]
    pub fn config(&self) -> &TeacherConfig {
        &self.config
    }

    /// The seed of the teacher and of the inputs.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The teacher's noiseless outputs `[samples, outputs]` for `inputs` `[samples, inputs]`.
    fn label(&self, inputs: &Array2<f32>, hidden: &mut Array2<f32>) -> Array2<f32> {
        resize(hidden, (inputs.nrows(), self.config.hidden));
        general_mat_mul(1.0, inputs, &self.first, 0.0, hidden);
        *hidden += &self.phase;
        match self.config.activation {
            TeacherActivation::Sine => hidden.mapv_inplace(f32::sin),
            TeacherActivation::Relu => hidden.mapv_inplace(|x| x.max(0.0)),
        }
        hidden.dot(&self.second)
    }

    /// `size` samples from the stream of `purpose` and `counter`.
    fn samples(&self, purpose: Purpose, counter: u64, size: usize, scratch: &mut Scratch) -> Batch {
        let mut rng = stream(self.seed, purpose, counter);
        let mut inputs = Array2::zeros((size, self.config.inputs));
        match &self.colour {
            None => fill_rows(&mut rng, &mut inputs),
            Some(colour) => {
                resize(&mut scratch.white, inputs.dim());
                fill_rows(&mut rng, &mut scratch.white);
                general_mat_mul(1.0, &scratch.white, colour, 0.0, &mut inputs);
            }
        }
        let targets = self.label(&inputs, &mut scratch.hidden);
        Batch {
            inputs,
            targets: Targets::Values(targets),
        }
    }
}

impl Task for TeacherTask {
    fn inputs(&self) -> usize {
        self.config.inputs
    }

    fn outputs(&self) -> usize {
        self.config.outputs
    }

    fn target_kind(&self) -> TargetKind {
        TargetKind::Regression
    }

    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError> {
        if size == 0 {
            return Err(DataError::Empty { what: "a batch" });
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let batch = self.samples(Purpose::Batch, step, size, &mut scratch);
        self.scratch = scratch;
        Ok(batch)
    }

    fn holdout(&self, n: usize) -> Result<Batch, DataError> {
        if n == 0 {
            return Err(DataError::Empty {
                what: "a held-out set",
            });
        }
        Ok(self.samples(Purpose::Holdout, 0, n, &mut Scratch::default()))
    }

    fn data_hashes(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
}

/// Gaussian weights of the teacher, entries N(0, scale²).
fn weights(seed: u64, which: u64, dim: (usize, usize), scale: f32) -> Array2<f32> {
    let mut rng = stream(seed, Purpose::Teacher, which);
    let mut out = Array2::zeros(dim);
    fill_rows(&mut rng, &mut out);
    out *= scale;
    out
}

/// Fills a matrix in standard layout with N(0, 1), row by row.
fn fill_rows(rng: &mut rand_chacha::ChaCha8Rng, out: &mut Array2<f32>) {
    for mut row in out.rows_mut() {
        if let Some(row) = row.as_slice_mut() {
            fill_normal_f32(rng, row);
        }
    }
}

fn resize(matrix: &mut Array2<f32>, dim: (usize, usize)) {
    if matrix.dim() != dim {
        *matrix = Array2::zeros(dim);
    }
}

/// `[n, n]`: rows are orthogonal, the k-th of norm proportional to `k^-exponent`, with a mean squared norm of 1.
fn power_law(seed: u64, n: usize, exponent: f64) -> Array2<f32> {
    let mut rng = stream(seed, Purpose::Teacher, 3);
    let draws = normal_f32(&mut rng, n * n);
    let mut basis = Array2::from_shape_fn((n, n), |(i, j)| f64::from(draws[i * n + j]));
    orthonormalise(&mut basis);
    let mut std = Array1::from_shape_fn(n, |k| ((k + 1) as f64).powf(-exponent));
    let mean_variance = std.dot(&std) / n as f64;
    std /= mean_variance.sqrt();
    for (mut row, s) in basis.rows_mut().into_iter().zip(&std) {
        row *= *s;
    }
    basis.mapv(|x| x as f32)
}

/// Makes the rows orthonormal (Gram-Schmidt, twice for each row, which removes the effect of rounding).
fn orthonormalise(rows: &mut Array2<f64>) {
    for i in 0..rows.nrows() {
        let (done, mut rest) = rows.view_mut().split_at(ndarray::Axis(0), i);
        let mut row = rest.row_mut(0);
        for _ in 0..2 {
            for other in done.rows() {
                let overlap = row.dot(&other);
                row.scaled_add(-overlap, &other);
            }
        }
        let norm = row.dot(&row).sqrt();
        row /= norm;
    }
}
