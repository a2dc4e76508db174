//! The claims of nc-equivalence, for each task.

use super::readout::{COLLAPSE, RELATIONS, Readout, step};
use crate::claims::measures::{share, trend};
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

/// Alpha above which a relation holds: what the paper reports of its readouts (FOUND, F-res1).
const ALIGNED: f64 = 0.7;
/// Variance of outputs within classes over that between them, at most, for quasi-interpolation (ours).
const INTERPOLATES: f64 = 0.1;
/// Correlation of G_b with I - 11ᵀ/C, at least, for an isotropic loss gradient (ours).
const ISOTROPIC: f64 = 0.9;

pub(super) fn claims(readouts: &[Readout<'_>]) -> Vec<Claim> {
    vec![
        alpha_rises(readouts),
        collapse_falls(readouts),
        together(readouts),
        quasi_interpolation(readouts),
        isotropy(readouts),
        aligned_at_the_end(readouts),
        collapsed_at_the_end(readouts),
        equivalent(readouts),
    ]
}

/// Parts of all tasks: for each task those that `of` names.
fn parts<'t>(
    readouts: &[Readout<'t>],
    criterion: &Criterion,
    of: impl Fn(&Readout<'t>) -> Vec<(String, Option<Estimate>)>,
) -> Vec<Part> {
    let parts = readouts.iter();
    parts
        .flat_map(|readout| criterion.parts_of_task(readout.task, of(readout)))
        .collect()
}

fn alpha_rises(readouts: &[Readout<'_>]) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(step, alpha)";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = parts(readouts, &criterion, |readout| {
        let relations = RELATIONS.iter().map(|relation| {
            let alpha = readout.alpha(relation, "normalized");
            (
                relation.name.to_owned(),
                alpha.over_seeds(step, Range::Correlation, trend),
            )
        });
        relations.collect()
    });
    let statement = "the readout's relations grow during training";
    Claim::new("alpha-rises", Tag::Found, statement, criterion, parts)
}

fn collapse_falls(readouts: &[Readout<'_>]) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(step, NC1)";
    let criterion = Criterion::by_interval(quantity, Bound::Below(-0.5));
    let parts = parts(readouts, &criterion, |readout| {
        let nc1 = readout.select("nc1");
        vec![(
            "NC1".to_owned(),
            nc1.over_seeds(step, Range::Correlation, trend),
        )]
    });
    let statement = "variability within classes collapses during training";
    Claim::new("nc1-falls", Tag::Found, statement, criterion, parts)
        .note("that is neural collapse (Papyan, Han and Donoho 2020)")
}

fn together(readouts: &[Readout<'_>]) -> Claim {
    let quantity = "mean over seeds of Spearman's rho(NC1, alpha) over training";
    let criterion = Criterion::by_interval(quantity, Bound::Below(-0.5));
    let parts = parts(readouts, &criterion, |readout| {
        let nc1 = readout.select("nc1");
        let relations = RELATIONS.iter().map(|relation| {
            let pairs = readout.pairs(&nc1, &readout.alpha(relation, "normalized"));
            let rhos: Vec<f64> = pairs.values().filter_map(|line| trend(line)).collect();
            (
                relation.name.to_owned(),
                Estimate::mean(&rhos, Range::Correlation),
            )
        });
        relations.collect()
    });
    let statement = "NC1 falls as alpha rises";
    Claim::new("together", Tag::Found, statement, criterion, parts)
        .note("that the two are equivalent is FOUND (Theorem 3); two quantities that both follow time correlate too, see `equivalent`")
}

fn quasi_interpolation(readouts: &[Readout<'_>]) -> Claim {
    let quantity = "variance of outputs within classes over that between them, at the end";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(INTERPOLATES));
    let parts = parts(readouts, &criterion, |readout| {
        let last = readout.select("quasi_interpolation").at_last_step();
        vec![(
            "outputs".to_owned(),
            last.range(Range::NonNegative).estimate(),
        )]
    });
    let statement = "first condition: the model quasi-interpolates";
    Claim::new(
        "quasi-interpolation",
        Tag::Found,
        statement,
        criterion,
        parts,
    )
    .note("that this is a condition is FOUND, measure and bound are ours")
}

fn isotropy(readouts: &[Readout<'_>]) -> Claim {
    let quantity = "correlation of G_b with I - 11^T/C, at the end";
    let criterion = Criterion::by_interval(quantity, Bound::AtLeast(ISOTROPIC));
    let parts = parts(readouts, &criterion, |readout| {
        let last = readout.select("isotropy").at_last_step();
        vec![("loss gradient".to_owned(), last.estimate())]
    });
    let statement = "second condition: the loss gradient is isotropic";
    Claim::new("isotropy", Tag::Found, statement, criterion, parts)
        .note("that this is a condition is FOUND, measure and bound are ours")
}

fn aligned_at_the_end(readouts: &[Readout<'_>]) -> Claim {
    let criterion = Criterion::by_interval("alpha at the end", Bound::Above(ALIGNED));
    let parts = parts(readouts, &criterion, |readout| {
        let relations = RELATIONS.iter().map(|relation| {
            let alpha = readout.alpha(relation, "normalized").at_last_step();
            (relation.name.to_owned(), alpha.estimate())
        });
        relations.collect()
    });
    let statement = "all six relations hold at the end";
    Claim::new(
        "aligned-at-the-end",
        Tag::Found,
        statement,
        criterion,
        parts,
    )
    .note("the bound is the paper's for the readout of a ResNet-18 on CIFAR-10 (FOUND)")
}

fn collapsed_at_the_end(readouts: &[Readout<'_>]) -> Claim {
    let bounds = COLLAPSE
        .iter()
        .map(|part| format!("{} {}", part.name, part.reached));
    let bounds: Vec<String> = bounds.collect();
    let quantity = "measure of collapse at the end, in units of the value that counts as collapsed";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(1.0));
    let parts = parts(readouts, &criterion, |readout| {
        let measures = COLLAPSE.iter().map(|part| {
            let last = readout.select(part.statistic).at_last_step();
            let relative = last.quantity(|row| Some(row.value? / part.reached));
            (
                part.name.to_owned(),
                relative.range(Range::NonNegative).estimate(),
            )
        });
        measures.collect()
    });
    let statement = "neural collapse is reached at the end";
    Claim::new(
        "collapsed-at-the-end",
        Tag::Found,
        statement,
        criterion,
        parts,
    )
    .note(format!(
        "values that count as collapsed (ours): {}",
        bounds.join(", ")
    ))
}

/// What one network has at the end.
struct State {
    seed: u64,
    lowest_alpha: f64,
    worst_collapse: f64,
}

impl State {
    fn is_aligned(&self) -> bool {
        self.lowest_alpha > ALIGNED
    }

    fn is_collapsed(&self) -> bool {
        self.worst_collapse <= 1.0
    }
}

/// The networks of which everything was measured.
fn states(readout: &Readout<'_>) -> Vec<State> {
    let collapse = readout.worst_collapse();
    let states = readout
        .lowest_alpha()
        .into_iter()
        .filter_map(|(seed, alpha)| {
            Some(State {
                seed,
                lowest_alpha: alpha?,
                worst_collapse: (*collapse.get(&seed)?)?,
            })
        });
    states.collect()
}

/// Theorem 3 as two implications. One whose premise no network meets was not tested: that both fail supports nothing.
fn equivalent(readouts: &[Readout<'_>]) -> Claim {
    let quantity = format!(
        "share of networks with the conclusion among those with the premise; aligned: all six alphas above {ALIGNED}, collapsed: all measures"
    );
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(0.9));
    let parts = parts(readouts, &criterion, |readout| {
        let states = states(readout);
        let among = |premise: fn(&State) -> bool, conclusion: fn(&State) -> bool| {
            let with: Vec<&State> = states.iter().filter(|state| premise(state)).collect();
            let share = share(&with, |state| conclusion(state));
            share.map(|share| Estimate::without_interval(share, with.len()))
        };
        vec![
            (
                "aligned networks are collapsed".to_owned(),
                among(State::is_aligned, State::is_collapsed),
            ),
            (
                "collapsed networks are aligned".to_owned(),
                among(State::is_collapsed, State::is_aligned),
            ),
        ]
    });
    let statement = "at the end, alignment and neural collapse imply each other";
    let claim = Claim::new("equivalent", Tag::Found, statement, criterion, parts)
        .note("an implication whose premise no network meets counts as not measured");
    let states = readouts.iter().flat_map(|readout| {
        let states = states(readout).into_iter();
        states.map(move |state| {
            let State {
                seed,
                lowest_alpha,
                worst_collapse,
            } = state;
            format!(
                "{} seed {seed} {lowest_alpha:.2} and {worst_collapse:.2}",
                readout.task
            )
        })
    });
    claim.note(format!(
        "lowest alpha, and worst measure in units of its bound: {}",
        states.collect::<Vec<_>>().join("; ")
    ))
}
