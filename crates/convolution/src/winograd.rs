//! 3×3 convolutions of stride 1 in Winograd's form \\(F(2 \times 2, 3 \times 3)\\).
//!
//! An output tile of 2×2 is \\(A^\top [(G W G^\top) \odot (B^\top d B)] A\\), where d is the 4×4 tile of the input around it
//! (Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks*, 2016). Summed over channels this is one product of
//! `[tiles, channels]` and `[channels, filters]` for each of 16 frequencies. The gradients are the transposes of the same maps:
//! with \\(q = A g A^\top\\), that of W is \\(G^\top [\sum (B^\top d B) \odot q] G\\), and that of d is
//! \\(B [(G W G^\top) \odot q] B^\top\\).

mod tiles;
mod transforms;

use crate::groups;
use crate::panels::{add_transposed, product, size};
use crate::scratch::Scratch;
use crate::shape::Conv;
use crate::vectorized::vectorized;
use tiles::Tiles;

/// Entries of a 4×4 tile, each of which becomes a product.
const FREQUENCIES: usize = 16;

/// Tiles of a block.
const BLOCK: usize = 96;

pub(crate) fn forward(conv: &Conv, x: &[f32], weight: &[f32], y: &mut [f32]) {
    let (c, f) = (conv.channels, conv.filters);
    let mut u = Scratch::any(FREQUENCIES * size(c, f));
    vectorized!(transforms::weight(weight, [c, f], &mut u));
    let u = &*u;
    groups::forward(conv, x, y, |x, y| {
        let mut v = Scratch::any(FREQUENCIES * size(BLOCK, c));
        let mut m = Scratch::any(FREQUENCIES * size(BLOCK, f));
        vectorized!({
            for tiles in Tiles::blocks(conv, x.len() / conv.input(), BLOCK) {
                let rows = tiles.len();
                let v = &mut v[..FREQUENCIES * size(rows, c)];
                let m = &mut m[..FREQUENCIES * size(rows, f)];
                tiles.read_inputs(x, v);
                each(
                    v,
                    m,
                    u,
                    #[inline(always)]
                    |v, m, u| product(v, u, m, rows, c),
                );
                tiles.write_outputs(m, y);
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
    let (c, f) = (conv.channels, conv.filters);
    let mut transposed = Scratch::any(FREQUENCIES * size(f, c));
    if let Some(g_x) = &mut g_x {
        g_x.fill(0.0);
        let mut u = Scratch::any(FREQUENCIES * size(c, f));
        vectorized!({
            transforms::weight(weight, [c, f], &mut u);
            transforms::transpose(&u, [c, f], &mut transposed);
        });
    }
    let transposed = &*transposed;
    let len = FREQUENCIES * size(c, f);
    let sum = groups::backward(conv, [x, g], g_x, len, |[x, g], g_x, sum| {
        let mut v = Scratch::any(FREQUENCIES * size(BLOCK, c));
        let mut q = Scratch::any(FREQUENCIES * size(BLOCK, f));
        vectorized!({
            for tiles in Tiles::blocks(conv, x.len() / conv.input(), BLOCK) {
                let rows = tiles.len();
                let v = &mut v[..FREQUENCIES * size(rows, c)];
                let q = &mut q[..FREQUENCIES * size(rows, f)];
                tiles.read_inputs(x, v);
                tiles.read_output_gradients(g, q);
                each(
                    q,
                    sum,
                    v,
                    #[inline(always)]
                    |q, sum, v| add_transposed(v, q, sum, rows, c),
                );
                if !g_x.is_empty() {
                    each(
                        q,
                        v,
                        transposed,
                        #[inline(always)]
                        |q, v, u| product(q, u, v, rows, f),
                    );
                    tiles.add_input_gradients(v, g_x);
                }
            }
        });
    });
    vectorized!(transforms::weight_gradient(&sum, [c, f], g_weight));
}

/// Calls `work` with the parts of three arrays that belong to a frequency, one frequency after another.
#[inline(always)]
fn each(a: &[f32], b: &mut [f32], c: &[f32], work: impl Fn(&[f32], &mut [f32], &[f32])) {
    let part = |len: usize| len / FREQUENCIES;
    let (of_a, of_b, of_c) = (part(a.len()), part(b.len()), part(c.len()));
    let parts = a
        .chunks_exact(of_a)
        .zip(b.chunks_exact_mut(of_b))
        .zip(c.chunks_exact(of_c));
    for ((a, b), c) in parts {
        work(a, b, c);
    }
}
