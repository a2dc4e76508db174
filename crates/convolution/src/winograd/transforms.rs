//! The small matrices of Winograd's form, and what they make of weights.

use super::FREQUENCIES;
use crate::panels::{LANES, place, size};

/// Channels that are transformed at once: a tile of 16 fills the registers.
pub(super) const PART: usize = 8;

/// So many channels of one entry of a tile.
pub(super) type Part = [f32; PART];

#[inline(always)]
pub(super) fn add(a: Part, b: Part) -> Part {
    let mut out = a;
    for i in 0..PART {
        out[i] = a[i] + b[i];
    }
    out
}

#[inline(always)]
fn sub(a: Part, b: Part) -> Part {
    let mut out = a;
    for i in 0..PART {
        out[i] = a[i] - b[i];
    }
    out
}

#[inline(always)]
fn neg(a: Part) -> Part {
    let mut out = a;
    for x in &mut out {
        *x = -*x;
    }
    out
}

#[inline(always)]
fn half(a: Part) -> Part {
    let mut out = a;
    for x in &mut out {
        *x *= 0.5;
    }
    out
}

/// \\(T x T^\top\\) for a map T that is given by what it makes of a column.
#[inline(always)]
pub(super) fn both<const I: usize, const O: usize>(
    x: [[Part; I]; I],
    map: impl Fn([Part; I]) -> [Part; O] + Copy,
) -> [[Part; O]; O] {
    let mut columns = [[[0.0; PART]; O]; I];
    for j in 0..I {
        let mut column = [[0.0; PART]; I];
        for i in 0..I {
            column[i] = x[i][j];
        }
        columns[j] = map(column);
    }
    let mut out = [[[0.0; PART]; O]; O];
    for i in 0..O {
        let mut row = [[0.0; PART]; I];
        for j in 0..I {
            row[j] = columns[j][i];
        }
        out[i] = map(row);
    }
    out
}

/// \\(B^\top\\).
#[inline(always)]
pub(super) fn of_input([x0, x1, x2, x3]: [Part; 4]) -> [Part; 4] {
    [sub(x0, x2), add(x1, x2), sub(x2, x1), sub(x1, x3)]
}

/// \\(B\\).
#[inline(always)]
pub(super) fn of_input_transposed([d0, d1, d2, d3]: [Part; 4]) -> [Part; 4] {
    [d0, add(sub(d1, d2), d3), sub(add(d1, d2), d0), neg(d3)]
}

/// \\(A^\top\\).
#[inline(always)]
pub(super) fn of_output([m0, m1, m2, m3]: [Part; 4]) -> [Part; 2] {
    [add(add(m0, m1), m2), sub(sub(m1, m2), m3)]
}

/// \\(A\\).
#[inline(always)]
pub(super) fn of_output_transposed([g0, g1]: [Part; 2]) -> [Part; 4] {
    [g0, add(g0, g1), sub(g0, g1), neg(g1)]
}

/// \\(G\\).
#[inline(always)]
fn of_weight([w0, w1, w2]: [Part; 3]) -> [Part; 4] {
    let outer = add(w0, w2);
    [w0, half(add(outer, w1)), half(sub(outer, w1)), w2]
}

/// \\(G^\top\\).
#[inline(always)]
fn of_weight_transposed([u0, u1, u2, u3]: [Part; 4]) -> [Part; 3] {
    let sum = half(add(u1, u2));
    [add(u0, sum), half(sub(u1, u2)), add(sum, u3)]
}

#[inline(always)]
pub(super) fn load(x: &[f32], at: usize) -> Part {
    x[at..].first_chunk().copied().unwrap_or_default()
}

/// \\(G W G^\top\\) of `[3, 3, channels, filters]`: for each frequency `[channels, filters]` in panels.
#[inline(always)]
pub(super) fn weight(weight: &[f32], [channels, filters]: [usize; 2], u: &mut [f32]) {
    let of_frequency = size(channels, filters);
    for channel in 0..channels {
        for filter in (0..filters).step_by(PART) {
            let entry = |ky: usize, kx: usize| {
                load(
                    weight,
                    ((ky * 3 + kx) * channels + channel) * filters + filter,
                )
            };
            let w = std::array::from_fn(|ky| std::array::from_fn(|kx| entry(ky, kx)));
            let at = place(channels, channel, filter);
            for (k, part) in both(w, of_weight).as_flattened().iter().enumerate() {
                let at = k * of_frequency + at;
                u[at..at + PART].copy_from_slice(part);
            }
        }
    }
}

/// The gradient of [`weight`]: \\(G^\top u G\\).
#[inline(always)]
pub(super) fn weight_gradient(u: &[f32], [channels, filters]: [usize; 2], g_weight: &mut [f32]) {
    let of_frequency = size(channels, filters);
    for channel in 0..channels {
        for filter in (0..filters).step_by(PART) {
            let at = place(channels, channel, filter);
            let mut tile = [[[0.0; PART]; 4]; 4];
            for (k, part) in tile.as_flattened_mut().iter_mut().enumerate() {
                *part = load(u, k * of_frequency + at);
            }
            for (k, part) in both(tile, of_weight_transposed)
                .as_flattened()
                .iter()
                .enumerate()
            {
                let at = (k * channels + channel) * filters + filter;
                g_weight[at..at + PART].copy_from_slice(part);
            }
        }
    }
}

/// From `[rows, columns]` to `[columns, rows]` for each frequency, in panels; both are multiples of [`LANES`].
#[inline(always)]
pub(super) fn transpose(u: &[f32], [rows, columns]: [usize; 2], out: &mut [f32]) {
    let of_frequency = size(rows, columns);
    for k in 0..FREQUENCIES {
        let u = &u[k * of_frequency..(k + 1) * of_frequency];
        let out = &mut out[k * of_frequency..(k + 1) * of_frequency];
        for (panel, u) in u.chunks_exact(rows * LANES).enumerate() {
            for (block, u) in u.chunks_exact(LANES * LANES).enumerate() {
                let at = (block * columns + panel * LANES) * LANES;
                let out = &mut out[at..at + LANES * LANES];
                for i in 0..LANES {
                    for j in 0..LANES {
                        out[i * LANES + j] = u[j * LANES + i];
                    }
                }
            }
        }
    }
}
