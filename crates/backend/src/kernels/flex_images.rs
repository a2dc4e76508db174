//! Images in the host memory of flex: convolutions and batch norm by `formant-convolution`, member by member. Every function gives
//! `None` for tensors that are not in single precision and in order.

use burn::tensor::TensorData;
use burn_flex::FlexTensor;
use formant_convolution::{BatchNorm, Conv, Statistics};

use super::flex::in_order;
use super::{NormForm, Window};

fn made<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

fn conv([height, width, channels]: [usize; 3], filters: usize, window: Window) -> Conv {
    Conv {
        height,
        width,
        channels,
        filters,
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
    }
}

pub(super) fn conv2d(x: &FlexTensor, weight: &FlexTensor, window: Window) -> Option<FlexTensor> {
    let (x, [members, samples, height, width, channels]) = in_order(x)?;
    let (weight, [_, _, filters]) = in_order(weight)?;
    let conv = conv([height, width, channels], filters, window);
    let mut y = vec![0.0; members * samples * conv.output()];
    let inputs = x.chunks_exact(samples * conv.input());
    let weights = weight.chunks_exact(conv.patch() * filters);
    let outputs = y.chunks_exact_mut(samples * conv.output());
    for ((x, weight), y) in inputs.zip(weights).zip(outputs) {
        conv.forward(x, weight, y);
    }
    let [height, width] = conv.positions();
    Some(made(y, [members, samples, height, width, filters]))
}

pub(super) fn conv2d_backward(
    [x, weight, g]: [&FlexTensor; 3],
    window: Window,
    want_x: bool,
) -> Option<(FlexTensor, Option<FlexTensor>)> {
    let (x, shape @ [members, samples, height, width, channels]) = in_order(x)?;
    let (weight, of_weight @ [_, _, filters]) = in_order(weight)?;
    let (g, [_, _, _, _, _]) = in_order(g)?;
    let conv = conv([height, width, channels], filters, window);
    let mut g_weight = vec![0.0; weight.len()];
    let mut g_x = want_x.then(|| vec![0.0; x.len()]);
    let (of_input, of_output) = (samples * conv.input(), samples * conv.output());
    let rows = conv.patch() * filters;
    for member in 0..members {
        let inputs = member * of_input..(member + 1) * of_input;
        let weights = member * rows..(member + 1) * rows;
        let g = &g[member * of_output..(member + 1) * of_output];
        let factors = [&x[inputs.clone()], &weight[weights.clone()], g];
        let g_x = g_x.as_mut().map(|g_x| &mut g_x[inputs]);
        conv.backward(factors, &mut g_weight[weights], g_x);
    }
    Some((made(g_weight, of_weight), g_x.map(|g_x| made(g_x, shape))))
}

pub(super) fn patches(x: &FlexTensor, window: Window) -> Option<FlexTensor> {
    let (x, [members, samples, height, width, channels]) = in_order(x)?;
    let conv = conv([height, width, channels], 1, window);
    let [height, width] = conv.positions();
    let shape = [members, samples, height, width, conv.patch()];
    let mut out = vec![0.0; shape.iter().product()];
    conv.patches(x, &mut out);
    Some(made(out, shape))
}

pub(super) fn add_patches(
    patches: &FlexTensor,
    window: Window,
    [height, width]: [usize; 2],
) -> Option<FlexTensor> {
    let (patches, [members, samples, _, _, entries]) = in_order(patches)?;
    let channels = entries / (window.kernel * window.kernel);
    let conv = conv([height, width, channels], 1, window);
    let shape = [members, samples, height, width, channels];
    let mut x = vec![0.0; shape.iter().product()];
    conv.add_patches(patches, &mut x);
    Some(made(x, shape))
}

pub(super) fn batch_norm(
    x: &FlexTensor,
    [scale, shift]: [&FlexTensor; 2],
    shortcut: Option<&FlexTensor>,
    form: NormForm,
) -> Option<[FlexTensor; 3]> {
    let (x, shape @ [members, rows, channels]) = in_order(x)?;
    let (scale, [_, _, _]) = in_order(scale)?;
    let (shift, [_, _, _]) = in_order(shift)?;
    let shortcut = match shortcut {
        Some(shortcut) => Some(in_order::<3>(shortcut)?.0),
        None => None,
    };
    let mut y = vec![0.0; x.len()];
    let (mut mean, mut variance) = (Vec::new(), Vec::new());
    for member in 0..members {
        let of_rows = member * rows * channels..(member + 1) * rows * channels;
        let of_channels = member * channels..(member + 1) * channels;
        let norm = norm(&scale[of_channels.clone()], &shift[of_channels], form);
        let shortcut = shortcut.map(|shortcut| &shortcut[of_rows.clone()]);
        let statistics = norm.forward(&x[of_rows.clone()], shortcut, &mut y[of_rows]);
        mean.extend(statistics.mean);
        variance.extend(statistics.variance);
    }
    let of_channels = [members, 1, channels];
    Some([
        made(y, shape),
        made(mean, of_channels),
        made(variance, of_channels),
    ])
}

fn norm<'a>(scale: &'a [f32], shift: &'a [f32], form: NormForm) -> BatchNorm<'a> {
    BatchNorm {
        scale,
        shift,
        epsilon: form.epsilon,
        rectify: form.rectify,
    }
}

/// `g` becomes the gradient of the shortcut.
pub(super) fn batch_norm_backward(
    [x, y, scale, mean, variance]: [&FlexTensor; 5],
    g: &mut FlexTensor,
    form: NormForm,
) -> Option<[FlexTensor; 3]> {
    let (x, shape @ [members, rows, channels]) = in_order(x)?;
    let (y, [_, _, _]) = in_order(y)?;
    let start = g.layout().start_offset();
    let _: (&[f32], [usize; 3]) = in_order(g)?;
    let [scale, mean, variance] = [scale, mean, variance].map(in_order::<3>);
    let (scale, mean, variance) = (scale?.0, mean?.0, variance?.0);
    let g_shortcut: &mut [f32] = &mut g.storage_mut()[start..start + x.len()];
    let mut g_x = vec![0.0; x.len()];
    let (mut g_scale, mut g_shift) = (Vec::new(), Vec::new());
    for member in 0..members {
        let of_rows = member * rows * channels..(member + 1) * rows * channels;
        let of_channels = member * channels..(member + 1) * channels;
        let scale = &scale[of_channels.clone()];
        let statistics = Statistics {
            mean: mean[of_channels.clone()].to_vec(),
            variance: variance[of_channels].to_vec(),
        };
        // The shift has no part in the backward pass.
        let [scales, shifts] = norm(scale, scale, form).backward(
            &statistics,
            [&x[of_rows.clone()], &y[of_rows.clone()]],
            &mut g_shortcut[of_rows.clone()],
            &mut g_x[of_rows],
        );
        g_scale.extend(scales);
        g_shift.extend(shifts);
    }
    let of_channels = [members, 1, channels];
    Some([
        made(g_x, shape),
        made(g_scale, of_channels),
        made(g_shift, of_channels),
    ])
}
