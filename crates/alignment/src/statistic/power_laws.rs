//! Power laws between the raw matrices.

use super::{Description, Invariance, Kind, Range, Readings, Statistic, Subject};
use crate::{LayerMatrix, MeasuredLayer, NullLevel};

/// See [`PowerLaw`](crate::PowerLaw). Of a pair that is refused there is an exponent without a value; a map from or to a
/// single neuron has no exponents at all.
pub(super) struct Exponents;

impl Statistic for Exponents {
    fn describe(&self) -> Vec<Description> {
        let number =
            |family, range, sentence| Description::new(family, Kind::Number, range, sentence);
        let families = [
            number(
                "exponent_{pair}",
                Range::Real,
                "Exponent of the second matrix as a power of the first, on the support of the weight.",
            ),
            number(
                "exponent_low_{pair}",
                Range::Real,
                "Lower end of the exponent's 95 % interval over eigenvalue pairs.",
            ),
            number(
                "exponent_high_{pair}",
                Range::Real,
                "Upper end of the exponent's 95 % interval over eigenvalue pairs.",
            ),
            Description::new(
                "r2_{pair}",
                Kind::Similarity,
                Range::Share,
                "Share of the variance of the logarithms that the power law explains.",
            ),
            Description::new(
                "commutator_{pair}",
                Kind::Distance,
                Range::Share,
                "How far the two matrices are from sharing an eigenbasis; null: unrelated eigenvectors.",
            ),
            number(
                "delta_aic_{pair}",
                Range::Real,
                "Akaike's criterion of an exponential law, less that of the power law.",
            ),
            Description::new(
                "points_{pair}",
                Kind::Count,
                Range::NonNegative,
                "Number of eigenvalue pairs that the exponent was fitted to.",
            ),
        ];
        let of_pairs = |family: Description| {
            let family = family.invariant_to(Invariance::BASIS_FREE);
            LayerMatrix::pairs().map(move |(x, y)| family.of(Subject::Pair(x, y)))
        };
        families.into_iter().flat_map(of_pairs).collect()
    }

    fn read_layer(&self, layer: &MeasuredLayer<'_>, out: &mut Readings) {
        let Some(laws) = layer.power_laws().filter(|_| !layer.has_single_neuron()) else {
            return;
        };
        for law in &laws.laws {
            let (x, y, fit) = (law.x, law.y, &law.fit);
            let mut push = |name: &str, value| {
                out.push(format!("{name}_{x}_{y}"), None, None, value);
            };
            push("exponent", Some(fit.exponent));
            push("exponent_low", Some(fit.ci95[0]));
            push("exponent_high", Some(fit.ci95[1]));
            push("r2", fit.r2);
            let unrelated = NullLevel {
                mean: Some(law.commutator_unrelated),
                q95: None,
            };
            let commutator = Some(law.commutator);
            out.push_with_null(
                format!("commutator_{x}_{y}"),
                None,
                None,
                commutator,
                unrelated,
            );
            let mut push = |name: &str, value| {
                out.push(format!("{name}_{x}_{y}"), None, None, value);
            };
            push("delta_aic", Some(fit.aic_exponential - fit.aic_power));
            push("points", Some(fit.points as f64));
        }
        for refused in &laws.refused {
            out.push(
                format!("exponent_{}_{}", refused.x, refused.y),
                None,
                None,
                None,
            );
        }
    }
}
