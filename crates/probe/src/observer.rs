//! What sees the linear maps of a model.

use std::borrow::Cow;

use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_moments::SampleAxis;

/// A linear map of a model: its name, and what its samples are.
///
/// A name that is a literal is borrowed, so that a site made in a forward pass allocates nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Site {
    /// Unique within the model.
    pub name: Cow<'static, str>,
    /// What one row of `h_a` is: an example, a token, an image position.
    pub axis: SampleAxis,
}

impl Site {
    /// A site whose samples are examples.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self::along(name, SampleAxis::Examples)
    }

    /// A site whose samples are the tokens of sequences.
    pub fn tokens(name: impl Into<Cow<'static, str>>) -> Self {
        Self::along(name, SampleAxis::Tokens)
    }

    /// A site whose samples are the positions of images or of other signals.
    pub fn positions(name: impl Into<Cow<'static, str>>) -> Self {
        Self::along(name, SampleAxis::Positions)
    }

    fn along(name: impl Into<Cow<'static, str>>, axis: SampleAxis) -> Self {
        let name = name.into();
        Self { name, axis }
    }
}

/// Sees every linear map that a model applies, and may give back a changed output.
pub trait Observer<B: Backend> {
    /// Whether this observer wants the site at all (a convolution unfolds its patches only if so).
    fn wants(&self, site: &Site) -> bool {
        let _ = site;
        false
    }

    /// Whether it wants no site of any model, so that nobody needs to ask. Only `()` is sure to.
    fn is_off(&self) -> bool {
        false
    }

    /// Sees one linear map, of a site that it wants: `h_a` `[members, samples, d_a]`, `weight` `[members, d_a, d_b]` and its output
    /// `h_b` `[members, samples, d_b]`, a bias included. The model continues with what is returned.
    fn linear(
        &mut self,
        site: &Site,
        h_a: &Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let _ = (site, h_a, weight);
        h_b
    }

    /// Sees the representation of a hidden layer, after its activation: `[members, samples, …]` with all else
    /// flattened. Every model of `formant-models` shows its representations in order, from input to readout; a model
    /// that is only to be measured need not.
    fn hidden(&mut self, representation: &Tensor<B, 3>) {
        let _ = representation;
    }
}

/// Observation off: no operation, no allocation.
impl<B: Backend> Observer<B> for () {
    fn is_off(&self) -> bool {
        true
    }
}

/// Each sees the sites that it wants, the first observer first.
impl<B: Backend, First: Observer<B>, Second: Observer<B>> Observer<B> for (First, Second) {
    fn wants(&self, site: &Site) -> bool {
        self.0.wants(site) || self.1.wants(site)
    }

    fn is_off(&self) -> bool {
        self.0.is_off() && self.1.is_off()
    }

    fn linear(
        &mut self,
        site: &Site,
        h_a: &Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let h_b = match self.0.wants(site) {
            true => self.0.linear(site, h_a, weight, h_b),
            false => h_b,
        };
        match self.1.wants(site) {
            true => self.1.linear(site, h_a, weight, h_b),
            false => h_b,
        }
    }

    fn hidden(&mut self, representation: &Tensor<B, 3>) {
        self.0.hidden(representation);
        self.1.hidden(representation);
    }
}

impl<B: Backend, O: Observer<B> + ?Sized> Observer<B> for &mut O {
    fn wants(&self, site: &Site) -> bool {
        (**self).wants(site)
    }

    fn is_off(&self) -> bool {
        (**self).is_off()
    }

    fn linear(
        &mut self,
        site: &Site,
        h_a: &Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        (**self).linear(site, h_a, weight, h_b)
    }

    fn hidden(&mut self, representation: &Tensor<B, 3>) {
        (**self).hidden(representation);
    }
}

/// Shows a burn `nn::Linear` of a model without a members axis to an observer: `input` `[…, d_a]`, `output` `[…, d_b]`,
/// with any number of leading dimensions, which become the samples, row by row. The model has to continue with the
/// tensor that is returned.
///
/// What the samples are is for the site to say. In a transformer, whose activations are `[sequences, tokens, d]`, every
/// token of every sequence is one:
///
/// ```
/// use burn::nn::{Linear, LinearConfig};
/// use burn::tensor::{Distribution, Tensor};
/// use formant_moments::SampleAxis;
/// use formant_probe::{Site, Tap, measure, observe};
///
/// type B = formant_backend::NdArray;
/// let device = Default::default();
/// let projection: Linear<B> = LinearConfig::new(6, 2).init(&device);
/// // 4 sequences of 5 tokens.
/// let inputs = Tensor::<B, 3>::random([4, 5, 6], Distribution::Default, &device);
///
/// let layers = measure([inputs], |x, tap: &mut Tap<B>| {
///     let h = projection.forward(x.clone());
///     let h = observe(tap, &Site::tokens("projection"), x, &projection, h);
///     assert_eq!(h.dims(), [4, 5, 2]);
///     h.powi_scalar(2).sum()
/// })?;
/// assert_eq!((layers[0].samples(), layers[0].sample_axis()), (20, SampleAxis::Tokens));
/// # Ok::<(), formant_probe::ProbeError>(())
/// ```
pub fn observe<B: Backend, const D: usize>(
    observer: &mut impl Observer<B>,
    site: &Site,
    input: Tensor<B, D>,
    layer: &Linear<B>,
    output: Tensor<B, D>,
) -> Tensor<B, D> {
    if !observer.wants(site) {
        return output;
    }
    let shape = output.shape();
    let weight = layer.weight.val().unsqueeze::<3>();
    let h_b = observer.linear(site, &rows(input), &weight, rows(output));
    h_b.reshape(shape)
}

/// `[…, d]` as `[1, samples, d]`.
fn rows<B: Backend, const D: usize>(x: Tensor<B, D>) -> Tensor<B, 3> {
    let dims = x.dims();
    x.reshape([1, dims[..D - 1].iter().product(), dims[D - 1]])
}
