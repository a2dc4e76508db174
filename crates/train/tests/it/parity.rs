//! Forward values, neuron gradients of every sample and ten steps of each optimiser, against PyTorch's (see
//! `reference/README.md`).

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Tensor, TensorData};
use formant_backend::{Flex, KernelsAutodiff, NdArray, TensorMemory};
use formant_models::{Activation, Bias, Linear, Mlp, Network};
use formant_probe::Tap;
use formant_train::{Loss, MemberBatch, MemberRates, OptimizerConfig, Reduction, Trainer};
use safetensors::{Dtype, SafeTensors};

const LAYERS: usize = 3;
const STEPS: usize = 10;
const WIDTHS: [usize; 4] = [7, 6, 5, 3];
const SAMPLES: usize = 8;

/// Largest absolute difference allowed; no value in the files is far above 1 in size. PyTorch's own two precisions
/// differ by up to 6e-7.
const SINGLE: f64 = 1e-6;
const DOUBLE: f64 = 1e-12;

const SETS: [Set; 4] = [
    Set {
        name: "tanh_mse",
        activation: Activation::Tanh,
        loss: Loss::SquaredError,
        bias: Bias::None,
    },
    Set {
        name: "tanh_mse_bias",
        activation: Activation::Tanh,
        loss: Loss::SquaredError,
        bias: Bias::Learned,
    },
    Set {
        name: "relu_ce",
        activation: Activation::Relu,
        loss: Loss::CrossEntropy,
        bias: Bias::None,
    },
    Set {
        name: "relu_ce_bias",
        activation: Activation::Relu,
        loss: Loss::CrossEntropy,
        bias: Bias::Learned,
    },
];

const OPTIMIZERS: [(&str, f64, OptimizerConfig); 3] = [
    ("sgd_plain", 0.05, OptimizerConfig::Sgd { momentum: 0.0 }),
    ("sgd_momentum", 0.05, OptimizerConfig::Sgd { momentum: 0.9 }),
    ("adam", 1e-3, OptimizerConfig::ADAM),
];

#[derive(Debug, Clone, Copy)]
struct Set {
    name: &'static str,
    activation: Activation,
    loss: Loss,
    bias: Bias,
}

/// What PyTorch computed, in one precision.
struct Reference {
    bytes: Vec<u8>,
    dtype: DType,
    tolerance: f64,
}

impl Reference {
    fn single() -> Self {
        Self::read("mlp_f32", DType::F32, SINGLE)
    }

    fn double() -> Self {
        Self::read("mlp_f64", DType::F64, DOUBLE)
    }

    fn read(name: &str, dtype: DType, tolerance: f64) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference");
        let bytes = std::fs::read(format!("{folder}/{name}.safetensors")).unwrap();
        Self {
            bytes,
            dtype,
            tolerance,
        }
    }

    /// The array called `name`, row by row.
    fn get(&self, name: &str) -> Vec<f64> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file
            .tensor(name)
            .unwrap_or_else(|_| panic!("no array '{name}'"));
        let data = view.data();
        match view.dtype() {
            Dtype::F32 => data
                .as_chunks()
                .0
                .iter()
                .map(|b| f64::from(f32::from_le_bytes(*b)))
                .collect(),
            Dtype::F64 => data
                .as_chunks()
                .0
                .iter()
                .map(|b| f64::from_le_bytes(*b))
                .collect(),
            Dtype::I64 => data
                .as_chunks()
                .0
                .iter()
                .map(|b| i64::from_le_bytes(*b) as f64)
                .collect(),
            other => panic!("'{name}' holds {other:?}"),
        }
    }

    /// One of [`STEPS`] equal parts of an array.
    fn at_step(&self, name: &str, step: usize) -> Vec<f64> {
        let all = self.get(name);
        let each = all.len() / STEPS;
        all[step * each..(step + 1) * each].to_vec()
    }

    fn tensor<B: Backend>(&self, values: Vec<f64>, shape: [usize; 3]) -> Tensor<B, 3> {
        Tensor::from_data(
            TensorData::new(values, shape),
            (&Default::default(), self.dtype),
        )
    }

    fn network<B: Backend>(&self, set: Set) -> Mlp<B> {
        let layers = (0..LAYERS).map(|i| {
            let [a, b] = [WIDTHS[i], WIDTHS[i + 1]];
            let weight = self.get(&format!("init.layers.{i}.weight"));
            let weight = self.tensor(weight, [1, b, a]).swap_dims(1, 2);
            let bias = (set.bias == Bias::Learned)
                .then(|| self.tensor(self.get(&format!("init.layers.{i}.bias")), [1, 1, b]));
            Linear::from_tensors(weight, bias)
        });
        Mlp::from_layers(layers.collect(), set.activation).unwrap()
    }

    fn batch<B: Backend>(&self, set: Set, step: usize) -> MemberBatch<B> {
        let outputs = WIDTHS[LAYERS];
        let targets = match set.loss {
            Loss::CrossEntropy => {
                let classes = self.at_step("targets.ce", step);
                let one_hot =
                    |class: f64| (0..outputs).map(move |k| f64::from(u8::from(k as f64 == class)));
                classes.into_iter().flat_map(one_hot).collect()
            }
            _ => self.at_step("targets.mse", step),
        };
        MemberBatch {
            inputs: self.tensor(self.at_step("inputs", step), [1, SAMPLES, WIDTHS[0]]),
            targets: self.tensor(targets, [1, SAMPLES, outputs]),
        }
    }

    fn assert_near(&self, found: &[f64], expected: &[f64], what: &str) {
        assert_eq!(found.len(), expected.len(), "{what}");
        for (index, (f, e)) in found.iter().zip(expected).enumerate() {
            let gap = (f - e).abs();
            assert!(
                gap <= self.tolerance,
                "{what}[{index}] is {f}, PyTorch has {e}: off by {gap:e}"
            );
        }
    }
}

fn host<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// Forward values and the gradients of each sample at the initial weights.
fn first_pass_matches<B: KernelsAutodiff>(reference: &Reference) {
    for set in SETS {
        let network = reference.network::<B>(set);
        let (mut tap, batch) = (Tap::new(), reference.batch(set, 0));
        let outputs = network.forward(batch.inputs, &mut tap);
        let near = |found: Vec<f64>, name: &str| {
            let name = format!("{}.step0.{name}", set.name);
            reference.assert_near(&found, &reference.get(&name), &name);
        };
        near(host(outputs.clone()), "output");
        // A sample as a member of its own: the loss of each.
        let rows = |t: Tensor<B, 3>| t.reshape([SAMPLES, 1, WIDTHS[LAYERS]]);
        let loss = set
            .loss
            .of(rows(outputs), rows(batch.targets), Reduction::Sum);
        near(host(loss.clone()), "loss_per_sample");

        let mut gradients = loss.sum().backward();
        for (i, layer) in tap.samples(&mut gradients).unwrap().into_iter().enumerate() {
            let h_b = match network.layers()[i].bias() {
                Some(bias) => layer.h_b - bias.inner(),
                None => layer.h_b,
            };
            near(host(layer.h_a), &format!("layers.{i}.h_a"));
            near(host(h_b), &format!("layers.{i}.h_b"));
            near(host(layer.g_a), &format!("layers.{i}.g_a"));
            near(host(layer.g_b), &format!("layers.{i}.g_b"));
        }
    }
}

/// Losses before, and every parameter after, each of ten steps.
fn steps_match<B: KernelsAutodiff>(
    reference: &Reference,
    memory: TensorMemory,
    set: Set,
    (optimizer, learning_rate, config): (&str, f64, OptimizerConfig),
) {
    let rates = MemberRates {
        learning_rate: vec![learning_rate],
        weight_decay: vec![1e-2],
    };
    let network = reference.network::<B>(set);
    let device = Default::default();
    let mut trainer = Trainer::new(network, config, rates, set.loss, memory, &device).unwrap();
    let run = format!("{}.{optimizer}", set.name);
    let losses = reference.get(&format!("{run}.loss"));
    for step in 0..STEPS {
        let loss = trainer.step(reference.batch(set, step), &mut ());
        reference.assert_near(
            &host(loss),
            &losses[step..=step],
            &format!("{run}.loss, step {step}"),
        );
        for (i, layer) in trainer.model().layers().iter().enumerate() {
            let weight = layer.weight().swap_dims(1, 2);
            let parameters = [("weight", Some(weight)), ("bias", layer.bias())];
            for (name, parameter) in parameters {
                let Some(parameter) = parameter else { continue };
                let name = format!("{run}.after.layers.{i}.{name}");
                let expected = reference.at_step(&name, step);
                let what = format!("{name}, step {step}, {memory:?}");
                reference.assert_near(&host(parameter), &expected, &what);
            }
        }
    }
}

fn all_steps_match<B: KernelsAutodiff>(reference: &Reference, memory: TensorMemory) {
    for set in SETS {
        for optimizer in OPTIMIZERS {
            steps_match::<B>(reference, memory, set, optimizer);
        }
    }
}

#[test]
fn flex_takes_pytorchs_steps_over_host_memory() {
    all_steps_match::<Flex>(&Reference::single(), TensorMemory::Host);
    all_steps_match::<Flex>(&Reference::double(), TensorMemory::Host);
}

#[test]
fn flex_takes_pytorchs_steps_with_tensor_operations() {
    all_steps_match::<Flex>(&Reference::single(), TensorMemory::Device);
    all_steps_match::<Flex>(&Reference::double(), TensorMemory::Device);
}

#[test]
fn flex_has_pytorchs_values_and_gradients_of_every_sample() {
    first_pass_matches::<Flex>(&Reference::single());
    first_pass_matches::<Flex>(&Reference::double());
}

#[test]
fn ndarray_agrees_with_pytorch_too() {
    let reference = Reference::single();
    first_pass_matches::<NdArray>(&reference);
    for memory in [TensorMemory::Host, TensorMemory::Device] {
        steps_match::<NdArray>(&reference, memory, SETS[3], OPTIMIZERS[2]);
    }
}

#[test]
fn a_difference_is_noticed() {
    let reference = Reference::single();
    let wrong = Set {
        loss: Loss::MeanSquaredError,
        ..SETS[0]
    };
    let result = std::panic::catch_unwind(|| {
        steps_match::<Flex>(&reference, TensorMemory::Host, wrong, OPTIMIZERS[0]);
    });
    assert!(result.is_err());
}
