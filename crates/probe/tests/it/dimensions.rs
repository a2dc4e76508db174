//! Samples along any number of leading dimensions: examples, tokens, positions.

use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Distribution, Tensor};
use formant_backend::NdArray64;
use formant_moments::{LayerMoments, Moment, SampleAxis, Side, Variant};
use formant_probe::{Site, Tap, measure, observe};

type B = NdArray64;

fn layer() -> Linear<B> {
    LinearConfig::new(4, 3).init(&Default::default())
}

/// Moments of one layer on inputs `[…, 4]`.
fn measured<const D: usize>(layer: &Linear<B>, site: &Site, inputs: Tensor<B, D>) -> LayerMoments {
    let layers = measure([inputs], |x: Tensor<B, D>, tap: &mut Tap<B>| {
        let output = layer.forward(x.clone());
        let shape = output.dims();
        let observed = observe(tap, site, x, layer, output);
        assert_eq!(observed.dims(), shape);
        observed.powi_scalar(2).sum()
    });
    layers.unwrap().remove(0)
}

#[test]
fn every_leading_dimension_is_flattened_to_samples() {
    let layer = layer();
    let flat = Tensor::<B, 2>::random([24, 4], Distribution::Default, &Default::default());
    let (examples, tokens, positions) = (
        Site::new("fc"),
        Site::tokens("attention"),
        Site::positions("patch"),
    );
    let expected = measured(&layer, &examples, flat.clone());
    let found = [
        measured(&layer, &tokens, flat.clone().reshape([4, 6, 4])),
        measured(&layer, &positions, flat.reshape([2, 3, 4, 4])),
    ];
    let axes = [SampleAxis::Tokens, SampleAxis::Positions];
    assert_eq!(expected.sample_axis(), SampleAxis::Examples);
    for (found, axis) in found.iter().zip(axes) {
        assert_eq!((found.samples(), found.sample_axis()), (24, axis));
        for side in [Side::A, Side::B] {
            for moment in [Moment::H, Moment::G, Moment::Cross] {
                let of = |layer: &LayerMoments| layer.second_moment(side, moment, Variant::Raw);
                assert_eq!(of(found), of(&expected), "{axis:?} {side:?} {moment:?}");
            }
        }
    }
}

#[test]
fn one_vector_is_one_sample() {
    let layer = layer();
    let input = Tensor::<B, 1>::random([4], Distribution::Default, &Default::default());
    let mut tap = Tap::new();
    let output = layer.forward(input.clone());
    let output = observe(&mut tap, &Site::new("fc"), input, &layer, output);
    let mut gradients = output.sum().backward();
    let samples = tap.samples(&mut gradients).unwrap().remove(0);
    assert_eq!(
        (samples.h_a.dims(), samples.g_b.dims()),
        ([1, 1, 4], [1, 1, 3])
    );
}
