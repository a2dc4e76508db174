//! Neural collapse, where there are labels.

use super::Invariance::{InputRotation, Permutation, Rotation, Scale};
use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::{MeasuredLayer, NeuralCollapse};

/// See [the module of neural collapse](mod@crate::collapse).
pub(super) struct Collapse;

type Part = (Description, fn(&NeuralCollapse) -> Option<f64>);

/// In the order of readings.
fn parts() -> [Part; 9] {
    // A permutation of the outputs renumbers the classes, and would have to renumber the labels too.
    const FEATURES: &[Invariance] = &[Scale, InputRotation];
    let distance = |name, range, sentence| {
        Description::new(name, Kind::Distance, range, sentence).invariant_to(FEATURES)
    };
    [
        (
            distance(
                "nc1",
                Range::NonNegative,
                "Variability of the features within classes, relative to that between them; 0 at collapse.",
            ),
            |found| found.nc1,
        ),
        (
            distance(
                "nc2_equinorm",
                Range::NonNegative,
                "Coefficient of variation of the norms of the centred class means; 0 at collapse.",
            ),
            |found| Some(found.nc2_features.as_ref()?.norm_cv),
        ),
        (
            distance(
                "nc2_equiangular",
                Range::UpTo(2.0),
                "Mean distance of the cosines between centred class means from those of a simplex; 0 at collapse.",
            ),
            |found| Some(found.nc2_features.as_ref()?.cosine_gap),
        ),
        (
            distance(
                "nc2_w_equinorm",
                Range::NonNegative,
                "Coefficient of variation of the norms of the classifier's rows; 0 at collapse.",
            ),
            |found| Some(found.nc2_weight.as_ref()?.norm_cv),
        ),
        (
            distance(
                "nc2_w_equiangular",
                Range::UpTo(2.0),
                "Mean distance of the cosines between the classifier's rows from those of a simplex; 0 at collapse.",
            ),
            |found| Some(found.nc2_weight.as_ref()?.cosine_gap),
        ),
        (
            distance(
                "nc3",
                Range::UpTo(2.0),
                "Distance of the classifier from the centred class means, both at unit norm; 0 at collapse.",
            ),
            |found| found.nc3,
        ),
        (
            distance(
                "nc4",
                Range::Share,
                "Share of samples on which the classifier and the nearest class mean disagree; 0 at collapse.",
            ),
            |found| found.nc4,
        ),
        (
            distance(
                "quasi_interpolation",
                Range::NonNegative,
                "Variance of the outputs within classes, relative to that between them.",
            )
            .invariant_to(&[Scale, Rotation]),
            |found| found.quasi_interpolation,
        ),
        (
            Description::new(
                "isotropy",
                Kind::Similarity,
                Range::Correlation,
                "alpha of the second moment of the loss gradient at the output, and the projector on vectors that sum to zero.",
            )
            .invariant_to(&[Scale, InputRotation, Permutation]),
            |found| found.loss_isotropy.as_ref()?.pearson,
        ),
    ]
}

impl Statistic for Collapse {
    fn describe(&self) -> Vec<Description> {
        parts().map(|(description, _)| description).into()
    }

    fn read_layer(&self, layer: &MeasuredLayer<'_>, out: &mut Readings) {
        let Some(Ok(found)) = &layer.beyond().neural_collapse else {
            return;
        };
        for (description, of) in parts() {
            out.push(description.name, None, None, of(found));
        }
    }
}
