//! Every pass against seven loops in double precision.

use proptest::prelude::*;

use super::*;

/// Numbers that look random, and are the same each time.
fn numbers(len: usize, seed: usize) -> Vec<f32> {
    let number = |i: usize| ((i * 7919 + seed * 104_729 + 13) % 1009) as f32 / 1009.0 - 0.5;
    (0..len).map(number).collect()
}

/// Calls `each` with the places in input, weight and output of every product of which a convolution is a sum.
fn products(conv: &Conv, samples: usize, mut each: impl FnMut(usize, usize, usize)) {
    let [height, width] = conv.positions();
    let k = conv.kernel;
    for n in 0..samples {
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            for (ky, kx) in (0..k).flat_map(|ky| (0..k).map(move |kx| (ky, kx))) {
                let (top, left) = (y * conv.stride + ky, x * conv.stride + kx);
                let (top, left) = (
                    top.wrapping_sub(conv.padding),
                    left.wrapping_sub(conv.padding),
                );
                if top >= conv.height || left >= conv.width {
                    continue;
                }
                for (c, f) in
                    (0..conv.channels).flat_map(|c| (0..conv.filters).map(move |f| (c, f)))
                {
                    let input = ((n * conv.height + top) * conv.width + left) * conv.channels + c;
                    let weight = ((ky * k + kx) * conv.channels + c) * conv.filters + f;
                    each(
                        input,
                        weight,
                        ((n * height + y) * width + x) * conv.filters + f,
                    );
                }
            }
        }
    }
}

fn close(found: &[f32], expected: &[f64], what: &str) {
    let scale = expected.iter().fold(1e-3, |max: f64, x| max.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(*found) - expected).abs() / scale;
        assert!(error < 2e-6, "{what} {i}: {found} for {expected}");
    }
}

/// All three passes against seven loops in double precision.
fn is_a_convolution(conv: Conv, samples: usize) {
    let x = numbers(samples * conv.input(), 1);
    let weight = numbers(conv.patch() * conv.filters, 2);
    let g = numbers(samples * conv.output(), 3);
    let mut y = vec![f64::from(0.0_f32); g.len()];
    let (mut g_x, mut g_weight) = (vec![0.0; x.len()], vec![0.0; weight.len()]);
    products(&conv, samples, |i, w, o| {
        y[o] += f64::from(x[i]) * f64::from(weight[w]);
        g_x[i] += f64::from(g[o]) * f64::from(weight[w]);
        g_weight[w] += f64::from(x[i]) * f64::from(g[o]);
    });
    let mut found = vec![1.0; y.len()];
    conv.forward(&x, &weight, &mut found);
    close(&found, &y, "output");
    let (mut found_x, mut found_weight) = (vec![1.0; x.len()], vec![1.0; weight.len()]);
    conv.backward([&x, &weight, &g], &mut found_weight, Some(&mut found_x));
    close(&found_x, &g_x, "input's gradient");
    close(&found_weight, &g_weight, "weight's gradient");
    let mut alone = vec![1.0; weight.len()];
    conv.backward([&x, &weight, &g], &mut alone, None);
    assert_eq!(alone, found_weight);
}

fn conv(
    [height, width]: [usize; 2],
    [channels, filters]: [usize; 2],
    [kernel, stride, padding]: [usize; 3],
) -> Conv {
    Conv {
        height,
        width,
        channels,
        filters,
        kernel,
        stride,
        padding,
    }
}

#[test]
fn the_shapes_of_a_residual_network() {
    is_a_convolution(conv([8, 8], [3, 16], [3, 1, 1]), 2); // stem
    is_a_convolution(conv([8, 8], [16, 16], [3, 1, 1]), 5);
    is_a_convolution(conv([8, 8], [16, 32], [3, 2, 1]), 3);
    is_a_convolution(conv([8, 8], [16, 32], [1, 2, 0]), 3);
    is_a_convolution(conv([4, 4], [32, 48], [3, 1, 1]), 7);
    is_a_convolution(conv([20, 20], [16, 32], [3, 1, 1]), 2); // more tiles than a block has
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_shape(
        sides in [3_usize..8, 3..8], wide in prop::bool::ANY, channels in [1_usize..20, 1..20],
        kernel in 1_usize..4, stride in 1_usize..4, padding in 0_usize..2, samples in 1_usize..6,
    ) {
        let channels = if wide { [16, 32] } else { channels };
        is_a_convolution(conv(sides, channels, [kernel, stride, padding]), samples);
    }

    #[test]
    fn winograd_of_any_size(sides in [1_usize..10, 1..10], samples in 1_usize..6) {
        is_a_convolution(conv(sides, [16, 16], [3, 1, 1]), samples);
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for shape in [
        conv([6, 6], [16, 32], [3, 1, 1]),
        conv([6, 6], [5, 7], [3, 2, 1]),
    ] {
        let samples = 9;
        let x = numbers(samples * shape.input(), 1);
        let weight = numbers(shape.patch() * shape.filters, 2);
        let g = numbers(samples * shape.output(), 3);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let mut y = vec![0.0; g.len()];
                shape.forward(&x, &weight, &mut y);
                let (mut g_x, mut g_weight) = (vec![0.0; x.len()], vec![0.0; weight.len()]);
                shape.backward([&x, &weight, &g], &mut g_weight, Some(&mut g_x));
                [y, g_x, g_weight]
            })
        };
        assert_eq!(run(1), run(3));
    }
}
