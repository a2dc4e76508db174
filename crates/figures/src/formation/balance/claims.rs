//! The claims of crh-balance. Criteria come from the theory: what would count as a balance.

use super::powers::{Overall, STRAIGHT};
use super::view::{MATRICES, RESIDUALS, SELF_AVERAGING, Slope, View};
use crate::claims::measures::{size, trend};
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

/// How many decay times 1/(learning rate x gamma) training must last before a balance can be expected (DERIVED: the
/// initial weights are then down to a twentieth).
pub(super) const DECAY_TIMES: f64 = 3.0;
/// Relative change over the last window that counts as standing still (ours).
const STILL: f64 = 0.1;
/// Residuals are 1 where the left side explains nothing of the right: below a half most of it is explained.
pub(super) const HALF: f64 = 0.5;
/// A constant within this factor of its prediction (ours).
const FACTOR: f64 = 1.5;
/// A slope this near is that law's and not the other's, whose slope differs by 1.
pub(super) const NEAR: f64 = 0.5;

pub(super) fn claims(view: &View<'_>) -> Vec<Claim> {
    vec![
        trained_long_enough(view),
        stationary(view),
        mean_update(view),
        residuals(view),
        residuals_fall(view),
        self_averaging(view),
        constants(view),
        constants_shape(view),
        gamma_slope(view, 2.0),
        gamma_slope(view, 1.0),
        learning_rate_slope(view),
    ]
}

fn trained_long_enough(view: &View<'_>) -> Claim {
    let quantity = "decay times, learning rate x gamma x steps";
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(DECAY_TIMES));
    let times = view.over_gamma("steps_times_eta_gamma").layer(0);
    let parts = view.gammas().into_iter().map(|gamma| {
        let ours = times.clone().gamma(gamma).at_last_step().estimate();
        criterion.part(format!("gamma {gamma:.1e}"), None, ours)
    });
    let parts = parts.collect();
    let statement = "training lasts long enough for weight decay to act, at every gamma";
    Claim::new("trained-long-enough", Tag::Derived, statement, criterion, parts)
        .note(learned_at_largest(view))
        .note("without that, a small change over a window says little: the weights have not had the time to change")
}

/// Whether what is judged at the largest gamma is a network that has learned anything.
fn learned_at_largest(view: &View<'_>) -> String {
    let rows = view.over_gamma("steps_times_eta_gamma").at_last_step();
    let rows = rows.gamma(view.largest_gamma()).rows().into_iter();
    let losses = rows.map(|row| view.losses.of(&row.network())?.has_learned());
    let learned: Vec<Option<bool>> = losses.collect();
    let count = |of| learned.iter().filter(|one| **one == of).count();
    format!(
        "of the {} networks at the largest gamma, at which other claims are judged, {} predict better than a constant does, {} do not, and of {} it is not known",
        learned.len(),
        count(Some(true)),
        count(Some(false)),
        count(None)
    )
}

fn stationary(view: &View<'_>) -> Claim {
    let quantity =
        "relative change over the last window at the largest gamma, mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(STILL));
    let parts = MATRICES.map(|(statistic, name)| {
        let ours = view.at_largest_gamma(statistic).estimate();
        criterion.part(name, None, ours)
    });
    let statement = "the four matrices are stationary at the end of training";
    let claim = Claim::new("stationary", Tag::Found, statement, criterion, parts.into());
    match view.window() {
        Some((steps, times)) => claim.note(format!(
            "that stationarity is assumed is FOUND, the bound is ours; the window is the last {steps} steps, {times:.2} decay times at the largest gamma"
        )),
        None => claim.note("that stationarity is assumed is FOUND, the bound is ours"),
    }
}

fn mean_update(view: &View<'_>) -> Claim {
    let quantity =
        "residual of E[g_b h_a^T] = gamma W relative to gamma W, mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(HALF));
    let residual = view.residual("mean_stationarity");
    let ours = residual.gamma(view.largest_gamma()).estimate();
    let parts = vec![criterion.part("largest gamma", None, ours)];
    let statement = "the mean gradient balances weight decay at the largest gamma";
    Claim::new("mean-update", Tag::Derived, statement, criterion, parts).note(LESS_NOISE)
}

/// What is judged of a residual.
const LESS_NOISE: &str = "residuals are judged less what sampling alone would leave of them, in quadrature; the report has both. At small gamma that is nearly all that is measured";

fn residuals(view: &View<'_>) -> Claim {
    let quantity = "relative residual at the largest gamma, mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(HALF));
    let parts = RESIDUALS.map(|(statistic, name)| {
        let residual = view.residual(statistic).gamma(view.largest_gamma());
        criterion.part(name, None, residual.estimate())
    });
    let statement =
        "noise and weight decay balance: equations (i) to (iv) hold at the largest gamma";
    Claim::new("balance", Tag::Derived, statement, criterion, parts.into())
        .note("the equations are our reconstruction of Theorem 1; a residual of 1 is what a left side of zero would leave")
}

fn residuals_fall(view: &View<'_>) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(gamma, residual), mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.0));
    let parts = RESIDUALS.map(|(statistic, name)| {
        let ours = view
            .residual(statistic)
            .over_seeds(|row| row.gamma, Range::Correlation, trend);
        criterion.part(name, None, ours)
    });
    let statement = "the balance is better at larger gamma";
    Claim::new(
        "residuals-fall",
        Tag::Derived,
        statement,
        criterion,
        parts.into(),
    )
    .note(LESS_NOISE)
}

fn self_averaging(view: &View<'_>) -> Claim {
    let quantity = "variation or relative error at the largest gamma, mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(HALF));
    let parts = SELF_AVERAGING.map(|(statistic, name)| {
        criterion.part(name, None, view.at_largest_gamma(statistic).estimate())
    });
    let statement = "norms self-average: they hardly vary from sample to sample";
    Claim::new(
        "self-averaging",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
    .note("the assumption is FOUND (Hypotheses A.1 and A.2), the bound is ours")
}

/// Both constants of each hidden layer at the largest gamma.
fn constants(view: &View<'_>) -> Claim {
    let quantity = "constant over prediction, or the inverse where that is above 1";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(FACTOR));
    let kinds = [
        ("constant_h_b", "H_b = s_a Z_b"),
        ("constant_g_a", "G_a = s_g Z_a"),
    ];
    let log = |value: f64| (value > 0.0).then(|| value.ln());
    let parts = kinds.into_iter().flat_map(|(statistic, name)| {
        let logs = view.at_largest_gamma_by_layer(statistic, log).into_iter();
        let factors = logs.map(|(layer, log)| (layer, log.map(|log| size(log).exp())));
        factors.map(move |(layer, factor)| (format!("{name}, layer {layer}"), factor))
    });
    let parts = parts.map(|(name, factor)| criterion.part(name, None, factor));
    let parts = parts.collect();
    let statement = format!(
        "the two predicted constants hold within a factor of {FACTOR} at the largest gamma"
    );
    Claim::new("constants", Tag::Derived, statement, criterion, parts)
        .note("means and intervals are those of logarithms, for which a factor and its inverse count alike")
}

fn constants_shape(view: &View<'_>) -> Claim {
    let quantity =
        "residual of the best multiple, relative, at the largest gamma, mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(HALF));
    let kinds = [
        ("constant_h_b_residual", "H_b against Z_b"),
        ("constant_g_a_residual", "G_a against Z_a"),
    ];
    let parts = kinds.map(|(statistic, name)| {
        criterion.part(name, None, view.at_largest_gamma(statistic).estimate())
    });
    let statement = "H_b is a multiple of Z_b, and G_a of Z_a, at the largest gamma";
    Claim::new(
        "constants-shape",
        Tag::Derived,
        statement,
        criterion,
        parts.into(),
    )
    .note("these two relations need stationarity and self-averaging only")
}

/// Local slopes of log tr G_b / tr Z_b against log gamma: 2 by the paper's equations, 1 where noise dominates.
fn gamma_slope(view: &View<'_>, law: f64) -> Claim {
    let criterion = Criterion::by_interval(
        format!(
            "distance from {law} of the slope of log(tr G_b / tr Z_b) against log gamma, between neighbouring gammas"
        ),
        Bound::AtMost(NEAR),
    );
    let parts = local_parts(view, Slope::Gamma, law, &criterion);
    let claim = if law == 2.0 {
        let statement = "tr G_b / tr Z_b grows with the square of gamma";
        Claim::new("slope-two", Tag::Found, statement, criterion, parts)
            .note("the square is that of the paper's Eqs. 182-184 (FOUND), which it tests qualitatively only; the bound is ours")
    } else {
        let statement = "tr G_b / tr Z_b grows with the first power of gamma";
        Claim::new("slope-one", Tag::Derived, statement, criterion, parts)
            .note("the first power is that of a balance dominated by noise; it excludes the square")
    };
    with_slopes(claim, view, Slope::Gamma)
}

/// A part for each layer and interval between neighbours.
fn local_parts(view: &View<'_>, against: Slope, law: f64, criterion: &Criterion) -> Vec<Part> {
    let parts = view.layers().into_iter().flat_map(|layer| {
        let local = view.local(against, layer, &view.entering(against, layer));
        local.into_iter().map(move |local| {
            let (from, to) = (against.text(local.from), against.text(local.to));
            let name = format!("layer {layer}, {} {from} to {to}", against.name());
            (name, size(shifted(local.slope, -law)))
        })
    });
    parts
        .map(|(name, distance)| criterion.part(name, None, Some(distance)))
        .collect()
}

/// The rule, what it leaves out, all local slopes, and the slopes of whole lines where there are any.
fn with_slopes(claim: Claim, view: &View<'_>, against: Slope) -> Claim {
    let left_out = match &view.left_out(against)[..] {
        [] => "none".to_owned(),
        some => some.join("; "),
    };
    let layers = view.layers();
    let local = layers.iter().map(|&layer| {
        let local = view.local(against, layer, &view.entering(against, layer));
        let slopes: Vec<String> = local
            .iter()
            .map(|local| crate::claims::estimate(local.slope))
            .collect();
        format!(
            "layer {layer} {}",
            if slopes.is_empty() {
                "none".to_owned()
            } else {
                slopes.join(", ")
            }
        )
    });
    let overall = layers.iter().map(|&layer| {
        let text = match view.overall(against, layer) {
            Overall::Line(slope) => crate::claims::estimate(slope),
            Overall::Curve(r2, spread) => {
                format!("no line (R² {r2:.2}, local slopes differ by {spread:.2})")
            }
            Overall::TooFew => format!("too few {}s", against.name()),
        };
        format!("layer {layer} {text}")
    });
    claim
        .note(format!(
            "networks enter that trained for {DECAY_TIMES} decay times and predict better than a constant does; left out: {left_out}"
        ))
        .note(format!("local slopes, from the smallest {}: {}", against.name(), local.collect::<Vec<_>>().join("; ")))
        .note(format!(
            "slope of the whole line, given only for three {}s or more, R² of at least {STRAIGHT} and local slopes within {NEAR} of each other: {}",
            against.name(),
            overall.collect::<Vec<_>>().join("; ")
        ))
}

fn learning_rate_slope(view: &View<'_>) -> Claim {
    let quantity = "distance from -1 of the slope of log(tr G_b / tr Z_b) against log learning rate, between neighbouring learning rates";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(NEAR));
    let parts = local_parts(view, Slope::LearningRate, -1.0, &criterion);
    let statement = "tr G_b / tr Z_b falls as one over the learning rate";
    let claim = Claim::new(
        "slope-learning-rate",
        Tag::Derived,
        statement,
        criterion,
        parts,
    )
    .note("-1 is the law of a balance dominated by noise; the mean update alone predicts 0");
    with_slopes(claim, view, Slope::LearningRate)
}

fn shifted(estimate: Estimate, by: f64) -> Estimate {
    Estimate {
        value: estimate.value + by,
        low: estimate.low.map(|low| low + by),
        high: estimate.high.map(|high| high + by),
        n: estimate.n,
    }
}
