//! The claims of crh-sweeps. Differences between points are taken seed by seed.

use super::points::{Group, Point, Sweep};
use crate::claims::measures::size;
use crate::table::base::Factor;
use crate::{Bound, Claim, Criterion, Tag};

/// The largest change of the deep layers' alpha that still counts as none: a fifth of its range, ours.
const SAME: f64 = 0.2;

/// What the paper says of settings other than weight decay.
pub(super) fn claims(sweeps: &[Sweep<'_>]) -> Vec<Claim> {
    vec![
        deep_layers_aligned(sweeps),
        above_null(sweeps),
        later_layers_better(sweeps),
        activation_is_irrelevant(sweeps),
        settings_change_little(sweeps),
        learning_rate_helps(sweeps),
    ]
}

/// Every point once, with its name: the base point belongs to all sweeps.
fn points<'s, 't>(sweeps: &'s [Sweep<'t>]) -> Vec<(String, Point<'s, 't>)> {
    let base = sweeps.first().and_then(Sweep::base_point);
    let base = base.map(|point| ("base point".to_owned(), point));
    let others = sweeps
        .iter()
        .flat_map(Sweep::points)
        .filter(|point| !point.is_base());
    base.into_iter()
        .chain(others.map(|point| (point.name(), point)))
        .collect()
}

fn deep_layers_aligned(sweeps: &[Sweep<'_>]) -> Claim {
    let quantity = "mean alpha of layers 3 and later at the end of training";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = points(sweeps).into_iter().map(|(name, point)| {
        let ours = point.alpha("normalized", Group::Deep).estimate();
        criterion.part(name, None, ours)
    });
    let parts = parts.collect();
    let statement = "the deep layers are aligned at every point of every sweep";
    Claim::new("deep-layers-aligned", Tag::Found, statement, criterion, parts)
        .note("that the hypothesis does not depend on loss, architecture or activation is FOUND, the bound is ours")
}

fn above_null(sweeps: &[Sweep<'_>]) -> Claim {
    let quantity =
        "alpha minus the 95 % quantile of random rotations, mean over layers 3 and later";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = points(sweeps)
        .into_iter()
        .map(|(name, point)| criterion.part(name, None, point.above_null(Group::Deep)));
    let parts = parts.collect();
    let statement = "at every point alpha is more than the two spectra alone would give";
    Claim::new("above-null", Tag::Ours, statement, criterion, parts)
}

fn later_layers_better(sweeps: &[Sweep<'_>]) -> Claim {
    let quantity = "mean alpha of layers 3 and later minus alpha of layer 1";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = points(sweeps)
        .into_iter()
        .filter(|(_, point)| point.has_deep_layers())
        .map(|(name, point)| criterion.part(name, None, point.deep_minus_first()));
    let parts = parts.collect();
    let statement = "later layers align better than the first, whatever the settings";
    Claim::new(
        "later-layers-better",
        Tag::Found,
        statement,
        criterion,
        parts,
    )
}

/// The changes against the base point in the sweeps for which `wanted` holds.
fn changes(
    sweeps: &[Sweep<'_>],
    wanted: impl Fn(Factor) -> bool,
    (id, tag, statement): (&'static str, Tag, &str),
) -> Claim {
    let quantity = "size of the change of the deep layers' alpha against the base point";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(SAME));
    let mut parts = Vec::new();
    for sweep in sweeps.iter().filter(|sweep| wanted(sweep.factor)) {
        let base = sweep.base_point();
        for point in sweep.points().iter().filter(|point| !point.is_base()) {
            let change = base.and_then(|base| point.minus(&base, Group::Deep));
            parts.push(criterion.part(point.name(), None, change.map(size)));
        }
    }
    Claim::new(id, tag, statement, criterion, parts)
}

fn activation_is_irrelevant(sweeps: &[Sweep<'_>]) -> Claim {
    let statement = "alignment does not depend on the activation";
    let what = ("activation-irrelevant", Tag::Found, statement);
    changes(sweeps, |factor| factor == Factor::Activation, what).note(
        "the statement is the paper's Remark 1 (FOUND), the size that still counts as none is ours",
    )
}

fn settings_change_little(sweeps: &[Sweep<'_>]) -> Claim {
    let statement =
        "none of these settings decides whether the deep layers align, as weight decay does";
    let what = ("settings-change-little", Tag::Inferred, statement);
    let claim = changes(sweeps, |factor| factor != Factor::Activation, what);
    sweeps
        .iter()
        .filter_map(effect_note)
        .fold(claim, Claim::note)
}

/// What a sweep does between its ends.
fn effect_note(sweep: &Sweep<'_>) -> Option<String> {
    let (from, to) = sweep.ends()?;
    let effect = to.minus(&from, Group::Deep)?;
    Some(format!(
        "{} from {} to {} changes alpha of the deep layers by {}",
        sweep.factor.name(),
        from.level.text(),
        to.level.text(),
        crate::claims::estimate(effect)
    ))
}

fn learning_rate_helps(sweeps: &[Sweep<'_>]) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(learning rate, alpha of the deep layers)";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let mut rates = sweeps
        .iter()
        .filter(|sweep| sweep.factor == Factor::LearningRate);
    let ours = rates.next().and_then(|sweep| sweep.rho(Group::Deep));
    let parts = vec![criterion.part("layers 3 and later", None, ours)];
    let statement = "a larger learning rate with the same steps aligns the deep layers better";
    Claim::new("learning-rate-helps", Tag::Derived, statement, criterion, parts)
        .note("weight decay acts over 1/(learning rate x gamma) steps: at a larger rate more of these times pass")
}
