//! The zero-tap: exact per-sample neuron gradients from plain tensor operations.

use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;

use crate::{Observer, ProbeError, Site};

/// Records both sides of every linear map, and the gradient of its output.
///
/// A zero leaf is added to \\(h_b\\) and the model continues with the sum: the values do not change, and after
/// `backward` the leaf's gradient is \\(\partial L/\partial h_b\\). If the loss is **summed** over samples and no
/// operation mixes samples, row \\(i\\) is the gradient of sample \\(i\\)'s own loss.
pub struct Tap<B: AutodiffBackend, F = fn(&Site) -> bool> {
    wants: F,
    records: Vec<Record<B>>,
}

#[derive(Debug)]
struct Record<B: AutodiffBackend> {
    site: Site,
    h_a: Tensor<B::InnerBackend, 3>,
    weight: Tensor<B::InnerBackend, 3>,
    h_b: Tensor<B::InnerBackend, 3>,
    leaf: Tensor<B, 3>,
}

/// The samples of one layer, on the device: `[members, samples, neurons]` each, the weight
/// `[members, d_a, d_b]`.
#[derive(Debug, Clone)]
pub struct SiteSamples<B: burn::tensor::backend::Backend> {
    /// The layer.
    pub site: Site,
    /// Inputs of the linear map.
    pub h_a: Tensor<B, 3>,
    /// Its outputs.
    pub h_b: Tensor<B, 3>,
    /// \\(g_a = W^\top g_b\\) in the column convention: the part of \\(-\partial\ell/\partial h_a\\) that
    /// flows through this map.
    pub g_a: Tensor<B, 3>,
    /// \\(g_b = -\partial\ell/\partial h_b\\).
    pub g_b: Tensor<B, 3>,
    /// The weight, applied from the right: \\(h_b = h_a\\,\mathrm{weight}\\) for row vectors.
    pub weight: Tensor<B, 3>,
}

impl<B: AutodiffBackend, F: Fn(&Site) -> bool> Observer<B> for Tap<B, F> {
    fn wants(&self, site: &Site) -> bool {
        (self.wants)(site)
    }

    fn linear(
        &mut self,
        site: &Site,
        h_a: &Tensor<B, 3>,
        weight: &Tensor<B, 3>,
        h_b: Tensor<B, 3>,
    ) -> Tensor<B, 3> {
        let leaf = Tensor::<B, 3>::zeros([1; 3], (&h_b.device(), h_b.dtype()))
            .expand(h_b.shape())
            .require_grad();
        self.records.push(Record {
            site: site.clone(),
            h_a: h_a.clone().inner(),
            weight: weight.clone().inner(),
            h_b: h_b.clone().inner(),
            leaf: leaf.clone(),
        });
        h_b + leaf
    }
}

impl<B: AutodiffBackend> Tap<B> {
    /// A tap of every linear map, which has seen nothing yet.
    pub fn new() -> Self {
        Self::only(|_| true)
    }
}

impl<B: AutodiffBackend> Default for Tap<B> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B: AutodiffBackend, F> std::fmt::Debug for Tap<B, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tap")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl<B: AutodiffBackend, F: Fn(&Site) -> bool> Tap<B, F> {
    /// A tap of the linear maps that `wants` chooses. It costs nothing at the others, which keep no activations and get
    /// no leaf:
    ///
    /// ```
    /// # use burn::nn::{Linear, LinearConfig};
    /// # use burn::tensor::{Tensor, activation::tanh, backend::Backend};
    /// # use formant_probe::{Observer, observe};
    /// use formant_probe::{MomentsCollector, Site, Tap};
    ///
    /// # struct Net<B: Backend> { first: Linear<B>, second: Linear<B> }
    /// # impl<B: Backend> Net<B> {
    /// #     fn forward(&self, x: Tensor<B, 2>, observer: &mut impl Observer<B>) -> Tensor<B, 2> {
    /// #         let h = self.first.forward(x.clone());
    /// #         let h = tanh(observe(observer, &Site::new("first"), x, &self.first, h));
    /// #         let y = self.second.forward(h.clone());
    /// #         observe(observer, &Site::new("second"), h, &self.second, y)
    /// #     }
    /// # }
    /// # type B = formant_backend::NdArray;
    /// # let device = Default::default();
    /// # let net: Net<B> = Net {
    /// #     first: LinearConfig::new(3, 4).init(&device),
    /// #     second: LinearConfig::new(4, 2).init(&device),
    /// # };
    /// # let inputs = Tensor::<B, 2>::from_floats([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0], [0.0, 1.0, 1.0]], &device);
    /// // `net` has the sites "first" and "second".
    /// let mut tap = Tap::only(|site: &Site| site.name == "second");
    /// let loss = net.forward(inputs, &mut tap).powi_scalar(2).sum();
    /// let mut collector = MomentsCollector::default();
    /// collector.add(tap.samples(&mut loss.backward())?)?; // once for each chunk
    /// for member in collector.finish()? {
    ///     let layers = member?;
    ///     assert_eq!((layers.len(), layers[0].name()), (1, "second"));
    /// }
    /// # Ok::<(), formant_probe::ProbeError>(())
    /// ```
    pub fn only(wants: F) -> Self {
        let records = Vec::new();
        Self { wants, records }
    }

    /// The samples of every layer that was tapped, in the order in which the model applied them. Call it after `backward` and
    /// before an optimiser consumes the gradients.
    ///
    /// # Errors
    /// [`ProbeError::NoGradient`] if the loss does not depend on a layer's output.
    pub fn samples(
        self,
        gradients: &mut B::Gradients,
    ) -> Result<Vec<SiteSamples<B::InnerBackend>>, ProbeError> {
        self.records
            .into_iter()
            .map(|record| record.samples(gradients))
            .collect()
    }
}

impl<B: AutodiffBackend> Record<B> {
    fn samples(
        self,
        gradients: &mut B::Gradients,
    ) -> Result<SiteSamples<B::InnerBackend>, ProbeError> {
        let Self {
            site,
            h_a,
            weight,
            h_b,
            leaf,
        } = self;
        let Some(gradient) = leaf.grad_remove(gradients) else {
            let site = site.name.into_owned();
            return Err(ProbeError::NoGradient { site });
        };
        let g_b = gradient.neg();
        let g_a = g_b.clone().matmul(weight.clone().swap_dims(1, 2));
        Ok(SiteSamples {
            site,
            h_a,
            h_b,
            g_a,
            g_b,
            weight,
        })
    }
}
