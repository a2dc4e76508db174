//! The claims of nc-equivalence, for each task.

use super::readout::{COLLAPSE, Readout, STEP, State};
use crate::claims::measures::{share, trend};
use crate::formation::relations::JUDGED;
use crate::table::Select;
use crate::{Bound, Claim, Estimate, Range, Tag};

/// Alpha above which a relation holds: what the paper reports of its readouts (FOUND, F-res1).
const ALIGNED: f64 = 0.7;
/// Variance of outputs within classes over that between them, at most, for quasi-interpolation (ours).
const INTERPOLATES: f64 = 0.1;
/// Correlation of G_b with I - 11ᵀ/C, at least, for an isotropic loss gradient (ours).
const ISOTROPIC: f64 = 0.9;
const CONDITION: &str = "that this is a condition is FOUND, measure and bound are ours";

pub(super) fn claims(readouts: &[Readout<'_>]) -> Vec<Claim> {
    [
        in_training(readouts),
        conditions(readouts),
        at_the_end(readouts),
        vec![equivalent(readouts)],
    ]
    .concat()
}

type Case = (String, Option<Estimate>);

/// A case for each task and relation.
fn relations<'t>(
    readouts: &[Readout<'t>],
    ours: impl Fn(&Readout<'t>, Select<'t>) -> Option<Estimate>,
) -> Vec<Case> {
    let cases = readouts.iter().flat_map(|readout| {
        let alphas = readout.judged();
        alphas.map(|(name, alpha)| readout.base.case(name, ours(readout, alpha)))
    });
    cases.collect()
}

/// A case for each task, made of one statistic.
fn of_tasks(
    readouts: &[Readout<'_>],
    (statistic, name): (&str, &str),
    ours: fn(Select<'_>) -> Option<Estimate>,
) -> Vec<Case> {
    let cases = readouts.iter().map(|readout| {
        let ours = ours(readout.select(statistic));
        readout.base.case(name, ours)
    });
    cases.collect()
}

/// Spearman's rho with the step.
fn rho(select: Select<'_>) -> Option<Estimate> {
    select.over_seeds(STEP.of, Range::Correlation, trend)
}

/// Spearman's rho of an alpha with NC1.
fn rho_with_nc1(readout: &Readout<'_>, alpha: Select<'_>) -> Option<Estimate> {
    let pairs = readout.select("nc1").beside(&alpha);
    readout.base.table.over_seeds(Range::Correlation, |seed| {
        let mine = pairs.iter().filter(|(row, ..)| row.seed == seed);
        let mine: Vec<(f64, f64)> = mine.map(|(_, nc1, alpha)| (*nc1, *alpha)).collect();
        trend(&mine)
    })
}

fn at_end(select: Select<'_>) -> Option<Estimate> {
    select.at_last_step().estimate()
}

fn in_training(readouts: &[Readout<'_>]) -> Vec<Claim> {
    vec![
        Tag::Found
            .claim("alpha-rises", "the readout's relations grow during training")
            .by_interval("mean over seeds of Spearman's rho(step, alpha)", Bound::Above(0.5))
            .parts(relations(readouts, |_, alpha| rho(alpha)))
            .note(JUDGED),
        Tag::Found
            .claim("nc1-falls", "variability within classes collapses during training")
            .by_interval("mean over seeds of Spearman's rho(step, NC1)", Bound::Below(-0.5))
            .parts(of_tasks(readouts, ("nc1", "NC1"), rho))
            .note("that is neural collapse (Papyan, Han and Donoho 2020)"),
        Tag::Found
            .claim("together", "NC1 falls as alpha rises")
            .by_interval("mean over seeds of Spearman's rho(NC1, alpha) over training", Bound::Below(-0.5))
            .parts(relations(readouts, rho_with_nc1))
            .note(JUDGED)
            .note("that the two are equivalent is FOUND (Theorem 3); two quantities that both follow time correlate too, see `equivalent`"),
    ]
}

fn conditions(readouts: &[Readout<'_>]) -> Vec<Claim> {
    let at_end = |statistic| of_tasks(readouts, statistic, at_end);
    let first = "first condition: the model quasi-interpolates";
    let second = "second condition: the loss gradient is isotropic";
    let variance = "variance of outputs within classes over that between them, at the end";
    let correlation = "correlation of G_b with I - 11^T/C, at the end";
    vec![
        Tag::Found
            .claim("quasi-interpolation", first)
            .by_interval(variance, Bound::AtMost(INTERPOLATES))
            .parts(at_end(("quasi_interpolation", "outputs")))
            .note(CONDITION),
        Tag::Found
            .claim("isotropy", second)
            .by_interval(correlation, Bound::AtLeast(ISOTROPIC))
            .parts(at_end(("isotropy", "loss gradient")))
            .note(CONDITION),
    ]
}

fn at_the_end(readouts: &[Readout<'_>]) -> Vec<Claim> {
    let measures = readouts.iter().flat_map(|readout| {
        let measures = readout.collapse_at_end();
        measures.map(|(name, relative)| readout.base.case(name, relative.estimate()))
    });
    let bounds = COLLAPSE.map(|part| format!("{} {}", part.name, part.reached));
    let bounds = bounds.join(", ");
    let collapsed = "neural collapse is reached at the end";
    let measure = "measure of collapse at the end, in units of the value that counts as collapsed";
    vec![
        Tag::Found
            .claim("aligned-at-the-end", "all six relations hold at the end")
            .by_interval("alpha at the end", Bound::Above(ALIGNED))
            .parts(relations(readouts, |_, alpha| at_end(alpha)))
            .note("the bound is the paper's for the readout of a ResNet-18 on CIFAR-10 (FOUND)")
            .note(JUDGED),
        Tag::Found
            .claim("collapsed-at-the-end", collapsed)
            .by_interval(measure, Bound::AtMost(1.0))
            .parts(measures)
            .note(format!("values that count as collapsed (ours): {bounds}")),
    ]
}

fn is_aligned(state: &State) -> bool {
    state.lowest_alpha > ALIGNED
}

fn is_collapsed(state: &State) -> bool {
    state.worst_collapse <= 1.0
}

/// The share of networks with the conclusion among those with the premise.
fn among(
    mut states: Vec<State>,
    premise: fn(&State) -> bool,
    conclusion: fn(&State) -> bool,
) -> Option<Estimate> {
    states.retain(premise);
    let share = share(&states, conclusion);
    share.map(|share| Estimate::without_interval(share, states.len()))
}

/// Theorem 3 as two implications. One whose premise no network meets was not tested: that both fail supports nothing.
fn equivalent(readouts: &[Readout<'_>]) -> Claim {
    let implications = readouts.iter().flat_map(|readout| {
        let forth = among(readout.states(), is_aligned, is_collapsed);
        let back = among(readout.states(), is_collapsed, is_aligned);
        [
            readout.base.case("aligned networks are collapsed", forth),
            readout.base.case("collapsed networks are aligned", back),
        ]
    });
    let states = readouts.iter().flat_map(|readout| {
        let task = readout.base.task();
        readout.states().into_iter().map(move |state| {
            let (alpha, collapse) = (state.lowest_alpha, state.worst_collapse);
            format!("{task} seed {} {alpha:.2} and {collapse:.2}", state.seed)
        })
    });
    Tag::Found
        .claim("equivalent", "at the end, alignment and neural collapse imply each other")
        .by_value(
            format!("share of networks with the conclusion among those with the premise; aligned: all six alphas above {ALIGNED}, collapsed: all measures"),
            Bound::AtLeast(0.9),
        )
        .parts(implications)
        .note("an implication whose premise no network meets is not tested")
        .note(premise(readouts))
        .note(format!("lowest alpha, and worst measure in units of its bound: {}", states.collect::<Vec<_>>().join("; ")))
}

/// From which NC1 on classes count as collapsed, and how far each task came.
fn premise(readouts: &[Readout<'_>]) -> String {
    let reached = COLLAPSE[0].reached;
    let lowest = readouts.iter().filter_map(|readout| {
        let means = readout.select("nc1").by_x(STEP.of).into_iter();
        let (step, lowest) = means.min_by(|a, b| a.1.value.total_cmp(&b.1.value))?;
        let verb = if lowest.value <= reached {
            "was reached"
        } else {
            "was not reached"
        };
        let task = readout.base.task();
        Some(format!(
            "on {task} it {verb}: the lowest NC1 is {:.3}, after {step} steps",
            lowest.value
        ))
    });
    let lowest = lowest.collect::<Vec<_>>().join("; ");
    format!(
        "the theorem is about networks that interpolate, here from an NC1 of {reached} on (ours); {lowest}"
    )
}
