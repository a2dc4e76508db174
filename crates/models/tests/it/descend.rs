//! Steps that never form the gradient of a weight, against steps along gradients from burn's graph; for every activation,
//! with and without skip connections.

use burn::module::{AutodiffModule, Module, ModuleVisitor, Param};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Descent, Flex, KernelsAutodiff, NdArray};
use formant_data::rng::{Purpose, normal_f32, stream};
use formant_models::{
    Activation, Bias, Descended, FastPaths, Init, Mlp, MlpConfig, Network, OutputTransform, Skip,
    representations,
};

const MEMBERS: [u64; 2] = [3, 4];
const STEPS: [Descent; 2] = [
    Descent {
        rate: 0.03,
        keep: 1.0,
    },
    Descent {
        rate: 0.01,
        keep: 0.95,
    },
];

fn config(activation: Activation, skip: Skip, width: usize) -> MlpConfig {
    MlpConfig {
        inputs: 3,
        width,
        depth: 4,
        outputs: 1,
        activation,
        bias: Bias::Learned,
        init: Init::XavierNormal,
        init_scale: 1.0,
        transform: OutputTransform::None,
        skip,
    }
}

fn batch<B: Backend>(samples: usize) -> Tensor<B, 3> {
    let shape = [MEMBERS.len(), samples, 3];
    let values = normal_f32(&mut stream(9, Purpose::Holdout, 0), shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), &Default::default())
}

/// The sum over members and samples of half the squared outputs less 1.
fn gradient<B: Backend>(outputs: Tensor<B, 3>) -> Tensor<B, 3> {
    outputs.sub_scalar(1.0)
}

/// Values of every parameter, or of its gradient.
fn values<B: AutodiffBackend>(model: &Mlp<B>, gradients: Option<&B::Gradients>) -> Vec<Vec<f32>> {
    struct Values<'a, B: AutodiffBackend> {
        gradients: Option<&'a B::Gradients>,
        found: Vec<Vec<f32>>,
    }
    impl<B: AutodiffBackend> ModuleVisitor<B> for Values<'_, B> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            let value = match self.gradients {
                Some(gradients) => param.val().grad(gradients).unwrap().into_data(),
                None => param.val().into_data(),
            };
            self.found.push(value.into_vec().unwrap());
        }
    }
    let mut values = Values::<B> {
        gradients,
        found: Vec::new(),
    };
    model.visit(&mut values);
    values.found
}

/// Two steps both ways; the largest difference of a parameter, relative to its gradient where that is large.
fn difference<B: KernelsAutodiff>(config: &MlpConfig, samples: usize) -> f32 {
    let inputs = batch::<B>(samples);
    let mut model: Mlp<B> = config.init(&MEMBERS, &Default::default()).unwrap();
    let mut worst = 0.0_f32;
    for _ in 0..2 {
        let outputs = model.forward(inputs.clone(), &mut ());
        let half = outputs.sub_scalar(1.0).powi_scalar(2).sum().mul_scalar(0.5);
        let gradients = half.backward();
        let (before, slopes) = (values(&model, None), values(&model, Some(&gradients)));
        model = done(model.descend(
            inputs.clone().inner(),
            |seen| gradient(seen.outputs),
            &STEPS,
        ));
        for ((before, slope), after) in before.iter().zip(&slopes).zip(values(&model, None)) {
            let each = before.len() / MEMBERS.len();
            for (index, after) in after.iter().enumerate() {
                let step = STEPS[index / each];
                let expected = step.keep * before[index] - step.rate * slope[index];
                worst = worst.max((after - expected).abs() / (1.0 + slope[index].abs()));
            }
        }
        model = tracked(model);
    }
    worst
}

/// The network of a step that was taken.
fn done<N>(descended: Descended<N>) -> N {
    match descended {
        Descended::Done(network) => network,
        Descended::Unknown(_) => panic!("the step was not taken"),
    }
}

/// The network with a graph that knows its parameters.
fn tracked<B: KernelsAutodiff>(model: Mlp<B>) -> Mlp<B> {
    struct Track;
    impl<B: Backend> burn::module::ModuleMapper<B> for Track {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            param.set_require_grad(true)
        }
    }
    model.map(&mut Track)
}

const ACTIVATIONS: [Activation; 7] = [
    Activation::Tanh,
    Activation::Relu,
    Activation::Identity,
    Activation::LeakyRelu,
    Activation::Elu,
    Activation::Silu,
    Activation::Discontinuous,
];

#[test]
fn a_step_is_the_one_along_the_gradient() {
    let mut off = Vec::new();
    for activation in ACTIVATIONS {
        for skip in [Skip::None, Skip::TwoBack] {
            // Widths on both sides of the vectorised loops' own, and more samples than they take.
            for (width, samples) in [(9, 2), (40, 2), (70, 4), (40, 1), (40, 6)] {
                let worst = difference::<Flex>(&config(activation, skip, width), samples);
                if worst >= 2e-6 {
                    let which =
                        format!("{activation:?}, {skip:?}, width {width}, {samples} samples");
                    off.push(format!("{which}: off by {worst}"));
                }
            }
        }
    }
    assert!(off.is_empty(), "{}", off.join("\n"));
}

#[test]
fn other_backends_take_the_same_step() {
    for skip in [Skip::None, Skip::TwoBack] {
        let worst = difference::<NdArray>(&config(Activation::Silu, skip, 20), 2);
        assert!(worst < 2e-6, "{skip:?}: off by {worst}");
    }
}

#[test]
fn representations_are_seen_before_the_step() {
    let config = config(Activation::LeakyRelu, Skip::TwoBack, 8);
    let model: Mlp<Flex> = config.init(&MEMBERS, &Default::default()).unwrap();
    let inputs = batch::<Flex>(2).inner();
    let host = |x: Tensor<_, 3>| -> Vec<f32> { x.into_data().into_vec().unwrap() };
    let before = representations(&model.valid(), inputs.clone());
    let (hidden, outputs) = (before.hidden.len(), host(before.outputs));
    let mut seen = Vec::new();
    let model = done(model.descend(
        inputs.clone(),
        |now| {
            seen = host(now.outputs.clone());
            gradient(now.outputs)
        },
        &STEPS,
    ));
    assert_eq!((hidden, &seen), (4, &outputs));
    let after = representations(&model.valid(), inputs);
    assert_ne!(host(after.outputs), outputs);
}

/// An input of 0 reaches every hidden neuron as exactly 0, since biases start at 0. What passes there is PyTorch's slope: 0.01
/// for leaky ReLU, 0 for ReLU and with a jump, 1 for the others but swish, which has 1/2.
#[test]
fn slopes_at_zero_are_pytorchs() {
    let slopes = [
        (Activation::Tanh, 1.0),
        (Activation::Relu, 0.0),
        (Activation::Identity, 1.0),
        (Activation::LeakyRelu, 0.01),
        (Activation::Elu, 1.0),
        (Activation::Silu, 0.5),
        (Activation::Discontinuous, 0.0),
    ];
    for (activation, slope) in slopes {
        let x = Tensor::<Flex, 1>::zeros([1], &Default::default()).require_grad();
        let gradients = activation.apply(x.clone()).sum().backward();
        let found: f32 = x.grad(&gradients).unwrap().into_scalar();
        assert_eq!(found, slope as f32, "{activation:?} in burn's graph");
        // The same through a network: the first layer's bias moves by the slope that its one neuron passes.
        let network = MlpConfig {
            inputs: 1,
            width: 1,
            depth: 1,
            ..config(activation, Skip::None, 1)
        };
        let model: Mlp<Flex> = network.init(&[0], &Default::default()).unwrap();
        let readout: f32 = model.layers()[1].weight().into_scalar();
        let step = [Descent {
            rate: 1.0,
            keep: 1.0,
        }];
        let inputs = Tensor::zeros([1, 1, 1], &Default::default());
        let model = done(model.descend(inputs, |seen| seen.outputs.ones_like(), &step));
        let bias: f32 = model.layers()[0].bias().unwrap().into_scalar();
        assert!(
            (bias + readout * slope as f32).abs() < 1e-7,
            "{activation:?} in its own pass"
        );
    }
}
