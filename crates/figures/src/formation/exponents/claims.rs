//! The claims of pah-exponents and pah-fits. Shares are over the layers and weight decays of a seed; only good fits (in the
//! code: trusted) enter, except where a claim says otherwise.

use super::fits::{COMMUTATOR, Exponents, Fit, Fits, Fitted, R2};
use crate::claims::Draft;
use crate::claims::measures::{mean, share};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// Exponents between any two matrices (FOUND).
const ALL: Exponents = (-1.0, 3.0);
/// Positive exponents between H and G (FOUND).
const POSITIVE: Exponents = (1.0 / 3.0, 3.0);
/// The positive exponents between H and G that the phases allow (DERIVED).
pub(super) const ALLOWED: [f64; 5] = [1.0 / 3.0, 0.5, 1.0, 2.0, 3.0];
/// The share of fits that is requested (ours).
const MOST: f64 = 0.9;
const SHARE_IS_OURS: &str = "the range is FOUND, the share of 0.9 that must lie in it is ours";

pub(super) fn of_exponents(tasks: &[Fits<'_>]) -> Vec<Claim> {
    vec![
        inside_range(tasks),
        positive_inside_range(tasks),
        near_allowed(tasks),
    ]
}

/// Which pairs a claim is about.
type Wanted = fn(&&Fitted<'_>) -> bool;

const ANY: Wanted = |_| true;
const OF_H_AND_G: Wanted = |fitted| fitted.pair.is_hg;

/// A case for each task and wanted pair.
fn cases(
    tasks: &[Fits<'_>],
    wanted: Wanted,
    ours: impl Fn(&Fits<'_>, &Fitted<'_>) -> Option<Estimate>,
) -> Vec<(String, Option<Estimate>)> {
    let cases = tasks.iter().flat_map(|fits| {
        let pairs = fits.pairs.iter().filter(wanted);
        pairs.map(|fitted| fits.base.case(fitted.pair.name, ours(fits, fitted)))
    });
    cases.collect()
}

/// A note for each task that says something of each wanted pair.
fn in_pairs(fits: &Fits<'_>, wanted: Wanted, text: impl Fn(&Fitted<'_>) -> String) -> String {
    let pairs = fits.pairs.iter().filter(wanted);
    let texts = pairs.map(|fitted| format!("{} {}", fitted.pair.name, text(fitted)));
    texts.collect::<Vec<_>>().join("; ")
}

/// Mean over seeds of the share of layers with a trusted fit at the largest weight decay.
fn trusted_share(fits: &Fits<'_>, fitted: &Fitted<'_>) -> Option<Estimate> {
    let largest = *fits.gammas.last()?;
    fits.base.table.over_seeds(Range::Share, |seed| {
        let mine = fitted.at(largest).filter(|fit| fit.seed == seed);
        let refused = fitted.refused.iter();
        let refused = refused.filter(|row| (row.weight_decay, row.seed) == (largest, seed));
        // A layer without a fit is one without a power law.
        let held = mine
            .map(|fit| fit.is_trusted())
            .chain(refused.map(|_| false));
        share(&held.collect::<Vec<bool>>(), |held| *held)
    })
}

/// The share of `of` inside a range, mean over seeds. Its interval reaches from the share that is surely inside to the one
/// that may be, so that a fit whose own interval crosses an end of the range decides nothing.
fn share_inside(fits: &Fits<'_>, of: &[Fit], range: Exponents) -> Option<Estimate> {
    let over_seeds = |holds: fn(&Fit, Exponents) -> bool| {
        fits.over_seeds(of, Range::Share, |mine| {
            share(mine, |fit| holds(fit, range))
        })
    };
    Some(Estimate {
        low: over_seeds(Fit::is_surely_inside)?.low,
        high: over_seeds(Fit::may_be_inside)?.high,
        ..over_seeds(Fit::is_inside)?
    })
}

/// How many exponents do not decide whether they are inside.
fn undecided(fits: &Fits<'_>, wanted: Wanted, chosen: Chosen, range: Exponents) -> String {
    let counts = in_pairs(fits, wanted, |fitted| {
        let all = chosen(fitted);
        let undecided = all
            .iter()
            .filter(|fit| fit.may_be_inside(range) && !fit.is_surely_inside(range));
        format!("{} of {}", undecided.count(), all.len())
    });
    format!(
        "undecided, as their interval over eigenpairs crosses an end of the range: {counts}; in the share they count by their exponent, in its interval as inside and as outside"
    )
}

/// How many of all fits are trusted, and how many were refused.
pub(super) fn counted(fits: &Fits<'_>) -> String {
    let counts = in_pairs(fits, ANY, |fitted| {
        format!(
            "{} of {}, and {} without a fit",
            fitted.trusted().len(),
            fitted.fits.len(),
            fitted.refused.len()
        )
    });
    format!("good fits: {counts}")
}

/// The trusted fits with positive exponents.
fn positive(fitted: &Fitted<'_>) -> Vec<Fit> {
    let mut positive = fitted.trusted();
    positive.retain(|fit| fit.exponent > 0.0);
    positive
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

/// The share of fits that a power law describes better than an exponential.
pub(super) fn beating(fits: &[Fit]) -> Option<f64> {
    let compared: Vec<f64> = fits.iter().filter_map(|fit| fit.delta_aic).collect();
    share(&compared, |delta| *delta > 0.0)
}

pub(super) fn of_fits(tasks: &[Fits<'_>]) -> Vec<Claim> {
    vec![
        Tag::Found
            .claim("power-laws-exist", "at the largest gamma, matrices of a layer are powers of one another")
            .by_interval(format!("share of layers whose fit has R² above {R2} and a commutator residual of at most {COMMUTATOR}, at the largest gamma"), Bound::Above(0.5))
            .parts(cases(tasks, ANY, trusted_share))
            .note("the two bounds are ours; a residual must also be below that of unrelated eigenvectors, where that is measured")
            .note("layers without a fit, for lack of eigenvalues or of spread, count as layers without a power law"),
        Tag::Ours
            .claim("beats-exponential", "a power law describes the spectra better than an exponential")
            .by_interval("share of fits, good or not, whose AIC is better for a power law than for an exponential", Bound::Above(0.5))
            .parts(cases(tasks, ANY, |fits, fitted| {
                fits.over_seeds(&fitted.fits, Range::Share, beating)
            })),
    ]
}

fn inside_range(tasks: &[Fits<'_>]) -> Claim {
    let claim = Tag::Found.claim("inside-range", "exponents lie in [-1, 3]");
    let exponents: (Wanted, Chosen, Exponents) = (ANY, |fitted| fitted.trusted(), ALL);
    let counted = |fits: &Fits<'_>| counted(fits) + ". ";
    inside(
        tasks,
        claim,
        "exponents of good fits in [-1, 3]",
        exponents,
        counted,
    )
}

fn positive_inside_range(tasks: &[Fits<'_>]) -> Claim {
    let statement = "positive exponents between H and G lie in [1/3, 3]";
    let claim = Tag::Found.claim("positive-inside-range", statement);
    let exponents: (Wanted, Chosen, Exponents) = (OF_H_AND_G, positive, POSITIVE);
    let what = "positive exponents of good fits in [1/3, 3]";
    inside(tasks, claim, what, exponents, |_| String::new()).note(format!("only fits with R² above {R2} enter, and an exponent near 0 has a low R²: small exponents are partly left out by that rule, in favour of the claim"))
}

/// Which fits of a pair a claim is about.
type Chosen = fn(&Fitted<'_>) -> Vec<Fit>;

/// That most of these exponents lie in a range; `counted` begins the note of each task.
fn inside(
    tasks: &[Fits<'_>],
    claim: Draft,
    what: &str,
    (wanted, chosen, range): (Wanted, Chosen, Exponents),
    counted: impl Fn(&Fits<'_>) -> String,
) -> Claim {
    let quantity = format!("share of {what}; its interval spans what undecided ones may add");
    let share = |fits: &Fits<'_>, fitted: &Fitted<'_>| share_inside(fits, &chosen(fitted), range);
    let claim = claim
        .by_interval(quantity, Bound::AtLeast(MOST))
        .parts(cases(tasks, wanted, share));
    let notes = tasks.iter().map(|fits| {
        let undecided = undecided(fits, wanted, chosen, range);
        format!("{}: {}{undecided}", fits.base.task(), counted(fits))
    });
    notes.fold(claim, Claim::note).note(SHARE_IS_OURS)
}

fn near_allowed(tasks: &[Fits<'_>]) -> Claim {
    let chance = chance_distance();
    Tag::Derived
        .claim("near-allowed", "positive exponents between H and G are near those of the phases, nearer than by chance")
        .by_interval("mean distance of positive exponents of good fits to {1/3, 1/2, 1, 2, 3} in natural logarithms, over that of chance", Bound::Below(1.0))
        .parts(cases(tasks, OF_H_AND_G, |fits, fitted| {
            fits.over_seeds(&positive(fitted), Range::NonNegative, |mine| {
                mean(mine.iter().map(|fit| distance(fit.exponent) / chance))
            })
        }))
        .note(format!("chance is {chance:.3}, the mean distance of an exponent whose logarithm is uniform between those of 1/3 and 3"))
}
