//! The claims of F-rank. The paper's own points pass through the same functions, as if they were one seed.

use super::digitised::{
    PAPER_GAMMAS, PAPER_RHO, paper_deficiencies, paper_misalignments, paper_rho_within,
};
use super::{
    ALPHA, DECAY, NEXT_MAP, OUTPUTS, OWN_MAP, REPRESENTATION, THRESHOLD, deficiency,
    log_misalignment,
};
use crate::claims::measures::{size, trend};
use crate::claims::or_none;
use crate::formation::CLOCK;
use crate::table::{Table, above_null};
use crate::{Bound, Claim, Range, Tag};

pub(super) fn claims(table: &Table<'_>) -> Vec<Claim> {
    vec![
        with_low_rank("alignment-with-low-rank", table).with_notes(other_ranks(table)),
        misalignment_falls(table),
        above_null(&ALPHA.named(table)),
        saturation(table).fitted(),
        knee_near_the_papers(table).fitted(),
    ]
}

/// The claim of every figure that has alphas and ranks over weight decay: which layers of one network are better aligned.
pub(crate) fn with_low_rank(id: &'static str, table: &Table<'_>) -> Claim {
    let pooled = or_none(ALPHA.rank_correlation(OWN_MAP, table));
    let within = ALPHA.rank_correlation_within(OWN_MAP, table);
    Tag::Digitised
        .claim(id, "within a weight decay, better aligned layers have lower rank")
        .by_interval("Spearman's rho(alpha, rank of W) of the layers of a network, mean over gammas and seeds", Bound::Below(0.0))
        .parts([("within gamma", Some(paper_rho_within()), within)])
        .note(format!("layers and gammas pooled: {pooled}, the paper's F-rank {PAPER_RHO}; larger gamma alone aligns and lowers rank, which says nothing of their relation"))
        .note(format!("whose rank the paper means, and from which singular value on it counts, is not known: ours is that of the weight matrix that makes the layer, by a rule, from {THRESHOLD} of the largest on in all figures, because mean deficiencies come nearest to the paper's then"))
}

/// The same of other ranks than that of the picture.
fn other_ranks(table: &Table<'_>) -> [String; 2] {
    [
        (NEXT_MAP, "the next map"),
        (REPRESENTATION, "the representation"),
    ]
    .map(|(rank, of)| {
        let rho = or_none(ALPHA.rank_correlation_within(rank, table));
        format!("with the rank of {of} {rho}")
    })
}

fn saturation(table: &Table<'_>) -> Claim {
    let gammas = table.select().distinct(DECAY.of);
    let largest = gammas.last().copied().unwrap_or(0.0);
    let parts = [("lowest rank of the layers", 0), ("third lowest rank", 2)].map(|(name, k)| {
        let above_outputs = |ranks: &[f64]| {
            let mut ranks = ranks.to_vec();
            ranks.sort_by(f64::total_cmp);
            Some(ranks.get(k)? - OUTPUTS)
        };
        let signed = OWN_MAP.across_lines(table, |rank| rank.weight_decay(largest), above_outputs);
        (name, Some(0.0), signed.map(size))
    });
    let paper = PAPER_GAMMAS[5];
    Tag::Digitised
        .claim("saturation", "at the largest weight decay the rank of most layers saturates at the output dimension")
        .by_interval(format!("distance of the rank from {OUTPUTS}, the number of outputs, at the largest gamma"), Bound::AtMost(1.0))
        .parts(parts)
        .note("number of outputs, steps and threshold were chosen by the paper's ranks")
        .note(format!("our largest gamma is {largest:.2e}, the paper's {paper:.2e}; there three of its five layers have rank 10"))
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
    let paper = knee(&paper_deficiencies());
    let at = paper.map_or("none".to_owned(), |log| format!("{:.1e}", 10f64.powf(log)));
    // Means over layers.
    let lines = deficiency(OWN_MAP.all(table)).seed_lines(DECAY.of);
    let signed = table.over_seeds(Range::Real, |seed| Some(knee(lines.get(&seed)?)? - paper?));
    let (seeds, with_knee) = (table.seeds().len(), signed.map_or(0, |signed| signed.n));
    // A seed without a knee has none at any distance: the others must not speak for it.
    let ours = signed.filter(|_| with_knee == seeds).map(size);
    Tag::Digitised
        .claim("knee", "rank is lost from a knee in weight decay on")
        .by_interval("decades of gamma between where the mean rank deficiency has doubled, ours and the paper's", Bound::AtMost(0.5))
        .parts([("mean over layers", Some(0.0), ours)])
        .note(format!("the paper's deficiency has doubled at gamma {at}, that of {with_knee} of our {seeds} seeds does at all; measured from each curve's own value at its smallest gamma"))
        .note("steps and threshold were chosen by the paper's deficiencies; the bound of half a decade is ours")
}

fn misalignment_falls(table: &Table<'_>) -> Claim {
    let statement = "larger weight decay gives better alignment";
    // The order of geometric means is that of the means of logarithms.
    let ours = log_misalignment(table).over_seeds(DECAY.of, Range::Correlation, trend);
    let quantity =
        "mean over seeds of Spearman's rho(gamma, geometric mean of 1 - alpha over layers)";
    Tag::Digitised
        .claim("misalignment-falls", statement)
        .by_interval(quantity, Bound::Below(-0.5))
        .parts([("all layers", trend(&paper_misalignments()), ours)])
        .note(CLOCK)
}
