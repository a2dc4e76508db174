//! The claims of nfa-equivariance, of one and the same network in two coordinates of its output, and of networks with and
//! without a transform, which are compared seed by seed.

use super::maps::{ANSATZ, FITTING_NULL, GWA, Kind, Maps, NONE, is_before_readout};
use crate::claims::measures::size;
use crate::table::above_null_level;
use crate::{Bound, Claim, Estimate, Tag};

/// The size of a change of alpha that still counts as none (ours).
const SAME: f64 = 0.05;
/// The largest change of an alpha that rounding explains: gradients are in single precision.
const EXACT: f64 = 1e-4;

/// Why the invariance of one network says nothing certain of two.
const TWO_NETWORKS: &str = "FOUND is that one and the same network has the same G_a in any coordinates of its output, and not the same AGOP; here networks are compared that were trained with and without the transform, which need not end alike: that they do, or do not, is INFERRED";

pub(super) fn claims(maps: &Maps<'_>) -> Vec<Claim> {
    [
        one_network(maps),
        two_networks(maps),
        vec![above_null(maps)],
    ]
    .concat()
}

/// A case for each map.
fn by_map(
    maps: &Maps<'_>,
    ours: impl Fn(u32) -> Option<Estimate>,
) -> impl Iterator<Item = (String, Option<Estimate>)> {
    let layers = maps.layers.iter();
    layers.map(move |&layer| (format!("map {layer}"), ours(layer)))
}

/// A case for each transform and form of the ansatz.
fn by_form<'t>(
    maps: &Maps<'t>,
    ours: impl Fn(Kind, &'t str) -> Option<Estimate>,
) -> Vec<(String, Option<Estimate>)> {
    let pairs = maps
        .changed()
        .flat_map(|transform| ANSATZ.map(|kind| (transform, kind)));
    pairs
        .map(|(transform, kind)| (format!("{transform}, {}", kind.name), ours(kind, transform)))
        .collect()
}

/// What is said of networks that were measured in both coordinates; nothing where none was.
fn one_network(maps: &Maps<'_>) -> Vec<Claim> {
    let change = maps.change_of_coordinates(GWA);
    let change = |layer| change.clone().layer(layer).estimate().map(size);
    let gwa = Tag::Found
        .claim("gwa-same-network", "of one and the same network the gradient-weight relation is the same in any coordinates of the output")
        .by_interval("size of the change of alpha(WᵀW, G_a) of one and the same network", Bound::AtMost(EXACT))
        .parts(by_map(maps, change))
        .note("an identity: G_a is the same matrix; the bound, ours, is that of rounding")
        .soundness();
    let change = |kind| maps.change_of_coordinates(kind).size().estimate();
    let ansatz = Tag::Found
        .claim("nfa-same-network", "of one and the same network the neural feature ansatz is not")
        .by_interval("mean over maps of the size of the change of the ansatz's alpha, of one and the same network", Bound::Above(SAME))
        .parts(ANSATZ.map(|kind| (kind.name, change(kind))))
        .note("that the ansatz is not invariant is FOUND, how much it must change is ours");
    match (maps.has_both(GWA), maps.coverage()) {
        (true, None) => vec![gwa, ansatz],
        (true, Some(_)) => vec![gwa],
        (false, None) => vec![ansatz.note("that alpha(WᵀW, G_a) does not change at all is algebra: G_a is the same matrix, E[g_a g_aᵀ] with g_a the gradient by h_a, of a loss that takes the same values")],
        (false, Some(_)) => Vec::new(),
    }
}

/// What is said of networks that were trained with and without a transform.
fn two_networks(maps: &Maps<'_>) -> Vec<Claim> {
    let changes = maps.changed().flat_map(|transform| {
        let change = maps.change(GWA, transform);
        let change = move |layer| change.clone().layer(layer).estimate().map(size);
        by_map(maps, change).map(move |(map, change)| (format!("{transform}, {map}"), change))
    });
    let unchanged = Tag::Inferred
        .claim("gwa-unchanged", "training under an invertible transform of the output leaves the gradient-weight relation as it is")
        .by_interval("size of the change of alpha(WᵀW, G_a) under a transform of the output", Bound::AtMost(SAME))
        .parts(changes)
        .note(TWO_NETWORKS)
        .note("a transform of large condition slows some outputs down: networks that trained for few decay times differ by that alone")
        .note(format!("the bound of {SAME} is ours"));
    let change = |kind, transform| {
        let change = maps.change(kind, transform).size();
        change.filter(is_before_readout)
    };
    let more = |kind, transform| change(kind, transform).difference(&change(GWA, transform));
    let better = |kind: Kind, transform| {
        let ansatz = maps.select(kind.statistic, transform);
        let gwa = maps.select(GWA.statistic, transform);
        gwa.filter(is_before_readout).difference(&ansatz)
    };
    vec![
        maps.coverage().into_iter().fold(unchanged, Claim::note),
        Tag::Inferred
            .claim("nfa-changed", "and changes the neural feature ansatz")
            .by_interval("mean over maps of the size of the change of the ansatz's alpha", Bound::Above(SAME))
            .parts(by_form(maps, |kind, transform| change(kind, transform).estimate()))
            .note("that the ansatz of one network is not invariant is FOUND; how much that of a trained one must change is ours"),
        Tag::Inferred
            .claim("nfa-changes-more", "a transform changes the ansatz more than the gradient-weight relation")
            .by_interval("mean size of the change of the ansatz's alpha minus that of alpha(WᵀW, G_a)", Bound::Above(0.0))
            .parts(by_form(maps, more)),
        Tag::Inferred
            .claim("gwa-describes-better", "where the output is transformed, gradients describe the weights better than the ansatz")
            .by_interval("alpha(WᵀW, G_a) minus the ansatz's alpha under a transform, mean over maps", Bound::Above(0.0))
            .parts(by_form(maps, better)),
    ]
}

fn above_null(maps: &Maps<'_>) -> Claim {
    let alpha = maps.select(FITTING_NULL, NONE).variant("normalized");
    let above = |layer| above_null_level(&alpha.clone().layer(layer));
    let statement = "without a transform, gradients and weights align more than an untrained weight alone would make them";
    let quantity = "alpha(WᵀW, G_a), normalized, minus the 95 % quantile of G_b rotated at random and carried through W";
    Tag::Ours
        .claim("above-null", statement)
        .by_interval(quantity, Bound::Above(0.0))
        .parts(by_map(maps, above))
}
