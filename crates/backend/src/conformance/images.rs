//! Convolutions and batch norm, against the same sums written out.

use burn::tensor::{Tensor, TensorData};

use super::{Check, PRODUCT_TOLERANCE, entries, error, host};
use crate::{
    KernelsAutodiff, NormForm, Window, batch_norm, batch_norm_backward, conv2d, conv2d_backward,
    patches,
};

fn load<B: KernelsAutodiff, const D: usize>(
    shape: [usize; D],
    salt: u32,
    device: &B::Device,
) -> Tensor<B, D> {
    let values = entries(shape.iter().product(), salt);
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Members, samples, rows, columns, channels, filters.
type Sizes = [usize; 6];

/// Calls `each` with the places in images, patches, weight and output of every product of which a convolution is a sum. The image is
/// that of `None` in the padding.
fn products(
    [members, samples, height, width, channels, filters]: Sizes,
    window: Window,
    mut each: impl FnMut(Option<usize>, usize, usize, usize),
) {
    let [rows, columns] = window.positions([height, width]);
    let patch = window.kernel * window.kernel * channels;
    for image in 0..members * samples {
        for position in 0..rows * columns {
            for entry in 0..patch {
                let (pixel, channel) = (entry / channels, entry % channels);
                let y = position / columns * window.stride + pixel / window.kernel;
                let x = position % columns * window.stride + pixel % window.kernel;
                let inside = |at: usize, side| at >= window.padding && at < side + window.padding;
                let from = (inside(y, height) && inside(x, width)).then(|| {
                    let (y, x) = (y - window.padding, x - window.padding);
                    ((image * height + y) * width + x) * channels + channel
                });
                let row = image * rows * columns + position;
                for filter in 0..filters {
                    let weight = (image / samples * patch + entry) * filters + filter;
                    each(from, row * patch + entry, weight, row * filters + filter);
                }
            }
        }
    }
}

/// Sizes with and without a fast form.
const CASES: [(Sizes, Window); 3] = [
    ([2, 3, 5, 4, 16, 16], window(3, 1, 1)),
    ([2, 2, 5, 6, 3, 16], window(3, 2, 1)),
    ([1, 2, 4, 4, 16, 5], window(1, 2, 0)),
];

const fn window(kernel: usize, stride: usize, padding: usize) -> Window {
    Window {
        kernel,
        stride,
        padding,
    }
}

/// The output, and both gradients, through the graph and without it.
pub(super) fn convolution<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let mut worst = 0.0_f64;
    for (sizes, window) in CASES {
        let [members, samples, height, width, channels, filters] = sizes;
        let [rows, columns] = window.positions([height, width]);
        let patch = window.kernel * window.kernel * channels;
        let x = load::<B, 5>([members, samples, height, width, channels], 50, device);
        let weight = load::<B, 3>([members, patch, filters], 51, device);
        let g = load::<B, 5>([members, samples, rows, columns, filters], 52, device);
        let (hx, hw, hg) = (host(x.clone()), host(weight.clone()), host(g.clone()));
        let (mut y, mut g_x) = (vec![0.0; hg.len()], vec![0.0; hx.len()]);
        let mut g_weight = vec![0.0; hw.len()];
        products(sizes, window, |from, _, weight, to| {
            if let Some(from) = from {
                y[to] += hx[from] * hw[weight];
                g_x[from] += hg[to] * hw[weight];
                g_weight[weight] += hg[to] * hx[from];
            }
        });
        let (x, weight) = (x.require_grad(), weight.require_grad());
        let out = conv2d(x.clone(), weight.clone(), window);
        let found = host(out.clone());
        let mut grads = (out * g.clone()).sum().backward();
        let of_x = x.grad_remove(&mut grads).map(host).unwrap_or_default();
        let of_weight = weight.grad_remove(&mut grads).map(host).unwrap_or_default();
        let (own_weight, own_x) =
            conv2d_backward(x.inner(), weight.inner(), g.inner(), window, true);
        let own_x = own_x.map(host).unwrap_or_default();
        let all = [
            error(&found, &y),
            error(&of_x, &g_x),
            error(&of_weight, &g_weight),
            error(&own_x, &g_x),
            error(&host(own_weight), &g_weight),
        ];
        worst = all.into_iter().fold(worst, f64::max);
    }
    Check {
        name: "convolution of images and its gradients",
        error: worst,
        tolerance: PRODUCT_TOLERANCE,
    }
}

/// Patches of images, and the gradient through them.
pub(super) fn patches_gradient<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let mut worst = 0.0_f64;
    for (mut sizes, window) in CASES {
        sizes[5] = 1;
        let [members, samples, height, width, channels, _] = sizes;
        let [rows, columns] = window.positions([height, width]);
        let patch = window.kernel * window.kernel * channels;
        let x =
            load::<B, 5>([members, samples, height, width, channels], 53, device).require_grad();
        let factors = load::<B, 5>([members, samples, rows, columns, patch], 54, device);
        let (hx, hf) = (host(x.clone()), host(factors.clone()));
        let (mut expected, mut gradient) = (vec![0.0; hf.len()], vec![0.0; hx.len()]);
        products(sizes, window, |from, entry, _, _| {
            if let Some(from) = from {
                expected[entry] = hx[from];
                gradient[from] += hf[entry];
            }
        });
        let found = patches(x.clone(), window);
        let values = host(found.clone());
        let mut grads = (found * factors).sum().backward();
        let of_x = x.grad_remove(&mut grads).map(host).unwrap_or_default();
        let both = error(&values, &expected).max(error(&of_x, &gradient));
        worst = worst.max(both);
    }
    Check {
        name: "patches of images and their gradient",
        error: worst,
        tolerance: 1e-5,
    }
}

/// The backward pass of a batch norm with a shortcut and a rectifier, against burn's graph through plain operations.
pub(super) fn norm_gradient<B: KernelsAutodiff>(device: &B::Device) -> Check {
    let mut worst = 0.0_f64;
    for rectify in [true, false] {
        let form = NormForm {
            epsilon: 1e-5,
            rectify,
        };
        let (shape, of_channels) = ([2, 13, 5], [2, 1, 5]);
        let x = load::<B, 3>(shape, 55, device)
            .add_scalar(3.0)
            .require_grad();
        let scale = load::<B, 3>(of_channels, 56, device).require_grad();
        let shift = load::<B, 3>(of_channels, 57, device).require_grad();
        let shortcut = load::<B, 3>(shape, 58, device).require_grad();
        let g = load::<B, 3>(shape, 59, device);
        let of_graph = batch_norm(
            x.clone(),
            [scale.clone(), shift.clone()],
            Some(shortcut.clone()),
            form,
        );
        let mut grads = (of_graph.y.clone() * g.clone()).sum().backward();
        let expected = [&x, &shortcut, &scale, &shift]
            .map(|x| x.grad_remove(&mut grads).map(host).unwrap_or_default());
        let [x, scale, shift, shortcut] = [x, scale, shift, shortcut].map(Tensor::inner);
        let own = batch_norm(x.clone(), [scale.clone(), shift], Some(shortcut), form);
        worst = worst.max(error(&host(own.y.clone()), &host(of_graph.y.inner())));
        let found = batch_norm_backward(x, own, g.inner(), scale, form);
        let found = [found.x, found.shortcut, found.scale, found.shift].map(host);
        for (found, expected) in found.iter().zip(&expected) {
            worst = worst.max(error(found, expected));
        }
    }
    Check {
        name: "batch norm and its gradients",
        error: worst,
        tolerance: 1e-5,
    }
}
