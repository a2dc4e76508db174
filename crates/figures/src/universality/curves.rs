//! Runs of two points as charts draw them.

use super::rows::TrajectoryPoint;
use super::two_points::{Course, Fits, courses_of, line};
use crate::chart::{Interval, Line, Series, palette};

/// A number of a point of a trajectory.
pub(crate) type Quantity = fn(&TrajectoryPoint) -> Option<f64>;

/// One of the three scalars that the theory follows.
#[derive(Clone, Copy)]
pub(crate) struct Curve {
    pub name: &'static str,
    pub network: Quantity,
    pub theory: Quantity,
    color: &'static str,
    pub theory_color: &'static str,
}

/// The three scalars.
pub(crate) const CURVES: [Curve; 3] = [
    Curve {
        name: "‖dh‖²",
        network: |m| Some(m.h2),
        theory: |m| m.h2_theory,
        color: palette::DISTANCE_H,
        theory_color: palette::THEORY_H,
    },
    Curve {
        name: "‖dy‖²",
        network: |m| Some(m.y2),
        theory: |m| m.y2_theory,
        color: palette::DISTANCE_Y,
        theory_color: palette::THEORY_Y,
    },
    Curve {
        name: "w",
        network: |m| Some(m.w),
        theory: |m| m.w_theory,
        color: palette::ALIGNMENT_W,
        theory_color: palette::THEORY_W,
    },
];

impl Curve {
    /// Of the networks of a setting.
    pub fn of_network(
        &self,
        runs: &RunsOfSetting<'_>,
        number: impl Fn(f64) -> Option<f64>,
    ) -> Series {
        runs.series(self.name, self.color, |m| number((self.network)(m)?))
    }

    /// Of the theory of one run, named after `what`; `None` where there is no fit.
    pub fn of_theory(
        &self,
        what: &str,
        course: &[&TrajectoryPoint],
        number: impl Fn(f64) -> Option<f64>,
    ) -> Option<Series> {
        let points = line(course, |m| number((self.theory)(m)?));
        let name = format!("{what} {}", self.name);
        (!points.is_empty()).then(|| plain(name, self.theory_color, points).line(Line::Dashed))
    }
}

/// The runs of one setting: the seed that stands out, and the others.
pub(crate) struct RunsOfSetting<'a> {
    pub chosen: Course<'a>,
    pub others: Vec<Course<'a>>,
}

impl<'a> RunsOfSetting<'a> {
    /// The seed of the median fit error stands out, or the first where there are no fits.
    pub fn of(setting: &str, points: &'a [TrajectoryPoint], fits: &Fits<'_>) -> Self {
        let mut courses = courses_of(points, setting);
        let first = courses.keys().next().copied();
        let seed = fits.representative(setting);
        let seed = seed.filter(|seed| courses.contains_key(seed)).or(first);
        Self {
            chosen: seed
                .and_then(|seed| courses.remove(&seed))
                .unwrap_or_default(),
            others: courses.into_values().collect(),
        }
    }

    /// A quantity of the seed that stands out against epochs, with thin lines of the others.
    pub fn series(
        &self,
        name: impl Into<String>,
        color: impl Into<String>,
        quantity: impl Fn(&TrajectoryPoint) -> Option<f64>,
    ) -> Series {
        self.lines(name, color, |course| line(course, &quantity))
    }

    /// The same over its initial value.
    pub fn relative(
        &self,
        name: impl Into<String>,
        color: impl Into<String>,
        quantity: impl Fn(&TrajectoryPoint) -> f64,
    ) -> Series {
        self.lines(name, color, |course| {
            let first = course.first().map_or(1.0, |point| quantity(point));
            line(course, |point| Some(quantity(point) / first))
        })
    }

    fn lines(
        &self,
        name: impl Into<String>,
        color: impl Into<String>,
        of: impl Fn(&[&TrajectoryPoint]) -> Vec<(f64, f64)>,
    ) -> Series {
        let others = self.others.iter().map(|course| of(course));
        plain(name, color, of(&self.chosen)).seeds(others)
    }
}

/// A line without points or intervals.
pub(crate) fn plain(
    name: impl Into<String>,
    color: impl Into<String>,
    points: Vec<(f64, f64)>,
) -> Series {
    Series::scatter(name, color, points)
        .line(Line::Joined)
        .marker(None)
        .interval(Interval::Hidden)
}

/// About three significant digits.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 1e-3 => format!("{value:.2e}"),
        size if size < 0.1 => format!("{value:.5}"),
        size if size < 10.0 => format!("{value:.3}"),
        _ => format!("{value:.1}"),
    }
}
