//! How work is shared between threads.

use rayon::prelude::*;

use crate::scratch::Scratch;
use crate::shape::Conv;

/// Parts into which the samples of a backward pass are cut, where the weight's gradient has so many numbers. Each part has a sum of
/// its own, so that the result is the same for any number of threads; large sums take time to be added up.
fn groups(len: usize) -> usize {
    if len < 1 << 19 { 4 } else { 2 }
}

/// Calls `work` with the inputs and outputs of groups of samples, side by side.
pub(crate) fn forward(
    conv: &Conv,
    x: &[f32],
    y: &mut [f32],
    work: impl Fn(&[f32], &mut [f32]) + Sync,
) {
    let samples = x.len() / conv.input();
    let each = samples.div_ceil(rayon::current_num_threads()).max(1);
    let inputs = x.par_chunks(each * conv.input());
    let outputs = y.par_chunks_mut(each * conv.output());
    inputs.zip(outputs).for_each(|(x, y)| work(x, y));
}

/// Calls `work` with the inputs, the outputs' gradients and the inputs' gradients (empty if nobody wants them) of groups of samples,
/// and a sum that starts at zero; gives the total of the sums, of `len` numbers each.
pub(crate) fn backward(
    conv: &Conv,
    [x, g]: [&[f32]; 2],
    g_x: Option<&mut [f32]>,
    len: usize,
    work: impl Fn([&[f32]; 2], &mut [f32], &mut [f32]) + Sync,
) -> Scratch {
    let each = (x.len() / conv.input()).div_ceil(groups(len)).max(1);
    let parts = x
        .chunks(each * conv.input())
        .zip(g.chunks(each * conv.output()));
    let mut g_x = g_x.map(|g_x| g_x.chunks_mut(each * conv.input()));
    let parts: Vec<_> = parts
        .map(|part| {
            (
                part,
                g_x.as_mut().and_then(Iterator::next).unwrap_or_default(),
            )
        })
        .collect();
    let sums: Vec<Scratch> = parts
        .into_par_iter()
        .map(|((x, g), g_x)| {
            let mut sum = Scratch::zeros(len);
            work([x, g], g_x, &mut sum);
            sum
        })
        .collect();
    let mut sums = sums.into_iter();
    let mut total = sums.next().unwrap_or_else(|| Scratch::zeros(len));
    for sum in sums {
        for (total, x) in total.iter_mut().zip(&*sum) {
            *total += x;
        }
    }
    total
}
