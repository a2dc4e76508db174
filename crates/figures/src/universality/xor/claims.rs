//! The claims of univ-xor. Where the paper shows colours only, the values beside ours were measured with the authors' code.

use super::matrices::{
    Networks, SETTINGS, apart, follows_theory, kept, ones_over_between, relative_error, spread,
    theory_error, within_over_between,
};
use crate::claims::Draft;
use crate::claims::measures::size;
use crate::universality::distance_matrices::{Kind, pearson};
use crate::universality::values::difference;
use crate::{Bound, Claim, Estimate, Range, Tag};

const MEASURED: &str =
    "all values under \"paper\" are MEASURED: one run of the authors' code, with seed 0";

pub(super) fn claims(networks: &Networks<'_>) -> Vec<Claim> {
    [
        rich(networks),
        intermediate(networks),
        lazy(networks),
        shallow(networks),
        all_settings(networks),
    ]
    .concat()
}

impl Draft {
    /// The claim about how well the theory's distances of a setting follow the network's.
    fn by_correlation(
        self,
        bound: Bound,
        authors: f64,
        (networks, setting): (&Networks<'_>, &str),
    ) -> Claim {
        let quantity =
            format!("{setting}: Pearson's r of the network's and the theory's distances");
        let r = networks.estimate(setting, Range::Correlation, follows_theory);
        self.by_interval(quantity, bound).one(authors, r)
    }
}

fn rich(networks: &Networks<'_>) -> Vec<Claim> {
    vec![
        Tag::Measured
            .claim("rich-between-equal", "small initial weights make all distances between classes equal, to 2 %")
            .by_interval("rich: largest less smallest of the four distances between classes, over their mean", Bound::AtMost(0.02))
            .one(0.0019, networks.trained("rich", spread))
            .note(MEASURED),
        Tag::Found
            .claim("rich-merged", "small initial weights merge inputs with the same target")
            .by_interval("rich: mean distance within classes over mean distance between them", Bound::Below(0.1))
            .one(0.0304, networks.trained("rich", within_over_between))
            .note("that they merge is FOUND"),
        Tag::Found
            .claim("rich-theory", "the theory predicts the pattern of the rich network")
            .by_correlation(Bound::Above(0.99), 0.999, (networks, "rich")),
    ]
}

fn intermediate(networks: &Networks<'_>) -> Vec<Claim> {
    let setting = "intermediate";
    let gain = networks.estimate(setting, Range::Real, |network| {
        Some(follows_theory(network)? - kept(network)?)
    });
    vec![
        Tag::Measured
            .claim("intermediate-apart", "between rich and lazy, (0,0) stands apart")
            .by_interval("intermediate: mean distance of (0,0) to the others over that of the other three", Bound::Above(1.5))
            .one(2.27, networks.trained(setting, apart)),
        Tag::Measured
            .claim("intermediate-theory", "between rich and lazy, the theory follows the network")
            .by_correlation(Bound::Above(0.8), 0.92, (networks, setting))
            .note("three seeds of the authors' code lie between 0.87 and 0.92"),
        Tag::Measured
            .claim("intermediate-initial", "a criticism: between rich and lazy, the theory follows the network no better than its initial matrix does")
            .by_interval("intermediate: size of the difference of Pearson's r with the theory and with the initial matrix", Bound::AtMost(0.1))
            .one(0.011, gain.map(size)),
    ]
}

fn lazy(networks: &Networks<'_>) -> Vec<Claim> {
    let change = networks.estimate("lazy", Range::NonNegative, |network| {
        relative_error(network.get(Kind::Initial), network.get(Kind::Trained))
    });
    vec![
        Tag::Found
            .claim("lazy-kept", "large initial weights keep their distances")
            .by_interval(
                "lazy: size of the change of all distances in training, relative",
                Bound::AtMost(0.05),
            )
            .one(0.0018, change)
            .note(
                "with the authors' code Pearson's r of initial and final distances is above 0.9999",
            ),
        Tag::Found
            .claim("lazy-theory", "the theory predicts the lazy network")
            .by_correlation(Bound::Above(0.999), 0.9999, (networks, "lazy"))
            .note("the bound is no higher because an interval of few seeds reaches below 0.9999"),
    ]
}

fn shallow(networks: &Networks<'_>) -> Vec<Claim> {
    vec![
        Tag::Measured
            .claim("shallow-not-merged", "one hidden layer does not merge inputs with the same target")
            .by_interval("shallow: distance of (0,1) and (1,0), which have one target, over the mean between classes", Bound::Above(1.0))
            .one(1.414, networks.trained("shallow", ones_over_between)),
        Tag::Measured
            .claim("shallow-theory-fails", "a criticism: the theory fails for one hidden layer")
            .by_correlation(Bound::Below(0.5), 0.274, (networks, "shallow")),
    ]
}

fn all_settings(networks: &Networks<'_>) -> Vec<Claim> {
    let initial = |setting| networks.per_seed(setting, kept);
    let steps = [("rich", "intermediate"), ("intermediate", "lazy")].map(|(smaller, larger)| {
        let step = difference(&initial(larger), &initial(smaller));
        (format!("{larger} over {smaller}"), step)
    });
    let authors = SETTINGS.into_iter().zip([0.210, 0.415, 0.002, 0.734]);
    let errors = authors.map(|(setting, authors)| {
        let error = networks.estimate(setting, Range::NonNegative, theory_error);
        (setting, Some(authors), error)
    });
    let activations = SETTINGS.map(|setting| {
        let both = [setting.to_owned(), format!("{setting}/leaky_relu")];
        let [n, other] = both.each_ref().map(|name| networks.seed_count(name));
        let [relu, leaky] = both.map(|name| networks.means(&name, Kind::Trained));
        let r = pearson(&relu, &leaky, |_| true);
        (
            setting,
            r.map(|r| Estimate::without_interval(r, n.min(other))),
        )
    });
    vec![
        Tag::Found
            .claim("rich-to-lazy", "the larger the initial weights, the more of the initial geometry is kept")
            .by_interval("Pearson's r of initial and final distances, less that of the setting with smaller weights", Bound::Above(0.0))
            .parts(steps),
        Tag::Ours
            .claim("magnitudes", "the theory predicts how large the distances are, not only their pattern")
            .by_interval("error of the theory's distances, relative to the size of the network's", Bound::AtMost(0.1))
            .parts(errors)
            .note("a correlation does not see a common factor; the ratio of rates comes from another network (default, gain 1, leaky ReLU)"),
        Tag::Ours
            .claim("same-with-leaky-relu", "ReLU and leaky ReLU give the same geometry")
            .by_value("Pearson's r of the mean final distances with ReLU (the authors' code) and with leaky ReLU (their settings file)", Bound::Above(0.9))
            .parts(activations)
            .note("the authors' notebook trains ReLU, their settings file says leaky ReLU"),
    ]
}
