//! A network that knows no fast path trains and is measured all the same, with the same results.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_backend::{Flex, Kernels, KernelsAutodiff, TensorMemory};
use formant_data::{Batch, Targets, Task};
use formant_models::{FastPaths, Mlp, Network};
use formant_moments::{LayerMoments, Moment, Side, Variant};
use formant_probe::Observer;
use formant_train::{Loss, MemberBatch, MemberRates, OptimizerConfig, Trainer, measure_members};

use crate::independence::runs::{ADAM, MEMBERS, Run, SGD, bits};

/// What a model of somebody else has to write: members and a forward pass.
#[derive(Module, Debug)]
struct Plain<B: Backend> {
    network: Mlp<B>,
}

impl<B: Kernels> Network<B> for Plain<B> {
    fn members(&self) -> usize {
        self.network.members()
    }

    fn forward(&self, inputs: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        self.network.forward(inputs, observer)
    }
}

impl<B: KernelsAutodiff> FastPaths<B> for Plain<B> {}

type B = Flex;

fn network() -> Mlp<B> {
    let seed = MEMBERS[0].seed;
    Run::default()
        .shape()
        .init(&[seed], &Default::default())
        .unwrap()
}

fn plain() -> Plain<B> {
    Plain { network: network() }
}

fn trainer<N: FastPaths<B>>(model: N, optimizer: OptimizerConfig) -> Trainer<B, N> {
    let rates = MemberRates {
        learning_rate: vec![MEMBERS[0].learning_rate],
        weight_decay: vec![MEMBERS[0].weight_decay],
    };
    let (loss, memory) = (Loss::SquaredError, TensorMemory::Host);
    Trainer::new(model, optimizer, rates, loss, memory, &Default::default()).unwrap()
}

/// Every array after ten steps on batches of `samples`, and the outputs that were shown on the way.
fn trained<N: FastPaths<B>>(
    model: N,
    optimizer: OptimizerConfig,
    samples: usize,
) -> (Vec<Vec<u8>>, Vec<Vec<f32>>) {
    let mut trainer = trainer(model, optimizer);
    let mut task = Run::task(MEMBERS[0].seed);
    let mut shown = Vec::new();
    for step in 0..10 {
        let batch = task.batch(step, samples).unwrap();
        let batch = MemberBatch::stack(&[&batch], 2, trainer.device()).unwrap();
        trainer.step_and_show(batch, |seen| {
            assert_eq!(seen.hidden.len(), 2);
            shown.push(seen.outputs.to_data().into_vec().unwrap());
        });
    }
    let (step, arrays) = bits(&trainer.checkpoint(0).unwrap());
    assert_eq!((step, shown.len()), (10, 10));
    (arrays.into_values().collect(), shown)
}

#[test]
fn the_graph_takes_the_steps_of_the_networks_own_pass_to_the_bit() {
    for optimizer in [SGD, ADAM] {
        let own = trained(network(), optimizer, 16);
        assert!(trained(plain(), optimizer, 16) == own, "{optimizer:?}");
    }
}

/// Plain SGD on few samples: a step that the network does not know becomes one along gradients, and is shown once.
#[test]
fn a_step_that_is_not_known_is_taken_along_gradients() {
    let optimizer = OptimizerConfig::Sgd { momentum: 0.0 };
    let (_, own) = trained(network(), optimizer, 2);
    let (_, plain) = trained(plain(), optimizer, 2);
    for (own, plain) in own.iter().zip(&plain) {
        let off = |(a, b): (&f32, &f32)| (a - b).abs();
        let worst = own.iter().zip(plain).map(off).fold(0.0, f32::max);
        assert!(worst < 2e-6, "off by {worst}");
    }
}

#[test]
fn a_tap_measures_what_the_networks_own_pass_does() {
    let held_out: Batch = Run::task(MEMBERS[0].seed).holdout(40).unwrap();
    assert!(matches!(held_out.targets, Targets::Values(_)));
    fn layers<N: FastPaths<B>>(model: &N, held_out: &Batch) -> Vec<LayerMoments> {
        let loss = Loss::SquaredError;
        let device = Default::default();
        let mut measured = measure_members(model, loss, &[held_out], 2, &device).unwrap();
        measured.remove(0).layers.unwrap()
    }
    let (own, tapped) = (layers(&network(), &held_out), layers(&plain(), &held_out));
    assert_eq!(own.len(), 3);
    for (own, tapped) in own.iter().zip(&tapped) {
        assert_eq!(own.name(), tapped.name());
        let of = |layer: &LayerMoments| {
            layer
                .second_moment(Side::B, Moment::Cross, Variant::Raw)
                .to_owned()
        };
        assert_eq!(of(own), of(tapped), "{}", own.name());
    }
}
