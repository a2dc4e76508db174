//! The zero-tap: exact per-sample neuron gradients from plain tensor operations.

use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;

use crate::{Observer, ProbeError, Site};

/// Records both sides of every linear map, and the gradient of its output.
///
/// A zero leaf is added to \\(h_b\\) and the model continues with the sum: the values do not change, and after
/// `backward` the leaf's gradient is \\(\partial L/\partial h_b\\). If the loss is **summed** over samples and no
/// operation mixes samples, row \\(i\\) is the gradient of sample \\(i\\)'s own loss.
#[derive(Debug, Default)]
pub struct Tap<B: AutodiffBackend> {
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

impl<B: AutodiffBackend> Observer<B> for Tap<B> {
    fn wants(&self, _: &Site) -> bool {
        true
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
    /// A tap that has seen nothing yet.
    pub fn new() -> Self {
        Self {
            records: Vec::new(),
        }
    }

    /// The samples of every layer, in the order in which the model applied them. Call it after `backward` and
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
            return Err(ProbeError::NoGradient { site: site.name });
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
