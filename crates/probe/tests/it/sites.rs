//! Sites: their names, and taps of chosen ones.

use std::borrow::Cow;

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_moments::SampleAxis;
use formant_probe::{Observer, Site, SiteSamples, Tap};

use crate::observers::{B, Net, host, tensor};

#[test]
fn a_site_says_what_its_samples_are_and_borrows_a_literal() {
    let sites = [
        (Site::new("a"), SampleAxis::Examples),
        (Site::tokens("a"), SampleAxis::Tokens),
        (Site::positions("a"), SampleAxis::Positions),
    ];
    for (site, axis) in sites {
        assert_eq!(site.axis, axis);
        assert!(matches!(site.name, Cow::Borrowed("a")));
    }
    assert_eq!(Site::new(String::from("a")), Site::new("a"));
}

/// What a tap sees of a forward and backward pass.
fn samples<F: Fn(&Site) -> bool>(
    mut tap: Tap<B, F>,
) -> Vec<SiteSamples<<B as burn::tensor::backend::AutodiffBackend>::InnerBackend>> {
    let outputs = Net::<B>::new().forward(tensor(4, [2, 5, 4]), &mut tap);
    let mut gradients = outputs.powi_scalar(2).sum().backward();
    tap.samples(&mut gradients).unwrap()
}

#[test]
fn a_tap_of_chosen_sites_sees_what_a_full_tap_sees_there() {
    let all = samples(Tap::new());
    for (index, name) in ["first", "second"].into_iter().enumerate() {
        let one = samples(Tap::only(|site: &Site| site.name == name));
        assert_eq!(one.len(), 1);
        assert_eq!((&*one[0].site.name, &one[0].site), (name, &all[index].site));
        let numbers = |of: &SiteSamples<_>| {
            [&of.h_a, &of.h_b, &of.g_a, &of.g_b].map(|part| host(part.clone()))
        };
        assert_eq!(numbers(&one[0]), numbers(&all[index]));
    }
    assert!(samples(Tap::only(|_| false)).is_empty());
}

/// Counts the representations that it is shown.
struct Count(usize);

impl<B: Backend> Observer<B> for Count {
    fn hidden(&mut self, _: &Tensor<B, 3>) {
        self.0 += 1;
    }
}

#[test]
fn an_observer_may_be_a_trait_object() {
    let mut count = Count(0);
    let mut tap = Tap::new();
    let mut list: [&mut dyn Observer<B>; 2] = [&mut tap, &mut count];
    let h = tensor::<B>(3, [1, 2, 2]);
    for observer in &mut list {
        // Through the reference, as a model would call it.
        Observer::hidden(observer, &h);
        if observer.wants(&Site::new("first")) {
            Observer::linear(observer, &Site::new("first"), &h, &h, h.clone());
        }
    }
    Net::<B>::new().forward(tensor(4, [2, 5, 4]), &mut list[0]);
    assert_eq!(count.0, 1);
}

#[test]
fn a_pair_shows_representations_to_both() {
    let mut pair = (Count(0), (Count(0), ()));
    let h = tensor::<B>(3, [1, 2, 2]);
    Observer::hidden(&mut &mut pair, &h);
    assert_eq!((pair.0.0, pair.1.0.0), (1, 1));
}
