//! The claims of nfa-equivariance. Networks with and without a transform are compared seed by seed.

use super::maps::{KINDS, Kind, Maps, NONE};
use super::same;
use crate::claims::measures::size;
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

/// The size of a change of alpha that still counts as none (ours).
pub(super) const SAME: f64 = 0.05;

pub(super) fn claims(maps: &Maps<'_>) -> Vec<Claim> {
    let mut claims = same::claims(maps);
    let compared = gwa_unchanged(maps);
    claims.push(match same::coverage(maps) {
        Some(coverage) => compared.note(coverage),
        None => compared,
    });
    claims.extend([
        ansatz_changed(maps),
        ansatz_changes_more(maps),
        gwa_describes_better(maps),
        above_null(maps),
    ]);
    claims
}

/// Why the invariance of one network says nothing certain of two.
const TWO_NETWORKS: &str = "FOUND is that one and the same network has the same G_a in any coordinates of its output, and not the same AGOP; here networks are compared that were trained with and without the transform, which need not end alike: that they do, or do not, is INFERRED";

/// G_a, and both forms of the ansatz.
fn kinds() -> (&'static Kind, &'static [Kind]) {
    (&KINDS[0], &KINDS[1..])
}

fn gwa_unchanged(maps: &Maps<'_>) -> Claim {
    let quantity = "size of the change of alpha(WᵀW, G_a) under a transform of the output";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(SAME));
    let parts = maps.changed().flat_map(|transform| {
        let layers = maps.layers.iter();
        layers.map(move |&layer| {
            let change = maps.change(kinds().0, transform, layer);
            (format!("{transform}, map {layer}"), change.map(size))
        })
    });
    let parts = parts.map(|(name, change)| criterion.part(name, None, change));
    let parts = parts.collect();
    let statement = "training under an invertible transform of the output leaves the gradient-weight relation as it is";
    Claim::new("gwa-unchanged", Tag::Inferred, statement, criterion, parts)
        .note(TWO_NETWORKS)
        .note(format!("the bound of {SAME} is ours"))
}

/// A part for each transform and form of the ansatz, made of one number a seed.
fn ansatz_parts<'t>(
    maps: &Maps<'t>,
    criterion: &Criterion,
    number: impl Fn(&Kind, &'t str) -> Option<Estimate>,
) -> Vec<Part> {
    let parts = maps
        .changed()
        .flat_map(|transform| kinds().1.iter().map(move |kind| (transform, kind)));
    parts
        .map(|(transform, kind)| {
            criterion.part(
                format!("{transform}, {}", kind.name),
                None,
                number(kind, transform),
            )
        })
        .collect()
}

fn ansatz_changed(maps: &Maps<'_>) -> Claim {
    let quantity = "mean over maps of the size of the change of the ansatz's alpha";
    let criterion = Criterion::by_interval(quantity, Bound::Above(SAME));
    let parts = ansatz_parts(maps, &criterion, |kind, transform| {
        let sizes: Vec<f64> = maps.sizes(kind, transform).into_values().collect();
        Estimate::mean(&sizes, Range::NonNegative)
    });
    let statement = "and changes the neural feature ansatz";
    Claim::new("nfa-changed", Tag::Inferred, statement, criterion, parts)
        .note("that the ansatz of one network is not invariant is FOUND; how much that of a trained one must change is ours")
}

fn ansatz_changes_more(maps: &Maps<'_>) -> Claim {
    let quantity = "mean size of the change of the ansatz's alpha minus that of alpha(WᵀW, G_a)";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = ansatz_parts(maps, &criterion, |kind, transform| {
        let gwa = maps.sizes(kinds().0, transform);
        let more = maps.sizes(kind, transform).into_iter();
        let more = more.filter_map(|(seed, size)| Some(size - gwa.get(&seed)?));
        Estimate::mean(&more.collect::<Vec<f64>>(), Range::Real)
    });
    let statement = "a transform changes the ansatz more than the gradient-weight relation";
    Claim::new(
        "nfa-changes-more",
        Tag::Inferred,
        statement,
        criterion,
        parts,
    )
}

fn gwa_describes_better(maps: &Maps<'_>) -> Claim {
    let quantity = "alpha(WᵀW, G_a) minus the ansatz's alpha under a transform, mean over maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = ansatz_parts(maps, &criterion, |kind, transform| {
        let gwa = maps.select(kinds().0.statistic, transform).per_seed();
        let ansatz = maps.select(kind.statistic, transform).per_seed();
        let more = gwa
            .iter()
            .filter_map(|(seed, gwa)| Some(gwa - ansatz.get(seed)?));
        Estimate::mean(&more.collect::<Vec<f64>>(), Range::Real)
    });
    let statement =
        "where the output is transformed, gradients describe the weights better than the ansatz";
    Claim::new(
        "gwa-describes-better",
        Tag::Inferred,
        statement,
        criterion,
        parts,
    )
}

fn above_null(maps: &Maps<'_>) -> Claim {
    let quantity = "alpha(WᵀW, G_a), normalized, minus the 95 % quantile of random rotations";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = maps.layers.iter().map(|&layer| {
        let alpha = maps
            .select("alpha_gwa", NONE)
            .variant("normalized")
            .layer(layer);
        let excess = alpha
            .range(Range::Real)
            .quantity(|row| Some(row.value? - row.null_q95?));
        criterion.part(format!("map {layer}"), None, excess.estimate())
    });
    let parts = parts.collect();
    let statement =
        "without a transform, gradients and weights align more than their spectra alone would";
    Claim::new("above-null", Tag::Ours, statement, criterion, parts)
}
