//! Observation that is off costs nothing.

use allocation_counter::measure;
use burn::nn::LinearConfig;
use burn::tensor::{Distribution, Tensor};
use formant_backend::NdArray64;
use formant_probe::{Observer, Site, Tap, observe};

type B = NdArray64;

/// Allocations of `observe` on a site that is made on the spot, as in a forward pass.
fn allocations(observer: &mut impl Observer<B>, site: impl Fn() -> Site) -> u64 {
    let device = Default::default();
    let layer = LinearConfig::new(4, 3).init::<B>(&device);
    let input = Tensor::<B, 3>::random([2, 5, 4], Distribution::Default, &device);
    let output = layer.forward(input.clone());
    let mut kept = None;
    let counted = measure(|| kept = Some(observe(observer, &site(), input, &layer, output)));
    assert!(kept.is_some());
    counted.count_total
}

#[test]
fn the_unit_observer_allocates_nothing() {
    for site in [Site::new, Site::tokens, Site::positions] {
        assert_eq!(allocations(&mut (), || site("first")), 0);
        assert_eq!(allocations(&mut ((), &mut ()), || site("first")), 0);
    }
}

#[test]
fn a_site_that_a_tap_leaves_out_allocates_nothing() {
    let mut tap = Tap::only(|site: &Site| site.name == "second");
    assert_eq!(allocations(&mut tap, || Site::new("first")), 0);
    assert!(allocations(&mut tap, || Site::new("second")) > 0);
}

#[test]
fn a_name_made_at_run_time_is_counted() {
    let owned = || Site::new(format!("fc{}", std::hint::black_box(1)));
    assert!(allocations(&mut (), owned) > 0);
}
