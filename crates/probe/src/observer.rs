//! What sees the linear maps of a model.

use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use formant_moments::SampleAxis;

/// A linear map of a model: its name, and what its samples are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Site {
    /// Unique within the model.
    pub name: String,
    /// What one row of `h_a` is: an example, a token, an image position.
    pub axis: SampleAxis,
}

impl Site {
    /// A site whose samples are examples.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            axis: SampleAxis::Examples,
        }
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

    /// Sees one linear map: `h_a` `[members, samples, d_a]`, `weight` `[members, d_a, d_b]` and its output
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
}

impl<B: Backend, O: Observer<B>> Observer<B> for &mut O {
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
}

/// Shows a burn `nn::Linear` of a model without a members axis to an observer: `input` `[samples, d_a]`,
/// `output` `[samples, d_b]`. The model has to continue with the tensor that is returned.
pub fn observe<B: Backend>(
    observer: &mut impl Observer<B>,
    site: &Site,
    input: Tensor<B, 2>,
    layer: &Linear<B>,
    output: Tensor<B, 2>,
) -> Tensor<B, 2> {
    if !observer.wants(site) {
        return output;
    }
    let weight = layer.weight.val().unsqueeze::<3>();
    observer
        .linear(
            site,
            &input.unsqueeze::<3>(),
            &weight,
            output.unsqueeze::<3>(),
        )
        .squeeze_dim::<2>(0)
}
