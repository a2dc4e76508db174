//! The claims of univ-mnist-structure. The paper shows colours; no number of it is known.

use super::WITHIN;
use super::matrix::{Items, Pairs, Which};
use crate::universality::PairData;
use crate::universality::picked::Picked;
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

/// Correlations of each network with the theory where the number of images of each digit is taken out.
const BALANCED: &str = "pearson_between_balanced";

pub(super) fn claims(items: &Items<'_>, data: &PairData) -> Vec<Claim> {
    vec![
        collapse(items, data),
        blocks(items, data),
        order(items, data),
        balanced(data),
        constant(items),
    ]
}

/// A network's number as it was measured, or else as it follows from the distances.
fn of_networks(
    items: &Items<'_>,
    data: &PairData,
    metric: &str,
    range: Range,
    number: impl Fn(&Pairs) -> Option<f64>,
) -> Option<Estimate> {
    let measured = Picked::of(data).metric(metric).at_end().estimate(range);
    measured.or_else(|| {
        let numbers: Vec<f64> = items.each().filter_map(&number).collect();
        Estimate::mean(&numbers, range)
    })
}

fn collapse(items: &Items<'_>, data: &PairData) -> Claim {
    let quantity = "mean squared distance of two images of one digit over that of different digits";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.5));
    let ours = of_networks(items, data, WITHIN, Range::NonNegative, |pairs| {
        items.within_over_between(pairs)
    });
    let part = criterion.part("each network", None, ours);
    let statement = "distances within a digit collapse";
    Claim::new(
        "within-collapse",
        Tag::Found,
        statement,
        criterion,
        vec![part],
    )
    .note("the bound is ours")
}

/// A claim about the correlation with the theory: of each network, and of their average as in the paper.
fn correlation(
    (items, data): (&Items<'_>, &PairData),
    (id, statement): (&'static str, &str),
    (metric, which): (&str, Which),
    (quantity, bound): (&str, f64),
) -> Claim {
    let each = of_networks(items, data, metric, Range::Correlation, |pairs| {
        items.pearson(pairs, which)
    });
    let criterion = Criterion::by_interval(quantity, Bound::Above(bound));
    let average = items.pearson(&items.mean(), which);
    let average = average.map_or("none".to_owned(), |r| format!("{r:.3}"));
    let part = criterion.part("each network", None, each);
    Claim::new(id, Tag::Found, statement, criterion, vec![part])
        .note(format!(
            "of the average over networks, which the paper draws: {average}"
        ))
        .note("the paper's number was not stored; the bound is ours")
}

fn blocks(items: &Items<'_>, data: &PairData) -> Claim {
    correlation(
        (items, data),
        ("blocks", "the theory predicts the blocks of digits"),
        ("pearson_all", Which::All),
        (
            "Pearson's r of the network's and the theory's matrix, all pairs",
            0.5,
        ),
    )
}

fn order(items: &Items<'_>, data: &PairData) -> Claim {
    correlation(
        (items, data),
        (
            "between-order",
            "the theory predicts which digits lie far apart",
        ),
        ("pearson_between", Which::Different),
        (
            "Pearson's r of the two matrices, pairs of different digits only",
            0.0,
        ),
    )
}

fn balanced(data: &PairData) -> Claim {
    let quantity = "Pearson's r, pairs of different digits only, class counts taken out";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let ours = Picked::of(data).metric(BALANCED).at_end();
    let part = criterion.part("each network", None, ours.estimate(Range::Correlation));
    let with = Picked::of(data).metric("pearson_between").at_end();
    let with = with.estimate(Range::Correlation);
    let with = with.map_or("not measured".to_owned(), |r| format!("{:.3}", r.value));
    let statement =
        "it does so because of the distances of pixels, not because some digits have more images";
    Claim::new(
        "without-class-counts",
        Tag::Ours,
        statement,
        criterion,
        vec![part],
    )
    .note(format!("with class counts, as the authors have it: {with}"))
    .note("the authors' prediction grows with the number of images of both digits (DERIVED)")
}

fn constant(items: &Items<'_>) -> Claim {
    let quantity = "largest relative spread of the theory within the pairs of two digits";
    let criterion = Criterion::by_value(quantity, Bound::AtMost(1e-6));
    let mut ends = std::collections::BTreeMap::new();
    for (&(i, j), &value) in &items.theory {
        let (a, b) = (items.digits[i], items.digits[j]);
        let (low, high) = ends.entry((a.min(b), a.max(b))).or_insert((value, value));
        (*low, *high) = (value.min(*low), value.max(*high));
    }
    let spreads = ends.values().filter(|(_, high)| *high > 0.0);
    let largest = spreads
        .map(|(low, high)| (high - low) / high)
        .reduce(f64::max);
    let ours = largest.map(|spread| Estimate::without_interval(spread, 1));
    let part = criterion.part("theory", None, ours);
    let statement = "a criticism: the theory as drawn gives one number for each pair of digits and says nothing of single images";
    Claim::new(
        "theory-constant",
        Tag::Derived,
        statement,
        criterion,
        vec![part],
    )
    .note("on pixels from 0 to 255 the exponential of minus a distance underflows")
}
