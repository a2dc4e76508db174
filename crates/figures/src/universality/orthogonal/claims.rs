//! The claims of univ-orthogonal, of leaky ReLU, which the authors' notebook trains. Their values are those of one seed.

use std::collections::BTreeMap;

use super::{ACTIVATIONS, CONTEXT, COSINE, RELEVANT, trained};
use crate::claims::Judged;
use crate::claims::measures::size;
use crate::universality::CheckedTables;
use crate::universality::values::difference;
use crate::{Bound, Claim, Range, Tag};

const MEASURED: &str =
    "all values under \"paper\" are MEASURED: one seed of the authors' code, with leaky ReLU";

pub(super) fn claims(data: &CheckedTables) -> Vec<Claim> {
    let mut claims = [features(data), axes(data)].concat();
    claims.push(other_activation(data));
    claims
}

impl Judged {
    /// The claim with a part for each case: a setting, a metric of its networks with leaky ReLU, and what the authors' code
    /// gives.
    fn of_metrics<const N: usize>(
        self,
        data: &CheckedTables,
        range: Range,
        cases: [(&str, &str, f64); N],
    ) -> Claim {
        let parts = cases.map(|(setting, metric, authors)| {
            let ours = trained(data, setting, ACTIVATIONS[0], &[metric]).estimate(range);
            (format!("{setting}, {metric}"), Some(authors), ours)
        });
        self.parts(parts)
    }
}

fn features(data: &CheckedTables) -> Vec<Claim> {
    let variance = "share of the variance between contexts";
    let axes = "relevant over irrelevant axis of a context";
    let [a, b] = RELEVANT;
    let kept = [("high_init", a, 1.60), ("high_init", b, 1.33)];
    let removed = [
        ("low_init", a, 10.1),
        ("low_init", b, 11.4),
        ("vlow_init", a, 67.6),
        ("vlow_init", b, 76.3),
    ];
    vec![
        Tag::Measured
            .claim("context-kept", "large initial weights keep an offset between contexts that is most of the variance")
            .by_interval(variance, Bound::Above(0.8))
            .of_metrics(data, Range::Share, [("high_init", CONTEXT, 0.916)])
            .note(MEASURED),
        Tag::Measured
            .claim("context-lost", "small initial weights lose the offset between contexts")
            .by_interval(variance, Bound::Below(0.2))
            .of_metrics(data, Range::Share, [("low_init", CONTEXT, 0.081), ("vlow_init", CONTEXT, 0.0018)]),
        Tag::Measured
            .claim("both-positions", "large initial weights keep both positions in both contexts")
            .by_interval(axes, Bound::Below(3.0))
            .of_metrics(data, Range::NonNegative, kept),
        Tag::Measured
            .claim("irrelevant-removed", "small initial weights remove the position that a context does not ask for")
            .by_interval(axes, Bound::Above(5.0))
            .of_metrics(data, Range::NonNegative, removed),
    ]
}

fn axes(data: &CheckedTables) -> Vec<Claim> {
    let quantity = "cosine of the relevant axes of both contexts";
    let few = [
        ("low_init", "pca_top3", 0.996),
        ("vlow_init", "pca1", 0.997),
    ];
    let large = trained(data, "high_init", ACTIVATIONS[0], &[COSINE]);
    let large = large.estimate(Range::Correlation).map(size);
    vec![
        Tag::Measured
            .claim("few-dimensions", "small initial weights leave three dimensions, very small ones a single one")
            .by_interval("share of the variance in the first principal components", Bound::Above(0.98))
            .of_metrics(data, Range::Share, few),
        Tag::Measured
            .claim("axes-parallel", "a criticism of the name: with small initial weights the relevant axes end up parallel, not orthogonal")
            .by_interval(quantity, Bound::Above(0.8))
            .of_metrics(data, Range::Correlation, [("low_init", COSINE, 0.950), ("vlow_init", COSINE, 0.998)])
            .note("both drive the same output"),
        Tag::Measured
            .claim("axes-far-from-parallel", "large initial weights leave the relevant axes where they were, far from parallel")
            .by_interval(format!("size of the {quantity}"), Bound::Below(0.6))
            .parts([("high_init", Some(0.207), large)])
            .note("the authors' run has a cosine of -0.21, of the initial network -0.19"),
    ]
}

/// With tanh, of each seed the logarithm of how much longer relevant axes are, mean over contexts.
fn selectivity(data: &CheckedTables, setting: &str) -> BTreeMap<u64, f64> {
    let [a, b] = RELEVANT.map(|metric| {
        let values = trained(data, setting, ACTIVATIONS[1], &[metric]);
        values.per_seed(|row| row.value.filter(|value| *value > 0.0).map(f64::ln))
    });
    let both = a.into_iter();
    both.filter_map(|(seed, a)| Some((seed, 0.5 * (a + b.get(&seed)?))))
        .collect()
}

fn other_activation(data: &CheckedTables) -> Claim {
    let steps = [("low_init", "high_init"), ("vlow_init", "low_init")];
    let parts = steps.map(|(small, large)| {
        let more = difference(&selectivity(data, small), &selectivity(data, large));
        (format!("{small} over {large}"), more)
    });
    Tag::Ours
        .claim("tanh-too", "with tanh, as the authors' file has it, smaller initial weights remove more of the irrelevant position too")
        .by_interval("logarithm of relevant over irrelevant axis, less that with larger initial weights, tanh", Bound::Above(0.0))
        .parts(parts)
}
