//! What a member is must depend on its seed alone, and what it computes on its own inputs.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use formant_backend::{Flex, Kernels, NdArray};
use formant_data::rng::{Purpose, normal_f32, stream};
use formant_models::{
    Activation, Bias, Init, Mlp, MlpConfig, ModelError, Network, OutputTransform, Skip,
};

fn config() -> MlpConfig {
    MlpConfig {
        inputs: 7,
        width: 6,
        depth: 2,
        outputs: 3,
        activation: Activation::Tanh,
        bias: Bias::Learned,
        init: Init::UniformFanIn,
        init_scale: 1.0,
        transform: OutputTransform::None,
        skip: Skip::None,
    }
}

fn init<B: Backend>(config: &MlpConfig, seeds: &[u64]) -> Mlp<B> {
    config.init(seeds, &Default::default()).unwrap()
}

fn host<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f32> {
    tensor.into_data().into_vec().unwrap()
}

/// Bits of the weight and bias of every layer of one member.
fn member_bits<B: Backend>(network: &Mlp<B>, member: usize) -> Vec<Vec<u32>> {
    let row = |tensor: Tensor<B, 3>| host(tensor.narrow(0, member, 1));
    let tensors = network
        .layers()
        .iter()
        .flat_map(|layer| [Some(layer.weight()), layer.bias()]);
    tensors
        .flatten()
        .map(|tensor| row(tensor).into_iter().map(f32::to_bits).collect())
        .collect()
}

/// `[members, samples, inputs]`.
fn inputs<B: Backend>(members: usize, samples: usize) -> Tensor<B, 3> {
    let shape = [members, samples, 7];
    let values = normal_f32(&mut stream(3, Purpose::Holdout, 0), shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), &Default::default())
}

#[test]
fn a_size_of_zero_is_refused_by_name() {
    let refused = [
        MlpConfig {
            inputs: 0,
            ..config()
        },
        MlpConfig {
            width: 0,
            ..config()
        },
        MlpConfig {
            depth: 0,
            ..config()
        },
        MlpConfig {
            outputs: 0,
            ..config()
        },
    ];
    for (config, field) in refused.iter().zip(["inputs", "width", "depth", "outputs"]) {
        let error = config
            .init::<Flex>(&[1], &Default::default())
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error, ModelError::Zero { field });
        assert!(error.to_string().contains(field), "{error}");
    }
}

#[test]
fn an_ensemble_without_members_is_refused() {
    let error = config()
        .init::<Flex>(&[], &Default::default())
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error, ModelError::NoMembers);
}

#[test]
fn layers_have_the_shapes_of_the_configuration() {
    let config = config();
    assert_eq!(config.shapes(), [[7, 6], [6, 6], [6, 3]]);
    let network = init::<Flex>(&config, &[1, 2]);
    for (layer, [a, b]) in network.layers().iter().zip(config.shapes()) {
        assert_eq!(layer.weight().dims(), [2, a, b]);
        assert_eq!(layer.bias().unwrap().dims(), [2, 1, b]);
    }
    assert_eq!((network.layers().len(), network.members()), (3, 2));
    let bare = init::<Flex>(
        &MlpConfig {
            bias: Bias::None,
            ..config
        },
        &[1],
    );
    assert!(bare.layers().iter().all(|layer| layer.bias().is_none()));
}

#[test]
fn initial_weights_depend_on_the_seed_alone() {
    let together = init::<Flex>(&config(), &[5, 8, 5, 13]);
    for (member, seed) in [5, 8, 5, 13].into_iter().enumerate() {
        let bits = member_bits(&together, member);
        assert_eq!(
            bits,
            member_bits(&init::<Flex>(&config(), &[seed]), 0),
            "seed {seed}"
        );
        assert_eq!(
            bits,
            member_bits(&init::<NdArray>(&config(), &[seed]), 0),
            "ndarray, {seed}"
        );
    }
    assert_ne!(member_bits(&together, 0), member_bits(&together, 1));
    // A wider readout leaves the layers below it as they are: each layer has a stream of its own.
    let wider = init::<Flex>(
        &MlpConfig {
            outputs: 4,
            ..config()
        },
        &[5],
    );
    assert_eq!(member_bits(&wider, 0)[..4], member_bits(&together, 0)[..4]);
}

#[test]
fn initial_weights_are_uniform_within_one_over_root_fan_in() {
    let config = MlpConfig {
        inputs: 50,
        width: 200,
        depth: 1,
        ..config()
    };
    let network = init::<Flex>(&config, &[1, 2]);
    for (layer, [d_a, _]) in network.layers().iter().zip(config.shapes()) {
        let bound = 1.0 / (d_a as f64).sqrt();
        for values in [host(layer.weight()), host(layer.bias().unwrap())] {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            assert!(
                values.iter().all(|w| w.abs() <= bound * (1.0 + 1e-6)),
                "bound {bound}"
            );
            let count = values.len() as f64;
            // Five standard errors of the mean square of a uniform variable, whose relative spread is sqrt(4/5).
            let mean_square = values.iter().map(|w| w * w).sum::<f64>() / count;
            let relative = mean_square / (bound * bound / 3.0) - 1.0;
            assert!(
                relative.abs() < 5.0 * (0.8 / count).sqrt(),
                "{relative} of {count} values"
            );
        }
    }
}

/// Largest difference between the members of an ensemble and each of them alone.
fn largest_gap<B: Kernels>(activation: Activation) -> f32 {
    let (config, seeds) = (
        MlpConfig {
            activation,
            ..config()
        },
        [4, 9, 2],
    );
    let inputs = inputs::<B>(seeds.len(), 5);
    let together = init::<B>(&config, &seeds).forward(inputs.clone(), &mut ());
    assert_eq!(together.dims(), [3, 5, 3]);
    let mut gap: f32 = 0.0;
    for (member, seed) in seeds.into_iter().enumerate() {
        let own = inputs.clone().narrow(0, member, 1);
        let alone = host(init::<B>(&config, &[seed]).forward(own, &mut ()));
        let row = host(together.clone().narrow(0, member, 1));
        assert!(
            alone.iter().any(|y| y.abs() > 1e-3),
            "{activation:?}: outputs are all zero"
        );
        gap = alone
            .iter()
            .zip(&row)
            .fold(gap, |gap, (x, y)| gap.max((x - y).abs()));
    }
    gap
}

#[test]
fn members_compute_what_each_computes_alone() {
    for activation in [Activation::Tanh, Activation::Relu, Activation::Identity] {
        assert_eq!(largest_gap::<Flex>(activation), 0.0, "{activation:?}");
        assert!(largest_gap::<NdArray>(activation) < 1e-6, "{activation:?}");
    }
}

#[test]
fn a_network_is_the_composition_of_its_maps() {
    for activation in [Activation::Tanh, Activation::Relu, Activation::Identity] {
        let network = init::<Flex>(
            &MlpConfig {
                activation,
                ..config()
            },
            &[6],
        );
        let found = host(network.forward(inputs(1, 4), &mut ()));
        let rows = host(inputs::<Flex>(1, 4));
        for (row, found) in rows.chunks(7).zip(found.chunks(3)) {
            let mut h: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
            for (index, layer) in network.layers().iter().enumerate() {
                h = affine(&h, &host(layer.weight()), &host(layer.bias().unwrap()));
                if index < 2 {
                    h.iter_mut().for_each(|x| *x = apply(activation, *x));
                }
            }
            let close = h
                .iter()
                .zip(found)
                .all(|(h, f)| (h - f64::from(*f)).abs() < 1e-6);
            assert!(close, "{activation:?}: {found:?}, expected {h:?}");
        }
    }
}

#[test]
fn the_initial_scale_is_a_factor_on_every_weight() {
    let plain = init::<Flex>(&config(), &[4]);
    let scaled = MlpConfig {
        init_scale: 2.0,
        ..config()
    };
    let scaled = init::<Flex>(&scaled, &[4]);
    for (plain, scaled) in plain.layers().iter().zip(scaled.layers()) {
        let doubled: Vec<f32> = host(plain.weight()).into_iter().map(|w| 2.0 * w).collect();
        assert_eq!(host(scaled.weight()), doubled);
    }
}

#[test]
fn a_transform_divides_the_outputs_and_their_gradients_by_its_diagonal() {
    let transform = OutputTransform::Diagonal { condition: 100.0 };
    let diagonal = transform.diagonal(3);
    assert!((diagonal[0] - 0.1).abs() < 1e-12 && (diagonal[2] - 10.0).abs() < 1e-12);
    let plain = init::<Flex>(&config(), &[4]);
    let mapped = MlpConfig {
        transform,
        ..config()
    };
    let mapped = init::<Flex>(&mapped, &[4]);
    let x = inputs::<Flex>(1, 5);
    let (y, z) = (
        plain.forward(x.clone(), &mut ()),
        mapped.forward(x, &mut ()),
    );
    for (index, (y, z)) in host(y).into_iter().zip(host(z)).enumerate() {
        let expected = f64::from(y) / diagonal[index % 3];
        assert!((f64::from(z) - expected).abs() < 1e-6 * expected.abs().max(1.0));
    }
}

#[test]
fn scales_and_transforms_out_of_range_are_refused() {
    let none = MlpConfig {
        init_scale: 0.0,
        ..config()
    };
    let condition = 0.5;
    let shrinking = MlpConfig {
        transform: OutputTransform::Diagonal { condition },
        ..config()
    };
    for (config, name) in [(none, "init_scale"), (shrinking, "transform.condition")] {
        let refused = config.init::<Flex>(&[0], &Default::default()).unwrap_err();
        assert!(matches!(refused, ModelError::Setting { field, .. } if field == name));
    }
}

fn affine(h: &[f64], weight: &[f32], bias: &[f32]) -> Vec<f64> {
    let entry = |b: usize| {
        let terms = h
            .iter()
            .enumerate()
            .map(|(a, h)| h * f64::from(weight[a * bias.len() + b]));
        terms.sum::<f64>() + f64::from(bias[b])
    };
    (0..bias.len()).map(entry).collect()
}

fn apply(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Tanh => x.tanh(),
        Activation::Relu => x.max(0.0),
        Activation::Identity => x,
        Activation::LeakyRelu => x.max(0.01 * x),
        Activation::Elu if x > 0.0 => x,
        Activation::Elu => x.exp_m1(),
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::Discontinuous if x > 0.0 => x + 0.05,
        Activation::Discontinuous => 0.0,
    }
}
