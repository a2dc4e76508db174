//! The courses of alignment and of separation, and where along one the other moves.

use std::collections::BTreeMap;

use super::alphas;
use crate::table::Relation;
use crate::universality::CheckedTables;
use crate::universality::two_points::{at, courses_of, crossing, line};
use crate::{Estimate, Range};

/// A line over epochs.
pub(super) type Course = Vec<(f64, f64)>;

/// Of each seed of a setting the squared distance of the representations, over its last value.
pub(super) fn separations(data: &CheckedTables, setting: &str) -> BTreeMap<u64, Course> {
    let courses = courses_of(&data.tables.trajectories, setting).into_iter();
    let separations = courses.filter_map(|(seed, course)| {
        let last = course.last()?.h2;
        (last > 0.0).then(|| (seed, line(&course, |m| Some(m.h2 / last))))
    });
    separations.collect()
}

/// The epochs at which the separation begins and is done: a tenth and nine tenths of its way from first to last value.
pub(super) fn separation_epochs(separation: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (first, last) = (separation.first()?.1, separation.last()?.1);
    let level = |share: f64| first + share * (last - first);
    crossing(separation, level(0.1)).zip(crossing(separation, level(0.9)))
}

/// A number made of each seed's alpha and separation.
pub(super) fn together(
    data: &CheckedTables,
    setting: &str,
    relation: Relation,
    range: Range,
    number: impl Fn(&Course, &Course) -> Option<f64>,
) -> Option<Estimate> {
    let separations = separations(data, setting);
    let alphas = alphas(data, setting, relation).seed_lines();
    let numbers = alphas
        .iter()
        .filter_map(|(seed, alpha)| number(alpha, separations.get(seed)?));
    Estimate::mean(&numbers.collect::<Vec<f64>>(), range)
}

/// By how much alpha rises before the separation, during it and after it.
pub(super) fn rises(alpha: &Course, separation: &Course) -> Option<[f64; 3]> {
    let (begins, done) = separation_epochs(separation)?;
    let (first, last) = (alpha.first()?.1, alpha.last()?.1);
    let (begin, end) = (at(alpha, begins)?, at(alpha, done)?);
    Some([begin - first, end - begin, last - end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_three_rises_are_the_whole(
            values in prop::collection::vec(-1.0f64..1.0, 2..12),
            middle in 5.0f64..20.0,
        ) {
            let alpha: Course = (0..).map(|k| 3.0 * f64::from(k)).zip(values).collect();
            let separation: Course = (0..40)
                .map(|k| (f64::from(k), 1.0 / (1.0 + (middle - f64::from(k)).exp())))
                .collect();
            let rises = rises(&alpha, &separation).unwrap();
            let whole = alpha[alpha.len() - 1].1 - alpha[0].1;
            prop_assert!((rises.iter().sum::<f64>() - whole).abs() < 1e-9);
            let (begins, done) = separation_epochs(&separation).unwrap();
            prop_assert!(begins < middle + 1.0 && middle - 1.0 < done);
        }
    }

    #[test]
    fn a_pair_that_does_not_separate_has_no_separation() {
        let still: Course = vec![(0.0, 1.0), (1.0, 1.0)];
        assert_eq!(separation_epochs(&still), None);
    }
}
