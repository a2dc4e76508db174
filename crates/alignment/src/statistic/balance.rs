//! The balance of noise and weight decay, and how far moments have moved, where they were measured.

use super::Invariance::{Permutation, Rotation, Scale};
use super::{Description, Invariance, Kind, Range, Readings, Statistic};
use crate::balance::AgainstGram;
use crate::{Balance, BalanceLevels, MeasuredLayer, NullLevel, Stationarity};

/// See [the module of the balance](mod@crate::balance).
pub(super) struct BalanceOfNoise;

const TURNED: &[Invariance] = &[Rotation, Permutation];
const TURNED_OR_SCALED: &[Invariance] = &[Scale, Rotation, Permutation];

type Part<T> = (Description, fn(&T) -> f64);

/// How far moments have moved.
fn movements() -> [Part<Stationarity>; 4] {
    let of = |name| {
        let sentence =
            "Change of the matrix since the measurement before, relative to its norm then.";
        Description::new(name, Kind::Distance, Range::NonNegative, sentence)
            .invariant_to(TURNED_OR_SCALED)
    };
    [
        (of("stationarity_h_a"), |moved| moved.h_a),
        (of("stationarity_g_b"), |moved| moved.g_b),
        (of("stationarity_z_a"), |moved| moved.z_a),
        (of("stationarity_z_b"), |moved| moved.z_b),
    ]
}

/// A residual, what sampling alone would make of it, and the residual without that.
struct Residual {
    description: Description,
    debiased: Description,
    of: fn(&Balance) -> f64,
    of_levels: fn(&BalanceLevels) -> f64,
}

fn residuals() -> [Residual; 5] {
    let residual = |(name, debiased): (&'static str, &'static str),
                    of: fn(&Balance) -> f64,
                    of_levels: fn(&BalanceLevels) -> f64| {
        let described = |name, sentence| {
            Description::new(name, Kind::Distance, Range::NonNegative, sentence)
                .invariant_to(TURNED)
        };
        Residual {
            description: described(
                name,
                "Left less right of an equation of the balance, relative to the right; null: from sampling alone.",
            ),
            debiased: described(
                debiased,
                "The same without the part that sampling alone makes.",
            ),
            of,
            of_levels,
        }
    };
    [
        residual(
            ("residual_i", "residual_i_debiased"),
            |found| found.residuals.h_b,
            |levels| levels.h_b,
        ),
        residual(
            ("residual_ii", "residual_ii_debiased"),
            |found| found.residuals.z_b,
            |levels| levels.z_b,
        ),
        residual(
            ("residual_iii", "residual_iii_debiased"),
            |found| found.residuals.g_a,
            |levels| levels.g_a,
        ),
        residual(
            ("residual_iv", "residual_iv_debiased"),
            |found| found.residuals.z_a,
            |levels| levels.z_a,
        ),
        residual(
            ("mean_stationarity", "mean_stationarity_debiased"),
            |found| found.mean_stationarity,
            |levels| levels.mean_stationarity,
        ),
    ]
}

/// Where a residual in other units is found.
type InOtherUnits = fn(&Balance) -> Option<&AgainstGram>;

/// Residuals in other units.
fn against_gram() -> [(Description, InOtherUnits); 2] {
    let of = |name| {
        let sentence = "Left less right of an equation of the balance, relative to 2 γ s Z; null: from sampling alone.";
        Description::new(name, Kind::Distance, Range::NonNegative, sentence).invariant_to(TURNED)
    };
    [
        (of("gram_residual_i"), |found| {
            Some(&found.residuals_against_z.as_ref()?.h_b)
        }),
        (of("gram_residual_iii"), |found| {
            Some(&found.residuals_against_z.as_ref()?.g_a)
        }),
    ]
}

/// What the theorem assumes and what follows from it.
fn consequences() -> [Part<Balance>; 9] {
    let distance = |name, range, sentence| {
        Description::new(name, Kind::Distance, range, sentence).invariant_to(TURNED_OR_SCALED)
    };
    let number = |name, range, sentence| Description::new(name, Kind::Number, range, sentence);
    let variation =
        "Coefficient of variation over samples of the squared norm; the theorem assumes 0.";
    let weighted = "How far the second moment weighted by the other side's norms is from the plain one, relative to it.";
    let ratio =
        "Measured constant of proportionality to the weight's Gram matrix, over the predicted one.";
    let residual = "Sine of the angle between the matrix and the weight's Gram matrix.";
    [
        (distance("cv_h_a", Range::NonNegative, variation), |found| {
            found.self_averaging.variation_h_a
        }),
        (distance("cv_g_b", Range::NonNegative, variation), |found| {
            found.self_averaging.variation_g_b
        }),
        (
            distance("self_averaging_g_b", Range::NonNegative, weighted),
            |found| found.self_averaging.weighted_g_b,
        ),
        (
            distance("self_averaging_h_a", Range::NonNegative, weighted),
            |found| found.self_averaging.weighted_h_a,
        ),
        (
            number("constant_h_b", Range::Real, ratio).invariant_to(TURNED_OR_SCALED),
            |found| found.h_b_constant.ratio,
        ),
        (
            number("constant_g_a", Range::Real, ratio).invariant_to(TURNED_OR_SCALED),
            |found| found.g_a_constant.ratio,
        ),
        (
            distance("constant_h_b_residual", Range::Share, residual),
            |found| found.h_b_constant.residual,
        ),
        (
            distance("constant_g_a_residual", Range::Share, residual),
            |found| found.g_a_constant.residual,
        ),
        (
            number(
                "trace_ratio",
                Range::NonNegative,
                "Trace of G_b over that of Z_b.",
            )
            .invariant_to(TURNED),
            |found| found.trace_ratio,
        ),
    ]
}

impl Statistic for BalanceOfNoise {
    fn describe(&self) -> Vec<Description> {
        let moved = movements().map(|(description, _)| description);
        let residuals = residuals().map(|part| [part.description, part.debiased]);
        let consequences = consequences().map(|(description, _)| description);
        let against_gram = against_gram().map(|(description, _)| description);
        let all = moved.into_iter().chain(residuals.into_iter().flatten());
        all.chain(consequences).chain(against_gram).collect()
    }

    fn read_layer(&self, layer: &MeasuredLayer<'_>, out: &mut Readings) {
        if let Some(moved) = &layer.beyond().stationarity {
            for (description, of) in movements() {
                out.push(description.name, None, None, Some(of(moved)));
            }
        }
        let Some(Ok(found)) = &layer.beyond().balance else {
            return;
        };
        for part in residuals() {
            let sampling = sampling_level(found.noise.as_ref().map(part.of_levels));
            let value = Some((part.of)(found));
            out.push_with_null(part.description.name, None, None, value, sampling);
            let debiased = found.debiased.as_ref().map(part.of_levels);
            out.push(part.debiased.name, None, None, debiased);
        }
        for (description, of) in consequences() {
            out.push(description.name, None, None, Some(of(found)));
        }
        for (description, of) in against_gram() {
            let found = of(found);
            let value = found.map(|found| found.residual);
            let sampling = found.and_then(|found| found.noise);
            out.push_with_null(
                description.name,
                None,
                None,
                value,
                sampling_level(sampling),
            );
        }
    }
}

/// The null of a residual.
fn sampling_level(mean: Option<f64>) -> NullLevel {
    NullLevel { mean, q95: None }
}
