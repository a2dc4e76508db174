//! The claims of crh-balance. Criteria come from the theory: what would count as a balance.

use super::view::{MATRICES, RESIDUALS, SELF_AVERAGING, Slope, View};
use crate::measures::{size, trend};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

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
const NEAR: f64 = 0.5;

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
        .note("without that, a small change over a window says little: the weights have not had the time to change")
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
    let ours = view.at_largest_gamma("mean_stationarity").estimate();
    let parts = vec![criterion.part("largest gamma", None, ours)];
    let statement = "the mean gradient balances weight decay at the largest gamma";
    Claim::new("mean-update", Tag::Derived, statement, criterion, parts)
}

fn residuals(view: &View<'_>) -> Claim {
    let quantity = "relative residual at the largest gamma, mean over hidden layers";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(HALF));
    let parts = RESIDUALS.map(|(statistic, name)| {
        criterion.part(name, None, view.at_largest_gamma(statistic).estimate())
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
            .hidden(statistic)
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
        let factors = logs.map(|(layer, log)| (layer, log.map(|log| factor(size(log)))));
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

fn factor(log: Estimate) -> Estimate {
    Estimate {
        value: log.value.exp(),
        low: log.low.map(f64::exp),
        high: log.high.map(f64::exp),
        n: log.n,
    }
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

/// Slope of log tr G_b / tr Z_b against log gamma: 2 by the paper's equations, 1 where noise dominates.
fn gamma_slope(view: &View<'_>, law: f64) -> Claim {
    let criterion = Criterion::by_interval(
        format!("distance of the slope of log(tr G_b / tr Z_b) against log gamma from {law}"),
        Bound::AtMost(NEAR),
    );
    let parts = view.layers().into_iter().map(|layer| {
        let slope = view.slope(Slope::Gamma, layer);
        let from_law = slope.map(|slope| size(shifted(slope, -law)));
        criterion.part(format!("layer {layer}"), None, from_law)
    });
    let parts = parts.collect();
    let claim = if law == 2.0 {
        let statement = "tr G_b / tr Z_b grows with the square of gamma";
        Claim::new("slope-two", Tag::Found, statement, criterion, parts)
            .note("the square is that of the paper's Eqs. 182-184 (FOUND), which it tests qualitatively only")
    } else {
        let statement = "tr G_b / tr Z_b grows with the first power of gamma";
        Claim::new("slope-one", Tag::Derived, statement, criterion, parts)
            .note("the first power is that of a balance dominated by noise; it excludes the square")
    };
    let slopes = view.layers().into_iter().filter_map(|layer| {
        let slope = view.slope(Slope::Gamma, layer)?;
        let nearer = if (slope.value - 1.0).abs() < (slope.value - 2.0).abs() {
            1
        } else {
            2
        };
        Some(format!(
            "layer {layer} {} (nearer {nearer})",
            crate::claims::estimate(slope)
        ))
    });
    claim.note(format!("slopes: {}", slopes.collect::<Vec<_>>().join("; ")))
}

fn learning_rate_slope(view: &View<'_>) -> Claim {
    let quantity =
        "distance of the slope of log(tr G_b / tr Z_b) against log learning rate from -1";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(NEAR));
    let mut slopes = Vec::new();
    let parts = view.layers().into_iter().map(|layer| {
        let slope = view.slope(Slope::LearningRate, layer);
        slopes
            .extend(slope.map(|slope| format!("layer {layer} {}", crate::claims::estimate(slope))));
        let from_law = slope.map(|slope| size(shifted(slope, 1.0)));
        criterion.part(format!("layer {layer}"), None, from_law)
    });
    let parts = parts.collect();
    let statement = "tr G_b / tr Z_b falls as one over the learning rate";
    Claim::new(
        "slope-learning-rate",
        Tag::Derived,
        statement,
        criterion,
        parts,
    )
    .note("-1 is the law of a balance dominated by noise; the mean update alone predicts 0")
    .note(format!("slopes: {}", slopes.join("; ")))
}

fn shifted(estimate: Estimate, by: f64) -> Estimate {
    Estimate {
        value: estimate.value + by,
        low: estimate.low.map(|low| low + by),
        high: estimate.high.map(|high| high + by),
        n: estimate.n,
    }
}
