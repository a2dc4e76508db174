//! The claims of univ-gain.

use super::{gains, growth};
use crate::claims::measures::size;
use crate::universality::authors::GROWTH;
use crate::universality::two_points::{CONVERGED, Cases, Fits, factor};
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag, spearman};

pub(super) fn claims(fits: &Fits<'_>) -> Vec<Claim> {
    vec![
        growth_as_measured(fits),
        growth_falls(fits),
        rich(fits),
        lazy(fits),
        between(fits),
    ]
}

fn name(gain: f64) -> &'static str {
    let setting = gains().into_iter().find(|setting| setting.gain == gain);
    setting.map_or("", |setting| setting.name)
}

fn growth_as_measured(fits: &Fits<'_>) -> Claim {
    let quantity = "factor between our final / initial ‖dh‖² and that of the authors' code at its seed 0; 1 where it lies between our seeds";
    let mut cases = Cases::new(Criterion::by_value(quantity, Bound::AtMost(1.5)));
    for (gain, theirs) in GROWTH {
        let setting = name(gain);
        let what = format!(" (theirs: {theirs})");
        let ours = factor(&fits.values(setting, growth), theirs);
        cases.add(fits, setting, &what, Some(1.0), ours);
    }
    let statement = "representations grow 1290, 114, 2.9, 0.92 and 0.43 times apart at gains 0.9, 1.0, 1.2, 1.3 and 1.4";
    let claim = cases.claim("growth-as-measured", Tag::Measured, statement);
    let unconverged = gains().into_iter().filter_map(|setting| {
        let runs = fits.of(setting.name);
        let n = runs.iter().filter(|fit| fit.loss_end > CONVERGED).count();
        (n > 0).then(|| {
            format!(
                "{}: {n} of {} runs did not converge (loss above {CONVERGED}) and enter no claim",
                setting.name,
                runs.len()
            )
        })
    });
    unconverged.fold(claim, Claim::note)
}

fn growth_falls(fits: &Fits<'_>) -> Claim {
    let quantity = "Spearman's rho(gain, mean final / initial ‖dh‖²)";
    let criterion = Criterion::by_value(quantity, Bound::Below(-0.9));
    let points = gains().into_iter().filter_map(|setting| {
        let mean = fits.mean(setting.name, Range::NonNegative, growth)?;
        Some((setting.gain, mean.value, mean.n))
    });
    let points: Vec<(f64, f64, usize)> = points.collect();
    let (gain, mean): (Vec<f64>, Vec<f64>) = points.iter().map(|point| (point.0, point.1)).unzip();
    let seeds = points.iter().map(|point| point.2).min().unwrap_or(0);
    let rho = (points.len() >= 3)
        .then(|| spearman(&gain, &mean))
        .flatten();
    let ours = rho.map(|rho| Estimate::without_interval(rho, seeds));
    let parts = vec![criterion.part(format!("{} gains", points.len()), Some(-1.0), ours)];
    let statement = "the larger the initial weights, the less representations move apart";
    let absent: Vec<&str> = gains()
        .into_iter()
        .map(|s| s.name)
        .filter(|name| fits.of(name).is_empty())
        .collect();
    let claim = Claim::new("growth-falls", Tag::Found, statement, criterion, parts);
    if absent.is_empty() {
        return claim;
    }
    claim.note(format!("not measured in this run: {}", absent.join(", ")))
}

fn rich(fits: &Fits<'_>) -> Claim {
    let quantity = "final ‖dh‖² over A_low, distance from 1";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(0.1)));
    for (gain, paper) in [
        (0.9, Some(0.1058 / 0.110_05)),
        (1.0, Some(0.0949 / 0.0986)),
        (1.1, None),
    ] {
        let ours = fits.mean(name(gain), Range::Real, |fit| {
            Some(growth(fit).and(fit.a_low).map(|low| fit.h_end / low)? - 1.0)
        });
        let paper = paper.map(|ratio: f64| (ratio - 1.0).abs());
        cases.add(fits, name(gain), "", paper, ours.map(size));
    }
    let statement = "at small gain the data set the final distance: it is the rich limit A_low";
    cases.claim("rich-at-small-gain", Tag::Found, statement)
}

fn lazy(fits: &Fits<'_>) -> Claim {
    let quantity = "factor between final and initial ‖dh‖², mean over seeds of its logarithm";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::AtMost(1.25)));
    let mut unconverged = Vec::new();
    for (gain, theirs) in [
        (1.3, Some(1.0 / 0.92)),
        (1.4, Some(1.0 / 0.43)),
        (1.6, None),
    ] {
        let setting = name(gain);
        if !fits.of(setting).is_empty() && fits.values(setting, growth).is_empty() {
            unconverged.push(setting);
            continue;
        }
        let log = fits.mean(setting, Range::Real, |fit| growth(fit).map(f64::ln));
        cases.add(fits, setting, "", theirs, log.map(size).map(Estimate::exp));
    }
    let statement = "at large gain the initial weights set it: it is the lazy limit A_high, the initial distance";
    let claim = cases
        .claim("lazy-at-large-gain", Tag::Found, statement)
        .note("the bound of 1.25 is ours. While the mean is fitted, representations move together, which the theory leaves out: the larger the initial distance, the more of it is lost, so that the lazy limit is not the initial distance");
    unconverged.iter().fold(claim, |claim, setting| {
        claim.note(format!(
            "{setting}: no run converged, nothing to say of its final distance"
        ))
    })
}

fn between(fits: &Fits<'_>) -> Claim {
    let quantity = "A_high / A_low";
    let mut cases = Cases::new(Criterion::by_interval(quantity, Bound::Below(1.0)));
    for gain in [0.9, 1.0, 1.1, 1.2] {
        let ours = fits.mean(name(gain), Range::NonNegative, |fit| {
            Some(fit.a_high? / fit.a_low?)
        });
        let paper = [
            (0.9, 8.2e-5 / 0.110),
            (1.0, 8.3e-4 / 0.0986),
            (1.2, 0.0459 / 0.112),
        ];
        let paper = paper.iter().find(|row| row.0 == gain).map(|row| row.1);
        cases.add(fits, name(gain), "", paper, ours);
    }
    let statement =
        "wherever the theory has a fit, the sweep is on the rich side of where the limits cross";
    cases
        .claim("fits-are-rich", Tag::Ours, statement)
        .note("so the lazy limit of the closed form is never tested by a fit in this sweep")
}
