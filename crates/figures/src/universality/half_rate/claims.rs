//! The claims of univ-half-rate.

use super::Modes;
use crate::claims::measures::size;
use crate::universality::FitRow;
use crate::universality::two_points::{
    CONVERGED, Course, Fits, Number, at, courses, factor, line, rms_error,
};
use crate::{Bound, Claim, Estimate, Range, Tag};

/// The ratio of the rates of a fit.
pub(super) fn ratio(fit: &FitRow) -> Option<f64> {
    Some(fit.eta_h? / fit.eta_y?)
}

pub(super) fn claims(modes: &Modes) -> Vec<Claim> {
    let [table, half] = modes.fits();
    let mut claims = rates(&table, &half);
    claims.extend([one_course(modes, &table), final_distance(&table, &half)]);
    claims.extend(published(modes, &half));
    claims
}

/// A number of each seed at half the rate over the same at the table's, less 1.
fn change(
    table: &Fits<'_>,
    half: &Fits<'_>,
    setting: &str,
    number: Number,
    expected: f64,
) -> Option<Estimate> {
    let ratios = half.over(setting, table.of(setting), number);
    let off = ratios.iter().map(|ratio| ratio / expected - 1.0);
    Estimate::mean(&off.collect::<Vec<f64>>(), Range::Real).map(size)
}

fn rates(table: &Fits<'_>, half: &Fits<'_>) -> Vec<Claim> {
    let eta_h: Number = |fit| fit.eta_h;
    let eta_y: Number = |fit| fit.eta_y;
    let settings = table.settings().into_iter();
    let both = settings.flat_map(|setting| {
        let rates = [(", eta_h", eta_h), (", eta_y", eta_y)];
        rates.map(|(what, eta)| {
            (
                setting,
                what,
                (Some(0.0), change(table, half, setting, eta, 0.5)),
            )
        })
    });
    vec![
        Tag::Derived
            .claim(
                "rates-halve",
                "at half the learning rate both fitted rates per epoch are half as large",
            )
            .by_interval(
                "rate over half of that at the table's learning rate, same seed, distance from 1",
                Bound::AtMost(0.15),
            )
            .of_cases(table, both),
        Tag::Derived
            .claim(
                "ratio-stays",
                "the ratio of the two rates, and with it the theory's final distance, stays the same",
            )
            .by_interval(
                "eta_h / eta_y over that at the table's learning rate, same seed, distance from 1",
                Bound::AtMost(0.15),
            )
            .of_settings(table, table.settings(), |setting| {
                (Some(0.0), change(table, half, setting, ratio, 1.0))
            }),
    ]
}

fn final_distance(table: &Fits<'_>, half: &Fits<'_>) -> Claim {
    let end: Number = |fit| (fit.loss_end < CONVERGED).then_some(fit.h_end);
    Tag::Derived
        .claim(
            "ends-alike",
            "representations end at the same distance at both learning rates",
        )
        .by_interval(
            "final ‖dh‖² over that at the table's learning rate, same seed, distance from 1",
            Bound::AtMost(0.05),
        )
        .of_settings(table, table.settings(), |setting| {
            (Some(0.0), change(table, half, setting, end, 1.0))
        })
        .note("runs that did not learn the pair are left out")
}

/// Root mean square difference of ‖dh‖² at equal learning rate times epochs, over the final distance.
fn apart(table: &Course<'_>, half: &Course<'_>) -> Option<f64> {
    let h2 = |course: &Course<'_>| line(course, |m| Some(m.h2));
    let (full, halved) = (h2(table), h2(half));
    let errors: Option<Vec<f64>> = full
        .iter()
        .map(|point| Some(point.1 - at(&halved, point.0)?))
        .collect();
    Some(crate::claims::rmse(&errors?)? / full.last()?.1)
}

fn one_course(modes: &Modes, fits: &Fits<'_>) -> Claim {
    let [table, half] = [&modes.table, &modes.half].map(|tables| courses(&tables.trajectories));
    let ours = |setting: &str| {
        let pairs = table.iter().filter(|((name, _), _)| *name == setting);
        let numbers = pairs.filter_map(|(key, course)| apart(course, half.get(key)?));
        Estimate::mean(&numbers.collect::<Vec<f64>>(), Range::NonNegative)
    };
    Tag::Derived
        .claim("one-course", "over learning rate times epochs, ‖dh‖² at both learning rates is one curve: training follows the gradient flow")
        .by_interval("RMS difference of ‖dh‖², same seed, over its final value", Bound::AtMost(0.05))
        .of_settings(fits, fits.settings(), |setting| (Some(0.0), ours(setting)))
}

/// The authors' published panel of the default network: epoch of the lowest w, final distance, root mean square error.
const PANEL: [(&str, f64); 3] = [
    (", epoch of the lowest w", 1600.0),
    (", final ‖dh‖²", 0.10),
    (", RMS error of the fit", 0.005_826),
];

fn published(modes: &Modes, half: &Fits<'_>) -> Vec<Claim> {
    let setting = "default";
    if half.of(setting).is_empty() {
        return Vec::new();
    }
    let courses = courses(&modes.half.trajectories).into_iter();
    let lowest = |course: Course<'_>| {
        let lowest = course.into_iter().min_by(|a, b| a.w.total_cmp(&b.w))?;
        // Epochs are the table's here.
        Some(2.0 * lowest.epoch as f64)
    };
    let own = courses.filter(|((name, _), _)| *name == setting);
    let ours = [
        own.filter_map(|(_, course)| lowest(course)).collect(),
        half.values(setting, |fit| Some(fit.h_end)),
        half.values(setting, rms_error),
    ];
    let cases = PANEL.into_iter().zip(ours);
    let cases = cases.map(|((what, theirs), ours): (_, Vec<f64>)| {
        let what = format!("{what} (theirs: {theirs})");
        (setting, what, (Some(1.0), factor(&ours, theirs)))
    });
    let claim = Tag::Found
        .claim("published-panel", "the default network at half the rate is that of the authors' published panel")
        .by_value("factor between our numbers and those of the panel; 1 where these lie between our seeds", Bound::AtMost(2.0))
        .of_cases(half, cases)
        .note("the panel's axis shows 6000 epochs, so half the table's rate; its error is a sum of squares of 0.611 over three curves");
    vec![claim]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::universality::TrajectoryPoint;

    #[test]
    fn a_curve_is_no_way_from_itself() {
        let points = crate::universality::synthetic::Network::of("default").trajectory(0);
        let course: Course<'_> = points.iter().collect();
        assert_eq!(apart(&course, &course), Some(0.0));
        let moved: Vec<TrajectoryPoint> = (points.iter().cloned())
            .map(|m| TrajectoryPoint {
                h2: m.h2 + 0.01,
                ..m
            })
            .collect();
        let off = apart(&course, &moved.iter().collect()).unwrap();
        assert!((off * points.last().unwrap().h2 - 0.01).abs() < 1e-9);
    }
}
