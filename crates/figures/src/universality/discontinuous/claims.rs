//! The claims of univ-discontinuous. The paper's own words on it are not known.

use super::{JUMPS, TWIN, fits};
use crate::claims::or_none;
use crate::universality::final_distance::claims::{at_rest, off_diagonal, pooled};
use crate::universality::shares::share;
use crate::universality::two_points::{CONVERGED, Fits, courses_of, rms_error};
use crate::universality::{CheckedTables, FitRow, TrajectoryPoint};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// Half of 500 neurons at the height of the jump.
const LEAST: f64 = 0.05 * 0.05 * 250.0;

pub(super) fn claims(data: &CheckedTables) -> Vec<Claim> {
    let [fitted, ends] = fits(data);
    let mut claims = at_start(&fitted, data);
    claims.extend(beside_twin(&fitted, data));
    claims.push(on_other_pairs(&ends));
    claims
}

/// The lowest squared distance of a run over its initial one.
pub(super) fn fall(course: &[&TrajectoryPoint]) -> Option<f64> {
    let lowest = course.iter().map(|m| m.h2).reduce(f64::min)?;
    Some(lowest / course.first()?.h2)
}

/// The total variation of ‖dh‖² from its lowest point to the end, over the net rise. `None` where nothing rises.
pub(super) fn variation(course: &[&TrajectoryPoint]) -> Option<f64> {
    let h: Vec<f64> = course.iter().map(|m| m.h2).collect();
    let lowest = (0..h.len()).min_by(|&a, &b| h[a].total_cmp(&h[b]))?;
    let rise = h.last()? - h[lowest];
    let way: f64 = h[lowest..]
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .sum();
    (rise > 0.0).then(|| way / rise)
}

fn at_start(fitted: &Fits<'_>, data: &CheckedTables) -> Vec<Claim> {
    let n = fitted.of(JUMPS).len();
    let learned = fitted.count(JUMPS, |fit| fit.loss_end < CONVERGED);
    let courses = courses_of(&data.tables.trajectories, JUMPS);
    let falls: Vec<f64> = courses.values().filter_map(|course| fall(course)).collect();
    vec![
        Tag::Ours
            .claim("learns", "networks whose activation jumps learn the pair")
            .by_value("share of seeds whose loss ends below 0.001", Bound::AtLeast(1.0))
            .one(None, share(learned, n)),
        Tag::Derived
            .claim("starts-at-the-jump", "the jump alone keeps representations apart at the start, however deep the layer")
            .by_interval("initial ‖dh‖² over that of half of the neurons at the height of the jump, 0.05² · 250", Bound::AtLeast(0.9))
            .one(None, fitted.mean(JUMPS, Range::NonNegative, |fit| Some(fit.h0 / LEAST)))
            .note("biases are 0, so that the input 0 leaves every neuron at 0, below the jump, and the other input lifts about half of them over it"),
        Tag::Inferred
            .claim("falls-at-once", "the first steps close the distance that the jump makes: biases move, and half of the neurons are above the jump for both inputs")
            .by_interval("lowest ‖dh‖² of the run over its initial value", Bound::Below(0.5))
            .one(None, Estimate::mean(&falls, Range::NonNegative)),
    ]
}

fn beside_twin(fitted: &Fits<'_>, data: &CheckedTables) -> Vec<Claim> {
    let errors = fitted.over(JUMPS, fitted.of(TWIN), rms_error);
    let [jumps, twins] =
        [JUMPS, TWIN].map(|setting| courses_of(&data.tables.trajectories, setting));
    let rough = jumps.iter().filter_map(|(seed, course)| {
        let twin = twins.get(seed)?;
        Some(variation(course)? / variation(twin)?)
    });
    let rough: Vec<f64> = rough.collect();
    let n = fitted.of(JUMPS).len();
    let refused = n - fitted.count(JUMPS, |fit| fit.fit_ok);
    vec![
        Tag::Inferred
            .claim("rough", "the distance of representations jumps up and down, where that of ReLU networks grows smoothly")
            .by_interval("total variation of ‖dh‖² after its lowest point over its net rise, relative to the ReLU network of the same seed", Bound::Above(1.5))
            .one(None, Estimate::geometric(&rough))
            .note("the curves are recorded at 300 epochs"),
        Tag::Inferred
            .claim("no-fit", "the theory, which linearises smooth maps, has no fit to networks whose activation jumps")
            .by_value("share of seeds without a fit", Bound::AtLeast(1.0))
            .one(None, share(refused, n)),
        Tag::Inferred
            .claim("theory-worse", "where the theory has a fit to such networks, it describes them worse than ReLU networks")
            .by_interval("RMS error of the fit over that of the ReLU network of the same seed", Bound::Above(1.0))
            .one(None, Estimate::geometric(&errors))
            .note(format!("the theory has no fit to {refused} of {n} networks, which do not enter")),
    ]
}

fn on_other_pairs(ends: &Fits<'_>) -> Claim {
    let mut apart: Vec<&FitRow> = at_rest(ends, JUMPS);
    apart.retain(|fit| fit.dy2 > 0.0);
    let limits = apart.iter().filter(|fit| !fit.fit_ok).count();
    let off = pooled(&apart, Range::NonNegative, off_diagonal).map(Estimate::exp);
    let all = !apart.is_empty() && limits == apart.len();
    let no_fit =
        all.then(|| "the theory has no fit to these networks, and so no closed form".to_owned());
    Tag::Inferred
        .claim("on-the-diagonal", "the closed form gives the final distance of such networks on other pairs")
        .by_interval("factor between measured and predicted ‖dh‖², root mean square of logarithms over pairs with different targets", Bound::AtMost(1.25))
        .untested(no_fit)
        .one(None, off)
        .note("the bound is that of univ-final-distance")
        .note(format!("{limits} of {} predictions are the distance before training, for lack of a fit; the factor is {}", apart.len(), or_none(off)))
}
