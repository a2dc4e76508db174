//! The elementwise part of the accumulation: samples to `f64`, as they are and at unit norm, about a reference.

use ndarray::{ArrayView2, s};

use crate::Element;
use crate::arch::{Loop, dispatch};
use crate::layer::SideMoments;
use crate::scatter::Scatter;

/// Rows that are converted and multiplied at once: enough for the matrix product to run at full speed, few enough to
/// stay in cache at the widths of small networks.
const CHUNK: usize = 256;

/// The same for wide layers, whose matrices leave the cache in any case: fewer passes over them.
const WIDE_CHUNK: usize = 512;

/// Rows whose mean is the reference.
const HEAD: usize = 32;

/// Buffers that live as long as the accumulator.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    plain: Shifted,
    unit: Shifted,
}

/// A chunk of rows minus a reference that all rows of a span share, and the column sums of the span so far.
///
/// The products of such rows need one correction a span, \\(\sum_i (x_i - \mu)(x_i - \mu)^\top = \sum_i y_i y_i^\top -
/// n\\, m m^\top\\) with \\(y_i = x_i - r\\) of mean \\(m = \mu - r\\). Because \\(r\\) is the mean of the first
/// [`HEAD`] rows, the scatter is at least \\(\mathrm{HEAD}\\, m m^\top\\), so that the difference loses a factor of
/// `n / HEAD` at most, and none for samples in random order (DERIVED).
#[derive(Debug, Clone, Default)]
struct Shifted {
    rows: Vec<f64>,
    reference: Vec<f64>,
    sums: Vec<f64>,
}

impl Scratch {
    /// Adds a span of rows to one side, `h` and `g` of shape `[n, d]`.
    pub(crate) fn add<T: Element>(
        &mut self,
        side: &mut SideMoments,
        h: ArrayView2<'_, T>,
        g: ArrayView2<'_, T>,
    ) {
        let (samples, d) = h.dim();
        if d == 0 || samples == 0 {
            side.plain.samples += samples;
            side.unit.samples += samples;
            return;
        }
        self.refer_to_head(h, g);
        let chunk = if d < 512 { CHUNK } else { WIDE_CHUNK };
        for start in (0..samples).step_by(chunk) {
            let rows = s![start..samples.min(start + chunk), ..];
            let [zero_h, zero_g] = self.load(h.slice(rows), g.slice(rows));
            side.zero_norm_h += zero_h;
            side.zero_norm_g += zero_g;
            side.plain.add_products(&self.plain.rows);
            side.unit.add_products(&self.unit.rows);
        }
        self.plain.settle(&mut side.plain, samples);
        self.unit.settle(&mut side.unit, samples);
    }

    /// Takes the mean of the first rows for reference, and clears the sums.
    fn refer_to_head<T: Element>(&mut self, h: ArrayView2<'_, T>, g: ArrayView2<'_, T>) {
        let (samples, d) = h.dim();
        for part in [&mut self.plain, &mut self.unit] {
            part.clear(2 * d);
        }
        let head = s![..samples.min(HEAD), ..];
        self.load(h.slice(head), g.slice(head));
        for part in [&mut self.plain, &mut self.unit] {
            part.refer_to_rows();
        }
    }

    /// Fills both buffers with a chunk, and adds to their sums. Gives back how many \\(h\\) and \\(g\\) are zero.
    fn load<T: Element>(&mut self, h: ArrayView2<'_, T>, g: ArrayView2<'_, T>) -> [usize; 2] {
        let (samples, d) = h.dim();
        for part in [&mut self.plain, &mut self.unit] {
            part.rows.resize(2 * d * samples, 0.0);
        }
        let mut zeros = [0; 2];
        for ((half, from), zeros) in [h, g].into_iter().enumerate().zip(&mut zeros) {
            let from = from.as_standard_layout();
            let columns = half * d..(half + 1) * d;
            let plain = self.plain.half(columns.clone());
            let unit = self.unit.half(columns);
            let from = from.as_slice().unwrap_or_default();
            *zeros = dispatch(LoadHalf { from, plain, unit });
        }
        zeros
    }
}

impl Shifted {
    fn clear(&mut self, width: usize) {
        for vector in [&mut self.reference, &mut self.sums] {
            vector.clear();
            vector.resize(width, 0.0);
        }
    }

    /// Makes the mean of the rows at hand the reference. Taken about the first of them, so that a column of equal
    /// values has a scatter of exactly zero.
    fn refer_to_rows(&mut self) {
        let width = self.reference.len();
        let (first, others) = self.rows.split_at(width);
        self.sums.fill(0.0);
        for row in others.chunks_exact(width) {
            let differences = row.iter().zip(first);
            self.sums
                .iter_mut()
                .zip(differences)
                .for_each(|(sum, (x, first))| *sum += x - first);
        }
        let count = (self.rows.len() / width) as f64;
        for ((reference, first), sum) in self.reference.iter_mut().zip(first).zip(&self.sums) {
            *reference = first + sum / count;
        }
        self.sums.fill(0.0);
    }

    fn half(&mut self, columns: std::ops::Range<usize>) -> Half<'_> {
        let width = self.reference.len();
        Half {
            reference: &self.reference[columns.clone()],
            sums: &mut self.sums[columns.clone()],
            rows: &mut self.rows,
            start: columns.start,
            width,
        }
    }

    fn settle(&self, scatter: &mut Scatter, samples: usize) {
        scatter.settle(samples, &self.reference, &self.sums);
    }
}

/// The columns of \\(h\\) or of \\(g\\) in a [`Shifted`].
struct Half<'a> {
    reference: &'a [f64],
    sums: &'a mut [f64],
    /// All columns, `[n, width]`; those of this half begin at `start`.
    rows: &'a mut [f64],
    start: usize,
    width: usize,
}

/// Writes samples as they are and at unit norm; gives back how many are zero. Those stay zero.
struct LoadHalf<'a, T> {
    from: &'a [T],
    plain: Half<'a>,
    unit: Half<'a>,
}

impl<T: Element> Loop for LoadHalf<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run(self) -> usize {
        let Self { from, plain, unit } = self;
        let d = plain.reference.len();
        let mut zeros = 0;
        let rows = plain.rows.chunks_exact_mut(plain.width);
        let rows = rows.zip(unit.rows.chunks_exact_mut(unit.width));
        for (from, (to_plain, to_unit)) in from.chunks_exact(d).zip(rows) {
            let to_plain = &mut to_plain[plain.start..][..d];
            let to_unit = &mut to_unit[unit.start..][..d];
            to_plain
                .iter_mut()
                .zip(from)
                .for_each(|(to, &x)| *to = x.into());
            let norm = norm(to_plain);
            zeros += usize::from(norm == 0.0);
            scale(to_plain, to_unit, norm);
            shift(to_plain, plain.reference, plain.sums);
            shift(to_unit, unit.reference, unit.sums);
        }
        zeros
    }
}

/// `to = from / norm`, by the norm's inverse where that is as accurate. A zero row stays zero.
#[inline(always)]
fn scale(from: &[f64], to: &mut [f64], norm: f64) {
    let pairs = to.iter_mut().zip(from);
    if (1e-290..1e290).contains(&norm) {
        let inverse = norm.recip();
        pairs.for_each(|(to, x)| *to = x * inverse);
    } else {
        let norm = if norm > 0.0 { norm } else { 1.0 };
        pairs.for_each(|(to, x)| *to = x / norm);
    }
}

/// `row -= reference` and `sums += row`.
#[inline(always)]
fn shift(row: &mut [f64], reference: &[f64], sums: &mut [f64]) {
    for ((x, reference), sum) in row.iter_mut().zip(reference).zip(sums) {
        *x -= reference;
        *sum += *x;
    }
}

/// Euclidean norm, also where the squares of the entries overflow or underflow.
#[inline(always)]
fn norm(x: &[f64]) -> f64 {
    let square = sum_of_squares(x);
    if (1e-280..1e300).contains(&square) {
        return square.sqrt();
    }
    let largest = x.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    largest * x.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt()
}

/// Sum of squares, in eight lanes so that it vectorises.
#[inline(always)]
fn sum_of_squares(x: &[f64]) -> f64 {
    let (mut lanes, (chunks, tail)) = ([0.0; 8], x.as_chunks::<8>());
    for chunk in chunks {
        lanes
            .iter_mut()
            .zip(chunk)
            .for_each(|(lane, x)| *lane += x * x);
    }
    lanes.iter().sum::<f64>() + tail.iter().map(|x| x * x).sum::<f64>()
}
