//! Neuron gradients of every sample, on both sides of every linear map, against finite differences of that sample's
//! own loss.

use std::ops::Range;

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Tensor, TensorData};
use formant_backend::{Flex, Kernels, KernelsAutodiff, NdArray64};
use formant_data::rng::{Purpose, stream, uniform_f32};
use formant_models::{Activation, Bias, FastPaths, Linear, Mlp, Network};
use formant_probe::{Observer, Site, Tap};

const WIDTHS: [usize; 4] = [4, 5, 3, 2];
const MEMBERS: usize = 2;
const SAMPLES: usize = 5;
/// Of weights, inputs and targets; one for which no pre-activation comes near a kink.
const SEED: u64 = 7;
/// No pre-activation may be nearer than this to ReLU's kink: finite differences would cross it.
const KINK: f64 = 1e-3;
/// Step of the finite differences.
const STEP: f64 = 1e-5;

#[derive(Debug, Clone, Copy)]
enum Loss {
    Squared,
    CrossEntropy,
}

/// One network, the same numbers on every backend and in every precision.
#[derive(Debug, Clone, Copy)]
struct Case {
    activation: Activation,
    bias: Bias,
    loss: Loss,
}

fn cases() -> impl Iterator<Item = Case> {
    let activations = [Activation::Tanh, Activation::Relu];
    let biases = [Bias::None, Bias::Learned];
    activations.into_iter().flat_map(move |activation| {
        biases.into_iter().flat_map(move |bias| {
            let losses = [Loss::Squared, Loss::CrossEntropy].into_iter();
            losses.map(move |loss| Case {
                activation,
                bias,
                loss,
            })
        })
    })
}

/// Values in (-1, 1) that `f32` holds exactly.
fn values(which: u64, count: usize) -> Vec<f64> {
    let drawn = uniform_f32(&mut stream(SEED, Purpose::Noise, which), -1.0, 1.0, count);
    drawn.into_iter().map(f64::from).collect()
}

fn tensor<B: Backend>(values: Vec<f64>, shape: [usize; 3], dtype: DType) -> Tensor<B, 3> {
    Tensor::from_data(TensorData::new(values, shape), (&Default::default(), dtype))
}

fn host<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

impl Case {
    fn network<B: Backend>(self, dtype: DType) -> Mlp<B> {
        let layers = (0..).zip(WIDTHS.windows(2)).map(|(i, pair)| {
            let [a, b] = [pair[0], pair[1]];
            let weight = tensor(values(2 * i, MEMBERS * a * b), [MEMBERS, a, b], dtype);
            let bias = tensor(values(2 * i + 1, MEMBERS * b), [MEMBERS, 1, b], dtype);
            Linear::from_tensors(weight, (self.bias == Bias::Learned).then_some(bias))
        });
        Mlp::from_layers(layers.collect(), self.activation).unwrap()
    }

    /// Regression targets, or one class a row.
    fn targets(self) -> Vec<f64> {
        let width = WIDTHS[3];
        let rows = MEMBERS * SAMPLES;
        match self.loss {
            Loss::Squared => values(90, rows * width),
            Loss::CrossEntropy => (0..rows * width)
                .map(|i| f64::from(u8::from(i % width == (i / width) % width)))
                .collect(),
        }
    }

    /// The loss of every row, `[members * samples]`, in plain numbers.
    fn row_losses(self, outputs: &[f64]) -> Vec<f64> {
        let targets = self.targets();
        let rows = outputs.chunks(WIDTHS[3]).zip(targets.chunks(WIDTHS[3]));
        rows.map(|(y, t)| match self.loss {
            Loss::Squared => y.iter().zip(t).map(|(y, t)| (y - t).powi(2)).sum(),
            Loss::CrossEntropy => {
                let normaliser: f64 = y.iter().map(|y| y.exp()).sum();
                y.iter()
                    .zip(t)
                    .map(|(y, t)| t * (normaliser.ln() - y))
                    .sum()
            }
        })
        .collect()
    }

    /// The sum of the losses as a tensor.
    fn sum<B: Backend>(self, outputs: Tensor<B, 3>) -> Tensor<B, 1> {
        let shape = outputs.dims();
        let targets = tensor(self.targets(), shape, outputs.dtype());
        match self.loss {
            Loss::Squared => (outputs - targets).powi_scalar(2).sum(),
            Loss::CrossEntropy => {
                let normaliser = outputs.clone().exp().sum_dim(2).log();
                ((normaliser.expand(shape) - outputs) * targets).sum()
            }
        }
    }
}

fn inputs<B: Backend>(dtype: DType) -> Tensor<B, 3> {
    let shape = [MEMBERS, SAMPLES, WIDTHS[0]];
    tensor(values(80, shape.iter().product()), shape, dtype)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    A,
    B,
}

/// Moves one entry of one side of one linear map. A move of `h_a` is seen by that map only, as its gradient `g_a` is
/// defined.
struct Nudge<'a> {
    site: &'a str,
    side: Side,
    entry: usize,
    by: f64,
}

impl<B: Backend> Observer<B> for Nudge<'_> {
    fn wants(&self, site: &Site) -> bool {
        site.name == self.site
    }

    fn linear(
        &mut self,
        _: &Site,
        h_a: &Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let shape = match self.side {
            Side::A => h_a.dims(),
            Side::B => h_b.dims(),
        };
        let mut delta = vec![0.0; shape.iter().product()];
        delta[self.entry] = self.by;
        let delta = tensor(delta, shape, h_b.dtype());
        match self.side {
            Side::A => h_b + delta.matmul(weight.clone()),
            Side::B => h_b + delta,
        }
    }
}

/// The gradients of one side of one layer, `[members, samples, width]`.
struct Gradients {
    site: String,
    side: Side,
    width: usize,
    values: Vec<f64>,
}

/// What the tap says, from one backward pass.
fn tapped<B: KernelsAutodiff>(case: Case, dtype: DType) -> Vec<Gradients> {
    let mut tap = Tap::<B>::new();
    let outputs = case.network::<B>(dtype).forward(inputs(dtype), &mut tap);
    let mut gradients = case.sum(outputs).backward();
    let samples = tap.samples(&mut gradients).unwrap();
    assert_eq!(samples.len(), 3);
    let mut all = Vec::new();
    for one in samples {
        for (side, g) in [(Side::A, one.g_a), (Side::B, one.g_b)] {
            let width = g.dims()[2];
            all.push(Gradients {
                site: one.site.name.to_string(),
                side,
                width,
                values: host(g),
            });
        }
        if case.activation == Activation::Relu && one.site.name != "readout" {
            assert!(
                host(one.h_b).iter().all(|h| h.abs() > KINK),
                "{case:?}: choose other inputs"
            );
        }
    }
    all
}

fn rows<B: Kernels>(case: Case, network: &Mlp<B>, nudge: Nudge) -> Vec<f64> {
    let mut nudge = nudge;
    case.row_losses(&host(network.forward(inputs(DType::F64), &mut nudge)))
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Compares rows: the error of each in the Euclidean norm, relative to that row.
fn assert_rows_agree(found: &[f64], expected: &[f64], width: usize, tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (row, (found, expected)) in found.chunks(width).zip(expected.chunks(width)).enumerate() {
        let gap: Vec<f64> = found.iter().zip(expected).map(|(f, e)| f - e).collect();
        let (error, scale) = (norm(&gap), norm(expected));
        assert!(
            error <= tolerance * scale,
            "{what}, row {row}: {error:e} of {scale:e}"
        );
    }
}

fn matches_finite_differences<B: KernelsAutodiff>() {
    for case in cases() {
        let network = case.network::<B::InnerBackend>(DType::F64);
        for Gradients {
            site,
            side,
            width,
            values,
        } in tapped::<B>(case, DType::F64)
        {
            let mut expected = vec![0.0; values.len()];
            for (entry, expected) in expected.iter_mut().enumerate() {
                let at = |by| {
                    rows(
                        case,
                        &network,
                        Nudge {
                            site: &site,
                            side,
                            entry,
                            by,
                        },
                    )
                };
                let (up, down) = (at(STEP), at(-STEP));
                let own = entry / width;
                *expected = -(up[own] - down[own]) / (2.0 * STEP);
                let others = |losses: &[f64], range: Range<usize>| losses[range].to_vec();
                for range in [0..own, own + 1..up.len()] {
                    let (up, down) = (others(&up, range.clone()), others(&down, range));
                    assert_eq!(
                        up, down,
                        "{case:?}: {site} row {own} reaches another sample"
                    );
                }
            }
            assert!(
                norm(&expected) > 1e-2,
                "{case:?} {site} {side:?}: nothing to compare"
            );
            let what = format!("{case:?} {site} {side:?}");
            assert_rows_agree(&values, &expected, width, 1e-6, &what);
        }
    }
}

#[test]
fn flex_gradients_are_those_of_each_samples_own_loss() {
    matches_finite_differences::<Flex>();
}

#[test]
fn ndarray_gradients_are_those_of_each_samples_own_loss() {
    matches_finite_differences::<NdArray64>();
}

#[test]
fn single_precision_gradients_are_near_those_in_double_precision() {
    for case in cases() {
        let (single, double) = (
            tapped::<Flex>(case, DType::F32),
            tapped::<Flex>(case, DType::F64),
        );
        for (single, double) in single.iter().zip(&double) {
            let what = format!("{case:?} {} {:?}", single.site, single.side);
            assert_rows_agree(&single.values, &double.values, double.width, 1e-4, &what);
        }
    }
}

/// The loss gradient at the outputs, from burn's graph.
fn at_outputs<B: KernelsAutodiff>(
    case: Case,
    outputs: Tensor<B::InnerBackend, 3>,
) -> Tensor<B::InnerBackend, 3> {
    let outputs = Tensor::<B, 3>::from_inner(outputs).require_grad();
    let mut gradients = case.sum(outputs.clone()).backward();
    outputs.grad_remove(&mut gradients).unwrap()
}

fn own_pass_agrees_with_the_tap<B: KernelsAutodiff>(tolerance: f64) {
    for (case, dtype) in
        cases().flat_map(|case| [DType::F32, DType::F64].map(|dtype| (case, dtype)))
    {
        let inner = inputs::<B>(dtype).inner();
        let network = case.network::<B>(dtype);
        let own = network
            .neuron_gradients(inner, |outputs| at_outputs::<B>(case, outputs))
            .unwrap();
        let tapped = tapped::<B>(case, dtype);
        for (own, tapped) in own.into_iter().zip(tapped.chunks(2)) {
            let what = format!("{case:?} {dtype:?} {}", own.site.name);
            assert_eq!(own.site.name, tapped[0].site);
            assert_rows_agree(
                &host(own.g_a),
                &tapped[0].values,
                tapped[0].width,
                tolerance,
                &what,
            );
            assert_eq!(host(own.g_b), tapped[1].values, "{what}");
            let products = host(own.h_a.matmul(own.weight));
            let biases = case.bias == Bias::Learned;
            if !biases {
                assert_rows_agree(
                    &products,
                    &host(own.h_b.clone()),
                    own.h_b.dims()[2],
                    1e-5,
                    &what,
                );
            }
        }
    }
}

#[test]
fn the_networks_own_backward_pass_agrees_with_the_tap() {
    own_pass_agrees_with_the_tap::<Flex>(1e-6);
    own_pass_agrees_with_the_tap::<NdArray64>(1e-6);
}
