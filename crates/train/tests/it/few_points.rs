//! Ten steps on two points against PyTorch's (see `reference/README.md`): every activation at its kink, skip connections,
//! convolutions; losses, outputs, the distance in every hidden layer, and all parameters in the end.

use burn::tensor::{Tensor, TensorData};
use formant_backend::{Flex, KernelsAutodiff, NdArray, TensorMemory};
use formant_models::{Activation, Cnn, FastPaths, Linear, Mlp, Skip};
use formant_train::{Loss, MemberBatch, MemberRates, OptimizerConfig, Trainer};
use safetensors::SafeTensors;

const STEPS: usize = 10;
const HIDDEN: usize = 4;
/// Of single precision; no value in the file is far above 1.
const TOLERANCE: f64 = 2e-6;

const ACTIVATIONS: [(&str, Activation); 6] = [
    ("leaky_relu", Activation::LeakyRelu),
    ("relu", Activation::Relu),
    ("elu", Activation::Elu),
    ("silu", Activation::Silu),
    ("tanh", Activation::Tanh),
    ("identity", Activation::Identity),
];

struct Reference(Vec<u8>);

impl Reference {
    fn read() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
        Self(std::fs::read(format!("{folder}/few_points.safetensors")).unwrap())
    }

    fn get(&self, name: &str) -> (Vec<f32>, Vec<usize>) {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let view = file.tensor(name).unwrap();
        let values = view.data().as_chunks().0.iter();
        let values = values.map(|bytes| f32::from_le_bytes(*bytes)).collect();
        (values, view.shape().to_vec())
    }

    fn layers<B: KernelsAutodiff>(&self, case: &str, count: usize) -> Vec<Linear<B>> {
        let load = |(values, shape): (Vec<f32>, Vec<usize>)| {
            let shape = match shape[..] {
                [d_a, d_b] => [1, d_a, d_b],
                _ => [1, 1, shape[0]],
            };
            Tensor::from_data(TensorData::new(values, shape), &Default::default())
        };
        let part = |i: usize, what: &str| load(self.get(&format!("{case}.init.{i}.{what}")));
        let layer = |i| Linear::from_tensors(part(i, "weight"), Some(part(i, "bias")));
        (0..count).map(layer).collect()
    }
}

/// The largest difference from what PyTorch has.
struct Worst(f64);

impl Worst {
    fn see(&mut self, found: impl IntoIterator<Item = f32>, expected: &[f32]) {
        let found: Vec<f32> = found.into_iter().collect();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.into_iter().zip(expected) {
            let difference = f64::from((found - expected).abs());
            // A NaN is as wrong as can be.
            self.0 = self.0.max(if difference.is_nan() {
                f64::INFINITY
            } else {
                difference
            });
        }
    }
}

/// Takes the steps and compares on the way.
fn difference<B: KernelsAutodiff, N: FastPaths<B>>(
    case: &str,
    model: N,
    layers: impl Fn(&N) -> Vec<Linear<B>>,
    memory: TensorMemory,
) -> f64 {
    let reference = Reference::read();
    let rates = MemberRates {
        learning_rate: vec![0.05],
        weight_decay: vec![0.0],
    };
    let (sgd, loss) = (
        OptimizerConfig::Sgd { momentum: 0.0 },
        Loss::HalfMeanSquaredError,
    );
    let device = Default::default();
    let mut trainer = Trainer::<B, N>::new(model, sgd, rates, loss, memory, &device).unwrap();
    let column = |values: [f32; 2]| {
        Tensor::<B, 3>::from_data(TensorData::new(values.to_vec(), [1, 2, 1]), &device)
    };
    let batch = MemberBatch {
        inputs: column([-1.0, 0.0]),
        targets: column([0.6, 1.25]),
    };
    let [losses, outputs, h2] =
        ["loss", "outputs", "h2"].map(|what| reference.get(&format!("{case}.{what}")).0);
    let hidden = h2.len() / STEPS;
    let mut worst = Worst(0.0);
    for step in 0..STEPS {
        let (mut seen_h2, mut seen_outputs) = (Vec::new(), Vec::new());
        let value = trainer.step_and_show(batch.clone(), |seen| {
            seen_outputs = seen.outputs.clone().into_data().into_vec::<f32>().unwrap();
            for h in &seen.hidden {
                let h = h.clone().into_data().into_vec::<f32>().unwrap();
                let (a, b) = h.split_at(h.len() / 2);
                let distance = a.iter().zip(b).map(|(a, b)| (b - a).powi(2)).sum::<f32>();
                seen_h2.push(distance);
            }
        });
        worst.see(
            value.into_data().into_vec::<f32>().unwrap(),
            &losses[step..step + 1],
        );
        worst.see(seen_outputs, &outputs[step * 2..step * 2 + 2]);
        worst.see(seen_h2, &h2[step * hidden..(step + 1) * hidden]);
    }
    for (i, layer) in layers(trainer.model()).iter().enumerate() {
        let after = |what: &str| reference.get(&format!("{case}.after.{i}.{what}")).0;
        worst.see(
            layer.weight().into_data().into_vec::<f32>().unwrap(),
            &after("weight"),
        );
        let bias = layer.bias().unwrap();
        worst.see(bias.into_data().into_vec::<f32>().unwrap(), &after("bias"));
    }
    worst.0
}

fn fully_connected<B: KernelsAutodiff>(
    case: &str,
    activation: Activation,
    skip: Skip,
    memory: TensorMemory,
) -> f64 {
    let layers = Reference::read().layers::<B>(case, HIDDEN + 1);
    let model = Mlp::from_layers(layers, activation)
        .unwrap()
        .with_skip(skip);
    difference(case, model, |model| model.layers().to_vec(), memory)
}

fn convolutions<B: KernelsAutodiff>() -> f64 {
    let layers = Reference::read().layers::<B>("cnn", 5);
    let model = Cnn::from_layers(layers, Activation::LeakyRelu, 5).unwrap();
    difference(
        "cnn",
        model,
        |model| model.layers().to_vec(),
        TensorMemory::Host,
    )
}

#[test]
fn every_activation_takes_pytorchs_steps() {
    for (case, activation) in ACTIVATIONS {
        // On a device gradients are formed; on host memory, with two samples, they are not.
        for memory in [TensorMemory::Host, TensorMemory::Device] {
            let worst = fully_connected::<Flex>(case, activation, Skip::None, memory);
            assert!(worst < TOLERANCE, "{case}, {memory:?}: off by {worst}");
        }
    }
}

#[test]
fn skip_connections_are_pytorchs() {
    for memory in [TensorMemory::Host, TensorMemory::Device] {
        let worst = fully_connected::<Flex>("skip", Activation::LeakyRelu, Skip::TwoBack, memory);
        assert!(worst < TOLERANCE, "{memory:?}: off by {worst}");
    }
}

#[test]
fn convolutions_are_pytorchs() {
    let worst = convolutions::<Flex>();
    assert!(worst < TOLERANCE, "flex: off by {worst}");
    let worst = convolutions::<NdArray>();
    assert!(worst < TOLERANCE, "ndarray: off by {worst}");
}

/// A run of a whole setting, from weights that a hash gives here as in `make_setting_runs.py`.
struct Hashed {
    case: &'static str,
    rate: f64,
    /// The hidden layer whose distance is in the file.
    layer: usize,
}

/// Number of the first layer, in the script too.
const FIRST: u64 = 1100;

/// Uniform numbers of Xavier's variance, row by row of `[in, out]`; biases are 0.
fn hashed<B: KernelsAutodiff>(
    layer: u64,
    shape: [usize; 2],
    fans: [usize; 2],
    gain: f64,
) -> Linear<B> {
    let bound = gain * (6.0 / (fans[0] + fans[1]) as f64).sqrt();
    let number = |k: usize| {
        let place = ((FIRST + layer) << 32) + k as u64 + 1;
        let z = place.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let unit = ((z ^ (z >> 31)) >> 11) as f64 / 2f64.powi(53);
        ((2.0 * unit - 1.0) * bound) as f32
    };
    let [d_a, d_b] = shape;
    let weight: Vec<f32> = (0..d_a * d_b).map(number).collect();
    let device = Default::default();
    let weight = Tensor::from_data(TensorData::new(weight, [1, d_a, d_b]), &device);
    Linear::from_tensors(weight, Some(Tensor::zeros([1, 1, d_b], &device)))
}

impl Hashed {
    /// Rows of the file up to a step: step, distance, both outputs, loss.
    fn rows(&self, last: usize) -> Vec<(usize, [f64; 4])> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
        let text = std::fs::read_to_string(format!("{folder}/setting_runs.csv")).unwrap();
        let lines = text.lines().filter_map(|line| {
            let (case, numbers) = line.split_once(',')?;
            let (step, rest) = numbers.split_once(',')?;
            let rest: Vec<f64> = rest.split(',').filter_map(|x| x.parse().ok()).collect();
            (case == self.case).then(|| (step.parse().unwrap(), rest.try_into().unwrap()))
        });
        lines.filter(|(step, _)| *step <= last).collect()
    }

    /// The largest relative difference from PyTorch's run up to a step.
    fn difference<B: KernelsAutodiff, N: FastPaths<B>>(&self, model: N, last: usize) -> f64 {
        let rates = MemberRates {
            learning_rate: vec![self.rate],
            weight_decay: vec![0.0],
        };
        let (sgd, loss) = (
            OptimizerConfig::Sgd { momentum: 0.0 },
            Loss::HalfMeanSquaredError,
        );
        let (host, device) = (TensorMemory::Host, Default::default());
        let mut trainer = Trainer::<B, N>::new(model, sgd, rates, loss, host, &device).unwrap();
        let column = |values: [f64; 2]| {
            let values = values.map(|x| x as f32).to_vec();
            Tensor::<B, 3>::from_data(TensorData::new(values, [1, 2, 1]), &device)
        };
        let batch = MemberBatch {
            inputs: column([-1.0, 0.0]),
            targets: column([0.6, 0.6 + 0.5f64.sqrt()]),
        };
        let (mut worst, mut rows) = (0.0f64, self.rows(last).into_iter().peekable());
        for step in 0..=last {
            let mut seen_here = Vec::new();
            let value = trainer.step_and_show(batch.clone(), |seen| {
                let h = seen.hidden[self.layer].clone().into_data();
                let h = h.into_vec::<f32>().unwrap();
                let (a, b) = h.split_at(h.len() / 2);
                let squares = a.iter().zip(b).map(|(a, b)| f64::from(b - a).powi(2));
                seen_here.push(squares.sum::<f64>());
                let outputs = seen.outputs.clone().into_data().into_vec::<f32>().unwrap();
                seen_here.extend(outputs.into_iter().map(f64::from));
            });
            seen_here.extend(
                value
                    .into_data()
                    .into_vec::<f32>()
                    .unwrap()
                    .iter()
                    .map(|x| f64::from(*x)),
            );
            let Some((_, expected)) = rows.next_if(|(at, _)| *at == step) else {
                continue;
            };
            for (found, expected) in seen_here.iter().zip(expected) {
                let off = (found - expected).abs() / (expected.abs() + 1e-3);
                worst = worst.max(if off.is_nan() { f64::INFINITY } else { off });
            }
        }
        worst
    }
}

/// Steps of the convolutional setting that are compared: later on it is chance on which side of 0 some units are.
const CONVOLUTIONS: usize = 40;

#[test]
fn the_convolutional_setting_trains_as_in_pytorch() {
    let [width, count, channels, kernel] = [500, 11, 20, 11];
    let linear = |layer, shape| hashed::<Flex>(layer, shape, shape, 0.95);
    let mut layers = vec![linear(0, [1, width])];
    for layer in 1..=count {
        let a = if layer == 1 { 1 } else { channels };
        let b = if layer == count { 1 } else { channels };
        let fans = [kernel * a, kernel * b];
        layers.push(hashed(layer as u64, [kernel * a, b], fans, 0.95));
    }
    layers.push(linear(count as u64 + 1, [width - count * (kernel - 1), 1]));
    let model = Cnn::from_layers(layers, Activation::LeakyRelu, kernel).unwrap();
    let run = Hashed {
        case: "cnn",
        rate: 0.004,
        layer: 5,
    };
    let worst = run.difference::<Flex, _>(model, CONVOLUTIONS);
    assert!(worst < 1e-4, "off by {worst}");
}

#[test]
fn an_activation_with_a_jump_trains_as_in_pytorch() {
    let shapes = [[1, 40], [40, 40], [40, 40], [40, 40], [40, 1]];
    let layers = (0..)
        .zip(shapes)
        .map(|(i, shape)| hashed::<Flex>(i, shape, shape, 1.0));
    let model = Mlp::from_layers(layers.collect(), Activation::Discontinuous).unwrap();
    let run = Hashed {
        case: "discontinuous",
        rate: 0.01,
        layer: 2,
    };
    let worst = run.difference::<Flex, _>(model, 20);
    assert!(worst < 1e-4, "off by {worst}");
}

#[test]
fn another_activation_is_noticed() {
    let host = TensorMemory::Host;
    let worst = fully_connected::<Flex>("leaky_relu", Activation::Relu, Skip::None, host);
    assert!(worst > 1e3 * TOLERANCE, "off by {worst}");
}
