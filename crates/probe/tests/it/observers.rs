//! Observers: what they see, how they compose, and what noise on neuron gradients does.

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Tensor, TensorData};
use formant_backend::{Flex, NdArray64};
use formant_probe::{NoiseInjector, Observer, Site, SiteSamples, Tap};

pub type B = NdArray64;

/// Fixed numbers in (-1, 1).
fn values(salt: usize, count: usize) -> Vec<f64> {
    (1..=count)
        .map(|i| ((i * i + 7 * salt) as f64 * 0.731).sin())
        .collect()
}

pub fn tensor<B: Backend>(salt: usize, shape: [usize; 3]) -> Tensor<B, 3> {
    let data = TensorData::new(values(salt, shape.iter().product()), shape);
    Tensor::from_data(data, (&Default::default(), DType::F64))
}

pub fn host<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

fn close(found: &[f64], expected: &[f64]) -> bool {
    let near = |(f, e): (&f64, &f64)| (f - e).abs() <= 1e-12 * (1.0 + e.abs());
    found.len() == expected.len() && found.iter().zip(expected).all(near)
}

/// Two linear maps with a tanh between them, for two members: 4 -> 3 -> 2.
pub struct Net<B: Backend> {
    first: Tensor<B, 3>,
    second: Tensor<B, 3>,
}

impl<B: Backend> Net<B> {
    pub fn new() -> Self {
        let (first, second) = (tensor(1, [2, 4, 3]), tensor(2, [2, 3, 2]));
        Self {
            first: first.require_grad(),
            second: second.require_grad(),
        }
    }

    pub fn forward(&self, x: Tensor<B, 3>, observer: &mut impl Observer<B>) -> Tensor<B, 3> {
        let h = apply("first", x, &self.first, observer).tanh();
        apply("second", h, &self.second, observer)
    }
}

fn apply<B: Backend>(
    name: &'static str,
    h_a: Tensor<B, 3>,
    weight: &Tensor<B, 3>,
    observer: &mut impl Observer<B>,
) -> Tensor<B, 3> {
    let (site, h_b) = (Site::new(name), h_a.clone().matmul(weight.clone()));
    match observer.wants(&site) {
        true => observer.linear(&site, &h_a, weight, h_b),
        false => h_b,
    }
}

/// Adds a number to the outputs of one site, and notes what it was shown.
struct Shift {
    site: &'static str,
    by: f64,
    seen: Vec<(String, Vec<f64>)>,
}

impl Shift {
    fn new(site: &'static str, by: f64) -> Self {
        Self {
            site,
            by,
            seen: Vec::new(),
        }
    }
}

impl<B: Backend> Observer<B> for Shift {
    fn wants(&self, site: &Site) -> bool {
        site.name == self.site
    }

    fn linear(
        &mut self,
        site: &Site,
        _: &Tensor<B, 3>,
        _: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        self.seen.push((site.name.to_string(), host(h_b.clone())));
        h_b.add_scalar(self.by)
    }
}

#[test]
fn the_unit_observer_wants_nothing_and_changes_nothing() {
    assert!(!Observer::<B>::wants(&(), &Site::new("first")));
    let h_b = tensor::<B>(3, [1, 2, 2]);
    let kept = ().linear(&Site::new("first"), &h_b, &h_b, h_b.clone());
    assert_eq!(host(kept), host(h_b));
}

#[test]
fn an_observer_that_has_no_opinion_wants_nothing() {
    struct Silent;
    impl<B: Backend> Observer<B> for Silent {}
    assert!(!Observer::<B>::wants(&Silent, &Site::new("first")));
}

#[test]
fn the_second_of_a_pair_sees_what_the_first_gave_back() {
    let mut pair = (Shift::new("first", 10.0), Shift::new("first", 0.5));
    let (net, x) = (Net::<B>::new(), tensor::<B>(4, [2, 5, 4]));
    let plain = host(x.clone().matmul(net.first.clone()));
    net.forward(x, &mut pair);
    let shifted: Vec<f64> = plain.iter().map(|h| h + 10.0).collect();
    assert_eq!(pair.0.seen, [("first".to_owned(), plain)]);
    assert_eq!(pair.1.seen, [("first".to_owned(), shifted)]);
}

#[test]
fn a_pair_wants_what_either_wants_and_shows_each_its_own() {
    let mut pair = (Shift::new("first", 0.0), (Shift::new("second", 0.0), ()));
    for (site, wanted) in [("first", true), ("second", true), ("third", false)] {
        assert_eq!(
            Observer::<B>::wants(&pair, &Site::new(site)),
            wanted,
            "{site}"
        );
    }
    Net::<B>::new().forward(tensor::<B>(4, [2, 5, 4]), &mut &mut pair);
    let names = |shift: &Shift| shift.seen.iter().map(|s| s.0.clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&pair.0), names(&pair.1.0)),
        (vec!["first".into()], vec!["second".into()])
    );
}

/// One forward and backward pass with a tap; noise only where `draw` gives some.
struct Pass {
    outputs: Vec<f64>,
    samples: Vec<SiteSamples<<B as burn::tensor::backend::AutodiffBackend>::InnerBackend>>,
    /// Gradients of the loss with respect to the two weights, `[2, d_a, d_b]`.
    first: Vec<f64>,
    second: Vec<f64>,
}

fn pass(draw: impl FnMut(&Site, [usize; 3]) -> Option<Vec<f32>>) -> Pass {
    let net = Net::<B>::new();
    let mut observers = (Tap::new(), NoiseInjector::new(draw));
    let outputs = net.forward(tensor(4, [2, 5, 4]), &mut observers);
    let mut loss = (outputs.clone() - tensor(5, [2, 5, 2]))
        .powi_scalar(2)
        .sum();
    if let Some(term) = observers.1.loss_term() {
        loss = loss + term;
    }
    assert!(observers.1.loss_term().is_none(), "the term counts once");
    let mut gradients = loss.backward();
    let of = |weight: &Tensor<B, 3>| host(weight.grad(&gradients).unwrap());
    let (first, second) = (of(&net.first), of(&net.second));
    let samples = observers.0.samples(&mut gradients).unwrap();
    Pass {
        outputs: host(outputs),
        samples,
        first,
        second,
    }
}

/// Noise that `f32` holds exactly, as every draw does.
fn noise(count: usize) -> Vec<f32> {
    values(6, count).into_iter().map(|x| x as f32).collect()
}

#[test]
fn noise_on_a_layer_changes_its_weight_gradient_by_the_noise_alone() {
    let plain = pass(|_, _| None);
    let noisy = pass(|site, shape| (site.name == "second").then(|| noise(shape.iter().product())));
    assert_eq!(
        noisy.outputs, plain.outputs,
        "the forward pass must not change"
    );

    // h_a^T (-xi), member by member.
    let h_a = host(plain.samples[1].h_a.clone());
    let xi: Vec<f64> = noise(2 * 5 * 2).into_iter().map(f64::from).collect();
    let mut expected = plain.second.clone();
    for (m, i, a, b) in indices(2, 5, 3, 2) {
        expected[(m * 3 + a) * 2 + b] -= h_a[(m * 5 + i) * 3 + a] * xi[(m * 5 + i) * 2 + b];
    }
    assert!(
        close(&noisy.second, &expected),
        "{:?}, expected {expected:?}",
        noisy.second
    );

    let g_b: Vec<f64> = host(plain.samples[1].g_b.clone())
        .iter()
        .zip(&xi)
        .map(|(g, x)| g + x)
        .collect();
    assert!(
        close(&host(noisy.samples[1].g_b.clone()), &g_b),
        "g_b becomes g_b + xi"
    );
}

#[test]
fn noise_on_a_layer_reaches_the_layers_below_it() {
    let plain = pass(|_, _| None);
    let noisy = pass(|site, shape| (site.name == "second").then(|| noise(shape.iter().product())));
    // -dL/dh_b of the first layer moves by (xi W^T) (1 - tanh^2), and its weight gradient accordingly.
    let (x, w) = (
        host(plain.samples[0].h_a.clone()),
        host(plain.samples[1].weight.clone()),
    );
    let (h, xi) = (host(plain.samples[1].h_a.clone()), noise(2 * 5 * 2));
    let mut expected = plain.first.clone();
    for (m, i, a, b) in indices(2, 5, 4, 3) {
        let row = m * 5 + i;
        let back: f64 = (0..2)
            .map(|k| f64::from(xi[row * 2 + k]) * w[(m * 3 + b) * 2 + k])
            .sum();
        let slope = 1.0 - h[row * 3 + b].powi(2);
        expected[(m * 4 + a) * 3 + b] -= x[row * 4 + a] * back * slope;
    }
    assert!(
        close(&noisy.first, &expected),
        "{:?}, expected {expected:?}",
        noisy.first
    );
}

#[test]
fn noise_on_two_layers_adds_up() {
    let both = pass(|_, shape| Some(noise(shape.iter().product())));
    let of = |name: &'static str| {
        pass(move |site, shape| (site.name == name).then(|| noise(shape.iter().product())))
    };
    let (plain, first, second) = (pass(|_, _| None), of("first"), of("second"));
    let sum = |of: fn(&Pass) -> &Vec<f64>| -> Vec<f64> {
        let parts = of(&first).iter().zip(of(&second)).zip(of(&plain));
        parts.map(|((x, y), z)| x + y - z).collect()
    };
    assert!(close(&both.first, &sum(|p| &p.first)) && close(&both.second, &sum(|p| &p.second)));
    assert!(!close(&both.first, &plain.first) && close(&first.second, &plain.second));
}

/// Every member, sample and pair of neurons.
fn indices(
    members: usize,
    samples: usize,
    d_a: usize,
    d_b: usize,
) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..members * samples * d_a * d_b).map(move |index| {
        let (b, rest) = (index % d_b, index / d_b);
        let (a, rest) = (rest % d_a, rest / d_a);
        (rest / samples, rest % samples, a, b)
    })
}

#[test]
fn without_noise_there_is_no_term() {
    let mut injector = NoiseInjector::<B, _>::new(|_, _| None);
    Net::new().forward(tensor(4, [2, 5, 4]), &mut injector);
    assert!(injector.loss_term().is_none());
}

#[test]
fn a_tap_changes_no_value() {
    fn outputs<B: burn::tensor::backend::AutodiffBackend>() -> [Vec<u64>; 2] {
        let (net, x) = (Net::<B>::new(), tensor(4, [2, 5, 4]));
        let bits = |h: Tensor<B, 3>| host(h).into_iter().map(f64::to_bits).collect();
        [
            bits(net.forward(x.clone(), &mut ())),
            bits(net.forward(x, &mut Tap::new())),
        ]
    }
    for [plain, tapped] in [outputs::<B>(), outputs::<Flex>()] {
        assert_eq!(plain, tapped);
    }
}
