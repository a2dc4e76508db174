//! A residual network against PyTorch's, from the same parameters: `tests/data/make_resnet.py` made the numbers.

use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData, activation};
use formant_backend::{Flex, KernelsAutodiff, NdArray};
use formant_models::{FastPaths, Network, ResNet, ResNetConfig};
use formant_probe::{SiteSamples, Tap};
use serde_json::Value;

const MEMBERS: usize = 2;
const SAMPLES: usize = 4;
const SIDE: usize = 8;
const OUTPUTS: usize = 5;
/// Of long arrays the reference has only every so many entries.
const EVERY: usize = 37;
/// Parameters of convolutions and norms; those of linear maps follow.
const OF_CONVOLUTIONS: usize = 18;

fn config() -> ResNetConfig {
    ResNetConfig {
        channels: 3,
        side: SIDE,
        width: 16,
        blocks: vec![1, 1],
        penultimate: 12,
        outputs: OUTPUTS,
    }
}

/// The script's `numbers`.
fn numbers(count: usize, salt: usize) -> impl Iterator<Item = f64> {
    let of = move |i: usize| ((i * 7919 + salt * 104_729 + 13) % 1009) as f64 / 1009.0 - 0.5;
    (0..count).map(of)
}

/// Gives every parameter the script's values.
struct Fill(usize);

impl<B: Backend> ModuleMapper<B> for Fill {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let index = self.0;
        self.0 += 1;
        let (id, old, mapper) = param.consume();
        let shape = old.dims();
        let (rows, count) = (shape[1], shape[1] * shape[2]);
        let is_scale = index < OF_CONVOLUTIONS && index % 3 == 1;
        let value = |x: f64| match (rows, is_scale) {
            (1, true) => 1.0 + 0.5 * x,
            (1, false) => x,
            _ => x * 3.0 / (rows as f64).sqrt(),
        };
        let members = 0..shape[0];
        let values = members.flat_map(|m| numbers(count, 100 * m + index).map(value));
        let values: Vec<f32> = values.map(|x| x as f32).collect();
        let new = Tensor::from_data(TensorData::new(values, shape), &old.device());
        Param::from_mapped_value(id, new, mapper)
    }
}

fn network<B: Backend>() -> ResNet<B> {
    let network = config().init::<B>(&[1, 2], &Default::default()).unwrap();
    network.map(&mut Fill(0))
}

fn inputs<B: Backend>() -> Tensor<B, 3> {
    let width = 3 * SIDE * SIDE;
    let values = (0..MEMBERS).flat_map(|m| numbers(SAMPLES * width, 7777 + m));
    let values: Vec<f32> = values.map(|x| x as f32).collect();
    Tensor::from_data(
        TensorData::new(values, [MEMBERS, SAMPLES, width]),
        &Default::default(),
    )
}

fn targets<B: Backend>() -> Tensor<B, 3> {
    let one_hot = |sample: usize| (0..OUTPUTS).map(move |k| f32::from(k == sample % OUTPUTS));
    let values: Vec<f32> = (0..MEMBERS * SAMPLES)
        .flat_map(|row| one_hot(row % SAMPLES))
        .collect();
    Tensor::from_data(
        TensorData::new(values, [MEMBERS, SAMPLES, OUTPUTS]),
        &Default::default(),
    )
}

fn reference() -> Value {
    serde_json::from_str(include_str!("../data/resnet.json")).unwrap()
}

fn host<B: Backend, const D: usize>(x: Tensor<B, D>) -> Vec<f64> {
    x.into_data().iter::<f64>().collect()
}

fn member(all: &[f64], m: usize) -> &[f64] {
    let each = all.len() / MEMBERS;
    &all[m * each..(m + 1) * each]
}

fn floats(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1e-6, |max: f64, x| max.max(x.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs() / scale;
        assert!(error < 2e-4, "{what}: {found} for {expected}");
    }
}

/// All entries against what the reference kept of them.
fn is_short(found: &[f64], expected: &Value, what: &str) {
    let every: Vec<f64> = found.iter().copied().step_by(EVERY).collect();
    close(&every, &floats(&expected["every"]), what);
    let squares: f64 = found.iter().map(|x| x * x).sum();
    close(&[squares], &[expected["squares"].as_f64().unwrap()], what);
}

fn trains_like_pytorch<B: KernelsAutodiff>() {
    let (network, reference) = (network::<B>(), reference());
    let mut logits = Vec::new();
    let gradients = network.gradients(inputs(), |outputs| {
        logits = host(outputs.clone());
        (activation::softmax(outputs, 2) - targets()).div_scalar(SAMPLES as f64)
    });
    let gradients: Vec<Vec<f64>> = gradients
        .unwrap()
        .into_iter()
        .map(|g| {
            let g = burn::tensor::TensorPrimitive::Float(g);
            host(Tensor::<B::InnerBackend, 3>::from_primitive(g))
        })
        .collect();
    for m in 0..MEMBERS {
        let expected = &reference[m]["trained"];
        close(member(&logits, m), &floats(&expected["logits"]), "logits");
        let of = expected["gradients"].as_array().unwrap();
        assert_eq!(gradients.len(), of.len());
        for (index, (found, expected)) in gradients.iter().zip(of).enumerate() {
            is_short(member(found, m), expected, &format!("gradient {index}"));
        }
    }
}

#[test]
fn gradients_are_pytorchs() {
    trains_like_pytorch::<Flex>();
    trains_like_pytorch::<NdArray>();
}

/// A convolution of stride 1 goes through other products than its patches do: the network's own pass and that under an observer
/// have to agree.
#[test]
fn what_is_measured_is_pytorchs() {
    let network = network::<Flex>();
    let inner = network.valid().with_statistics([inputs()]);
    let plain = host(inner.forward(inputs(), &mut ()));
    let measured = network.with_statistics([inputs()]).no_grad();
    let mut tap = Tap::new();
    let outputs = measured.forward(inputs(), &mut tap);
    let logits = host(outputs.clone());
    close(&plain, &logits, "with and without an observer");
    let loss = activation::log_softmax(outputs, 2)
        .mul(targets())
        .sum()
        .neg();
    let samples: Vec<SiteSamples<_>> = tap.samples(&mut loss.backward()).unwrap();
    let names: Vec<_> = samples.iter().map(|s| s.site.name.to_string()).collect();
    let convolutions = [
        "conv1",
        "layer1.0.conv1",
        "layer1.0.conv2",
        "layer2.0.downsample",
    ];
    let rest = ["layer2.0.conv1", "layer2.0.conv2", "fc1", "fc2"];
    assert_eq!(names, [convolutions, rest].concat());
    for (m, expected) in reference().as_array().unwrap().iter().enumerate() {
        let expected = &expected["measured"];
        close(member(&logits, m), &floats(&expected["logits"]), "logits");
        for samples in &samples {
            let name = samples.site.name.as_ref();
            let [h_b, g_b] = [&samples.h_b, &samples.g_b].map(|x| host(x.clone()));
            for (found, side) in [(h_b, "h_b"), (g_b, "g_b")] {
                if let Some(expected) = expected[side].get(name) {
                    is_short(member(&found, m), expected, &format!("{side} of {name}"));
                }
            }
        }
    }
}

#[test]
#[should_panic(expected = "under batch statistics a sample has no gradient of its own")]
fn nobody_observes_batch_statistics() {
    let _ = network::<Flex>().forward(inputs(), &mut Tap::new());
}

/// What a member becomes does not depend on who else there is.
#[test]
fn members_never_mix() {
    let both = host(network::<Flex>().forward(inputs(), &mut ()));
    let first = config().init::<Flex>(&[1], &Default::default()).unwrap();
    let first = first.map(&mut Fill(0));
    let alone = host(first.forward(inputs().narrow(0, 0, 1), &mut ()));
    assert_eq!(member(&both, 0), alone);
}

#[test]
fn the_real_one_has_eleven_million_parameters() {
    struct Count(usize);
    impl<B: Backend> ModuleVisitor<B> for Count {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            self.0 += param.val().shape().num_elements();
        }
    }
    let network = ResNetConfig::resnet18(64).init::<Flex>(&[1], &Default::default());
    let mut count = Count(0);
    network.unwrap().visit(&mut count);
    // torchvision's, with a stem of 3x3 and ten classes, and one more map of 512 to 512.
    assert_eq!(count.0, 11_173_962 + 512 * 512 + 512);
}

#[test]
fn impossible_shapes_are_refused() {
    let refused = |config: ResNetConfig| config.init::<Flex>(&[1], &Default::default()).is_err();
    assert!(refused(ResNetConfig {
        width: 0,
        ..config()
    }));
    assert!(refused(ResNetConfig {
        blocks: vec![],
        ..config()
    }));
    assert!(refused(ResNetConfig {
        blocks: vec![1, 0],
        ..config()
    }));
    assert!(refused(ResNetConfig {
        blocks: vec![1; 5],
        ..config()
    }));
    assert!(config().init::<Flex>(&[], &Default::default()).is_err());
}
