//! The claims of univ-crh: all ours. A part for each setting and relation.

use std::collections::BTreeMap;

use super::course::{Course, RELATIONS, Relation, at, rises, together};
use crate::claims::measures::{mean, share};
use crate::universality::PairData;
use crate::universality::picked::{Picked, over_seeds};
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag, spearman};

/// An alpha above this counts as strong.
const STRONG: f64 = 0.5;

pub(super) fn claims(data: &PairData) -> Vec<Claim> {
    vec![
        follows_separation(data),
        rises_in_separation(data),
        mostly_in_separation(data),
        strong_at_end(data),
        above_null(data),
        above_null_everywhere(data),
    ]
}

/// A part for each setting and relation.
fn parts(
    data: &PairData,
    criterion: &Criterion,
    number: impl Fn(&str, Relation) -> Option<Estimate>,
) -> Vec<Part> {
    let settings = data.settings();
    let all = settings.iter();
    let all = all.flat_map(|setting| RELATIONS.map(|relation| (setting, relation)));
    all.map(|(setting, relation)| {
        let name = format!("{setting}, {}", relation.short());
        criterion.part(name, None, number(setting, relation))
    })
    .collect()
}

fn follows_separation(data: &PairData) -> Claim {
    let quantity = "Spearman's rho over epochs of the distance of the representations and alpha, mean over maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let rho = |alpha: &Course, separation: &Course| {
        let pairs = alpha
            .iter()
            .filter_map(|(epoch, alpha)| Some((at(separation, *epoch)?, *alpha)));
        let (distance, alpha): (Vec<f64>, Vec<f64>) = pairs.unzip();
        spearman(&distance, &alpha)
    };
    let parts = parts(data, &criterion, |setting, relation| {
        together(data, setting, relation, Range::Correlation, rho)
    });
    let statement =
        "the further two points are apart in a hidden layer, the better the six alignments";
    Claim::new("follows-separation", Tag::Ours, statement, criterion, parts)
}

fn rises_in_separation(data: &PairData) -> Claim {
    let quantity =
        "rise of alpha, mean over maps, while the distance goes from 10 % to 90 % of its way";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = parts(data, &criterion, |setting, relation| {
        together(data, setting, relation, Range::Real, |alpha, separation| {
            Some(rises(alpha, separation)?[1])
        })
    });
    let statement = "alignment rises while representations separate";
    Claim::new(
        "rises-in-separation",
        Tag::Ours,
        statement,
        criterion,
        parts,
    )
}

fn mostly_in_separation(data: &PairData) -> Claim {
    let quantity = "that rise less the rises before and after it";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = parts(data, &criterion, |setting, relation| {
        together(data, setting, relation, Range::Real, |alpha, separation| {
            let [before, during, after] = rises(alpha, separation)?;
            Some(during - before - after)
        })
    });
    let statement = "alignment rises in the separation more than at any other time";
    Claim::new("mostly-in-separation", Tag::Ours, statement, criterion, parts)
        .note("a miss says that alignment has another cause too, such as the fit of the mean before the separation")
}

fn at_end<'t>(data: &'t PairData, setting: &str, relation: Relation) -> Picked<'t> {
    relation.of(&Picked::of(data).setting(setting)).at_end()
}

fn strong_at_end(data: &PairData) -> Claim {
    let criterion = Criterion::by_interval(
        "alpha at the last measurement, mean over maps",
        Bound::Above(STRONG),
    );
    let parts = parts(data, &criterion, |setting, relation| {
        at_end(data, setting, relation).estimate(Range::Correlation)
    });
    let statement = "at the end all six relations hold well";
    let claim = Claim::new("strong-at-end", Tag::Ours, statement, criterion, parts);
    lowest(data)
        .into_iter()
        .fold(claim.note("the bound is ours"), Claim::note)
}

/// For each setting the map with the lowest alpha of each relation.
fn lowest(data: &PairData) -> Vec<String> {
    let note = |setting: &String| {
        let of = RELATIONS.map(|relation| {
            let mut maps: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
            for row in at_end(data, setting, relation).rows() {
                maps.entry(row.layer).or_default().extend(row.value);
            }
            let means = maps
                .into_iter()
                .filter_map(|(map, values)| Some((map, mean(values)?)));
            let lowest = means.min_by(|a, b| a.1.total_cmp(&b.1));
            let text = lowest.map_or("none".to_owned(), |(map, alpha)| {
                format!("{alpha:.2} in map {map}")
            });
            format!("{} {text}", relation.short())
        });
        format!("lowest map of each in {setting}: {}", of.join(", "))
    };
    data.settings().iter().map(note).collect()
}

fn above_null(data: &PairData) -> Claim {
    let quantity =
        "alpha at the last measurement less the 95 % quantile of random rotations, mean over maps";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.0));
    let parts = parts(data, &criterion, |setting, relation| {
        let excess =
            at_end(data, setting, relation).per_seed(|row| Some(row.value? - row.null_q95?));
        over_seeds(&excess, Range::Real)
    });
    let statement = "matrices of a layer align more than their spectra alone would";
    Claim::new("above-null", Tag::Ours, statement, criterion, parts).note(
        "weak evidence: two inputs give moments of rank two at most, which in a wide layer align by chance with almost nothing",
    )
}

fn above_null_everywhere(data: &PairData) -> Claim {
    let quantity = "share of the maps with alpha above its 95 % null quantile";
    let criterion = Criterion::by_value(quantity, Bound::AtLeast(0.9));
    let parts = parts(data, &criterion, |setting, relation| {
        let picked = at_end(data, setting, relation);
        let known: Vec<(f64, f64)> = picked
            .rows()
            .iter()
            .filter_map(|row| Some((row.value?, row.null_q95?)))
            .collect();
        let n = picked.per_seed(|row| row.value).len();
        let above = share(&known, |(alpha, null)| alpha > null)?;
        Some(Estimate::without_interval(above, n))
    });
    let statement = "they do so in every linear map";
    Claim::new(
        "above-null-everywhere",
        Tag::Ours,
        statement,
        criterion,
        parts,
    )
}
