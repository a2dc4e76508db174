//! Convolutions through their patches, a block of positions at a time.

use crate::groups;
use crate::panels::{LANES, add_transposed, count, place, product, size};
use crate::scratch::Scratch;
use crate::shape::Conv;
use crate::vectorized::vectorized;

/// Numbers in the patches of a block, about: half of a usual second-level cache.
const BLOCK: usize = 1 << 16;

pub(crate) fn forward(conv: &Conv, x: &[f32], weight: &[f32], y: &mut [f32]) {
    let inner = inner(conv);
    let mut b = Scratch::zeros(size(inner, conv.filters));
    weight_panels(conv, weight, |row, column, w| {
        b[place(inner, row, column)] = w
    });
    let b = &*b;
    groups::forward(conv, x, y, |x, y| {
        let rows = rows(conv);
        let mut a = Scratch::zeros(size(rows, inner));
        let mut out = Scratch::any(size(rows, conv.filters));
        vectorized!({
            for (k, y) in y.chunks_mut(rows * conv.filters).enumerate() {
                let rows_here = y.len() / conv.filters;
                let a = &mut a[..size(rows_here, inner)];
                unfold(conv, x, k * rows, rows_here, a);
                let out = &mut out[..size(rows_here, conv.filters)];
                product(a, b, out, rows_here, inner);
                from_panels(out, y, conv.filters);
            }
        });
    });
}

pub(crate) fn backward(
    conv: &Conv,
    [x, weight, g]: [&[f32]; 3],
    g_weight: &mut [f32],
    mut g_x: Option<&mut [f32]>,
) {
    let inner = inner(conv);
    let filters = count(conv.filters) * LANES;
    let mut transposed = Scratch::zeros(size(filters, conv.patch()));
    weight_panels(conv, weight, |row, column, w| {
        transposed[place(filters, column, row)] = w
    });
    let transposed = &*transposed;
    if let Some(g_x) = &mut g_x {
        g_x.fill(0.0);
    }
    let sum = groups::backward(
        conv,
        [x, g],
        g_x,
        size(inner, conv.filters),
        |[x, g], g_x, sum| {
            let rows = rows(conv);
            let mut a = Scratch::zeros(size(rows, inner));
            let mut b = Scratch::zeros(size(rows, conv.filters));
            vectorized!({
                for (k, g) in g.chunks(rows * conv.filters).enumerate() {
                    let rows_here = g.len() / conv.filters;
                    let a = &mut a[..size(rows_here, inner)];
                    let b = &mut b[..size(rows_here, conv.filters)];
                    unfold(conv, x, k * rows, rows_here, a);
                    into_panels(g, b, conv.filters);
                    add_transposed(a, b, sum, rows_here, inner);
                    if !g_x.is_empty() {
                        let a = &mut a[..size(rows_here, conv.patch())];
                        product(b, transposed, a, rows_here, filters);
                        fold(conv, a, k * rows, rows_here, g_x);
                    }
                }
            });
        },
    );
    for (row, g_weight) in g_weight.chunks_exact_mut(conv.filters).enumerate() {
        for (column, g) in g_weight.iter_mut().enumerate() {
            *g = sum[place(inner, row, column)];
        }
    }
}

/// Columns of the patches, filled up to whole panels.
fn inner(conv: &Conv) -> usize {
    count(conv.patch()) * LANES
}

/// Positions of a block.
fn rows(conv: &Conv) -> usize {
    (BLOCK / inner(conv)).clamp(24, 1024)
}

fn weight_panels(conv: &Conv, weight: &[f32], mut put: impl FnMut(usize, usize, f32)) {
    for (row, weights) in weight.chunks_exact(conv.filters).enumerate() {
        for (column, w) in weights.iter().enumerate() {
            put(row, column, *w);
        }
    }
}

/// Calls `each` with the row of the patch matrix, the first column and the place of the first channel (none in the padding) of every
/// pixel of every patch of a block of positions.
#[inline(always)]
fn pixels(
    conv: &Conv,
    first: usize,
    rows: usize,
    mut each: impl FnMut(usize, usize, Option<usize>),
) {
    let [height, width] = conv.positions();
    for row in 0..rows {
        let position = first + row;
        let (sample, y, x) = (
            position / (height * width),
            position / width % height,
            position % width,
        );
        for ky in 0..conv.kernel {
            let top = (y * conv.stride + ky).wrapping_sub(conv.padding);
            for kx in 0..conv.kernel {
                let left = (x * conv.stride + kx).wrapping_sub(conv.padding);
                let inside = top < conv.height && left < conv.width;
                let pixel = (sample * conv.height + top.min(conv.height)) * conv.width;
                let at = inside.then(|| (pixel + left) * conv.channels);
                each(row, (ky * conv.kernel + kx) * conv.channels, at);
            }
        }
    }
}

/// The patches of a block of positions, in panels. Columns past the patch are left as they are.
#[inline(always)]
fn unfold(conv: &Conv, x: &[f32], first: usize, rows: usize, out: &mut [f32]) {
    let whole = conv.channels.is_multiple_of(LANES);
    let zeros = [0.0; LANES];
    pixels(
        conv,
        first,
        rows,
        #[inline(always)]
        |row, column, at| {
            if whole {
                for part in (0..conv.channels).step_by(LANES) {
                    let to = place(rows, row, column + part);
                    let from = at.map_or(&zeros[..], |at| &x[at + part..at + part + LANES]);
                    out[to..to + LANES].copy_from_slice(from);
                }
            } else {
                for channel in 0..conv.channels {
                    out[place(rows, row, column + channel)] = at.map_or(0.0, |at| x[at + channel]);
                }
            }
        },
    );
}

/// Adds every entry of the patches to the pixel that it came from.
#[inline(always)]
fn fold(conv: &Conv, patches: &[f32], first: usize, rows: usize, x: &mut [f32]) {
    let whole = conv.channels.is_multiple_of(LANES);
    pixels(
        conv,
        first,
        rows,
        #[inline(always)]
        |row, column, at| {
            let Some(at) = at else {
                return;
            };
            let step = if whole { LANES } else { 1 };
            for part in (0..conv.channels).step_by(step) {
                let from = place(rows, row, column + part);
                let to = &mut x[at + part..at + part + step];
                for (x, patch) in to.iter_mut().zip(&patches[from..from + step]) {
                    *x += patch;
                }
            }
        },
    );
}

/// From row by row to panels. Columns past the last are left as they are.
#[inline(always)]
fn into_panels(x: &[f32], out: &mut [f32], columns: usize) {
    let rows = x.len() / columns;
    for (row, x) in x.chunks_exact(columns).enumerate() {
        for (panel, x) in x.chunks(LANES).enumerate() {
            let at = place(rows, row, panel * LANES);
            out[at..at + x.len()].copy_from_slice(x);
        }
    }
}

/// From panels to row by row.
#[inline(always)]
fn from_panels(panels: &[f32], out: &mut [f32], columns: usize) {
    let rows = out.len() / columns;
    for (row, out) in out.chunks_exact_mut(columns).enumerate() {
        for (panel, out) in out.chunks_mut(LANES).enumerate() {
            let at = place(rows, row, panel * LANES);
            out.copy_from_slice(&panels[at..at + out.len()]);
        }
    }
}

/// The patches of all positions, row by row.
pub(crate) fn rows_of(conv: &Conv, x: &[f32], out: &mut [f32]) {
    let positions = out.len() / conv.patch();
    pixels(conv, 0, positions, |row, column, at| {
        let to = row * conv.patch() + column;
        let to = &mut out[to..to + conv.channels];
        match at {
            Some(at) => to.copy_from_slice(&x[at..at + conv.channels]),
            None => to.fill(0.0),
        }
    });
}

/// The transpose of [`rows_of`]: adds every entry to the pixel that it came from.
pub(crate) fn add_rows(conv: &Conv, rows: &[f32], x: &mut [f32]) {
    let positions = rows.len() / conv.patch();
    pixels(conv, 0, positions, |row, column, at| {
        let Some(at) = at else {
            return;
        };
        let from = row * conv.patch() + column;
        let sums = x[at..at + conv.channels].iter_mut();
        for (sum, entry) in sums.zip(&rows[from..from + conv.channels]) {
            *sum += entry;
        }
    });
}
