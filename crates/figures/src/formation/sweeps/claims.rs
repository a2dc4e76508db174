//! The claims of crh-sweeps. Differences between points are taken seed by seed.

use super::points::{Group, Point, Sweep, TIE};
use crate::claims::estimate;
use crate::claims::measures::size;
use crate::formation::CLOCK;
use crate::table::base::Factor;
use crate::table::{Select, above_null_level};
use crate::{Bound, Claim, Estimate, Tag};

/// The largest change of the deep layers' alpha that still counts as none: a fifth of its range, ours.
const SAME: f64 = 0.2;

/// Alpha of the base point from which on nothing can raise it any more (ours).
const CEILING: f64 = 0.95;

const CHANGE: &str = "size of the change of the deep layers' alpha against the base point";

/// What the paper says of settings other than weight decay.
pub(super) fn claims(sweeps: &[Sweep<'_>]) -> Vec<Claim> {
    [at_every_point(sweeps), of_settings(sweeps)].concat()
}

/// A case for every point: the base point belongs to all sweeps, and counts once.
fn at_points<'s>(
    sweeps: &'s [Sweep<'_>],
    wanted: impl Fn(&Point<'_, '_>) -> bool + 's,
    ours: impl Fn(&Point<'_, '_>) -> Option<Estimate> + 's,
) -> impl Iterator<Item = (String, Option<Estimate>)> + 's {
    let base = sweeps.first().and_then(Sweep::base_point);
    let base = base.map(|point| ("base point".to_owned(), point));
    let others = sweeps.iter().flat_map(Sweep::other_points);
    let points = base
        .into_iter()
        .chain(others.map(|point| (point.name(), point)));
    points
        .filter(move |(_, point)| wanted(point))
        .map(move |(name, point)| (name, ours(&point)))
}

/// The changes against the base point in the sweeps for which `wanted` holds.
fn changes(
    sweeps: &[Sweep<'_>],
    wanted: impl Fn(Factor) -> bool,
) -> impl Iterator<Item = (String, Option<Estimate>)> {
    let sweeps = sweeps.iter().filter(move |sweep| wanted(sweep.factor));
    sweeps.flat_map(|sweep| {
        let base = sweep.base_point();
        let points = sweep.other_points();
        points.map(move |point| {
            let change = base.and_then(|base| point.minus(&base, Group::Deep));
            (point.name(), change.map(size))
        })
    })
}

/// What a sweep does between its ends.
fn effect(sweep: &Sweep<'_>) -> Option<String> {
    let (from, to) = sweep.ends()?;
    Some(format!(
        "{} from {} to {} changes alpha of the deep layers by {}",
        sweep.factor.name(),
        from.level.text(),
        to.level.text(),
        estimate(to.minus(&from, Group::Deep)?)
    ))
}

/// Alpha of the deep layers at a point.
fn deep<'t>(point: &Point<'_, 't>) -> Select<'t> {
    point.alpha("normalized", Group::Deep)
}

/// Why changes against the base point say nothing where it is at the ceiling: whatever a setting does, alpha stays there.
fn at_ceiling(sweeps: &[Sweep<'_>]) -> Option<String> {
    let base = sweeps.first().and_then(Sweep::base_point);
    let alpha = base.and_then(|base| deep(&base).estimate())?;
    let text = || {
        format!(
            "alpha of the base point is {}, at its ceiling from {CEILING} on",
            estimate(alpha)
        )
    };
    (alpha.value >= CEILING).then(text)
}

fn at_every_point(sweeps: &[Sweep<'_>]) -> Vec<Claim> {
    vec![
        Tag::Found
            .claim("deep-layers-aligned", "the deep layers are aligned at every point of every sweep")
            .by_interval("mean alpha of layers 3 and later at the end of training", Bound::Above(0.5))
            .parts(at_points(sweeps, |_| true, |point| deep(point).estimate()))
            .note("that the hypothesis does not depend on loss, architecture or activation is FOUND, the bound is ours"),
        Tag::Ours
            .claim("above-null", "at every point alpha is more than the two spectra alone would give")
            .by_interval("alpha minus the 95 % quantile of random rotations, mean over layers 3 and later", Bound::Above(0.0))
            .parts(at_points(sweeps, |_| true, |point| above_null_level(&deep(point)))),
        Tag::Found
            .claim("later-layers-better", "later layers align better than the first, whatever the settings")
            .by_interval("mean alpha of layers 3 and later minus alpha of layer 1", Bound::Above(0.0))
            .parts(at_points(sweeps, |point| point.has_deep_layers(), |point| point.deep_minus_first())),
    ]
}

fn of_settings(sweeps: &[Sweep<'_>]) -> Vec<Claim> {
    let is_activation = |factor| factor == Factor::Activation;
    let little =
        "none of these settings decides whether the deep layers align, as weight decay does";
    let change_little = Tag::Inferred
        .claim("settings-change-little", little)
        .by_interval(CHANGE, Bound::AtMost(SAME))
        .untested(at_ceiling(sweeps))
        .parts(changes(sweeps, |factor| !is_activation(factor)));
    let effects = sweeps.iter().filter_map(effect);
    let mut rates = sweeps.iter();
    let rates = rates.find(|sweep| sweep.factor == Factor::LearningRate);
    let rho = rates.and_then(|sweep| sweep.rho(Group::Deep));
    vec![
        Tag::Found
            .claim("activation-irrelevant", "alignment does not depend on the activation")
            .by_interval(CHANGE, Bound::AtMost(SAME))
            .untested(at_ceiling(sweeps))
            .parts(changes(sweeps, is_activation))
            .note("the statement is the paper's Remark 1 (FOUND), the size that still counts as none is ours"),
        effects.fold(change_little, Claim::note),
        Tag::Derived
            .claim("learning-rate-helps", "a larger learning rate with the same steps aligns the deep layers better")
            .by_interval("mean over seeds of Spearman's rho(learning rate, alpha of the deep layers)", Bound::Above(0.0))
            .parts([("layers 3 and later", rho)])
            .note(CLOCK)
            .note(format!("alphas are compared to {TIE}: closer ones tie, so that noise at the ceiling is no order"))
            .note("weight decay acts over 1/(learning rate x gamma) steps: at a larger rate more of these times pass"),
    ]
}
