//! Neural collapse: NC1 to NC4 of Papyan, Han and Donoho (2020), and the two conditions under which it is the CRH of
//! the last layer.
//!
//! Symbols: \\(C\\) classes; inputs of the layer (features) \\(h_i \in \mathbb{R}^{d_a}\\) with classes \\(y_i\\);
//! class means \\(\mu_c\\); their mean \\(\mu_G = \frac 1C \sum_c \mu_c\\); centred class means \\(M\\), `[C, d_a]`, with
//! rows \\(m_c = \mu_c - \mu_G\\); the classifier \\(W\\), `[C, d_a]`; outputs \\(h_b\\), and \\(g_b\\) the negative
//! gradient of each sample's loss there. \\(\Sigma_W = \frac 1n \sum_i (h_i - \mu_{y_i})(h_i - \mu_{y_i})^\top\\) is an
//! average over samples, \\(\Sigma_B = \frac 1C \sum_c m_c m_c^\top\\) one over classes; with classes of equal size these
//! are the averages of Papyan et al., otherwise the choice is ours.
//!
//! | | definition | range | collapse | source |
//! | --- | --- | --- | --- | --- |
//! | NC1, variability | \\(\mathrm{tr}(\Sigma_W \Sigma_B^+)/C\\) | \\([0, \infty)\\) | 0 | Papyan et al. 2020 |
//! | NC2, simplex frame | norms and angles of the \\(m_c\\), and of the rows of \\(W\\), see [`Equiangularity`] | see there | 0 | the same |
//! | NC3, self-duality | \\(\lVert W/\lVert W\rVert_F - M/\lVert M\rVert_F\rVert_F\\) | \\([0, 2]\\) | 0 | the same |
//! | NC4, nearest mean | share of samples with \\(\arg\min_c \lVert h_i - \mu_c\rVert \ne \arg\max_c (h_{b,i})_c\\) | \\([0, 1]\\) | 0 | the same |
//! | quasi-interpolation | \\(\mathrm{tr}\\,\Sigma_W / \mathrm{tr}\\,\Sigma_B\\) of the outputs \\(h_b\\) | \\([0, \infty)\\) | 0 | condition FOUND (Theorem 3), measure ours |
//! | isotropy of the loss gradient | \\(E\[g_b g_b^\top\]\\) against \\(I - 11^\top/C\\), see [`Isotropy`] | see there | 1 and 0 | condition FOUND (Theorem 3), measure ours |
//!
//! All but the isotropy are distances from collapse; they are unchanged by a scale of \\(h\\) (NC3 also by one of \\(W\\)) and
//! by a rotation of the features, together with \\(W\\), and by a renumbering of the classes. A class below the largest label
//! that does not occur is refused, because it has no mean and its outputs no samples to be compared with.
//!
//! NC1, NC2 of the features and quasi-interpolation exist for every layer; the others for one with \\(d_b = C\\)
//! outputs, which is taken for the classifier. Where a quantity is not defined (no spread between class means, a zero
//! row, no more samples than classes) it is `None`.
//!
//! With two classes the \\(m_c\\) are opposite whatever the network does, so that NC2 of the features says nothing. A
//! high-dimensional \\(h\\) and few samples a class make NC1 small by overfitting of nothing but the means; take several
//! times \\(C\\) samples a class. Papyan et al. measure on training data; test data answer another question.

mod accumulator;
mod geometry;
mod means;
mod nearest;

use std::collections::BTreeSet;

use formant_moments::SampleBlock;
use formant_moments::dump::{Labels, LayerDump};
use ndarray::Axis;
use serde::{Deserialize, Serialize};

use crate::{AlignmentError, Isotropy};

pub use accumulator::CollapseAccumulator;
pub use geometry::Equiangularity;
pub use nearest::NearestClassMean;

/// NC1 to NC4 of a layer, and the conditions of Theorem 3; definitions in [the table](self).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeuralCollapse {
    /// Number of classes \\(C\\), at least 2.
    pub classes: usize,
    /// Samples of the smallest and of the largest class.
    pub class_samples: [usize; 2],
    /// Samples without a class, which are left out.
    #[serde(default)]
    pub ignored: usize,
    /// Variability within classes relative to that between them, 0 at collapse.
    pub nc1: Option<f64>,
    /// Centred class means against a simplex frame.
    pub nc2_features: Option<Equiangularity>,
    /// Rows of the classifier against a simplex frame.
    pub nc2_weight: Option<Equiangularity>,
    /// Distance of the classifier from the class means, both at unit norm, 0 at collapse.
    pub nc3: Option<f64>,
    /// Share of samples on which classifier and nearest class mean disagree, 0 at collapse.
    pub nc4: Option<f64>,
    /// Variance of the outputs within classes, relative to that between classes: 0 if every sample of a class has the
    /// same output.
    pub quasi_interpolation: Option<f64>,
    /// The loss gradient's second moment against \\(I - 11^\top/C\\).
    pub loss_isotropy: Option<Isotropy>,
}

/// Measures a layer of a dump; `None` if it has no labels. The classes are those up to the largest label, or the columns of
/// one-hot labels; samples without a class are left out, and counted.
///
/// # Errors
///
/// If there is only one class, a class has no samples, the dump cannot be read, or a decomposition does not converge.
pub fn neural_collapse(layer: &LayerDump) -> Result<Option<NeuralCollapse>, AlignmentError> {
    let Some(labels) = layer.labels()? else {
        return Ok(None);
    };
    let classes = count_classes(&labels)?;
    let mut accumulator = CollapseAccumulator::new(layer.d_a(), layer.d_b(), classes)?;
    layer.for_each_block(|rows, block| {
        let (rows, of) = labelled(&labels.of_samples()[rows]);
        if rows.len() == block.h_a.nrows() {
            return accumulator.add(block, &of);
        }
        let [h_a, h_b, g_a, g_b] = [block.h_a, block.h_b, block.g_a, block.g_b]
            .map(|samples| samples.select(Axis(0), &rows));
        let (h_a, h_b, g_a, g_b) = (h_a.view(), h_b.view(), g_a.view(), g_b.view());
        accumulator.add(&SampleBlock { h_a, h_b, g_a, g_b }, &of)
    })?;
    let mut collapse = accumulator.finish(layer.weight()?.view())?;
    collapse.ignored = labels.ignored();
    if layer.d_b() == classes {
        let mut nearest = accumulator.nearest_class_mean()?;
        layer.for_each_block(|rows, block| {
            let (rows, _) = labelled(&labels.of_samples()[rows]);
            let [h_a, h_b] = [block.h_a, block.h_b].map(|samples| samples.select(Axis(0), &rows));
            nearest.add(h_a.view(), h_b.view())
        })?;
        collapse.nc4 = nearest.disagreement();
    }
    Ok(Some(collapse))
}

/// The samples of a block that have a class, and their classes.
fn labelled(of: &[Option<usize>]) -> (Vec<usize>, Vec<usize>) {
    let pairs = of.iter().enumerate();
    pairs
        .filter_map(|(row, class)| Some((row, (*class)?)))
        .unzip()
}

/// The columns of one-hot labels, or one more than the largest label, if all classes occur: checked before anything of that
/// size is allocated.
fn count_classes(labels: &Labels) -> Result<usize, AlignmentError> {
    let present: BTreeSet<usize> = labels.of_samples().iter().flatten().copied().collect();
    let largest = present
        .last()
        .map_or(0, |largest| largest.saturating_add(1));
    let classes = labels.classes().unwrap_or(largest);
    let missing = present.iter().enumerate().find(|(at, class)| at != *class);
    match missing {
        Some((class, _)) => Err(AlignmentError::EmptyClass { class, classes }),
        None if largest < classes => Err(AlignmentError::EmptyClass {
            class: largest,
            classes,
        }),
        None => Ok(classes),
    }
}
