//! The claims of crh-balance. Criteria come from the theory: what would count as a balance.

use super::networks::{
    LEARNING_RATE, MATRICES, Named, Networks, RESIDUALS, SELF_AVERAGING, SHAPES, Swept,
    WEIGHT_DECAY,
};
use super::powers::{DECAY_TIMES, NEAR, Overall, STRAIGHT};
use crate::claims::measures::{size, trend};
use crate::claims::{Case, Draft, estimate};
use crate::figure::Along;
use crate::table::{FEW_DIRECTIONS, Select};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// Relative change over the last window that counts as standing still (ours).
const STILL: f64 = 0.1;
/// Residuals are 1 where the left side explains nothing of the right: below a half most of it is explained.
pub(super) const HALF: f64 = 0.5;
/// A constant within this factor of its prediction (ours).
const FACTOR: f64 = 1.5;
/// What is judged of a residual.
const LESS_NOISE: &str = "residuals are judged less what sampling alone would leave of them, in quadrature; the report has both. At small gamma that is nearly all that is measured";

pub(super) fn claims(networks: &Networks<'_>) -> Vec<Claim> {
    [
        stationarity(networks),
        balance(networks),
        consequences(networks),
        powers(networks),
    ]
    .concat()
}

/// A case for each statistic.
fn cases(
    statistics: &'static Named,
    ours: impl Fn(&str) -> Option<Estimate>,
) -> impl Iterator<Item = (&'static str, Option<Estimate>)> {
    let statistics = statistics.iter();
    statistics.map(move |(statistic, name)| (*name, ours(statistic)))
}

/// A case for each statistic at the end of training with the largest weight decay.
fn at_largest(
    networks: &Networks<'_>,
    statistics: &'static Named,
) -> impl Iterator<Item = (&'static str, Option<Estimate>)> {
    let ours = |statistic: &str| networks.at_largest(networks.hidden(statistic)).estimate();
    cases(statistics, ours)
}

/// Whether training stands still, and had the time to.
fn stationarity(networks: &Networks<'_>) -> Vec<Claim> {
    let times = networks.over_weight_decay("steps_times_eta_gamma").layer(0);
    let times = times.at_last_step();
    let times = networks.weight_decays().into_iter().map(|gamma| {
        let ours = times.clone().weight_decay(gamma).estimate();
        (format!("gamma {gamma:.1e}"), ours)
    });
    let window = networks.window().map_or(String::new(), |(steps, times)| {
        format!(
            "; the window is the last {steps} steps, {times:.2} decay times at the largest gamma"
        )
    });
    vec![
        Tag::Derived
            .claim("trained-long-enough", "training lasts long enough for weight decay to act, at every gamma")
            .by_value("decay times, learning rate x gamma x steps", Bound::AtLeast(DECAY_TIMES))
            .parts(times)
            .note(learned_at_largest(networks))
            .note("without that, a small change over a window says little: the weights have not had the time to change")
            .soundness(),
        Tag::Found
            .claim("stationary", "the four matrices are stationary at the end of training")
            .by_interval("relative change over the last window at the largest gamma, mean over hidden layers", Bound::AtMost(STILL))
            .parts(at_largest(networks, MATRICES))
            .note(format!("that stationarity is assumed is FOUND, the bound is ours{window}")),
    ]
}

/// Whether what is judged at the largest weight decay is a network that has learned anything.
fn learned_at_largest(networks: &Networks<'_>) -> String {
    let times = networks.over_weight_decay("steps_times_eta_gamma");
    let rows = networks.at_largest(times).at_last_step().rows().into_iter();
    let learned = rows.map(|row| networks.losses.of(&row.network())?.has_learned());
    let learned: Vec<Option<bool>> = learned.collect();
    let count = |of| learned.iter().filter(|one| **one == of).count();
    let [better, worse, unknown] = [Some(true), Some(false), None].map(count);
    let all = learned.len();
    format!(
        "of the {all} networks at the largest gamma, at which other claims are judged, {better} predict better than a constant does, \
         {worse} do not, and of {unknown} it is not known"
    )
}

/// The mean update and the balance equations.
fn balance(networks: &Networks<'_>) -> Vec<Claim> {
    let at_largest = |statistic: &str| networks.at_largest(networks.residual(statistic)).estimate();
    let rho = |statistic: &str| {
        let residual = networks.residual(statistic);
        residual.over_seeds(Along::WEIGHT_DECAY.of, Range::Correlation, trend)
    };
    vec![
        Tag::Derived
            .claim("mean-update", "the mean gradient balances weight decay at the largest gamma")
            .by_interval("residual of E[g_b h_a^T] = gamma W relative to gamma W, mean over hidden layers", Bound::AtMost(HALF))
            .parts([("largest gamma", at_largest("mean_stationarity"))])
            .note(LESS_NOISE),
        Tag::Derived
            .claim("balance", "noise and weight decay balance: equations (i) to (iv) hold at the largest gamma")
            .by_interval("relative residual at the largest gamma, mean over hidden layers", Bound::AtMost(HALF))
            .parts(cases(RESIDUALS, at_largest))
            .note("the equations are our reconstruction of Theorem 1; a residual of 1 is what a left side of zero would leave"),
        Tag::Derived
            .claim("residuals-fall", "the balance is better at larger gamma")
            .by_interval("mean over seeds of Spearman's rho(gamma, residual), mean over hidden layers", Bound::Below(0.0))
            .parts(cases(RESIDUALS, rho))
            .note(LESS_NOISE),
    ]
}

/// What a claim says of layers that are left out of it.
const COLLAPSED: &str = "of layers whose W has an effective rank above 3: with W of rank one, H_b is a multiple of Z_b and G_a of Z_a by algebra, with the predicted constants";

/// A case for each hidden layer of those networks in which its weight has not collapsed.
fn of_layers(
    networks: &Networks<'_>,
    name: &str,
    select: Select<'_>,
    shown: impl Fn(Estimate) -> Estimate,
) -> Vec<Case> {
    let layers = networks.by_layer(&select).into_iter();
    let cases = layers.map(|(layer, select)| {
        let ours = select.clone().beyond_collapse().estimate();
        let collapsed = ours.is_none() && select.estimate().is_some();
        let why = format!("effective rank of W not known to be above {FEW_DIRECTIONS} in any seed");
        let case: Case = (format!("{name}, {layer}"), ours.map(&shown)).into();
        case.untested(collapsed.then_some(why))
    });
    cases.collect()
}

/// Self-averaging, and the two constants that follow with it from stationarity.
fn consequences(networks: &Networks<'_>) -> Vec<Claim> {
    let constants = [
        ("constant_h_b", "H_b = s_a Z_b"),
        ("constant_g_a", "G_a = s_g Z_a"),
    ];
    let factors = constants.into_iter().flat_map(|(statistic, name)| {
        let logs = networks.at_largest(networks.hidden(statistic));
        let logs = logs.map(|value| (value > 0.0).then(|| value.ln()));
        of_layers(networks, name, logs, |log| size(log).exp())
    });
    let shapes = SHAPES.iter().flat_map(|(statistic, name)| {
        let left = networks.at_largest(networks.hidden(statistic));
        of_layers(networks, name, left, |left| left)
    });
    vec![
        Tag::Found
            .claim("self-averaging", "norms self-average: they hardly vary from sample to sample")
            .by_interval("variation or relative error at the largest gamma, mean over hidden layers", Bound::AtMost(HALF))
            .parts(at_largest(networks, SELF_AVERAGING))
            .note("the assumption is FOUND (Hypotheses A.1 and A.2), the bound is ours"),
        Tag::Derived
            .claim("constants", format!("the two predicted constants hold within a factor of {FACTOR} at the largest gamma"))
            .by_interval("constant over prediction, or the inverse where that is above 1", Bound::AtMost(FACTOR))
            .parts(factors)
            .note(COLLAPSED)
            .note("means and intervals are those of logarithms, for which a factor and its inverse count alike"),
        Tag::Derived
            .claim("constants-shape", "H_b is a multiple of Z_b, and G_a of Z_a, at the largest gamma")
            .by_interval("residual of the best multiple, relative, at the largest gamma", Bound::AtMost(HALF))
            .parts(shapes)
            .note(COLLAPSED)
            .note("these two relations need stationarity and self-averaging only"),
    ]
}

/// The laws of tr G_b / tr Z_b: the square is the paper's, the other two hold where noise dominates.
fn powers(networks: &Networks<'_>) -> Vec<Claim> {
    let two = "tr G_b / tr Z_b grows with the square of gamma";
    let two = Tag::Found.claim("slope-two", two);
    let one = "tr G_b / tr Z_b grows with the first power of gamma";
    let one = Tag::Derived.claim("slope-one", one);
    let rate = "tr G_b / tr Z_b falls as one over the learning rate";
    let rate = Tag::Derived.claim("slope-learning-rate", rate);
    vec![
        power(
            networks,
            WEIGHT_DECAY,
            2.0,
            two,
            "the square is that of the paper's Eqs. 182-184 (FOUND), which it tests qualitatively only; the bound is ours",
        ),
        power(
            networks,
            WEIGHT_DECAY,
            1.0,
            one,
            "the first power is that of a balance dominated by noise; it excludes the square",
        ),
        power(
            networks,
            LEARNING_RATE,
            -1.0,
            rate,
            "-1 is the law of a balance dominated by noise; the mean update alone predicts 0",
        ),
    ]
}

/// That local slopes of log tr G_b / tr Z_b are those of a law. A case for each layer and interval between neighbours; notes
/// say the rule, what it leaves out, all local slopes, and the slopes of whole lines where there are any.
fn power(networks: &Networks<'_>, swept: Swept, law: f64, claim: Draft, source: &str) -> Claim {
    let Swept { along, .. } = swept;
    let ratios = networks.by_layer(&networks.entering(swept)).into_iter();
    let slopes = ratios.map(|(layer, ratio)| (layer, networks.local(swept, &ratio)));
    let slopes: Vec<_> = slopes.collect();
    let distances = slopes.iter().flat_map(|(layer, local)| {
        local.iter().map(move |local| {
            let (from, to) = ((along.text)(local.ends.0), (along.text)(local.ends.1));
            let name = format!("{layer}, {} {from} to {to}", along.name);
            (name, Some(size(local.slope.map(|slope| slope - law))))
        })
    });
    let local = slopes.iter().map(|(layer, local)| {
        let slopes: Vec<String> = local.iter().map(|local| estimate(local.slope)).collect();
        match &slopes[..] {
            [] => format!("{layer} none"),
            some => format!("{layer} {}", some.join(", ")),
        }
    });
    let overall = networks.layers().map(|layer| {
        let overall = match networks.overall(swept, layer) {
            Overall::Line(slope) => estimate(slope),
            Overall::Curve(r2, spread) => {
                format!("no line (R² {r2:.2}, local slopes differ by {spread:.2})")
            }
            Overall::TooFew => format!("too few {}s", along.name),
        };
        format!("layer {layer} {overall}")
    });
    let (name, left_out) = (along.name, networks.left_out(swept));
    let [local, overall] = [local.collect::<Vec<_>>(), overall.collect()].map(|all| all.join("; "));
    claim
        .by_interval(format!("distance from {law} of the slope of log(tr G_b / tr Z_b) against log {name}, between neighbouring {name}s"), Bound::AtMost(NEAR))
        .parts(distances)
        .note(source)
        .note(format!("networks enter that trained for {DECAY_TIMES} decay times and predict better than a constant does; left out: {left_out}"))
        .note(format!("local slopes, from the smallest {name}: {local}"))
        .note(format!("slope of the whole line, given only for three {name}s or more, R² of at least {STRAIGHT} and local slopes within {NEAR} of each other: {overall}"))
}
