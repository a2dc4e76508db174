//! Intervals of correlations near the ends of their range, of new values, and of several comparisons at once.

use formant_alignment::{
    AlignmentError, Target, bonferroni_widening, correlation_interval, student_interval,
    student_interval_for,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

const LEVEL: f64 = 0.95;
const TARGETS: [Target; 2] = [Target::Mean, Target::NewValue];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_end_is_the_further_of_both_inside_the_range(values in prop::collection::vec(-0.999_f64..0.999, 2..12)) {
        for target in TARGETS {
            let found = correlation_interval(&values, target, LEVEL).unwrap();
            let student = student_interval_for(target, &values, LEVEL).unwrap();
            let z: Vec<f64> = values.iter().map(|r| 0.5 * ((1.0 + r) / (1.0 - r)).ln()).collect();
            let fisher = student_interval_for(target, &z, LEVEL).unwrap();
            prop_assert_eq!(found.value, student.value);
            prop_assert!(-1.0 <= found.low && found.low <= found.value && found.value <= found.high && found.high <= 1.0);
            let [low, high] = [-2.0, 2.0].map(|times| student.value + times * (student.high - student.value));
            prop_assert!(found.low <= fisher.low.tanh().max(low) + 1e-12 && fisher.high.tanh().min(high) <= found.high + 1e-12);
            prop_assert!(low - 1e-12 <= found.low && found.high <= high + 1e-12);
            prop_assert!(student.low < -1.0 || found.low <= student.low);
            prop_assert!(student.high > 1.0 || found.high >= student.high);
        }
    }

    #[test]
    fn it_is_mirrored_with_the_values(values in prop::collection::vec(-1.0_f64..=1.0, 2..12)) {
        let mirrored: Vec<f64> = values.iter().map(|r| -r).collect();
        let [found, mirror] = [&values, &mirrored].map(|values| correlation_interval(values, Target::Mean, LEVEL).unwrap());
        prop_assert!((found.low + mirror.high).abs() < 1e-12 && (found.high + mirror.low).abs() < 1e-12);
    }

    #[test]
    fn a_new_value_is_less_certain_than_the_mean(values in prop::collection::vec(-0.999_f64..0.999, 2..12)) {
        let [mean, new] = TARGETS.map(|target| student_interval_for(target, &values, LEVEL).unwrap());
        let n = values.len() as f64;
        prop_assert_eq!(mean, student_interval(&values, LEVEL).unwrap());
        prop_assert!(((new.high - new.low) - (mean.high - mean.low) * (n + 1.0).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn more_comparisons_need_wider_intervals(n in 2_usize..30, comparisons in 1_usize..40) {
        let of = |comparisons| bonferroni_widening(n, comparisons, LEVEL).unwrap();
        prop_assert!((of(1) - 1.0).abs() < 1e-12 && (of(0) - 1.0).abs() < 1e-12);
        prop_assert!(of(comparisons + 1) > of(comparisons));
    }
}

#[test]
fn known_numbers() {
    // t(0.9875, 2) and t(0.975, 2) of any table.
    let found = bonferroni_widening(3, 2, LEVEL).unwrap();
    assert!((found - 6.205_35 / 4.302_65).abs() < 1e-4, "{found}");
    // A value of 1 has no z: Student's, cut.
    let found = correlation_interval(&[1.0, 0.9, 0.8], Target::Mean, LEVEL).unwrap();
    let student = student_interval(&[1.0, 0.9, 0.8], LEVEL).unwrap();
    assert_eq!((found.low, found.high), (student.low, 1.0));
    // Rounding may push a correlation past 1, or keep it short of it.
    for one in [1.0 + 1e-13, 1.0 - 1e-13] {
        let near = correlation_interval(&[one, 0.9, 0.8], Target::Mean, LEVEL).unwrap();
        assert!((near.low - student.low).abs() < 1e-9);
    }
    let alike = correlation_interval(&[1.0; 3], Target::Mean, LEVEL).unwrap();
    assert_eq!((alike.low, alike.high), (1.0, 1.0));
}

#[test]
fn ill_posed_input_is_refused() {
    let of = |values: &[f64], level| correlation_interval(values, Target::Mean, level).unwrap_err();
    assert!(matches!(
        of(&[0.5], LEVEL),
        AlignmentError::TooFewValues {
            found: 1,
            needed: 2
        }
    ));
    assert!(matches!(
        of(&[0.5, 1.5], LEVEL),
        AlignmentError::NotACorrelation { .. }
    ));
    assert!(matches!(
        of(&[0.5, f64::NAN], LEVEL),
        AlignmentError::NonFinite { .. }
    ));
    assert!(matches!(of(&[0.5, 0.6], 1.0), AlignmentError::Level { .. }));
    assert!(matches!(
        bonferroni_widening(1, 3, LEVEL),
        Err(AlignmentError::TooFewValues { .. })
    ));
    assert!(matches!(
        bonferroni_widening(3, 3, 0.0),
        Err(AlignmentError::Level { .. })
    ));
}

/// A distribution of correlations with its mean.
type Truth = (&'static str, fn(&mut ChaCha8Rng) -> f64, f64);

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Means of tanh of a normal: by numerical integration.
const TRUTHS: [Truth; 3] = [
    (
        "1 less an exponential of mean 0.05",
        |rng| 1.0 - 0.05 * Distribution::<f64>::sample(&Exp1, rng),
        0.95,
    ),
    (
        "tanh of normal, mean 2, deviation 0.5",
        |rng| (2.0 + 0.5 * normal(rng)).tanh(),
        0.943_8,
    ),
    (
        "tanh of normal, mean 1, deviation 0.3",
        |rng| (1.0 + 0.3 * normal(rng)).tanh(),
        0.733_6,
    ),
];

/// How often Student's interval and ours cover the mean.
fn coverage((_, draw, mean): Truth, n: usize, samples: u64) -> [f64; 2] {
    let mut covered = [0_u32; 2];
    for sample in 0..samples {
        let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
        rng.set_stream(sample);
        let values: Vec<f64> = (0..n).map(|_| draw(&mut rng).max(-1.0)).collect();
        let intervals = [
            student_interval(&values, LEVEL).unwrap(),
            correlation_interval(&values, Target::Mean, LEVEL).unwrap(),
        ];
        for (covered, interval) in covered.iter_mut().zip(intervals) {
            *covered += u32::from(interval.low <= mean && mean <= interval.high);
        }
    }
    covered.map(|covered| f64::from(covered) / samples as f64)
}

/// The table of the documentation, measured again.
#[test]
fn intervals_cover_as_often_as_the_documentation_says() {
    let documentation = include_str!("../src/uncertainty/correlation.rs");
    let samples = 4_000;
    for truth in TRUTHS {
        for n in [3, 5, 10] {
            let head = format!("/// | {}, {n} |", truth.0);
            let row = documentation
                .lines()
                .find_map(|line| line.strip_prefix(&head));
            let cells = row.unwrap().split_terminator('|');
            let said: Vec<f64> = cells.map(|cell| cell.trim().parse().unwrap()).collect();
            let [student, ours] = coverage(truth, n, samples);
            for (said, found) in [(said[0], student), (said[2], ours)] {
                let said = said / 100.0;
                // Four standard errors, and the table's rounding.
                let band = 4.0 * (said * (1.0 - said) / samples as f64).sqrt() + 0.002;
                assert!(
                    (said - found).abs() < band,
                    "{head} said {said}, found {found}"
                );
            }
            assert!(ours >= student, "{head}");
        }
    }
}

#[test]
fn a_new_value_lies_inside_as_often_as_claimed() {
    for n in [3, 5, 10] {
        let samples = 4_000;
        let inside = (0..samples).filter(|&sample| {
            let mut rng = ChaCha8Rng::seed_from_u64(n);
            rng.set_stream(sample);
            let mut values: Vec<f64> = (0..=n).map(|_| normal(&mut rng)).collect();
            let new = values.pop().unwrap();
            let interval = student_interval_for(Target::NewValue, &values, LEVEL).unwrap();
            (interval.low..=interval.high).contains(&new)
        });
        let share = inside.count() as f64 / samples as f64;
        assert!((share - LEVEL).abs() < 0.014, "{n}: {share}");
    }
}
