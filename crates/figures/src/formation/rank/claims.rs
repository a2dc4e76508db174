//! The claims of F-rank. The paper's own points pass through the same functions, as if they were one seed.

use super::digitised::{PAPER_GAMMAS, PAPER_RHO, paper_deficiencies, paper_misalignments};
use super::{
    OUTPUTS, Of, RANK_THRESHOLDS, THRESHOLD, alpha, deficiency, gamma, geometric_mean, layers, rank,
};
use crate::claims::measures::{mean, size, trend};
use crate::claims::shown;
use crate::table::{Select, Table, above_null};
use crate::text::{decimals, markdown_table};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag, spearman};

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    let alphas =
        layers(table).map(|layer| (format!("layer {layer}"), alpha(table, layer, "normalized")));
    let alphas: Vec<(String, Select<'_>)> = alphas.collect();
    vec![
        negative(table),
        saturation(table),
        knee_near_the_papers(table),
        misalignment_falls(table),
        above_null(&alphas),
    ]
}

/// 1 - alpha and the rank deficiency of every layer and weight decay of one seed.
fn points(table: &Table<'_>, seed: u64, of: Of) -> Vec<(f64, f64)> {
    let pairs = layers(table).flat_map(|layer| {
        let alpha = alpha(table, layer, "normalized").seed(seed);
        let pairs = alpha.beside(&deficiency(table, layer, of, THRESHOLD));
        pairs
            .into_iter()
            .map(|(_, alpha, deficiency)| (1.0 - alpha, deficiency))
    });
    pairs.collect()
}

fn over_seeds(
    table: &Table<'_>,
    range: Range,
    value: impl Fn(u64) -> Option<f64>,
) -> Option<Estimate> {
    let values: Vec<f64> = table.seeds().into_iter().filter_map(value).collect();
    Estimate::mean(&values, range)
}

fn negative(table: &Table<'_>) -> Claim {
    let quantity =
        "mean over seeds of Spearman's rho(1 - alpha, rank deficiency), layers and gammas pooled";
    let criterion = Criterion::by_interval(quantity, Bound::Below(0.0));
    let rho = |of: Of| {
        over_seeds(table, Range::Correlation, |seed| {
            let (x, y): (Vec<f64>, Vec<f64>) = points(table, seed, of).into_iter().unzip();
            spearman(&x, &y)
        })
    };
    let parts = vec![criterion.part("pooled", Some(PAPER_RHO), rho(Of::OwnMap))];
    let show = |of| rho(of).map_or("none".to_owned(), crate::claims::estimate);
    let statement = "better alignment goes with lower rank";
    Claim::new("alignment-with-low-rank", Tag::Digitised, statement, criterion, parts)
        .note("whose rank the paper means is not known: ours is that of the weight matrix that makes the layer, by a rule and not by a fit")
        .note(format!("nor is its threshold: that a singular value counts from {THRESHOLD} of the largest on was chosen because mean deficiencies come nearest then; `numerical_rank_w_at_…` of data.csv has others"))
        .note(format!(
            "with the rank of the next map {}, with that of the representation {}",
            show(Of::NextMap),
            show(Of::Representation)
        ))
}

/// The ranks of all layers of one seed at the largest weight decay, from the smallest.
fn ranks_at_largest(table: &Table<'_>, seed: u64) -> Option<Vec<f64>> {
    let largest = *table.select().distinct(gamma).last()?;
    let ranks = layers(table).map(|layer| {
        let rank = rank(table, layer, Of::OwnMap, THRESHOLD).gamma(largest);
        rank.seed(seed).per_seed().into_values().next()
    });
    let mut ranks: Vec<f64> = ranks.collect::<Option<_>>()?;
    ranks.sort_by(f64::total_cmp);
    Some(ranks)
}

fn saturation(table: &Table<'_>) -> Claim {
    let quantity =
        format!("distance of the rank from {OUTPUTS}, the number of outputs, at the largest gamma");
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(1.0));
    let parts = [("lowest rank of the layers", 0), ("third lowest rank", 2)].map(|(name, k)| {
        let signed = over_seeds(table, Range::Real, |seed| {
            Some(ranks_at_largest(table, seed)?.get(k)? - OUTPUTS)
        });
        criterion.part(name, Some(0.0), signed.map(size))
    });
    let statement =
        "at the largest weight decay the rank of most layers saturates at the output dimension";
    let claim = Claim::new(
        "saturation",
        Tag::Digitised,
        statement,
        criterion,
        parts.into(),
    );
    let largest = table
        .select()
        .distinct(gamma)
        .last()
        .copied()
        .unwrap_or(0.0);
    claim.note(format!(
        "our largest gamma is {largest:.2e}, the paper's {:.2e}; there three of its five layers have rank 10",
        PAPER_GAMMAS[5]
    ))
}

/// Mean over layers of one seed's rank deficiency at each weight decay.
fn deficiencies(table: &Table<'_>, seed: u64, threshold: f64) -> Vec<(f64, f64)> {
    by_gamma(table, |gamma| {
        let values = layers(table).filter_map(|layer| {
            let deficiency = deficiency(table, layer, Of::OwnMap, threshold);
            deficiency
                .gamma(gamma)
                .seed(seed)
                .per_seed()
                .into_values()
                .next()
        });
        mean(values)
    })
}

/// Geometric mean over layers of one seed's 1 - alpha at each weight decay.
fn misalignments(table: &Table<'_>, seed: u64) -> Vec<(f64, f64)> {
    by_gamma(table, |gamma| {
        let values = layers(table).filter_map(|layer| {
            let alpha = alpha(table, layer, "normalized").gamma(gamma).seed(seed);
            alpha.per_seed().into_values().next()
        });
        geometric_mean(values.map(|alpha| 1.0 - alpha))
    })
}

fn by_gamma(table: &Table<'_>, value: impl Fn(f64) -> Option<f64>) -> Vec<(f64, f64)> {
    let gammas = table.select().distinct(gamma).into_iter();
    gammas
        .filter_map(|gamma| Some((gamma, value(gamma)?)))
        .collect()
}

/// log10 of the weight decay at which the deficiency has doubled from what it is at the smallest, interpolated; `None`
/// where it never does or is nothing at the smallest.
fn knee(deficiencies: &[(f64, f64)]) -> Option<f64> {
    let target = 2.0 * deficiencies.first()?.1;
    if target <= 0.0 {
        return None;
    }
    let pair = deficiencies.windows(2).find(|pair| pair[1].1 >= target)?;
    let (from, to) = (pair[0], pair[1]);
    let share = (target - from.1) / (to.1 - from.1);
    Some(from.0.log10() + share * (to.0 / from.0).log10())
}

fn knee_near_the_papers(table: &Table<'_>) -> Claim {
    let quantity =
        "decades of gamma between where the mean rank deficiency has doubled, ours and the paper's";
    let criterion = Criterion::by_interval(quantity, Bound::AtMost(0.5));
    let paper = knee(&paper_deficiencies());
    let seeds = table.seeds();
    let knees: Vec<f64> = seeds
        .iter()
        .filter_map(|&seed| knee(&deficiencies(table, seed, THRESHOLD)))
        .collect();
    let distances: Vec<f64> = knees
        .iter()
        .zip(paper.iter().cycle())
        .map(|(ours, paper)| ours - paper)
        .collect();
    // A seed without a knee has none at any distance: the others must not speak for it.
    let ours = Estimate::mean(&distances, Range::Real).filter(|_| knees.len() == seeds.len());
    let part = criterion.part("mean over layers", Some(0.0), ours.map(size));
    let statement = "rank is lost from a knee in weight decay on";
    let at = paper.map_or("none".to_owned(), |paper| {
        format!("{:.1e}", 10f64.powf(paper))
    });
    Claim::new("knee", Tag::Digitised, statement, criterion, vec![part])
        .note(format!(
            "the paper's deficiency has doubled at gamma {at}, that of {} of our {} seeds does at all; measured from each curve's own value at its smallest gamma",
            knees.len(),
            seeds.len()
        ))
        .note("the bound of half a decade is ours")
}

fn misalignment_falls(table: &Table<'_>) -> Claim {
    let quantity =
        "mean over seeds of Spearman's rho(gamma, geometric mean of 1 - alpha over layers)";
    let criterion = Criterion::by_interval(quantity, Bound::Below(-0.5));
    let ours = over_seeds(table, Range::Correlation, |seed| {
        trend(&misalignments(table, seed))
    });
    let part = criterion.part("all layers", trend(&paper_misalignments()), ours);
    let statement = "larger weight decay gives better alignment";
    Claim::new(
        "misalignment-falls",
        Tag::Digitised,
        statement,
        criterion,
        vec![part],
    )
}

/// Mean rank deficiency over layers at each weight decay, over seeds.
pub(super) fn mean_deficiencies(table: &Table<'_>, threshold: f64) -> Vec<(f64, Estimate)> {
    by_gamma_over_seeds(table, |seed| deficiencies(table, seed, threshold))
}

/// Means over seeds of what each has at each weight decay.
fn by_gamma_over_seeds(
    table: &Table<'_>,
    line: impl Fn(u64) -> Vec<(f64, f64)>,
) -> Vec<(f64, Estimate)> {
    let lines: Vec<_> = table.seeds().into_iter().map(line).collect();
    let gammas = table.select().distinct(gamma).into_iter();
    let at = |gamma: f64| {
        let values: Vec<f64> = lines
            .iter()
            .filter_map(|line| at_gamma(line, gamma))
            .collect();
        Some((gamma, Estimate::mean(&values, Range::Real)?))
    };
    gammas.filter_map(at).collect()
}

fn at_gamma<T: Copy>(line: &[(f64, T)], gamma: f64) -> Option<T> {
    let same = |point: &&(f64, T)| (point.0 / gamma - 1.0).abs() < 0.01;
    line.iter().find(same).map(|point| point.1)
}

fn papers(line: &[(f64, f64)], gamma: f64) -> String {
    at_gamma(line, gamma).map_or("-".to_owned(), |value| format!("{value:.3}"))
}

/// Deficiency and misalignment by weight decay, ours and the paper's.
pub(super) fn summary(table: &Table<'_>) -> String {
    let seeds = table.seeds().len();
    let cell = |estimate| shown(seeds, estimate, decimals(3));
    let ours = mean_deficiencies(table, THRESHOLD);
    let misaligned = by_gamma_over_seeds(table, |seed| misalignments(table, seed));
    let gammas = table.select().distinct(gamma).into_iter();
    let rows = gammas.map(|gamma| {
        vec![
            format!("{gamma:.3e}"),
            cell(at_gamma(&ours, gamma)),
            papers(&paper_deficiencies(), gamma),
            cell(at_gamma(&misaligned, gamma)),
            papers(&paper_misalignments(), gamma),
        ]
    });
    let header = [
        "gamma",
        "mean rank deficiency",
        "paper",
        "geometric mean of 1 - alpha",
        "paper",
    ]
    .map(str::to_owned);
    let grid = markdown_table(&header, &rows.collect::<Vec<_>>());
    format!(
        "Means over layers, then over seeds [95 % interval]; the paper's are of its digitised points. A singular value \
         counts from {THRESHOLD} of the largest on.\n\n{grid}"
    )
}

/// The same deficiencies counted with every threshold, and how far each is from the paper's.
pub(super) fn by_threshold(table: &Table<'_>) -> String {
    let seeds = table.seeds().len();
    let paper = paper_deficiencies();
    let columns = RANK_THRESHOLDS.map(|threshold| mean_deficiencies(table, threshold));
    let of_gamma = |gamma: f64| {
        let cell =
            |column: &Vec<(f64, Estimate)>| shown(seeds, at_gamma(column, gamma), decimals(3));
        let mut row = vec![format!("{gamma:.3e}"), papers(&paper, gamma)];
        row.extend(columns.iter().map(cell));
        row
    };
    let gammas = table.select().distinct(gamma).into_iter();
    let mut rows: Vec<Vec<String>> = gammas.map(of_gamma).collect();
    let mut last = vec!["distance (RMS)".to_owned(), "0".to_owned()];
    last.extend(columns.iter().map(|column| {
        let distance = distance(column, &paper);
        distance.map_or("-".to_owned(), |distance| format!("{distance:.3}"))
    }));
    rows.push(last);
    let mut header = vec!["gamma".to_owned(), "paper".to_owned()];
    header.extend(RANK_THRESHOLDS.map(|threshold| format!("from {threshold} of the largest on")));
    let grid = markdown_table(&header, &rows);
    format!(
        "Mean rank deficiency over layers, then over seeds [95 % interval], by the least singular value that counts. The \
         paper's threshold is not known; the picture has {THRESHOLD}. A rank that falls evenly from threshold to threshold \
         says that the spectrum has no gap.\n\n{grid}"
    )
}

/// Root mean square over the weight decays that both have.
fn distance(ours: &[(f64, Estimate)], paper: &[(f64, f64)]) -> Option<f64> {
    let squares = ours
        .iter()
        .filter_map(|(gamma, ours)| Some((ours.value - at_gamma(paper, *gamma)?).powi(2)));
    mean(squares).map(f64::sqrt)
}
