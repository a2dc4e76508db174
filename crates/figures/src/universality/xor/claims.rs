//! The claims of univ-xor. Where the paper shows colours only, the values beside ours were measured with the authors' code.

use super::matrices::{
    Matrices, SETTINGS, apart, ones_over_between, relative_error, spread, within_over_between,
};
use crate::claims::measures::size;
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

const MEASURED: &str = "the value under \"paper\" is MEASURED: seed 0 of a run of the authors' code, which fixes no seed";

pub(super) fn claims(matrices: &Matrices) -> Vec<Claim> {
    vec![
        rich_between(matrices),
        rich_within(matrices),
        rich_theory(matrices),
        intermediate_apart(matrices),
        intermediate_theory(matrices),
        intermediate_initial(matrices),
        lazy_initial(matrices),
        lazy_theory(matrices),
        shallow_not_merged(matrices),
        shallow_theory(matrices),
        from_rich_to_lazy(matrices),
        magnitudes(matrices),
        activation(matrices),
    ]
}

/// A claim of one number.
fn one(
    id: &'static str,
    tag: Tag,
    statement: &str,
    criterion: Criterion,
    (paper, ours): (Option<f64>, Option<Estimate>),
) -> Claim {
    let part = criterion.part(id, paper, ours);
    let claim = Claim::new(id, tag, statement, criterion, vec![part]);
    match paper {
        Some(_) => claim.note(MEASURED),
        None => claim,
    }
}

fn rich_between(matrices: &Matrices) -> Claim {
    let quantity =
        "rich: largest less smallest of the four distances between classes, over their mean";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(0.02));
    let ours = matrices.number("rich", "final", Range::NonNegative, spread);
    let statement = "small initial weights make all distances between classes equal, to 2 %";
    one(
        "rich-between-equal",
        Tag::Measured,
        statement,
        criterion,
        (Some(0.0019), ours),
    )
}

fn rich_within(matrices: &Matrices) -> Claim {
    let quantity = "rich: mean distance within classes over mean distance between them";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.1));
    let ours = matrices.number("rich", "final", Range::NonNegative, within_over_between);
    let statement = "small initial weights merge inputs with the same target";
    one(
        "rich-merged",
        Tag::Found,
        statement,
        criterion,
        (Some(0.0304), ours),
    )
    .note("that they merge is FOUND, the bound is ours")
}

fn rich_theory(matrices: &Matrices) -> Claim {
    let quantity = "rich: Pearson's r of the network's and the theory's distances";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.99));
    let ours = matrices.pearson("rich", "theory");
    let statement = "the theory predicts the pattern of the rich network";
    one(
        "rich-theory",
        Tag::Found,
        statement,
        criterion,
        (Some(0.999), ours),
    )
}

fn intermediate_apart(matrices: &Matrices) -> Claim {
    let quantity =
        "intermediate: mean distance of (0,0) to the others over that of the other three";
    let criterion = Criterion::by_interval(quantity, Bound::Above(1.5));
    let ours = matrices.number("intermediate", "final", Range::NonNegative, apart);
    let statement = "between rich and lazy, (0,0) stands apart";
    one(
        "intermediate-apart",
        Tag::Measured,
        statement,
        criterion,
        (Some(2.27), ours),
    )
    .note("the bound is ours")
}

fn intermediate_theory(matrices: &Matrices) -> Claim {
    let quantity = "intermediate: Pearson's r of the network's and the theory's distances";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.8));
    let ours = matrices.pearson("intermediate", "theory");
    let statement = "between rich and lazy, the theory follows the network";
    one(
        "intermediate-theory",
        Tag::Measured,
        statement,
        criterion,
        (Some(0.92), ours),
    )
    .note("three seeds of the authors' code lie between 0.87 and 0.92; the bound is ours")
}

fn intermediate_initial(matrices: &Matrices) -> Claim {
    let quantity = "intermediate: size of the difference of Pearson's r with the theory and with the initial matrix";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(0.1));
    let ours = matrices.gain("intermediate").map(size);
    let statement = "a criticism: between rich and lazy, the theory follows the network no better than its initial matrix does";
    one(
        "intermediate-initial",
        Tag::Measured,
        statement,
        criterion,
        (Some(0.011), ours),
    )
    .note("the bound is ours")
}

fn lazy_initial(matrices: &Matrices) -> Claim {
    let quantity = "lazy: size of the change of all distances in training, relative";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(0.05));
    let ours = matrices.compared(
        "lazy",
        ["initial", "final"],
        Range::NonNegative,
        relative_error,
    );
    let statement = "large initial weights keep their distances";
    one("lazy-kept", Tag::Found, statement, criterion, (Some(0.0018), ours))
        .note("the bound is ours; with the authors' code Pearson's r of initial and final distances is above 0.9999")
}

fn lazy_theory(matrices: &Matrices) -> Claim {
    let quantity = "lazy: Pearson's r of the network's and the theory's distances";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.999));
    let ours = matrices.pearson("lazy", "theory");
    let statement = "the theory predicts the lazy network";
    one(
        "lazy-theory",
        Tag::Found,
        statement,
        criterion,
        (Some(0.9999), ours),
    )
    .note("the bound is ours: an interval of few seeds reaches below 0.9999")
}

fn shallow_not_merged(matrices: &Matrices) -> Claim {
    let quantity = "shallow: distance of (0,1) and (1,0), which have one target, over the mean between classes";
    let criterion = Criterion::by_interval(quantity, Bound::Above(1.0));
    let ours = matrices.number("shallow", "final", Range::NonNegative, ones_over_between);
    let statement = "one hidden layer does not merge inputs with the same target";
    one(
        "shallow-not-merged",
        Tag::Measured,
        statement,
        criterion,
        (Some(1.414), ours),
    )
}

fn shallow_theory(matrices: &Matrices) -> Claim {
    let quantity = "shallow: Pearson's r of the network's and the theory's distances";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.5));
    let ours = matrices.pearson("shallow", "theory");
    let statement = "a criticism: the theory fails for one hidden layer";
    one(
        "shallow-theory-fails",
        Tag::Measured,
        statement,
        criterion,
        (Some(0.274), ours),
    )
    .note("the bound is ours")
}

fn from_rich_to_lazy(matrices: &Matrices) -> Claim {
    let quantity = "Pearson's r of initial and final distances";
    let criterion = Criterion::by_interval(
        format!("{quantity}, less that of the setting with smaller weights"),
        Bound::Above(0.0),
    );
    let steps = [("rich", "intermediate"), ("intermediate", "lazy")];
    let parts = steps.map(|(smaller, larger)| {
        let (a, b) = (
            matrices.initial_by_seed(smaller),
            matrices.initial_by_seed(larger),
        );
        let steps: Vec<f64> = b
            .iter()
            .filter_map(|(seed, b)| Some(b - a.get(seed)?))
            .collect();
        criterion.part(
            format!("{larger} over {smaller}"),
            None,
            Estimate::mean(&steps, Range::Real),
        )
    });
    let statement = "the larger the initial weights, the more of the initial geometry is kept";
    Claim::new(
        "rich-to-lazy",
        Tag::Found,
        statement,
        criterion,
        parts.into(),
    )
}

fn magnitudes(matrices: &Matrices) -> Claim {
    let quantity = "error of the theory's distances, relative to the size of the network's";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(0.1));
    let paper = [0.210, 0.415, 0.002, 0.734];
    let parts = SETTINGS.into_iter().zip(paper).map(|(setting, paper)| {
        let ours = matrices.compared(
            setting,
            ["final", "theory"],
            Range::NonNegative,
            relative_error,
        );
        criterion.part(setting, Some(paper), ours)
    });
    let parts = parts.collect();
    let statement = "the theory predicts how large the distances are, not only their pattern";
    Claim::new("magnitudes", Tag::Ours, statement, criterion, parts)
        .note("a correlation does not see a common factor; the ratio of rates comes from another network (default, gain 1, leaky ReLU)")
        .note(MEASURED)
}

fn activation(matrices: &Matrices) -> Claim {
    let quantity = "Pearson's r of the mean final distances with ReLU (the authors' code) and with leaky ReLU (their settings file)";
    let criterion = Criterion::by_value(quantity, Bound::Above(0.9));
    let parts = SETTINGS.map(|setting| {
        let other = format!("{setting}/leaky_relu");
        let n = matrices
            .seed_count(setting)
            .min(matrices.seed_count(&other));
        let r = matrices.between_readings(setting, &other);
        criterion.part(setting, None, r.map(|r| Estimate::without_interval(r, n)))
    });
    let statement = "the two readings of the activation give the same geometry";
    Claim::new(
        "activation-reading",
        Tag::Ours,
        statement,
        criterion,
        parts.into(),
    )
    .note("the authors' notebook trains ReLU, their settings file says leaky ReLU")
}
