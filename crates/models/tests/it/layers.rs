//! Networks of given layers.

use burn::tensor::Tensor;
use formant_backend::Flex;
use formant_models::{Activation, Cnn, Linear, Mlp, ModelError, Network};

fn linear(d_a: usize, d_b: usize) -> Linear<Flex> {
    Linear::from_tensors(Tensor::ones([2, d_a, d_b], &Default::default()), None)
}

#[test]
fn a_network_without_layers_is_refused() {
    let refused = |found, expected| Some(ModelError::TooFewLayers { found, expected });
    let mlp = Mlp::<Flex>::from_layers(Vec::new(), Activation::Tanh);
    assert_eq!(mlp.err(), refused(0, 1));
    for layers in [vec![], vec![linear(3, 1)]] {
        let found = layers.len();
        let cnn = Cnn::from_layers(layers, Activation::Tanh, 1);
        assert_eq!(cnn.err(), refused(found, 2));
    }
}

#[test]
fn the_fewest_layers_make_a_network() {
    let inputs = || Tensor::ones([2, 4, 3], &Default::default());
    let mlp = Mlp::from_layers(vec![linear(3, 1)], Activation::Tanh).unwrap();
    let cnn = Cnn::from_layers(vec![linear(3, 5), linear(5, 1)], Activation::Tanh, 1).unwrap();
    assert_eq!((mlp.members(), cnn.members()), (2, 2));
    assert_eq!(mlp.forward(inputs(), &mut ()).dims(), [2, 4, 1]);
    assert_eq!(cnn.forward(inputs(), &mut ()).dims(), [2, 4, 1]);
}
