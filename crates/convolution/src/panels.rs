//! Products of matrices that lie in panels.
//!
//! A matrix `[rows, columns]` in panels is cut into strips of [`LANES`] columns; a strip lies row by row. Each operand of a product
//! is then read in order, and nothing is packed before it.

/// Columns of a panel.
pub(crate) const LANES: usize = 16;

/// Rows of the output that are computed at once: with two registers of eight lanes each, what the sixteen registers of AVX2 hold.
const ROWS: usize = 6;

/// Rows of the output of [`add_transposed`] that are computed at once.
const LEFT: usize = 4;

type Lanes = [f32; LANES];

/// Panels of so many columns.
pub(crate) fn count(columns: usize) -> usize {
    columns.div_ceil(LANES)
}

/// Numbers in a matrix `[rows, columns]` in panels.
pub(crate) fn size(rows: usize, columns: usize) -> usize {
    rows * count(columns) * LANES
}

/// Where an entry of a matrix of `rows` rows lies in panels.
#[inline(always)]
pub(crate) fn place(rows: usize, row: usize, column: usize) -> usize {
    (column / LANES * rows + row) * LANES + column % LANES
}

/// `out` `[rows, columns]` becomes the product of `a` `[rows, inner]` and `b` `[inner, columns]`, where `inner` is a multiple of
/// [`LANES`].
#[inline(always)]
pub(crate) fn product(a: &[f32], b: &[f32], out: &mut [f32], rows: usize, inner: usize) {
    let panels = b.chunks_exact(inner * LANES);
    for (b, out) in panels.zip(out.chunks_exact_mut(rows * LANES)) {
        let b = lanes(b);
        let (out, _) = out.as_chunks_mut::<LANES>();
        let mut row = 0;
        while row + ROWS <= rows {
            block::<ROWS>(a, b, out, row, rows);
            row += ROWS;
        }
        while row + 2 <= rows {
            block::<2>(a, b, out, row, rows);
            row += 2;
        }
        if row < rows {
            block::<1>(a, b, out, row, rows);
        }
    }
}

/// `R` rows of one panel of [`product`].
#[inline(always)]
fn block<const R: usize>(a: &[f32], b: &[Lanes], out: &mut [Lanes], row: usize, rows: usize) {
    let mut sums = [[0.0_f32; LANES]; R];
    for (a, b) in a.chunks_exact(rows * LANES).zip(b.chunks_exact(LANES)) {
        let a = &lanes(a)[row..row + R];
        for (k, b) in b.iter().enumerate() {
            for r in 0..R {
                let factor = a[r][k];
                for lane in 0..LANES {
                    sums[r][lane] = factor.mul_add(b[lane], sums[r][lane]);
                }
            }
        }
    }
    out[row..row + R].copy_from_slice(&sums);
}

/// Adds to `out` `[left, columns]` the product of `a` `[rows, left]`, transposed, and `b` `[rows, columns]`, where `left` is a
/// multiple of [`LANES`].
#[inline(always)]
pub(crate) fn add_transposed(a: &[f32], b: &[f32], out: &mut [f32], rows: usize, left: usize) {
    let panels = b.chunks_exact(rows * LANES);
    for (b, out) in panels.zip(out.chunks_exact_mut(left * LANES)) {
        let b = lanes(b);
        let (out, _) = out.as_chunks_mut::<LANES>();
        for (a, out) in a
            .chunks_exact(rows * LANES)
            .zip(out.chunks_exact_mut(LANES))
        {
            let a = lanes(a);
            for first in (0..LANES).step_by(LEFT) {
                let mut sums = [[0.0; LANES]; LEFT];
                sums.copy_from_slice(&out[first..first + LEFT]);
                for (a, b) in a.iter().zip(b) {
                    for r in 0..LEFT {
                        let factor = a[first + r];
                        for lane in 0..LANES {
                            sums[r][lane] = factor.mul_add(b[lane], sums[r][lane]);
                        }
                    }
                }
                out[first..first + LEFT].copy_from_slice(&sums);
            }
        }
    }
}

/// Rows of a panel.
#[inline(always)]
pub(crate) fn lanes(panel: &[f32]) -> &[Lanes] {
    panel.as_chunks::<LANES>().0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, columns: usize, seed: usize) -> Vec<f32> {
        let entry = |i: usize| ((i * 7919 + seed * 104_729) % 1009) as f32 / 1009.0 - 0.5;
        (0..rows * columns).map(entry).collect()
    }

    fn into_panels(x: &[f32], rows: usize, columns: usize) -> Vec<f32> {
        let mut out = vec![0.0; size(rows, columns)];
        for (i, x) in x.iter().enumerate() {
            out[place(rows, i / columns, i % columns)] = *x;
        }
        out
    }

    fn close(a: &[f32], b: &[f32]) {
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
    }

    #[test]
    fn products_are_those_of_plain_loops() {
        for (rows, inner, columns) in [(1, 16, 16), (7, 32, 48), (13, 48, 16), (96, 64, 20)] {
            let (a, b) = (matrix(rows, inner, 1), matrix(inner, columns, 2));
            let mut plain = vec![0.0; rows * columns];
            for r in 0..rows {
                for c in 0..columns {
                    plain[r * columns + c] = (0..inner)
                        .map(|k| a[r * inner + k] * b[k * columns + c])
                        .sum();
                }
            }
            let mut out = vec![1.0; size(rows, columns)];
            let a = into_panels(&a, rows, inner);
            product(&a, &into_panels(&b, inner, columns), &mut out, rows, inner);
            close(&out, &into_panels(&plain, rows, columns));
        }
    }

    #[test]
    fn transposed_products_are_added() {
        for (rows, left, columns) in [(1, 16, 16), (7, 32, 48), (96, 16, 20)] {
            let (a, b) = (matrix(rows, left, 3), matrix(rows, columns, 4));
            let mut plain = vec![1.0; left * columns];
            for l in 0..left {
                for c in 0..columns {
                    plain[l * columns + c] += (0..rows)
                        .map(|r| a[r * left + l] * b[r * columns + c])
                        .sum::<f32>();
                }
            }
            let mut out = into_panels(&vec![1.0; left * columns], left, columns);
            let a = into_panels(&a, rows, left);
            add_transposed(&a, &into_panels(&b, rows, columns), &mut out, rows, left);
            close(&out, &into_panels(&plain, left, columns));
        }
    }
}
