//! Runs of two points as the figures see them: which rows, one number a seed, comparison with the authors' code.

use std::collections::{BTreeMap, BTreeSet};

use super::curves::short;
use super::record::Record;
use super::rows::{FitRow, TrajectoryPoint};
use super::tables::Tables;
use super::{CheckedTables, Coverage, Run, settings};
use crate::claims::shown;
use crate::{Estimate, Range};

/// A number of a fit.
pub(crate) type Number = fn(&FitRow) -> Option<f64>;

/// The settings to which the theory has a fit (MEASURED with the authors' code, or expected of their settings file).
pub(crate) const FITTED: [&str; 15] = [
    "default",
    "shallow",
    "narrow",
    "linear",
    "elu",
    "tanh",
    "relu",
    "swish",
    "skip",
    "cnn",
    "dropout",
    "gain_0.9",
    "gain_1.1",
    "gain_1.2",
    "two_layer",
];

/// The settings to which it has none (MEASURED with the authors' code).
pub(crate) const REFUSED: [&str; 3] = ["gain_1.3", "gain_1.4", "gain_1.6"];

/// A run whose loss ends below this has converged; the authors drop pairs above it (FOUND).
pub(crate) const CONVERGED: f64 = 1e-3;

/// Whether these are the distances of the settings table: dx² = 1, dy² = 0.5.
pub(crate) fn default_data(dx2: f64, dy2: f64) -> bool {
    (dx2 - 1.0).abs() < 1e-9 && (dy2 - 0.5).abs() < 1e-9
}

/// Fits of the theory itself and their trajectories, on the default data, at the layer of the settings table, in one mode: the
/// preferred one where any row has it.
pub(crate) fn trajectories(tables: &Tables, preferred: &str) -> Tables {
    let tracked = |setting: &str, layer| settings::find(setting).is_some_and(|s| s.layer == layer);
    let tables = tables.on_two_points(
        |fit| fit.dynamics == "original" && tracked(&fit.setting, fit.layer),
        |row| tracked(&row.setting, row.layer),
    );
    let of_default = tables.on_two_points(
        |fit| default_data(fit.dx2, fit.dy2),
        |row| default_data(row.dx2, row.dy2),
    );
    of_default.in_mode(preferred)
}

impl Tables {
    /// These fits and points of trajectories, and nothing else.
    pub(crate) fn on_two_points(
        &self,
        fits: impl Fn(&FitRow) -> bool,
        points: impl Fn(&TrajectoryPoint) -> bool,
    ) -> Self {
        let (all_fits, all_points) = (self.fits.iter(), self.trajectories.iter());
        Self {
            fits: all_fits.filter(|fit| fits(fit)).cloned().collect(),
            trajectories: all_points.filter(|row| points(row)).cloned().collect(),
            ..Self::default()
        }
    }

    /// Fits and trajectories of this mode; of every mode where no row has it.
    #[must_use]
    pub(crate) fn in_mode(mut self, mode: &str) -> Self {
        let in_fits = self.fits.iter().any(|fit| fit.mode == mode);
        if in_fits || self.trajectories.iter().any(|row| row.mode == mode) {
            self.fits.retain(|fit| fit.mode == mode);
            self.trajectories.retain(|row| row.mode == mode);
        }
        self
    }
}

/// Fits by setting.
pub(crate) struct Fits<'a> {
    by_setting: BTreeMap<&'a str, Vec<&'a FitRow>>,
}

impl<'a> Fits<'a> {
    pub fn new(fits: impl IntoIterator<Item = &'a FitRow>) -> Self {
        let mut by_setting: BTreeMap<&str, Vec<&FitRow>> = BTreeMap::new();
        for fit in fits {
            by_setting.entry(&fit.setting).or_default().push(fit);
        }
        Self { by_setting }
    }

    /// The fits of a setting; none where it was not measured.
    pub fn of(&self, setting: &str) -> &[&'a FitRow] {
        self.by_setting.get(setting).map_or(&[], Vec::as_slice)
    }

    /// The settings, in the order of the table.
    pub fn settings(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.by_setting.keys().copied().collect();
        names.sort_by_key(|name| settings::rank(name));
        names
    }

    /// One number a run; runs without it are passed over.
    pub fn values(&self, setting: &str, number: impl Fn(&FitRow) -> Option<f64>) -> Vec<f64> {
        let fits = self.of(setting).iter();
        fits.filter_map(|fit| number(fit)).collect()
    }

    /// Their mean, with its interval.
    pub fn mean(
        &self,
        setting: &str,
        range: Range,
        number: impl Fn(&FitRow) -> Option<f64>,
    ) -> Option<Estimate> {
        Estimate::mean(&self.values(setting, number), range)
    }

    /// A number of each run over that of the run of the same seed among others, where both have it.
    pub fn over(
        &self,
        setting: &str,
        others: &[&FitRow],
        number: impl Fn(&FitRow) -> Option<f64>,
    ) -> Vec<f64> {
        self.values(setting, |fit| {
            let twin = others.iter().find(|twin| twin.seed == fit.seed)?;
            Some(number(fit)? / number(twin)?)
        })
    }

    /// That mean as a report writes it.
    pub fn shown(
        &self,
        setting: &str,
        range: Range,
        number: impl Fn(&FitRow) -> Option<f64>,
    ) -> String {
        let mean = self.mean(setting, range, number);
        shown(self.of(setting).len(), mean, short)
    }

    /// How many fits of a setting are so.
    pub fn count(&self, setting: &str, are: impl Fn(&FitRow) -> bool) -> usize {
        self.of(setting).iter().filter(|fit| are(fit)).count()
    }

    /// How many runs of a setting did not converge.
    pub fn unconverged(&self, setting: &str) -> usize {
        self.count(setting, |fit| fit.loss_end > CONVERGED)
    }

    /// Which of these settings were not measured.
    pub fn absent(&self, settings: Vec<&'static settings::TwoPoints>) -> Vec<&'static str> {
        let names = settings.into_iter().map(|setting| setting.name);
        names.filter(|name| self.of(name).is_empty()).collect()
    }

    /// The seed that stands for the setting in pictures: that of the median error among the fitted, or the first where none is.
    pub fn representative(&self, setting: &str) -> Option<u64> {
        let fitted = self.of(setting).iter().filter(|fit| fit.fit_ok);
        let mut seeds: Vec<(f64, u64)> = fitted
            .filter_map(|fit| Some((fit.sse?, fit.seed)))
            .collect();
        seeds.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let first = || self.of(setting).iter().map(|fit| fit.seed).min();
        let middle = seeds.len().saturating_sub(1) / 2;
        seeds.get(middle).map(|seed| seed.1).or_else(first)
    }
}

/// That every run has its trajectory and the verdict of a fit.
pub(crate) fn courses_and_fits(data: &CheckedTables) -> Vec<Coverage> {
    let fits = data.tables.fits.iter();
    let decided = fits.filter(|fit| match fit.fit_ok {
        true => fit.eta_h.is_some() && fit.eta_y.is_some() && fit.sse.is_some(),
        false => fit.refusal.is_some(),
    });
    let followed: BTreeSet<Run> = data.tables.trajectories.iter().map(Record::run).collect();
    vec![
        data.coverage("trajectory", followed.len()),
        data.coverage("fit, or why there is none", decided.count()),
    ]
}

/// The root mean square error of the three curves together: unlike the sum of squares it does not grow with the epochs.
pub(crate) fn rms_error(fit: &FitRow) -> Option<f64> {
    Some((fit.sse? / (3.0 * fit.epochs as f64)).sqrt())
}

/// Rates per epoch at the table's learning rate: the notebooks' half rate has half of them.
pub(crate) fn at_table_rate(fit: &FitRow, eta: Option<f64>) -> Option<f64> {
    Some(eta? * if fit.mode == "notebook" { 2.0 } else { 1.0 })
}

/// By which factor our runs differ from one run of the authors' code: 1 where that lies between our smallest and our
/// largest, else the ratio of it and our geometric mean, the larger over the smaller.
pub(crate) fn factor(ours: &[f64], theirs: f64) -> Option<Estimate> {
    let usable = !ours.is_empty() && theirs > 0.0 && ours.iter().all(|&v| v > 0.0 && v.is_finite());
    let inside = ours.iter().any(|&v| v <= theirs) && ours.iter().any(|&v| v >= theirs);
    let mean = ours.iter().map(|v| v.ln()).sum::<f64>() / ours.len() as f64;
    let outside = (mean - theirs.ln()).abs().exp();
    let factor = if inside { 1.0 } else { outside };
    usable.then(|| Estimate::without_interval(factor, ours.len()))
}

/// Where a line first reaches a level from below, between its points; `None` where it never does.
pub(crate) fn crossing(line: &[(f64, f64)], level: f64) -> Option<f64> {
    let mut pairs = line.windows(2);
    let pair = pairs.find(|pair| pair[0].1 < level && pair[1].1 >= level)?;
    let share = (level - pair[0].1) / (pair[1].1 - pair[0].1);
    Some(pair[0].0 + share * (pair[1].0 - pair[0].0))
}

/// A line's value at `x`, between its points; beyond its ends it stays. `None` of no points.
pub(crate) fn at(line: &[(f64, f64)], x: f64) -> Option<f64> {
    let (first, last) = (line.first()?, line.last()?);
    let pair = line.windows(2).find(|pair| x <= pair[1].0);
    Some(match pair {
        _ if x <= first.0 => first.1,
        Some(pair) => {
            let (from, to) = (pair[0], pair[1]);
            from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0)
        }
        None => last.1,
    })
}

/// The points of a run in order.
pub(crate) type Course<'p> = Vec<&'p TrajectoryPoint>;

/// The points of each run in order, by setting and seed.
pub(crate) fn courses(points: &[TrajectoryPoint]) -> BTreeMap<(&str, u64), Course<'_>> {
    let mut courses: BTreeMap<(&str, u64), Course<'_>> = BTreeMap::new();
    for point in points {
        let course = courses.entry((&point.setting, point.seed)).or_default();
        course.push(point);
    }
    for course in courses.values_mut() {
        course.sort_by_key(|point| point.epoch);
    }
    courses
}

/// The same of one setting, by seed.
pub(crate) fn courses_of<'p>(
    points: &'p [TrajectoryPoint],
    setting: &str,
) -> BTreeMap<u64, Course<'p>> {
    let courses = courses(points).into_iter();
    let of_setting = courses.filter(|((name, _), _)| *name == setting);
    of_setting
        .map(|((_, seed), course)| (seed, course))
        .collect()
}

/// One quantity of a course, against epochs.
pub(crate) fn line(
    course: &[&TrajectoryPoint],
    quantity: impl Fn(&TrajectoryPoint) -> Option<f64>,
) -> Vec<(f64, f64)> {
    let points = course.iter();
    points
        .filter_map(|point| Some((point.epoch as f64, quantity(point)?)))
        .collect()
}

/// One number made of each run's points: the mean over the seeds of a setting.
pub(crate) fn over_courses(
    points: &[TrajectoryPoint],
    setting: &str,
    range: Range,
    number: impl Fn(&[&TrajectoryPoint]) -> Option<f64>,
) -> Option<Estimate> {
    let courses = courses_of(points, setting).into_values();
    let numbers: Vec<f64> = courses.filter_map(|course| number(&course)).collect();
    Estimate::mean(&numbers, range)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::universality::synthetic;

    #[test]
    fn a_line_is_crossed_between_its_points() {
        let values = [0.0, 0.2, 0.4, 0.1, 0.9].into_iter();
        let line: Vec<(f64, f64)> = (0..).map(|k| 10.0 * f64::from(k)).zip(values).collect();
        assert_eq!(crossing(&line, 0.3), Some(15.0));
        assert_eq!(crossing(&line, 0.95), None);
        let from_above = crossing(&line[1..], 0.1);
        assert_eq!(from_above, None, "it never comes from below");
        assert_eq!(crossing(&line[3..], 0.5), Some(35.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_line_is_met_at_and_between_its_points(slope in -2.0f64..2.0, x in 0.0f64..9.0) {
            let line: Vec<(f64, f64)> = (0..10).map(|k| (f64::from(k), slope * f64::from(k))).collect();
            prop_assert!((at(&line, x).unwrap() - slope * x).abs() < 1e-9);
            prop_assert_eq!([at(&line, 99.0), at(&line, -1.0)], [Some(9.0 * slope), Some(0.0)]);
            prop_assert_eq!(at(&[], x), None);
        }
    }

    #[test]
    fn a_run_inside_our_range_differs_by_nothing() {
        assert_eq!(factor(&[1.0, 4.0], 3.0).unwrap().value, 1.0);
        assert!((factor(&[1.0, 4.0], 8.0).unwrap().value - 4.0).abs() < 1e-12);
        assert!((factor(&[1.0, 4.0], 0.5).unwrap().value - 4.0).abs() < 1e-12);
        assert_eq!(factor(&[], 1.0), None);
        assert_eq!(factor(&[1.0, -1.0], 1.0), None);
    }

    #[test]
    fn only_plain_runs_of_one_mode_are_kept() {
        let mut tables = synthetic::Network::of("default").tables();
        let plain = tables.clone();
        for change in [
            |fit: &mut FitRow| fit.dy2 = 1.0,
            |fit: &mut FitRow| fit.layer = 3,
            |fit: &mut FitRow| fit.dynamics = "sign_flipped".to_owned(),
            |fit: &mut FitRow| fit.setting = "rich".to_owned(),
        ] {
            let mut fit = plain.fits[0].clone();
            change(&mut fit);
            tables.fits.push(fit);
        }
        assert_eq!(trajectories(&tables, "notebook"), plain);
        let notebook = FitRow {
            mode: "notebook".to_owned(),
            ..plain.fits[0].clone()
        };
        tables.fits.push(notebook.clone());
        assert_eq!(trajectories(&tables, "notebook").fits, [notebook]);
        assert_eq!(trajectories(&tables, "table"), plain);
    }

    #[test]
    fn the_median_fit_stands_out_and_never_a_refused_one() {
        let mut tables = synthetic::Network::of("default").tables();
        for (fit, sse) in tables.fits.iter_mut().zip([3.0, 1.0, 2.0]) {
            fit.sse = Some(sse);
        }
        assert_eq!(Fits::new(&tables.fits).representative("default"), Some(2));
        (tables.fits[1].fit_ok, tables.fits[2].fit_ok) = (false, false);
        assert_eq!(Fits::new(&tables.fits).representative("default"), Some(0));
        tables.fits[0].fit_ok = false;
        assert_eq!(Fits::new(&tables.fits).representative("default"), Some(0));
        assert_eq!(Fits::new(&tables.fits).representative("elu"), None);
    }

    #[test]
    fn rates_of_half_the_learning_rate_are_doubled() {
        let mut fit = synthetic::Network::of("default").tables().fits[0].clone();
        assert_eq!(at_table_rate(&fit, Some(0.1)), Some(0.1));
        fit.mode = "notebook".to_owned();
        assert_eq!(at_table_rate(&fit, Some(0.1)), Some(0.2));
        fit.sse = Some(3.0 * fit.epochs as f64);
        assert_eq!(rms_error(&fit), Some(1.0));
    }
}
