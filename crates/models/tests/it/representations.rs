//! Representations are what an observer sees on the way.

use burn::module::AutodiffModule;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Flex, KernelsAutodiff, NdArray};
use formant_data::rng::{Purpose, normal_f32, stream};
use formant_models::{
    Activation, Bias, CnnConfig, FastPaths, Init, MlpConfig, OutputTransform, Representations,
    Skip, representations,
};
use formant_probe::{Observer, Site};

const SEEDS: [u64; 2] = [3, 4];
const ACTIVATIONS: [Activation; 2] = [Activation::Tanh, Activation::Silu];

fn mlp(activation: Activation, skip: Skip) -> MlpConfig {
    MlpConfig {
        inputs: 7,
        width: 6,
        depth: 4,
        outputs: 3,
        activation,
        bias: Bias::Learned,
        init: Init::XavierNormal,
        init_scale: 1.0,
        transform: OutputTransform::Diagonal { condition: 4.0 },
        skip,
    }
}

fn cnn(activation: Activation) -> CnnConfig {
    CnnConfig {
        inputs: 7,
        width: 9,
        convolutions: 3,
        channels: 4,
        kernel: 2,
        outputs: 3,
        activation,
        bias: Bias::Learned,
        init: Init::UniformFanIn,
        init_scale: 1.0,
    }
}

fn inputs<B: Backend>() -> Tensor<B, 3> {
    let shape = [SEEDS.len(), 5, 7];
    let values = normal_f32(&mut stream(3, Purpose::Holdout, 0), shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), &Default::default())
}

/// Bits of everything, the outputs last.
fn bits<B: Backend>(seen: Representations<B>) -> Vec<Vec<u32>> {
    let bits = |x: Tensor<B, 3>| x.into_data().iter::<f32>().map(f32::to_bits).collect();
    seen.hidden
        .into_iter()
        .chain([seen.outputs])
        .map(bits)
        .collect()
}

fn inner<B: KernelsAutodiff>(network: &impl FastPaths<B>) -> Representations<B::InnerBackend> {
    representations(&network.valid(), inputs())
}

/// The graph adds nothing to the numbers, and outputs are those of a forward pass that nobody watches.
fn same_with_and_without_graph<B: KernelsAutodiff>(network: &impl FastPaths<B>, hidden: usize) {
    let without = bits(inner(network));
    assert_eq!(without.len(), hidden + 1);
    assert_eq!(without, bits(representations(network, inputs())));
    let outputs = network.forward(inputs(), &mut ());
    let hidden = Vec::new();
    assert_eq!(
        without[without.len() - 1..],
        bits(Representations { hidden, outputs })
    );
}

fn on_backend<B: KernelsAutodiff>() {
    let device = Default::default();
    for activation in ACTIVATIONS {
        for skip in [Skip::None, Skip::TwoBack] {
            let network = mlp(activation, skip).init::<B>(&SEEDS, &device).unwrap();
            same_with_and_without_graph::<B>(&network, 4);
        }
        let network = cnn(activation).init::<B>(&SEEDS, &device).unwrap();
        same_with_and_without_graph::<B>(&network, 4);
    }
}

#[test]
fn representations_need_no_graph() {
    on_backend::<Flex>();
    on_backend::<NdArray>();
}

/// The inputs of every linear map.
struct Inputs<B: Backend>(Vec<Tensor<B, 3>>);

impl<B: Backend> Observer<B> for Inputs<B> {
    fn wants(&self, _: &Site) -> bool {
        true
    }

    fn linear(
        &mut self,
        _: &Site,
        h_a: &Tensor<B, 3>,
        _: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        self.0.push(h_a.clone());
        h_b
    }
}

/// In a fully connected network the representation of a layer is what the next map sees, skip connections included.
#[test]
fn representations_are_the_inputs_of_the_maps_that_follow() {
    type Inner = <Flex as AutodiffBackend>::InnerBackend;
    for skip in [Skip::None, Skip::TwoBack] {
        let network = mlp(Activation::Tanh, skip);
        let network = network.init::<Flex>(&SEEDS, &Default::default()).unwrap();
        let mut seen = Inputs::<Inner>(Vec::new());
        let network = network.valid();
        let outputs = formant_models::Network::forward(&network, inputs(), &mut seen);
        let hidden = seen.0.split_off(1);
        let expected = bits(Representations { hidden, outputs });
        assert_eq!(bits(representations(&network, inputs())), expected);
    }
}
