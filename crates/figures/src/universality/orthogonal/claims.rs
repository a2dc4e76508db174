//! The claims of univ-orthogonal, of leaky ReLU, which the authors' notebook trains. Their values are those of one seed.

use super::{ACTIVATIONS, CONTEXT, COSINE, RELEVANT, trained};
use crate::claims::measures::size;
use crate::universality::PairData;
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

pub(super) fn claims(data: &PairData) -> Vec<Claim> {
    vec![
        context_kept(data),
        context_lost(data),
        both_positions(data),
        one_position(data),
        few_dimensions(data),
        parallel(data),
        not_parallel(data),
        other_activation(data),
    ]
}

/// A metric of one setting with what the authors' code gives.
struct Case {
    setting: &'static str,
    metric: &'static str,
    authors: f64,
}

const fn case(setting: &'static str, metric: &'static str, authors: f64) -> Case {
    Case {
        setting,
        metric,
        authors,
    }
}

/// A part for each case, with leaky ReLU.
fn parts(data: &PairData, criterion: &Criterion, range: Range, cases: &[Case]) -> Vec<Part> {
    let part = |case: &Case| {
        let picked = trained(data, case.setting, ACTIVATIONS[0], case.metric);
        let name = format!("{}, {}", case.setting, case.metric);
        criterion.part(name, Some(case.authors), picked.estimate(range))
    };
    cases.iter().map(part).collect()
}

fn measured(id: &'static str, statement: &str, criterion: Criterion, parts: Vec<Part>) -> Claim {
    Claim::new(id, Tag::Measured, statement, criterion, parts)
        .note("values under \"paper\" are MEASURED: one seed of the authors' code, with leaky ReLU; bounds are ours")
}

fn context_kept(data: &PairData) -> Claim {
    let quantity = "share of the variance between contexts";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.8));
    let cases = [case("high_init", CONTEXT, 0.916)];
    let parts = parts(data, &criterion, Range::Share, &cases);
    let statement =
        "large initial weights keep an offset between contexts that is most of the variance";
    measured("context-kept", statement, criterion, parts)
}

fn context_lost(data: &PairData) -> Claim {
    let quantity = "share of the variance between contexts";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.2));
    let cases = [
        case("low_init", CONTEXT, 0.081),
        case("vlow_init", CONTEXT, 0.0018),
    ];
    let parts = parts(data, &criterion, Range::Share, &cases);
    let statement = "small initial weights lose the offset between contexts";
    measured("context-lost", statement, criterion, parts)
}

fn both_positions(data: &PairData) -> Claim {
    let quantity = "relevant over irrelevant axis of a context";
    let criterion = Criterion::by_interval(quantity, Bound::Below(3.0));
    let cases = [
        case("high_init", RELEVANT[0], 1.60),
        case("high_init", RELEVANT[1], 1.33),
    ];
    let parts = parts(data, &criterion, Range::NonNegative, &cases);
    let statement = "large initial weights keep both positions in both contexts";
    measured("both-positions", statement, criterion, parts)
}

fn one_position(data: &PairData) -> Claim {
    let quantity = "relevant over irrelevant axis of a context";
    let criterion = Criterion::by_interval(quantity, Bound::Above(5.0));
    let cases = [
        case("low_init", RELEVANT[0], 10.1),
        case("low_init", RELEVANT[1], 11.4),
        case("vlow_init", RELEVANT[0], 67.6),
        case("vlow_init", RELEVANT[1], 76.3),
    ];
    let parts = parts(data, &criterion, Range::NonNegative, &cases);
    let statement = "small initial weights remove the position that a context does not ask for";
    measured("irrelevant-removed", statement, criterion, parts)
}

fn few_dimensions(data: &PairData) -> Claim {
    let quantity = "share of the variance in the first principal components";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.98));
    let cases = [
        case("low_init", "pca_top3", 0.996),
        case("vlow_init", "pca1", 0.997),
    ];
    let parts = parts(data, &criterion, Range::Share, &cases);
    let statement = "small initial weights leave three dimensions, very small ones a single one";
    measured("few-dimensions", statement, criterion, parts)
}

fn parallel(data: &PairData) -> Claim {
    let quantity = "cosine of the relevant axes of both contexts";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.8));
    let cases = [
        case("low_init", COSINE, 0.950),
        case("vlow_init", COSINE, 0.998),
    ];
    let parts = parts(data, &criterion, Range::Correlation, &cases);
    let statement = "a criticism of the name: with small initial weights the relevant axes end up parallel, not orthogonal";
    measured("axes-parallel", statement, criterion, parts).note("both drive the same output")
}

fn not_parallel(data: &PairData) -> Claim {
    let quantity = "size of the cosine of the relevant axes of both contexts";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.6));
    let picked = trained(data, "high_init", ACTIVATIONS[0], COSINE);
    let ours = picked.estimate(Range::Correlation).map(size);
    let part = criterion.part("high_init", Some(0.207), ours);
    let statement =
        "large initial weights leave the relevant axes where they were, far from parallel";
    measured("axes-far-from-parallel", statement, criterion, vec![part])
        .note("the authors' run has a cosine of -0.21, of the initial network -0.19")
}

/// Of each seed the logarithm of how much longer relevant axes are, mean over contexts.
fn selectivity(
    data: &PairData,
    setting: &str,
    activation: &str,
) -> std::collections::BTreeMap<u64, f64> {
    let [a, b] = RELEVANT.map(|metric| {
        let picked = trained(data, setting, activation, metric);
        picked.per_seed(|row| row.value.filter(|value| *value > 0.0).map(f64::ln))
    });
    let both = a.into_iter();
    both.filter_map(|(seed, a)| Some((seed, 0.5 * (a + b.get(&seed)?))))
        .collect()
}

fn other_activation(data: &PairData) -> Claim {
    let quantity =
        "logarithm of relevant over irrelevant axis, less that with larger initial weights, tanh";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let steps = [("low_init", "high_init"), ("vlow_init", "low_init")];
    let parts = steps.map(|(small, large)| {
        let (small_ones, large_ones) = (
            selectivity(data, small, ACTIVATIONS[1]),
            selectivity(data, large, ACTIVATIONS[1]),
        );
        let more: Vec<f64> = small_ones
            .iter()
            .filter_map(|(seed, small)| Some(small - large_ones.get(seed)?))
            .collect();
        criterion.part(
            format!("{small} over {large}"),
            None,
            Estimate::mean(&more, Range::Real),
        )
    });
    let statement = "with tanh, as the authors' file has it, smaller initial weights remove more of the irrelevant position too";
    Claim::new("tanh-too", Tag::Ours, statement, criterion, parts.into())
}
