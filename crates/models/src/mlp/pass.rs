//! One pass through a fully connected network without burn's graph, and the way back.

use burn::tensor::Tensor;
use formant_backend::{Kernels, KernelsAutodiff};

use super::{Mlp, Skip};
use crate::Activation;

/// Whether pre-activations are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Only where the way back needs them.
    Needed,
    /// All.
    All,
}

/// What a pass leaves behind; `B` has no graph.
pub(super) struct Pass<B: Kernels> {
    /// The input of every linear map: the network's, and then the representation of every hidden layer.
    pub h_a: Vec<Tensor<B, 3>>,
    /// The pre-activations of every hidden layer that are kept.
    pub h_b: Vec<Option<Tensor<B, 3>>>,
    /// The outputs of the activations, where a skip connection makes them differ from the representation.
    own: Vec<Option<Tensor<B, 3>>>,
    /// What the readout gives.
    pub readout: Tensor<B, 3>,
}

impl<B: KernelsAutodiff> Mlp<B> {
    /// The pass of `inputs`.
    pub(super) fn pass(
        &self,
        inputs: Tensor<B::InnerBackend, 3>,
        keep: Keep,
    ) -> Pass<B::InnerBackend> {
        let last = self.layers.len() - 1;
        let keep = keep == Keep::All || self.activation.needs_input();
        let mut h_a = Vec::with_capacity(self.layers.len());
        h_a.push(inputs);
        let (mut h_b, mut own) = (Vec::new(), Vec::new());
        for (index, layer) in self.layers[..last].iter().enumerate() {
            let pre = layer.apply(h_a[index].clone());
            h_b.push(keep.then(|| pre.clone()));
            let y = self.activation.apply(pre);
            let skipped = self.skip.enters(index);
            own.push(skipped.then(|| y.clone()));
            // `h_a[index - 1]` is the representation of hidden layer `index - 2`.
            h_a.push(if skipped {
                y + h_a[index - 1].clone()
            } else {
                y
            });
        }
        let readout = self.layers[last].apply(h_a[last].clone());
        Pass {
            h_a,
            h_b,
            own,
            readout,
        }
    }

    /// Walks back from the gradient of the readout. `visit` sees every linear map, the last one first: its index, its
    /// input and the gradient of its output; it gives the gradient of its input.
    pub(super) fn walk_back(
        (activation, skip): (Activation, Skip),
        mut pass: Pass<B::InnerBackend>,
        mut g: Tensor<B::InnerBackend, 3>,
        mut visit: impl FnMut(
            usize,
            Tensor<B::InnerBackend, 3>,
            Option<Tensor<B::InnerBackend, 3>>,
            Tensor<B::InnerBackend, 3>,
        ) -> Tensor<B::InnerBackend, 3>,
    ) {
        // What skip connections bring to the representation of each hidden layer.
        let mut passed_by: Vec<Option<Tensor<_, 3>>> = vec![None; pass.h_b.len()];
        let mut h_b: Option<Tensor<_, 3>> = Some(pass.readout);
        for index in (0..pass.h_a.len()).rev() {
            let Some(h_a) = pass.h_a.pop() else { return };
            g = visit(index, h_a.clone(), h_b.take(), g);
            let Some(hidden) = index.checked_sub(1) else {
                return;
            };
            if let Some(by) = passed_by[hidden].take() {
                g = g + by;
            }
            if skip.enters(hidden) {
                passed_by[hidden - 2] = Some(match passed_by[hidden - 2].take() {
                    Some(by) => by + g.clone(),
                    None => g.clone(),
                });
            }
            let y = pass.own[hidden].take().unwrap_or(h_a);
            h_b = pass.h_b[hidden].take();
            g = activation.backward(h_b.clone().unwrap_or_else(|| y.clone()), y, g);
        }
    }
}
