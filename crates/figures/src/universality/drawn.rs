//! What charts and tables of two points have in common.

use super::rows::Moment;
use super::two_points::{Fits, courses};
use crate::Estimate;
use crate::chart::{Interval, Series};

/// The runs of one setting: the seed that stands out, and the others.
pub(crate) struct Shown<'a> {
    pub chosen: Vec<&'a Moment>,
    pub others: Vec<Vec<&'a Moment>>,
}

impl<'a> Shown<'a> {
    /// The seed of the median fit error stands out, or the first where there are no fits.
    pub fn of(setting: &str, moments: &'a [Moment], fits: &Fits<'_>) -> Self {
        let courses = courses(moments);
        let mut courses: Vec<(u64, Vec<&Moment>)> = courses
            .into_iter()
            .filter(|((name, _), _)| *name == setting)
            .map(|((_, seed), course)| (seed, course))
            .collect();
        let seed = fits.representative(setting);
        let place = courses
            .iter()
            .position(|run| Some(run.0) == seed)
            .unwrap_or(0);
        let chosen = if courses.is_empty() {
            Vec::new()
        } else {
            courses.remove(place).1
        };
        Self {
            chosen,
            others: courses.into_iter().map(|run| run.1).collect(),
        }
    }
}

/// A line without points or intervals.
pub(crate) fn plain(
    name: impl Into<String>,
    color: impl Into<String>,
    points: Vec<(f64, f64)>,
) -> Series {
    let points = points
        .into_iter()
        .map(|(x, y)| (x, Estimate::without_interval(y, 1)));
    Series::new(name, color, points)
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
