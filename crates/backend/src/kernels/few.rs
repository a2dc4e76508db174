//! Products and steps with a handful of samples, where reading the weight is what takes time.
//!
//! A general product packs its factors for reuse; with two samples there is hardly any, and packing is most of the work.
//! These loops read a weight once, in the order in which it lies in memory. Sums run in a fixed order: the bits do not
//! depend on the machine.

use pulp::Arch;

use super::Descent;

/// The maximum number of samples for which the loops are used.
pub(super) const FEW: usize = 4;

/// Rows of the weight that are added at once, so that the sums are read and written less often.
const ROWS: usize = 8;

/// Partial sums of a dot product.
const LANES: usize = 32;

/// `out` `[n, p]` becomes the product of `a` `[n, k]` and `b` `[k, p]`, all row by row; `n` is at most [`FEW`].
pub(super) fn product(a: &[f32], b: &[f32], p: usize, out: &mut [f32]) {
    out.fill(0.0);
    let k = b.len() / p;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut row = 0;
            while row + ROWS <= k {
                let rows = &b[row * p..(row + ROWS) * p];
                for (a, out) in a.chunks_exact(k).zip(out.chunks_exact_mut(p)) {
                    add_rows(&a[row..row + ROWS], rows, out);
                }
                row += ROWS;
            }
            for row in row..k {
                let b = &b[row * p..(row + 1) * p];
                for (a, out) in a.chunks_exact(k).zip(out.chunks_exact_mut(p)) {
                    for (out, b) in out.iter_mut().zip(b) {
                        *out += a[row] * b;
                    }
                }
            }
        },
    );
}

/// Adds [`ROWS`] rows with their factors.
#[inline(always)]
fn add_rows(factors: &[f32], rows: &[f32], out: &mut [f32]) {
    let p = out.len();
    let row = |i: usize| &rows[i * p..(i + 1) * p];
    let [r0, r1, r2, r3, r4, r5, r6, r7] = [0, 1, 2, 3, 4, 5, 6, 7].map(row);
    let Ok([a0, a1, a2, a3, a4, a5, a6, a7]) = <[f32; ROWS]>::try_from(factors) else {
        return;
    };
    for j in 0..p {
        let low = (a0 * r0[j] + a1 * r1[j]) + (a2 * r2[j] + a3 * r3[j]);
        let high = (a4 * r4[j] + a5 * r5[j]) + (a6 * r6[j] + a7 * r7[j]);
        out[j] += low + high;
    }
}

/// One step of one member: see [`descend`](super::descend). `weight` is `[k, p]`, `h_a` `[n, k]`, `g_b` `[n, p]`, `g_a`
/// `[n, k]`; `n` is from 1 to [`FEW`].
pub(super) fn descend(
    weight: &mut [f32],
    [h_a, g_b]: [&[f32]; 2],
    g_a: &mut [f32],
    p: usize,
    step: Descent,
) {
    Arch::new().dispatch(
        #[inline(always)]
        || match g_b.len() / p {
            1 => rows::<1>(weight, [h_a, g_b], g_a, p, step),
            2 => rows::<2>(weight, [h_a, g_b], g_a, p, step),
            3 => rows::<3>(weight, [h_a, g_b], g_a, p, step),
            _ => rows::<FEW>(weight, [h_a, g_b], g_a, p, step),
        },
    );
}

/// [`descend`] with `N` samples, row by row of the weight.
#[inline(always)]
fn rows<const N: usize>(
    weight: &mut [f32],
    [h_a, g_b]: [&[f32]; 2],
    g_a: &mut [f32],
    p: usize,
    step: Descent,
) {
    let k = h_a.len() / N;
    let g: [_; N] = std::array::from_fn(|s| g_b[s * p..(s + 1) * p].as_chunks::<LANES>());
    for (i, row) in weight.chunks_exact_mut(p).enumerate() {
        let rates: [f32; N] = std::array::from_fn(|s| step.rate * h_a[s * k + i]);
        let mut sums = [[0.0_f32; LANES]; N];
        let (whole, rest) = row.as_chunks_mut::<LANES>();
        for (c, w) in whole.iter_mut().enumerate() {
            let g: [&[f32; LANES]; N] = std::array::from_fn(|s| &g[s].0[c]);
            for lane in 0..LANES {
                let mut change = 0.0;
                for s in 0..N {
                    sums[s][lane] += w[lane] * g[s][lane];
                    change += rates[s] * g[s][lane];
                }
                w[lane] = step.keep * w[lane] - change;
            }
        }
        for s in 0..N {
            let mut sum = halves(sums[s]);
            for (w, g) in rest.iter().zip(g[s].1) {
                sum += w * g;
            }
            g_a[s * k + i] = sum;
        }
        for (c, w) in rest.iter_mut().enumerate() {
            let change: f32 = (0..N).map(|s| rates[s] * g[s].1[c]).sum();
            *w = step.keep * *w - change;
        }
    }
}

/// The sum of partial sums, half by half.
#[inline(always)]
fn halves(mut sums: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}
