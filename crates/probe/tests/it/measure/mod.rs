//! Moments measured through taps, against the same moments computed by hand; and what a measurement refuses.

mod refusals;

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{DType, Tensor, TensorData};
use formant_backend::NdArray64;
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_probe::{Observer, Site, Tap, measure, observe};
use ndarray::{Array1, Array2, s};

type B = NdArray64;

const SIDES: [Side; 2] = [Side::A, Side::B];
const VARIANTS: [Variant; 3] = [Variant::Raw, Variant::Centered, Variant::Normalized];
const MOMENTS: [Moment; 3] = [Moment::H, Moment::G, Moment::Cross];

/// Fixed numbers in (-1, 1).
fn matrix(salt: usize, rows: usize, columns: usize) -> Array2<f64> {
    let entry = |(i, j): (usize, usize)| {
        ((i * columns + j + 1).pow(2) as f64 * 0.731 + 5.0 * salt as f64).sin()
    };
    Array2::from_shape_fn((rows, columns), entry)
}

fn tensor<const D: usize>(values: &[f64], shape: [usize; D]) -> Tensor<B, D> {
    let data = TensorData::new(values.to_vec(), shape);
    Tensor::from_data(data, (&Default::default(), DType::F64))
}

fn rows(matrix: &Array2<f64>) -> Tensor<B, 2> {
    let values: Vec<f64> = matrix.iter().copied().collect();
    tensor(&values, [matrix.nrows(), matrix.ncols()])
}

fn linear(weight: &Array2<f64>, bias: Option<&Array1<f64>>) -> Linear<B> {
    Linear {
        weight: Param::from_tensor(rows(weight)),
        bias: bias.map(|b| Param::from_tensor(tensor(&b.to_vec(), [b.len()]))),
    }
}

/// Two of burn's own layers, 4 -> 3 -> 2, the first with a bias.
struct Net {
    first: Linear<B>,
    second: Linear<B>,
}

fn weights() -> (Array2<f64>, Array1<f64>, Array2<f64>) {
    (
        matrix(1, 4, 3),
        matrix(2, 1, 3).row(0).to_owned(),
        matrix(3, 3, 2),
    )
}

impl Net {
    fn new() -> Self {
        let (first, bias, second) = weights();
        Self {
            first: linear(&first, Some(&bias)),
            second: linear(&second, None),
        }
    }

    fn forward(&self, x: Tensor<B, 2>, observer: &mut impl Observer<B>) -> Tensor<B, 2> {
        let site = Site::new("first");
        let h = observe(
            observer,
            &site,
            x.clone(),
            &self.first,
            self.first.forward(x),
        )
        .tanh();
        let site = Site::new("second");
        observe(
            observer,
            &site,
            h.clone(),
            &self.second,
            self.second.forward(h),
        )
    }

    /// Squared error, summed.
    fn loss(&self, x: Tensor<B, 2>, t: Tensor<B, 2>, tap: &mut Tap<B>) -> Tensor<B, 1> {
        (self.forward(x, tap) - t).powi_scalar(2).sum()
    }
}

/// Inputs and targets.
fn data(samples: usize) -> (Array2<f64>, Array2<f64>) {
    (matrix(4, samples, 4), matrix(5, samples, 2))
}

/// Moments of one measurement over chunks of these sizes.
fn measured(sizes: &[usize]) -> Vec<LayerMoments> {
    let (x, t) = data(sizes.iter().sum());
    let mut start = 0;
    let chunks: Vec<_> = sizes
        .iter()
        .map(|size| {
            let range = start..start + size;
            start = range.end;
            let part = |all: &Array2<f64>| rows(&all.slice(s![range.clone(), ..]).to_owned());
            (part(&x), part(&t))
        })
        .collect();
    let net = Net::new();
    measure::<B, _, _>(chunks, |(x, t), tap| net.loss(x, t, tap)).unwrap()
}

/// The samples of one layer, `[samples, neurons]`.
struct Sides {
    h: [Array2<f64>; 2],
    g: [Array2<f64>; 2],
}

/// Forward and backward by hand.
fn by_hand(samples: usize) -> [Sides; 2] {
    let (x, t) = data(samples);
    let (first, bias, second) = weights();
    let before = x.dot(&first) + &bias;
    let h = before.mapv(f64::tanh);
    let y = h.dot(&second);
    let g_y = (&y - &t) * -2.0;
    let g_h = g_y.dot(&second.t());
    let g_before = &g_h * &h.mapv(|h| 1.0 - h * h);
    let g_x = g_before.dot(&first.t());
    [
        Sides {
            h: [x, before],
            g: [g_x, g_before],
        },
        Sides {
            h: [h, y],
            g: [g_h, g_y],
        },
    ]
}

fn moment_by_hand(sides: &Sides, side: usize, moment: Moment, variant: Variant) -> Array2<f64> {
    let prepare = |samples: &Array2<f64>| {
        let mut samples = samples.clone();
        if variant == Variant::Normalized {
            for mut row in samples.rows_mut() {
                let norm = row.dot(&row).sqrt();
                row /= norm;
            }
        }
        if variant != Variant::Raw {
            let mean = samples.sum_axis(ndarray::Axis(0)) / samples.nrows() as f64;
            samples -= &mean;
        }
        samples
    };
    let (h, g) = (prepare(&sides.h[side]), prepare(&sides.g[side]));
    let (left, right) = match moment {
        Moment::H => (&h, &h),
        Moment::G => (&g, &g),
        Moment::Cross => (&g, &h),
    };
    left.t().dot(right) / h.nrows() as f64
}

/// Largest difference between two matrices, relative to the largest entry.
fn gap(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
    let largest = |m: &Array2<f64>| m.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    largest(&(found - expected)) / largest(expected)
}

#[test]
fn observed_layers_of_burn_have_the_moments_computed_by_hand() {
    let found = measured(&[9]);
    let (first, _, second) = weights();
    for (layer, (expected, weight)) in found.iter().zip(by_hand(9).iter().zip([&first, &second])) {
        assert_eq!(layer.samples(), 9);
        assert_eq!(
            layer.weight(),
            weight.t(),
            "PyTorch's orientation, [d_b, d_a]"
        );
        for (index, side) in SIDES.into_iter().enumerate() {
            for moment in MOMENTS {
                for variant in VARIANTS {
                    let expected = moment_by_hand(expected, index, moment, variant);
                    let error = gap(&layer.second_moment(side, moment, variant), &expected);
                    let name = layer.name();
                    assert!(
                        error < 1e-12,
                        "{name} {side:?} {moment:?} {variant:?}: {error:e}"
                    );
                }
            }
        }
    }
    let names: Vec<&str> = found.iter().map(LayerMoments::name).collect();
    assert_eq!(names, ["first", "second"]);
}

#[test]
fn the_output_that_is_observed_includes_the_bias() {
    let net = Net::new();
    let mut tap = Tap::new();
    let (x, t) = data(3);
    let mut gradients = net.loss(rows(&x), rows(&t), &mut tap).backward();
    let samples = tap.samples(&mut gradients).unwrap();
    let found: Vec<f64> = samples[0].h_b.to_data().iter::<f64>().collect();
    let expected = &by_hand(3)[0].h[1];
    assert!(
        found
            .iter()
            .zip(expected)
            .all(|(f, e)| (f - e).abs() < 1e-14)
    );
}

#[test]
fn chunks_of_any_size_give_the_moments_of_one_pass() {
    let whole = measured(&[12]);
    for sizes in [&[6, 6][..], &[1, 11], &[5, 4, 2, 1]] {
        for (part, whole) in measured(sizes).iter().zip(&whole) {
            assert_eq!(part.samples(), 12);
            for side in SIDES {
                for variant in VARIANTS {
                    let of =
                        |layer: &LayerMoments| layer.second_moment(side, Moment::Cross, variant);
                    let error = gap(&of(part), &of(whole));
                    assert!(error < 1e-12, "{sizes:?} {side:?} {variant:?}: {error:e}");
                }
            }
        }
    }
}
