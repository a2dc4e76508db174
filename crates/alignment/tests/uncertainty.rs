//! Intervals over seeds: slow twins, invariances, and how often they cover.

use formant_alignment::{
    AlignmentError, BootstrapMethod, BootstrapOptions, Interval, Location, bootstrap_interval,
    bootstrap_interval_of, median_interval, student_interval,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

const METHODS: [BootstrapMethod; 2] = [BootstrapMethod::Percentile, BootstrapMethod::Bca];
const LOCATIONS: [Location; 2] = [Location::Mean, Location::InterquartileMean];

fn options(method: BootstrapMethod, resamples: usize, seed: u64) -> BootstrapOptions {
    BootstrapOptions {
        method,
        resamples,
        seed,
        ..BootstrapOptions::default()
    }
}

/// The exact bootstrap distribution of the mean: all \\(n^n\\) resamples.
fn all_means(values: &[f64]) -> Vec<f64> {
    let n = values.len();
    let mut means: Vec<f64> = (0..n.pow(n as u32))
        .map(|mut code| {
            let mut sum = 0.0;
            for _ in 0..n {
                sum += values[code % n];
                code /= n;
            }
            sum / n as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    means
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_percentile_interval_nears_the_exact_one(values in prop::collection::vec(-3.0_f64..3.0, 4..6), seed in 0_u64..100) {
        let exact = all_means(&values);
        let found = bootstrap_interval(&values, Location::Mean, &options(BootstrapMethod::Percentile, 20_000, seed)).unwrap();
        // Between the exact quantiles 0.5 % to either side: more than four standard errors.
        let at = |level: f64| exact[(level * (exact.len() - 1) as f64) as usize];
        prop_assert!(at(0.02) - 1e-9 <= found.low && found.low <= at(0.03) + 1e-9);
        prop_assert!(at(0.97) - 1e-9 <= found.high && found.high <= at(0.98) + 1e-9);
    }

    #[test]
    fn intervals_move_with_the_values(values in prop::collection::vec(-3.0_f64..3.0, 3..12), shift in -5.0_f64..5.0, scale in 0.1_f64..9.0) {
        let moved: Vec<f64> = values.iter().map(|x| x * scale + shift).collect();
        for (method, location) in METHODS.into_iter().flat_map(|m| LOCATIONS.map(|l| (m, l))) {
            let of = |values: &[f64]| bootstrap_interval(values, location, &options(method, 200, 3)).unwrap();
            let (before, after) = (of(&values), of(&moved));
            for (before, after) in [(before.low, after.low), (before.value, after.value), (before.high, after.high)] {
                prop_assert!((before * scale + shift - after).abs() < 1e-8, "{method:?} {location:?}");
            }
            let (least, most) = (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            prop_assert!(least - 1e-12 <= before.low && before.low <= before.high && before.high <= most + 1e-12);
            prop_assert_eq!(before, of(&values)); // to the bit
        }
    }

    #[test]
    fn a_wider_level_is_a_wider_interval(values in prop::collection::vec(-3.0_f64..3.0, 5..12)) {
        let inside = |narrow: Interval, wide: Interval| wide.low <= narrow.low && narrow.high <= wide.high;
        prop_assert!(inside(student_interval(&values, 0.5).unwrap(), student_interval(&values, 0.95).unwrap()));
        prop_assert!(inside(median_interval(&values, 0.5).unwrap().interval, median_interval(&values, 0.95).unwrap().interval));
        for method in METHODS {
            let at = |level| bootstrap_interval(&values, Location::Mean, &BootstrapOptions { level, ..options(method, 400, 1) }).unwrap();
            prop_assert!(inside(at(0.5), at(0.95)));
        }
    }

    #[test]
    fn the_medians_coverage_is_counted_out(n in 3_usize..14, level in 0.05_f64..0.99) {
        let values: Vec<f64> = (0..n).map(|k| ((k * 7) % n) as f64 + (k as f64) * 1e-3).collect();
        let found = median_interval(&values, level).unwrap();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let outside = sorted.iter().position(|x| *x == found.interval.low).unwrap();
        prop_assert_eq!(sorted[n - 1 - outside], found.interval.high);
        // Every sample is above or below the true median: all 2^n patterns.
        let covers = |k: usize| {
            let patterns = (0_u32..1 << n).filter(|p| { let below = p.count_ones() as usize; below > k && below < n - k });
            patterns.count() as f64 / f64::from(1_u32 << n)
        };
        prop_assert!((found.coverage - covers(outside)).abs() < 1e-12);
        prop_assert!(found.coverage >= level || outside == 0);
        prop_assert!(covers(outside + 1) < level);
    }
}

#[test]
fn known_numbers() {
    // t(0.975, 2) = 4.302653 (any table); standard deviation of 1, 2, 3 is 1.
    let found = student_interval(&[1.0, 2.0, 3.0], 0.95).unwrap();
    assert!((found.high - 2.0 - 4.302_653 / 3_f64.sqrt()).abs() < 1e-5);
    assert!((found.low + found.high - 4.0).abs() < 1e-12 && found.n == 3);
    // scipy.stats.trim_mean(x, 0.25): one of five and two of eight are cut at each end.
    assert_eq!(
        Location::InterquartileMean.of(&[10.0, 1.0, 2.0, 3.0, -50.0]),
        Some(2.0)
    );
    assert_eq!(
        Location::InterquartileMean.of(&[8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 100.0]),
        Some(5.5)
    );
    assert_eq!(Location::InterquartileMean.of(&[1.0, 2.0, 6.0]), Some(3.0));
    assert_eq!(Location::Mean.of(&[1.0, 2.0, 6.0]), Some(3.0));
    assert_eq!(Location::Mean.of(&[]), None);
    // n = 6: the whole range covers the median with 1 - 2/64; of five values it cannot reach 95 %.
    let six = median_interval(&[6.0, 1.0, 2.0, 5.0, 3.0, 4.0], 0.95).unwrap();
    assert_eq!(
        (six.interval.low, six.interval.value, six.interval.high),
        (1.0, 3.5, 6.0)
    );
    assert!((six.coverage - 31.0 / 32.0).abs() < 1e-12);
    assert!(
        (median_interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95)
            .unwrap()
            .coverage
            - 0.9375)
            .abs()
            < 1e-12
    );
}

#[test]
fn bca_leans_towards_the_tail() {
    let values = [1.0, 2.0, 4.0, 8.0, 16.0];
    let [plain, bca] = METHODS
        .map(|m| bootstrap_interval(&values, Location::Mean, &options(m, 50_000, 0)).unwrap());
    assert!(
        bca.low > plain.low + 0.2 && bca.high > plain.high + 0.5,
        "{plain:?} {bca:?}"
    );
    // The acceleration of a mean is the skewness over 6√n, so that a mirrored sample gives the mirrored interval.
    let mirrored = values.map(|x| -x);
    let mirror = bootstrap_interval(
        &mirrored,
        Location::Mean,
        &options(BootstrapMethod::Bca, 50_000, 0),
    )
    .unwrap();
    assert!(
        (mirror.low + bca.high).abs() < 0.25 && (mirror.high + bca.low).abs() < 0.25,
        "{mirror:?} {bca:?}"
    );
}

#[test]
fn equal_values_have_an_interval_of_width_zero() {
    for (method, location) in METHODS.into_iter().flat_map(|m| LOCATIONS.map(|l| (m, l))) {
        let found = bootstrap_interval(&[0.1; 5], location, &options(method, 100, 0)).unwrap();
        assert!((found.low - 0.1).abs() < 1e-15 && (found.high - 0.1).abs() < 1e-15);
    }
    let found = bootstrap_interval_of(
        &[1.0, 2.0, 3.0],
        |x| x.len() as f64,
        &options(BootstrapMethod::Bca, 100, 0),
    )
    .unwrap();
    assert_eq!((found.low, found.value, found.high), (3.0, 3.0, 3.0));
}

#[test]
fn ill_posed_input_is_refused() {
    let good = [1.0, 2.0, 3.0];
    let default = BootstrapOptions::default();
    let of =
        |values: &[f64], options| bootstrap_interval(values, Location::Mean, &options).unwrap_err();
    assert_eq!(
        of(&good[..2], default),
        AlignmentError::TooFewValues {
            found: 2,
            needed: 3
        }
    );
    assert_eq!(
        median_interval(&good[..2], 0.95).unwrap_err(),
        AlignmentError::TooFewValues {
            found: 2,
            needed: 3
        }
    );
    assert_eq!(
        student_interval(&good[..1], 0.95).unwrap_err(),
        AlignmentError::TooFewValues {
            found: 1,
            needed: 2
        }
    );
    for level in [0.0, 1.0, -0.5, 95.0, f64::NAN] {
        assert!(matches!(
            of(&good, BootstrapOptions { level, ..default }),
            AlignmentError::Level { .. }
        ));
        assert!(matches!(
            student_interval(&good, level),
            Err(AlignmentError::Level { .. })
        ));
        assert!(matches!(
            median_interval(&good, level),
            Err(AlignmentError::Level { .. })
        ));
    }
    let few = AlignmentError::TooFewResamples {
        found: 39,
        needed: 40,
    };
    assert_eq!(
        of(
            &good,
            BootstrapOptions {
                resamples: 39,
                ..default
            }
        ),
        few
    );
    for bad in [f64::NAN, f64::INFINITY] {
        assert!(matches!(
            of(&[1.0, bad, 2.0], default),
            AlignmentError::NonFinite { .. }
        ));
    }
    let undefined = bootstrap_interval_of(&good, |x| 1.0 / (x[0] - x[1]), &default);
    assert!(matches!(undefined, Err(AlignmentError::NonFinite { .. })));
}

/// A distribution with its mean, interquartile mean and median.
type Truth = (&'static str, fn(&mut ChaCha8Rng) -> f64, [f64; 3]);

const TRUTHS: [Truth; 2] = [
    ("normal", |rng| StandardNormal.sample(rng), [0.0, 0.0, 0.0]),
    // 2 ∫ x e^-x dx between the quartiles, and ln 2.
    (
        "skewed",
        |rng| Exp1.sample(rng),
        [1.0, 0.738_376_0, std::f64::consts::LN_2],
    ),
];

/// Shares of the samples whose intervals cover, in the order of the table's columns.
fn coverage(
    (_, draw, [mean, iqm, median]): Truth,
    n: usize,
    samples: u64,
    resamples: usize,
) -> [f64; 6] {
    let mut covered = [0_u32; 6];
    for sample in 0..samples {
        let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
        rng.set_stream(sample);
        let values: Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
        let bootstrap = |method, location| {
            bootstrap_interval(&values, location, &options(method, resamples, sample)).unwrap()
        };
        let intervals = [
            (student_interval(&values, 0.95).unwrap(), mean),
            (bootstrap(BootstrapMethod::Percentile, Location::Mean), mean),
            (bootstrap(BootstrapMethod::Bca, Location::Mean), mean),
            (
                bootstrap(BootstrapMethod::Percentile, Location::InterquartileMean),
                iqm,
            ),
            (
                bootstrap(BootstrapMethod::Bca, Location::InterquartileMean),
                iqm,
            ),
            (median_interval(&values, 0.95).unwrap().interval, median),
        ];
        for (covered, (interval, truth)) in covered.iter_mut().zip(intervals) {
            *covered += u32::from(interval.low <= truth && truth <= interval.high);
        }
    }
    covered.map(|covered| f64::from(covered) / samples as f64)
}

/// The table of the documentation, measured again. `COVERAGE_SAMPLES=20000` makes it anew (and takes minutes).
#[test]
fn intervals_cover_as_often_as_the_documentation_says() {
    let asked = std::env::var("COVERAGE_SAMPLES")
        .ok()
        .and_then(|text| text.parse().ok());
    let (samples, resamples) = asked.map_or((600, 400), |samples| (samples, 2000));
    let documentation = include_str!("../src/uncertainty/mod.rs");
    for truth in TRUTHS {
        for n in [5, 10, 20] {
            let found = coverage(truth, n, samples, resamples);
            let head = format!("//! | {}, {n} |", truth.0);
            let percent = found
                .map(|share| format!(" {:.1} |", 100.0 * share))
                .concat();
            println!("{head}{percent}");
            if asked.is_some() {
                continue;
            }
            let row = documentation
                .lines()
                .find_map(|line| line.strip_prefix(&head))
                .unwrap();
            let said: Vec<f64> = row
                .split_terminator('|')
                .map(|cell| cell.trim().parse().unwrap())
                .collect();
            assert_eq!(said.len(), found.len());
            for (said, found) in said.iter().map(|percent| percent / 100.0).zip(found) {
                // Four standard errors, and what fewer resamples may change.
                let band = 4.0 * (said * (1.0 - said) / samples as f64).sqrt() + 0.01;
                assert!(
                    (said - found).abs() < band,
                    "{head} said {said}, found {found}"
                );
            }
        }
    }
}
