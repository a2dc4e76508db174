//! The claims of pah-exponents. Shares are over the layers and weight decays of a seed; only trusted fits enter, except
//! where a claim says otherwise.

use super::fits::{COMMUTATOR, Fit, Fits, PAIRS, Pair, R2};
use crate::claims::measures::{mean, share};
use crate::{Bound, Claim, Criterion, Estimate, Part, Range, Tag};

/// Exponents between any two matrices (FOUND).
const ALL: (f64, f64) = (-1.0, 3.0);
/// Positive exponents between H and G (FOUND).
const POSITIVE: (f64, f64) = (1.0 / 3.0, 3.0);
/// The positive exponents between H and G that the phases allow (DERIVED).
pub(super) const ALLOWED: [f64; 5] = [1.0 / 3.0, 0.5, 1.0, 2.0, 3.0];
/// The share of fits that is asked for (ours).
const MOST: f64 = 0.9;
const SHARE_IS_OURS: &str = "the range is FOUND, the share of 0.9 that must lie in it is ours";

/// Which pairs a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pairs {
    All,
    OfHAndG,
}

impl Pairs {
    fn listed(self) -> impl Iterator<Item = (usize, &'static Pair)> {
        let all = (0..).zip(&PAIRS);
        all.filter(move |(_, pair)| pair.is_hg || self == Self::All)
    }
}

pub(super) fn claims(tasks: &[Fits]) -> Vec<Claim> {
    vec![
        power_laws_exist(tasks),
        inside_range(tasks),
        positive_inside_range(tasks),
        near_allowed(tasks),
        beats_exponential(tasks),
    ]
}

/// Parts of all tasks: for each the pairs that a claim is about, by the number that `of` finds for the k-th pair.
fn parts(
    tasks: &[Fits],
    criterion: &Criterion,
    pairs: Pairs,
    of: impl Fn(&Fits, usize) -> Option<Estimate>,
) -> Vec<Part> {
    let of_task = |fits: &Fits| {
        let named = pairs
            .listed()
            .map(|(k, pair)| (pair.name.to_owned(), of(fits, k)));
        criterion.parts_of_task(&fits.task, named)
    };
    tasks.iter().flat_map(of_task).collect()
}

/// A claim with a note for each task.
fn noted(claim: Claim, tasks: &[Fits], note: impl Fn(&Fits) -> String) -> Claim {
    let note = |claim: Claim, fits: &Fits| claim.note(format!("{}: {}", fits.task, note(fits)));
    tasks.iter().fold(claim, note)
}

fn trusted(fits: &[Fit]) -> Vec<Fit> {
    fits.iter().copied().filter(Fit::is_trusted).collect()
}

/// Mean over seeds of the share of layers with a trusted fit of the k-th pair at the largest weight decay.
fn trusted_share(fits: &Fits, k: usize) -> Option<Estimate> {
    let largest = fits.gammas.last().copied();
    let shares = fits.seeds.iter().filter_map(|&seed| {
        let here = |gamma, of| Some(gamma) == largest && of == seed;
        let fitted = fits.of(k).iter().filter(|fit| here(fit.gamma, fit.seed));
        let refused = fits
            .refused(k)
            .iter()
            .filter(|other| here(other.gamma, other.seed));
        // A layer without a fit is one without a power law.
        let held = fitted.map(Fit::is_trusted).chain(refused.map(|_| false));
        share(&held.collect::<Vec<bool>>(), |held| *held)
    });
    Estimate::mean(&shares.collect::<Vec<f64>>(), Range::Share)
}

fn power_laws_exist(tasks: &[Fits]) -> Claim {
    let quantity = format!(
        "share of layers whose fit has R² above {R2} and a commutator residual of at most {COMMUTATOR}, at the largest gamma"
    );
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = parts(tasks, &criterion, Pairs::All, trusted_share);
    let statement = "at the largest gamma, matrices of a layer are powers of one another";
    Claim::new("power-laws-exist", Tag::Found, statement, criterion, parts)
        .note("the two bounds are ours; a residual must also be below that of unrelated eigenvectors, where that is measured")
        .note("layers whose fit is refused, for want of eigenvalues or of spread, count as layers without a power law")
}

/// The share of `of` inside a range, mean over seeds. Its interval reaches from the share that is surely inside to the one
/// that may be, so that a fit whose own interval crosses an end of the range decides nothing.
fn share_inside(fits: &Fits, of: &[Fit], range: (f64, f64)) -> Option<Estimate> {
    let over_seeds = |holds: fn(&Fit, (f64, f64)) -> bool| {
        fits.over_seeds(of, Range::Share, |mine| {
            share(mine, |fit| holds(fit, range))
        })
    };
    let inside = over_seeds(Fit::is_inside)?;
    let (sure, possible) = (
        over_seeds(Fit::is_surely_inside)?,
        over_seeds(Fit::may_be_inside)?,
    );
    Some(Estimate {
        low: sure.low,
        high: possible.high,
        ..inside
    })
}

/// How many exponents do not decide whether they are inside.
fn undecided(range: (f64, f64), pairs: Pairs, of: &dyn Fn(usize) -> Vec<Fit>) -> String {
    let counts = pairs.listed().map(|(k, pair)| {
        let all = of(k);
        let undecided = all
            .iter()
            .filter(|fit| fit.may_be_inside(range) && !fit.is_surely_inside(range));
        format!("{} {} of {}", pair.name, undecided.count(), all.len())
    });
    format!(
        "undecided, as their interval over eigenpairs crosses an end of the range: {}; in the share they count by their exponent, in its interval as inside and as outside",
        counts.collect::<Vec<_>>().join("; ")
    )
}

fn inside_range(tasks: &[Fits]) -> Claim {
    let quantity =
        "share of trusted exponents in [-1, 3]; its interval spans what undecided ones may add";
    let criterion = Criterion::by_interval(quantity, Bound::AtLeast(MOST));
    let parts = parts(tasks, &criterion, Pairs::All, |fits, k| {
        share_inside(fits, &trusted(fits.of(k)), ALL)
    });
    let statement = "exponents lie in [-1, 3]";
    let claim = Claim::new("inside-range", Tag::Found, statement, criterion, parts);
    let note = |fits: &Fits| {
        let undecided = undecided(ALL, Pairs::All, &|k| trusted(fits.of(k)));
        format!("{}. {undecided}", counted(fits))
    };
    noted(claim, tasks, note).note(SHARE_IS_OURS)
}

/// How many of all fits are trusted, and how many were refused.
pub(super) fn counted(fits: &Fits) -> String {
    let counts = (0..).zip(&PAIRS).map(|(k, pair)| {
        let all = fits.of(k);
        format!(
            "{} {} of {}, and {} refused",
            pair.name,
            trusted(all).len(),
            all.len(),
            fits.refused(k).len()
        )
    });
    format!("trusted fits: {}", counts.collect::<Vec<_>>().join("; "))
}

/// The trusted fits of the k-th pair with positive exponents.
fn positive(fits: &Fits, k: usize) -> Vec<Fit> {
    let mut positive = trusted(fits.of(k));
    positive.retain(|fit| fit.exponent > 0.0);
    positive
}

fn positive_inside_range(tasks: &[Fits]) -> Claim {
    let quantity = "share of trusted positive exponents in [1/3, 3]; its interval spans what undecided ones may add";
    let criterion = Criterion::by_interval(quantity, Bound::AtLeast(MOST));
    let parts = parts(tasks, &criterion, Pairs::OfHAndG, |fits, k| {
        share_inside(fits, &positive(fits, k), POSITIVE)
    });
    let statement = "positive exponents between H and G lie in [1/3, 3]";
    let id = "positive-inside-range";
    let claim = Claim::new(id, Tag::Found, statement, criterion, parts);
    let note = |fits: &Fits| undecided(POSITIVE, Pairs::OfHAndG, &|k| positive(fits, k));
    noted(claim, tasks, note).note(SHARE_IS_OURS)
}

/// Distance of a positive exponent to the nearest allowed one, in natural logarithms: 1/2 is as far from 1 as 2 is.
pub(super) fn distance(exponent: f64) -> f64 {
    let distances = ALLOWED.map(|allowed| (exponent / allowed).ln().abs());
    distances.into_iter().fold(f64::INFINITY, f64::min)
}

/// The mean distance of an exponent whose logarithm is uniform between the smallest and the largest allowed one: a gap of
/// length g has mean distance g/4, and is hit with a probability proportional to g.
pub(super) fn chance_distance() -> f64 {
    let gaps = ALLOWED.windows(2).map(|pair| (pair[1] / pair[0]).ln());
    let (squares, total) = gaps.fold((0.0, 0.0), |(squares, total), gap: f64| {
        (squares + gap * gap, total + gap)
    });
    squares / (4.0 * total)
}

fn near_allowed(tasks: &[Fits]) -> Claim {
    let quantity = "mean distance of trusted positive exponents to {1/3, 1/2, 1, 2, 3} in natural logarithms, over that of chance";
    let criterion = Criterion::by_interval(quantity, Bound::Below(1.0));
    let chance = chance_distance();
    let parts = parts(tasks, &criterion, Pairs::OfHAndG, |fits, k| {
        fits.over_seeds(&positive(fits, k), Range::NonNegative, |mine| {
            mean(mine.iter().map(|fit| distance(fit.exponent) / chance))
        })
    });
    let statement =
        "positive exponents between H and G are near those of the phases, nearer than by chance";
    Claim::new("near-allowed", Tag::Derived, statement, criterion, parts).note(format!(
        "chance is {chance:.3}, the mean distance of an exponent whose logarithm is uniform between those of 1/3 and 3"
    ))
}

fn beats_exponential(tasks: &[Fits]) -> Claim {
    let quantity = "share of fits, trusted or not, whose AIC is better for a power law than for an exponential";
    let criterion = Criterion::by_interval(quantity, Bound::Above(0.5));
    let parts = parts(tasks, &criterion, Pairs::All, |fits, k| {
        fits.over_seeds(fits.of(k), Range::Share, |mine| {
            let compared: Vec<f64> = mine.iter().filter_map(|fit| fit.delta_aic).collect();
            share(&compared, |delta| *delta > 0.0)
        })
    });
    let statement = "a power law describes the spectra better than an exponential";
    Claim::new("beats-exponential", Tag::Ours, statement, criterion, parts)
}
