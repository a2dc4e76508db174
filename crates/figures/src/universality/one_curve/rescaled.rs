//! Runs in units of their own fit, and the curve that they should lie on.

use crate::universality::curves::{CURVES, Quantity};
use crate::universality::two_points::{Fits, at, courses, crossing, line};
use crate::universality::{CheckedTables, FitRow, TrajectoryPoint, settings};
use crate::{Estimate, Range};

/// The scaled times between which a run is compared with the limit.
const REACH: f64 = 6.0;

/// h, y and w of a run or of its fitted theory, in units of their final values and of dy²/4: lines over scaled time.
#[derive(Default)]
pub(super) struct Curves(pub [Vec<(f64, f64)>; 3]);

/// A run in scaled units.
pub(super) struct Rescaled<'a> {
    pub setting: &'a str,
    pub seed: u64,
    /// Scaled time of an epoch: the escape rate.
    pub rate: f64,
    /// The epoch at which y is half its target.
    pub half: f64,
    pub network: Curves,
    /// The fitted theory, in the same units and around its own half; empty where it never gets there.
    pub theory: Curves,
}

/// Every run that has a fit and gets half way, beside all fits.
pub(super) struct Runs<'a> {
    pub fits: Fits<'a>,
    runs: Vec<Rescaled<'a>>,
}

impl<'a> Runs<'a> {
    pub fn of(data: &'a CheckedTables) -> Self {
        let fits = Fits::new(&data.tables.fits);
        let courses = courses(&data.tables.trajectories);
        let runs = courses.iter().filter_map(|((setting, seed), course)| {
            let mut own = fits.of(setting).iter().filter(|fit| fit.seed == *seed);
            of_run(setting, *seed, course, own.find(|fit| fit.fit_ok)?)
        });
        Self {
            runs: runs.collect(),
            fits,
        }
    }

    /// The settings with a run, in the order of the table.
    pub fn settings(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.runs.iter().map(|run| run.setting).collect();
        names.sort_by_key(|name| settings::rank(name));
        names.dedup();
        names
    }

    fn of_setting(&self, setting: &str) -> impl Iterator<Item = &Rescaled<'a>> {
        self.runs.iter().filter(move |run| run.setting == setting)
    }

    /// The run that stands for a setting.
    pub fn chosen(&self, setting: &str) -> Option<&Rescaled<'a>> {
        let seed = self.fits.representative(setting);
        let mut runs = self.of_setting(setting);
        let chosen = runs.find(|run| Some(run.seed) == seed);
        chosen.or_else(|| self.of_setting(setting).next())
    }

    /// The mean over seeds of a number of each run of a setting.
    pub fn mean(
        &self,
        setting: &str,
        range: Range,
        number: impl Fn(&Rescaled<'_>) -> Option<f64>,
    ) -> Option<Estimate> {
        let numbers: Vec<f64> = self.of_setting(setting).filter_map(number).collect();
        Estimate::mean(&numbers, range)
    }
}

/// h, y and w over their final values, and over dy²/4, in the limit of small initial distances.
pub(super) fn limit(tau: f64) -> [f64; 3] {
    let h = 1.0 / (1.0 + (-tau - 1f64.asinh()).exp());
    [h, h * h, 4.0 * (h * h - h)]
}

fn of_run<'a>(
    setting: &'a str,
    seed: u64,
    course: &[&TrajectoryPoint],
    fit: &FitRow,
) -> Option<Rescaled<'a>> {
    let (h_inf, dy2) = (fit.h_inf?, fit.dy2);
    let rate = fit.eta_y? * h_inf;
    let units = [h_inf, dy2, dy2 / 4.0];
    let curves = |quantities: [Quantity; 3]| -> Option<(f64, Curves)> {
        let half = crossing(&line(course, quantities[1]), dy2 / 2.0)?;
        let scaled = [0, 1, 2].map(|k| {
            let points = line(course, quantities[k]).into_iter();
            let points = points.map(|(t, value)| (rate * (t - half), value / units[k]));
            points.collect()
        });
        Some((half, Curves(scaled)))
    };
    let (half, network) = curves(CURVES.map(|curve| curve.network))?;
    let theory = curves(CURVES.map(|curve| curve.theory));
    (rate > 0.0 && h_inf > 0.0 && dy2 > 0.0).then(|| Rescaled {
        setting,
        seed,
        rate,
        half,
        network,
        theory: theory.map_or_else(Curves::default, |(_, curves)| curves),
    })
}

impl Curves {
    /// The root mean square distance of three curves from the limit, over scaled times from -6 to 6 as far as they reach
    /// back. A run that ended because it had converged stays where it was.
    pub fn residual(&self) -> Option<f64> {
        let grid = (-60..=60).map(|k| REACH * f64::from(k) / 60.0);
        let errors = grid.flat_map(|tau| {
            let limit = limit(tau);
            [0, 1, 2].map(|k| {
                let line = &self.0[k];
                let begun = line.first().is_some_and(|first| first.0 <= tau);
                Some(at(line, tau).filter(|_| begun)? - limit[k])
            })
        });
        crate::claims::rmse(&errors.flatten().collect::<Vec<f64>>())
    }

    /// Scaled time in which y goes from a tenth to nine tenths of its target.
    pub fn rise(&self) -> Option<f64> {
        between(&self.0[1], 0.1, 0.9)
    }
}

/// Scaled time between two levels of a line.
fn between(line: &[(f64, f64)], from: f64, to: f64) -> Option<f64> {
    Some(crossing(line, to)? - crossing(line, from)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// The limit solves the theory's equations in scaled units: h' = -w/4 and y' = -w h.
        #[test]
        fn the_limit_solves_the_equations(tau in -8.0f64..8.0) {
            let d = 1e-4;
            let slope = |k: usize| (limit(tau + d)[k] - limit(tau - d)[k]) / (2.0 * d);
            let [h, y, w] = limit(tau);
            prop_assert!((slope(0) + w / 4.0).abs() < 1e-7);
            // Both terms of y' are equal on the first integral: eta_y h and eta_h dx² y / h.
            prop_assert!((slope(1) + 0.5 * w * h).abs() < 1e-7);
            prop_assert!((y - h * h).abs() < 1e-15);
            // w' = -(3 w/4 - y + 1) 2 h - (y + w/4) w / (2 h), in units of dy²/4.
            let law = -2.0 * (0.75 * w - y + 1.0) * h - 0.5 * (y + w / 4.0) * w / h;
            prop_assert!((slope(2) - law).abs() < 1e-6, "{} {law}", slope(2));
        }
    }

    #[test]
    fn half_of_y_is_at_zero_and_w_is_lowest_at_a_quarter() {
        assert!((limit(0.0)[1] - 0.5).abs() < 1e-12);
        let quarter = -1f64.asinh();
        assert!(
            (limit(quarter)[1] - 0.25).abs() < 1e-12 && (limit(quarter)[2] + 1.0).abs() < 1e-12
        );
    }

    #[test]
    fn a_line_has_its_levels_and_none_no_residual() {
        let line = [(-2.0, 0.0), (0.0, 1.0), (4.0, 3.0)];
        assert_eq!(between(&line, 0.5, 2.0), Some(3.0));
        assert_eq!(Curves::default().residual(), None);
    }

    #[test]
    fn the_limit_itself_has_no_residual() {
        let grid = || (-4000..=4000).map(|k| f64::from(k) / 500.0);
        let late_by = |delay: f64| {
            let curve = |k| grid().map(|tau| (tau, limit(tau - delay)[k])).collect();
            Curves([0, 1, 2].map(curve)).residual().unwrap()
        };
        assert!(late_by(0.0) < 1e-5 && late_by(1.0) > 0.1);
    }
}
