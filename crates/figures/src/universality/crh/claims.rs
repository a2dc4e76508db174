//! The claims of univ-crh: all ours. A part for each setting and relation.

use super::alphas;
use super::separation::{Course, rises, together};
use crate::claims::measures::share;
use crate::claims::{Case, Judged};
use crate::table::{RELATIONS, Relation};
use crate::universality::CheckedTables;
use crate::universality::two_points::at;
use crate::universality::values::{Values, over_seeds};
use crate::{Bound, Claim, Estimate, Range, Tag, spearman};

pub(super) fn claims(data: &CheckedTables) -> Vec<Claim> {
    [along_separation(data), at_end(data)].concat()
}

impl Judged {
    /// The claim with a part for each setting and relation.
    fn of_relations(
        self,
        data: &CheckedTables,
        number: impl Fn(&str, Relation) -> Option<Estimate>,
    ) -> Claim {
        self.parts(cases(data, number).map(|(_, case)| case))
    }

    /// The same of each seed's alpha along its separation.
    fn along_separation(
        self,
        data: &CheckedTables,
        range: Range,
        number: impl Fn(&Course, &Course) -> Option<f64>,
    ) -> Claim {
        self.of_relations(data, |setting, relation| {
            together(data, setting, relation, range, &number)
        })
    }

    /// The same of the alphas at the last measurement. How large those are says nothing of the two relations that share the
    /// weight, as long as the null that fits them is not measured.
    fn at_end(
        self,
        data: &CheckedTables,
        number: impl Fn(&Values<'_>) -> Option<Estimate>,
    ) -> Claim {
        let cases = cases(data, |setting, relation| {
            number(&alphas(data, setting, relation).at_end())
        });
        self.parts(cases.map(|(relation, case)| {
            let why = "both matrices contain W, and a random moment carried through it, their null, is not measured";
            case.untested(relation.shares_weight().then(|| why.to_owned()))
        }))
    }
}

/// A case for each setting and relation.
fn cases(
    data: &CheckedTables,
    number: impl Fn(&str, Relation) -> Option<Estimate>,
) -> impl Iterator<Item = (Relation, Case)> {
    let all = data.settings().into_iter();
    let all = all.flat_map(|setting| RELATIONS.map(|relation| (setting.clone(), relation)));
    all.map(move |(setting, relation)| {
        let name = format!("{setting}, {}", relation.short());
        (relation, (name, number(&setting, relation)).into())
    })
}

fn along_separation(data: &CheckedTables) -> Vec<Claim> {
    let rho = |alpha: &Course, separation: &Course| {
        let pairs = alpha.iter();
        let pairs = pairs.filter_map(|(epoch, alpha)| Some((at(separation, *epoch)?, *alpha)));
        let (distance, alpha): (Vec<f64>, Vec<f64>) = pairs.unzip();
        spearman(&distance, &alpha)
    };
    let during = |alpha: &Course, separation: &Course| Some(rises(alpha, separation)?[1]);
    let mostly = |alpha: &Course, separation: &Course| {
        let [before, during, after] = rises(alpha, separation)?;
        Some(during - before - after)
    };
    vec![
        Tag::Ours
            .claim("follows-separation", "the further two points are apart in a hidden layer, the better the six alignments")
            .by_interval("Spearman's rho over epochs of the distance of the representations and alpha, mean over maps", Bound::Above(0.0))
            .along_separation(data, Range::Correlation, rho),
        Tag::Ours
            .claim("rises-in-separation", "alignment rises while representations separate")
            .by_interval("rise of alpha, mean over maps, while the distance goes from 10 % to 90 % of its way", Bound::Above(0.0))
            .along_separation(data, Range::Real, during),
        Tag::Ours
            .claim("mostly-in-separation", "alignment rises in the separation more than at any other time")
            .by_interval("rise of alpha, mean over maps, while the distance goes from 10 % to 90 % of its way, less its rises before and after that", Bound::Above(0.0))
            .along_separation(data, Range::Real, mostly)
            .note("where it does not, alignment has another cause too, such as the fit of the mean before the separation"),
    ]
}

fn at_end(data: &CheckedTables) -> Vec<Claim> {
    let excess = |alphas: &Values<'_>| {
        let excess = alphas.per_seed(|row| Some(row.value? - row.null_q95?));
        over_seeds(&excess, Range::Real)
    };
    let above = |alphas: &Values<'_>| {
        let rows = alphas.rows().iter();
        let known: Vec<_> = rows
            .filter_map(|row| Some((row.value?, row.null_q95?)))
            .collect();
        let n = alphas.per_seed(|row| row.value).len();
        let above = share(&known, |(alpha, null)| alpha > null)?;
        Some(Estimate::without_interval(above, n))
    };
    let strong = Tag::Ours
        .claim("strong-at-end", "at the end all six relations hold well")
        .by_interval(
            "alpha at the last measurement, mean over maps",
            Bound::Above(0.5),
        )
        .at_end(data, |alphas| alphas.estimate(Range::Correlation));
    let strong = data.settings().iter().fold(strong, |claim, setting| {
        let lowest = RELATIONS.map(|relation| lowest(data, setting, relation));
        claim.note(format!(
            "linear map with the lowest alpha, {setting}: {}",
            lowest.join(", ")
        ))
    });
    vec![
        strong,
        Tag::Ours
            .claim("above-null", "matrices of a layer align more than their spectra alone would")
            .by_interval("alpha at the last measurement less the 95 % quantile of random rotations, mean over maps", Bound::Above(0.0))
            .at_end(data, excess)
            .note("weak evidence: two inputs give moments of rank two at most, which in a wide layer align by chance with almost nothing"),
        Tag::Ours
            .claim("above-null-everywhere", "matrices align more than their spectra alone would in every linear map")
            .by_value("share of the maps with alpha above its 95 % null quantile", Bound::AtLeast(0.9))
            .at_end(data, above),
    ]
}

/// The map with the lowest alpha of a relation.
fn lowest(data: &CheckedTables, setting: &str, relation: Relation) -> String {
    let alphas = alphas(data, setting, relation).at_end();
    let means = alphas.each_layer().filter_map(|map| {
        let of_map = alphas.clone().layer(map);
        Some((map, of_map.estimate(Range::Correlation)?.value))
    });
    let lowest = means.min_by(|a, b| a.1.total_cmp(&b.1));
    let text = lowest.map_or("none".to_owned(), |(map, alpha)| {
        format!("{alpha:.2} in map {map}")
    });
    format!("{} {text}", relation.short())
}
