//! One and the same network in two coordinates of its output: \\(f\\), which its loss sees, and \\(f' = Z f\\).
//!
//! Networks with a transform have the alphas of [`KINDS`](super::maps::KINDS) in \\(f'\\). What is read beside them are those
//! in \\(f\\): `alpha_agop_untransformed`, `alpha_agop_sqrt_untransformed` and, where it was computed,
//! `alpha_gwa_raw_untransformed`, side `a`, one a map, at the same steps.

use std::collections::BTreeMap;

use super::maps::{KINDS, Kind, Maps};
use crate::chart::{Axis, Guide, Line, Panel, Series, palette};
use crate::claims::measures::size;
use crate::table::Select;
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

use super::claims::SAME;

/// The largest change of an alpha that rounding explains: gradients are in single precision.
const EXACT: f64 = 1e-4;

/// The name of the same quantity in the coordinates that the loss sees.
pub(super) fn untransformed(kind: &Kind) -> String {
    format!("{}_untransformed", kind.statistic)
}

/// What the change of coordinates does to one kind of alpha, in networks that have a transform.
pub(super) fn change<'t>(maps: &Maps<'t>, kind: &Kind) -> Select<'t> {
    let before = maps.with_transform(&untransformed(kind));
    maps.with_transform(kind.statistic).minus(&before)
}

/// Whether any network was measured in both coordinates.
pub(super) fn is_measured(maps: &Maps<'_>, kind: &Kind) -> bool {
    !change(maps, kind).numbers().is_empty()
}

/// Mean over seeds of each seed's mean size of the change over maps.
fn mean_size(maps: &Maps<'_>, kind: &Kind) -> Option<Estimate> {
    let mut sizes: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (row, change) in change(maps, kind).numbers() {
        sizes.entry(row.seed).or_default().push(change.abs());
    }
    let means = sizes.into_values();
    let means = means.filter_map(crate::claims::measures::mean);
    Estimate::mean(&means.collect::<Vec<f64>>(), Range::NonNegative)
}

/// The claims about one and the same network; none where none was measured.
pub(super) fn claims(maps: &Maps<'_>) -> Vec<Claim> {
    let gwa = is_measured(maps, &KINDS[0]).then(|| gwa_identical(maps));
    let ansatz = KINDS[1..].iter().any(|kind| is_measured(maps, kind));
    let ansatz = ansatz.then(|| ansatz_changes(maps));
    gwa.into_iter().chain(ansatz).collect()
}

/// What a report should say where those claims are not made.
pub(super) fn coverage(maps: &Maps<'_>) -> Option<&'static str> {
    KINDS[1..]
        .iter()
        .all(|kind| !is_measured(maps, kind))
        .then_some("not tested here: one and the same network in both coordinates, of which the invariance is FOUND; its rows hold no untransformed alphas")
}

fn gwa_identical(maps: &Maps<'_>) -> Claim {
    let quantity = "size of the change of alpha(WᵀW, G_a) of one and the same network";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(EXACT));
    let parts = maps.layers.iter().map(|&layer| {
        let change = change(maps, &KINDS[0]).layer(layer).estimate();
        criterion.part(format!("map {layer}"), None, change.map(size))
    });
    let parts = parts.collect();
    let statement = "of one and the same network the gradient-weight relation is the same in any coordinates of the output";
    Claim::new("gwa-same-network", Tag::Found, statement, criterion, parts)
        .note("an identity: G_a is the same matrix; the bound, ours, is that of rounding")
}

fn ansatz_changes(maps: &Maps<'_>) -> Claim {
    let quantity = "mean over maps of the size of the change of the ansatz's alpha, of one and the same network";
    let criterion = Criterion::by_interval(quantity, Bound::Above(SAME));
    let parts = KINDS[1..]
        .iter()
        .map(|kind| criterion.part(kind.name, None, mean_size(maps, kind)));
    let parts = parts.collect();
    let statement = "of one and the same network the neural feature ansatz is not";
    let claim = Claim::new("nfa-same-network", Tag::Found, statement, criterion, parts)
        .note("that the ansatz is not invariant is FOUND, how much it must change is ours");
    if is_measured(maps, &KINDS[0]) {
        claim
    } else {
        claim.note("that alpha(WᵀW, G_a) does not change at all is algebra: G_a is the same matrix, E[g_a g_aᵀ] with g_a the gradient by h_a, of a loss that takes the same values")
    }
}

/// The changes of each kind, map by map.
pub(super) fn panel(maps: &Maps<'_>, axis: Axis) -> Option<Panel> {
    let series = KINDS.iter().enumerate().filter_map(|(k, kind)| {
        let points = change(maps, kind).by_x(|row| f64::from(row.layer) - 1.0);
        let name = kind.name.replace("NFA: ", "").replace("GWA: ", "");
        // Transforms have the first colours.
        let series = Series::new(
            format!("change of {name}"),
            palette::qualitative(k + 3),
            points,
        );
        let series = series.marker(palette::marker(k + 2)).line(Line::Apart);
        (!series.points.is_empty()).then_some(series)
    });
    let series: Vec<Series> = series.collect();
    let title = "one and the same network: what f′ = Z f changes";
    let y = Axis::linear("").reaching([-0.1, 0.1]);
    (!series.is_empty()).then(|| {
        Panel::new(title, axis, y)
            .series(series)
            .guides([Guide::horizontal("no change", 0.0)])
            .dodged()
            .with_legend()
    })
}
