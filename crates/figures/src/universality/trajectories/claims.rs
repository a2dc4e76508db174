//! The claims of univ-trajectories.

use crate::claims::estimate;
use crate::claims::measures::size;
use crate::universality::authors::{MEASURED, measured};
use crate::universality::curves::short;
use crate::universality::pytorch::Group;
use crate::universality::shares::{difference, share};
use crate::universality::two_points::{
    CONVERGED, FITTED, Fits, Number, REFUSED, at_table_rate, crossing, factor, line, over_courses,
    rms_error,
};
use crate::universality::{CheckedTables, FitRow, TrajectoryPoint, settings};
use crate::{Bound, Claim, Estimate, Range, Tag};

pub(super) fn claims(data: &CheckedTables) -> Vec<Claim> {
    let fits = &data.fits();
    [
        fitted(fits),
        as_in_pytorch(fits),
        as_measured(fits),
        closed_form(fits),
        vec![anchor(fits), tanh_is_linear(fits)],
        in_time(fits, &data.tables.trajectories),
    ]
    .concat()
}

fn fitted(fits: &Fits<'_>) -> Vec<Claim> {
    let share = |setting: &str, of: fn(&FitRow) -> Option<bool>| {
        let holds: Vec<bool> = fits.of(setting).iter().filter_map(|fit| of(fit)).collect();
        share(holds.iter().filter(|holds| **holds).count(), holds.len())
    };
    let error = |fit: &FitRow| Some((fit.rmse_h? / fit.h_end).max(fit.rmse_y? / fit.dy2));
    vec![
        Tag::Found
            .claim("fitted", "the theory has a fit to every network with gain up to 1.2 that learns the pair")
            .by_value("share with a fit of the seeds whose loss ends below 0.001", Bound::AtLeast(1.0))
            .of_settings(fits, FITTED, |setting| (None, share(setting, |fit| learned(fit).then_some(fit.fit_ok))))
            .with_notes(refused(fits))
            .note("the authors' least squares return a negative rate at gain 1.3 and errors of the size of the curves beyond"),
        Tag::Found
            .claim("two-constants-suffice", "two fitted constants reproduce the trajectories of each architecture")
            .by_interval("the larger of the RMS errors of ‖dh‖² and ‖dy‖², as shares of their final values", Bound::AtMost(0.1))
            .of_settings(fits, FITTED, |setting| (None, fits.mean(setting, Range::NonNegative, error)))
            .with_notes(lowest_w(fits))
            .note("the paper shows curves and no number"),
    ]
}

/// Whether a network has learned the pair.
fn learned(fit: &FitRow) -> bool {
    fit.loss_end < CONVERGED
}

/// The networks with convolutions, of which only some learn: as many as in PyTorch, from distances as large.
fn as_in_pytorch(fits: &Fits<'_>) -> Vec<Claim> {
    let both = Group::ours(fits).zip(Group::in_pytorch());
    let logs = both.map(|(ours, theirs)| difference(ours.h0.map(f64::ln), theirs.h0.map(f64::ln)));
    let shares = both.map(|(ours, theirs)| difference(ours.learn, theirs.learn));
    let compared = |number: fn(Group) -> Estimate| {
        both.map(|(ours, theirs)| {
            let [ours, theirs] = [ours, theirs].map(|group| estimate(number(group)));
            format!("ours: {ours}; PyTorch's: {theirs}")
        })
    };
    vec![
        Tag::Measured
            .claim(
                "cnn-learns-as-often",
                "as many convolutional networks learn the pair as in PyTorch",
            )
            .by_interval(
                "difference of the shares whose loss ends below 0.001: size, Newcombe's interval",
                Bound::AtMost(0.4),
            )
            .beside(fits, [("cnn", Some(0.0))], |_| shares.map(size))
            .note("the others have not left the plateau when the table's epochs end")
            .with_notes(compared(|group| group.learn)),
        Tag::Measured
            .claim(
                "cnn-starts-alike",
                "the representations of convolutional networks start as far apart as in PyTorch",
            )
            .by_interval(
                "factor between geometric means of the initial ‖dh‖²",
                Bound::AtMost(2.0),
            )
            .of_cases(
                fits,
                [("cnn", "", (Some(1.0), logs.map(|logs| size(logs).exp())))],
            )
            .note("from given weights the steps are PyTorch's, which a test of the code holds")
            .with_notes(compared(|group| group.h0)),
    ]
}

/// From gain 1.3 on the representations do not move apart, and the theory cannot have a fit: no claim, which could not fail.
fn refused(fits: &Fits<'_>) -> impl Iterator<Item = String> {
    let large = REFUSED
        .into_iter()
        .filter(|setting| !fits.of(setting).is_empty());
    large.map(|setting| {
        let (n, of) = (
            fits.count(setting, |fit| fit.fit_ok),
            fits.of(setting).len(),
        );
        format!("{setting}, whose representations do not move apart: {n} of {of} seeds have a fit")
    })
}

/// Both rates of a fit.
const RATES: [(&str, Number); 2] = [(", eta_h", |fit| fit.eta_h), (", eta_y", |fit| fit.eta_y)];

fn as_measured(fits: &Fits<'_>) -> Vec<Claim> {
    let settings = MEASURED.iter().map(|run| (run.setting, Some(1.0)));
    let error = |setting: &str| {
        let theirs = measured(setting)?.rms_error();
        factor(&fits.values(setting, rms_error), theirs)
    };
    let rates = MEASURED.iter().flat_map(|run| {
        let both = RATES.into_iter().zip([run.eta_h, run.eta_y]);
        both.map(|((what, eta), theirs)| {
            let ours = fits.values(run.setting, |fit| at_table_rate(fit, eta(fit)));
            (run.setting, what, (Some(1.0), factor(&ours, theirs)))
        })
    });
    vec![
        Tag::Measured
            .claim("error-as-measured", "the error of the fit is that of the authors' code")
            .by_value("factor between our RMS fit errors and that of the authors' code at its seed 0; 1 where it lies between our seeds", Bound::AtMost(2.0))
            .beside(fits, settings, error),
        Tag::Measured
            .claim("rates-as-measured", "the two rates of each architecture are those of the authors' code")
            .by_value("factor between our rates and those of the authors' code at its seed 0; 1 where it lies between our seeds", Bound::AtMost(1.5))
            .of_cases(fits, rates)
            .note("rates are compared at the table's learning rate: those of half the rate are doubled"),
    ]
}

fn closed_form(fits: &Fits<'_>) -> Vec<Claim> {
    // The closed form over the final distance, less 1, of our runs and of the authors'.
    let ours = |fit: &FitRow| Some(fit.h_inf? / fit.h_end - 1.0);
    let theirs = |setting: &str| measured(setting).map(|run| run.h_inf / run.h_end - 1.0);
    let is_deep = |name: &&str| settings::find(name).is_some_and(|setting| setting.depth == 20);
    let deep = FITTED.into_iter().filter(is_deep);
    vec![
        Tag::Measured
            .claim("closed-form", "the closed form gives the final distance of every fitted run within 6.3 %")
            .by_value("mean over seeds of |closed form / measured final distance - 1|", Bound::AtMost(0.063))
            .of_settings(fits, FITTED, |setting| {
                let size = |fit: &FitRow| ours(fit).map(f64::abs);
                (theirs(setting).map(f64::abs), fits.mean(setting, Range::NonNegative, size))
            })
            .note("the bound of 0.063 is the worst of the authors' own fits (MEASURED: every run of their code at seed 0 that has one)"),
        Tag::Measured
            .claim("closed-form-too-high", "in networks of 20 layers the closed form is too high: the theory errs to one side")
            .by_interval("closed form / measured final distance - 1", Bound::Above(0.0))
            .of_settings(fits, deep, |setting| (theirs(setting), fits.mean(setting, Range::Real, ours))),
    ]
}

/// How far the lowest w is from -dy²/4 at most. Any outputs of one dimension that pass y = dy²/4 on their way have it, theory
/// or not: no claim, which could not fail.
fn lowest_w(fits: &Fits<'_>) -> Option<String> {
    let off =
        |fit: &FitRow| (fit.loss_end < CONVERGED).then(|| (4.0 * fit.w_min / fit.dy2 + 1.0).abs());
    let settings = fits.settings().into_iter();
    let off = settings.flat_map(|setting| fits.values(setting, off));
    let largest = off.reduce(f64::max)?;
    Some(format!(
        "the lowest w of converged runs is -dy²/4, off by at most {} of it, as for any outputs of one dimension that pass y = dy²/4",
        short(largest)
    ))
}

fn anchor(fits: &Fits<'_>) -> Claim {
    let cases = RATES.into_iter().zip([0.062, 0.056]);
    let cases = cases.map(|((what, eta), paper)| {
        let ours = fits.mean("two_layer", Range::Real, |fit| {
            Some(2.0 * eta(fit)? / fit.learning_rate - 1.0)
        });
        ("two_layer", what, (Some(paper), ours.map(size)))
    });
    Tag::Derived
        .claim("analytic-anchor", "in a linear network of one hidden layer both rates are half the learning rate, which theory gives without a fit")
        .by_interval("rate over half the learning rate, distance from 1", Bound::AtMost(0.12))
        .of_cases(fits, cases)
        .note("the inputs are not centred, which the theory leaves out: the authors' code gives 0.94 and 1.06 of it on every seed")
}

fn tanh_is_linear(fits: &Fits<'_>) -> Claim {
    let quantities: [(&str, Number, f64); 3] = [
        (", final distance", |fit| Some(fit.h_end), 0.012),
        (", eta_h", |fit| fit.eta_h, 0.034),
        (", eta_y", |fit| fit.eta_y, 0.012),
    ];
    // Whichever of the two is absent.
    let setting = match fits.of("linear") {
        [] => "linear",
        _ => "tanh",
    };
    let cases = quantities.map(|(what, number, paper)| {
        let ratios = fits.over("tanh", fits.of("linear"), number).into_iter();
        let off: Vec<f64> = ratios.map(|ratio| ratio - 1.0).collect();
        let off = Estimate::mean(&off, Range::Real);
        (setting, what, (Some(paper), off.map(size)))
    });
    Tag::Measured
        .claim("tanh-is-linear", "tanh and linear networks of one gain coincide: activations stay small")
        .by_interval("value of tanh over that of the linear network, mean over common seeds, distance from 1", Bound::AtMost(0.1))
        .of_cases(fits, cases)
}

fn in_time(fits: &Fits<'_>, points: &[TrajectoryPoint]) -> Vec<Claim> {
    let lead = |course: &[&TrajectoryPoint]| {
        let h = line(course, |m| Some(m.h2));
        let t_h = crossing(&h, (h.first()?.1 + h.last()?.1) / 2.0)?;
        let t_y = crossing(&line(course, |m| Some(m.y2)), course.first()?.dy2 / 2.0)?;
        Some((t_y - t_h) / t_y)
    };
    let lowest = |course: &[&TrajectoryPoint]| {
        let lowest = course.iter().map(|m| m.h2).fold(f64::INFINITY, f64::min);
        Some(lowest / course.first()?.h2)
    };
    let transients = [
        ("default", Some(7.1e-4 / 8.3e-4)),
        ("gain_1.2", Some(0.033 / 0.046)),
        ("gain_1.3", Some(0.150 / 0.267)),
        ("gain_1.4", Some(0.59 / 1.36)),
    ];
    vec![
        Tag::Found
            .claim("representation-leads", "the representation moves apart before the output does")
            .by_interval("epoch at which ‖dy‖² passes half its target less that at which ‖dh‖² is half way to its final value, over the former", Bound::Above(0.0))
            .of_settings(fits, FITTED, |setting| (None, over_courses(points, setting, Range::Real, lead)))
            .note("the lead of the default panel is FOUND, in all settings it follows from the theory: y grows as h²"),
        Tag::Measured
            .claim("mean-fitting-transient", "while the mean is fitted, the representations first move together, which the theory leaves out")
            .by_interval("lowest ‖dh‖² of the run over its initial value", Bound::Below(1.0))
            .beside(fits, transients, |setting| {
                over_courses(points, setting, Range::NonNegative, lowest)
            })
            .note("the theory treats the mean apart from the difference; the larger the initial distance, the larger its error from this"),
    ]
}
