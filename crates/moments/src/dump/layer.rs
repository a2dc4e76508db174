//! One layer of a dump, from arrays in a file to moments.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::fit::FitAccumulator;
use super::labels::{self, Labels};
use super::stored::{Container, Rows, Stored};
use super::{DumpError, LinearFit};
use crate::{LayerMoments, MomentsAccumulator, SampleAxis, SampleBlock};

/// Most rows of a block.
const ROWS: usize = 1024;

/// Numbers of a block, on each of the two quantities, where it has more than one row.
const BLOCK: usize = 1 << 21;

/// One layer of a dump: every array is there or can be computed, and its shape fits the others. The numbers are still in
/// the file; what reads them also checks that they are finite and undamaged.
#[derive(Debug)]
pub struct LayerDump {
    pub(super) container: Arc<Container>,
    pub(super) name: String,
    pub(super) h_a: Stored,
    pub(super) g_b: Stored,
    pub(super) weight: Stored,
    pub(super) h_b: Option<Stored>,
    pub(super) g_a: Option<Stored>,
    pub(super) labels: Option<Stored>,
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
        self.h_a.shape[0]
    }

    /// Width of the input.
    #[must_use]
    pub fn d_a(&self) -> usize {
        self.weight.shape[1]
    }

    /// Width of the output.
    #[must_use]
    pub fn d_b(&self) -> usize {
        self.weight.shape[0]
    }

    /// Bytes that [`moments`](Self::moments) needs, with weight, labels and one block of samples; about, and not less than
    /// what it needs.
    #[must_use]
    pub fn moments_bytes(&self) -> u64 {
        let (d_a, d_b, n) = (self.d_a() as u64, self.d_b() as u64, self.samples() as u64);
        let square = |d: u64| d.saturating_mul(d);
        let moments = square(d_a).saturating_add(square(d_b)).saturating_mul(6);
        let weight = d_a.saturating_mul(d_b);
        let block = (self.rows() as u64 + 512).saturating_mul(4 * (d_a + d_b));
        let labels = if self.labels.is_some() { 2 * n } else { 0 };
        let numbers = [moments, weight, block, labels].into_iter();
        let copies = [&self.h_a, &self.g_b].into_iter();
        let copies = copies.chain(&self.h_b).chain(&self.g_a);
        numbers
            .fold(0, u64::saturating_add)
            .saturating_mul(8)
            .saturating_add(copies.map(Stored::copy_bytes).fold(0, u64::saturating_add))
    }

    /// The inputs, `[n, d_a]`, all at once.
    ///
    /// # Errors
    ///
    /// If the array cannot be read, is damaged, or a value is not finite.
    pub fn h_a(&self) -> Result<Array2<f64>, DumpError> {
        Rows::open(&self.container, &self.h_a)?.next(self.samples())
    }

    /// Some of the inputs, by rows that ascend.
    ///
    /// # Errors
    ///
    /// As [`h_a`](Self::h_a).
    pub fn h_a_rows(&self, chosen: &[usize]) -> Result<Array2<f64>, DumpError> {
        let mut out = Array2::zeros((chosen.len(), self.d_a()));
        let mut rows = Rows::open(&self.container, &self.h_a)?;
        let mut wanted = chosen.iter().enumerate().peekable();
        for range in self.blocks() {
            let block = rows.next(range.len())?;
            while let Some((to, &row)) = wanted.next_if(|(_, row)| **row < range.end) {
                if let Some(at) = row.checked_sub(range.start) {
                    out.row_mut(to).assign(&block.row(at));
                }
            }
        }
        Ok(out)
    }

    /// The weight, `[d_b, d_a]`.
    ///
    /// # Errors
    ///
    /// As [`h_a`](Self::h_a).
    pub fn weight(&self) -> Result<Array2<f64>, DumpError> {
        Rows::open(&self.container, &self.weight)?.next(self.d_b())
    }

    /// The classes of the samples, if the dump has labels.
    ///
    /// # Errors
    ///
    /// If the array cannot be read or is damaged, or a label is no class.
    pub fn labels(&self) -> Result<Option<Labels>, DumpError> {
        let stored = self.labels.as_ref();
        stored
            .map(|stored| labels::read(&self.container, stored))
            .transpose()
    }

    /// Reads and checks all that there is.
    ///
    /// # Errors
    ///
    /// If an array cannot be read, is damaged, a value is not finite, or a label is no class.
    pub fn check(&self) -> Result<(), DumpError> {
        self.weight()?;
        self.labels()?;
        let arrays = [&self.h_a, &self.g_b].into_iter();
        for stored in arrays.chain(&self.h_b).chain(&self.g_a) {
            let mut rows = Rows::open(&self.container, stored)?;
            for range in self.blocks() {
                rows.next(range.len())?;
            }
        }
        Ok(())
    }

    /// Calls `f` with block after block of samples, in order, and with the rows that a block holds. Only one block is in
    /// memory; what the dump lacks is computed: \\(h_b = W h_a\\), \\(g_a = W^\top g_b\\).
    ///
    /// # Errors
    ///
    /// The first error of `f`, which is not called again then; or if an array cannot be read, is damaged, or a value is not
    /// finite.
    pub fn for_each_block<E: From<DumpError>>(
        &self,
        mut f: impl FnMut(Range<usize>, &SampleBlock<'_, f64>) -> Result<(), E>,
    ) -> Result<(), E> {
        let open = |stored| Rows::open(&self.container, stored);
        let (mut h_a, mut g_b) = (open(&self.h_a)?, open(&self.g_b)?);
        let mut h_b = self.h_b.as_ref().map(open).transpose()?;
        let mut g_a = self.g_a.as_ref().map(open).transpose()?;
        let weight = match (&h_b, &g_a) {
            (Some(_), Some(_)) => Array2::zeros((0, 0)),
            _ => self.weight()?,
        };
        for range in self.blocks() {
            let n = range.len();
            let (h_a, g_b) = (h_a.next(n)?, g_b.next(n)?);
            let h_b = match &mut h_b {
                Some(h_b) => h_b.next(n)?,
                None => h_a.dot(&weight.t()),
            };
            let g_a = match &mut g_a {
                Some(g_a) => g_a.next(n)?,
                None => g_b.dot(&weight),
            };
            let block = SampleBlock {
                h_a: h_a.view(),
                h_b: h_b.view(),
                g_a: g_a.view(),
                g_b: g_b.view(),
            };
            f(range, &block)?;
        }
        Ok(())
    }

    /// The layer's moments. A dump does not say what its rows are; they are recorded as
    /// [`SampleAxis::Examples`].
    ///
    /// # Errors
    ///
    /// If the moments overflow `f64`, an array cannot be read, is damaged, or a value is not finite.
    pub fn moments(&self) -> Result<LayerMoments, DumpError> {
        let mut accumulator = MomentsAccumulator::new(self.d_a(), self.d_b());
        self.for_each_block::<DumpError>(|_, block| Ok(accumulator.add(block)?))?;
        let weight = self.weight()?;
        Ok(accumulator.finish(&self.name, weight.view(), SampleAxis::Examples)?)
    }

    /// Begins to measure how far \\(h_b\\) is from \\(W h_a\\) plus a constant; `None` if the dump has no \\(h_b\\), so that
    /// they are equal.
    ///
    /// # Errors
    ///
    /// If the weight cannot be read.
    pub fn fit(&self) -> Result<Option<FitAccumulator>, DumpError> {
        let weight = self.h_b.as_ref().map(|_| self.weight()).transpose()?;
        Ok(weight.map(FitAccumulator::new))
    }

    /// How far \\(h_b\\) is from \\(W h_a\\) plus a constant, with the likely cause where it is too far; `None` if the dump has
    /// no \\(h_b\\), or if \\(h_b\\) is constant.
    ///
    /// # Errors
    ///
    /// If an array cannot be read, is damaged, or a value is not finite.
    pub fn linear_fit(&self) -> Result<Option<LinearFit>, DumpError> {
        let Some(mut fit) = self.fit()? else {
            return Ok(None);
        };
        self.for_each_block::<DumpError>(|_, block| {
            fit.add(block);
            Ok(())
        })?;
        Ok(fit.finish())
    }

    fn rows(&self) -> usize {
        (BLOCK / (self.d_a() + self.d_b())).clamp(1, ROWS)
    }

    fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (n, rows) = (self.samples(), self.rows());
        (0..n)
            .step_by(rows)
            .map(move |start| start..n.min(start + rows))
    }
}
