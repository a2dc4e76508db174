//! Universal dimensions: networks that share some, a slow twin, refusals.

use crate::common::{normal, orthogonal};
use formant_alignment::similarity::NamedRows;
use formant_alignment::universal::{PENALTIES, folds};
use formant_alignment::{AlignmentError, Threads, UniversalOptions, universal_dimensions};
use ndarray::{Array1, Array2, Axis, concatenate};

const SHARED: usize = 3;

/// Networks of six dimensions at standard deviations 6 to 1; the first three are common to all, each behind a rotation.
fn networks(count: u64, samples: usize) -> Vec<NamedRows> {
    let common = normal(samples, SHARED, 1);
    let each = (0..count).map(|k| {
        let own = normal(samples, 3, 10 + k);
        let mut rows = concatenate(Axis(1), &[common.view(), own.view()]).unwrap();
        for (at, mut column) in rows.columns_mut().into_iter().enumerate() {
            column *= 6.0 - at as f64;
        }
        (format!("net{k}"), rows.dot(&orthogonal(6, 20 + k)) + 2.0)
    });
    each.collect()
}

fn options() -> UniversalOptions {
    UniversalOptions {
        dimensions: 6,
        permutations: 39,
        ..UniversalOptions::default()
    }
}

#[test]
fn shared_dimensions_are_universal_and_own_ones_are_at_the_null() {
    let found = universal_dimensions(&networks(4, 600), &options(), Threads::Pool).unwrap();
    assert_eq!(found.len(), 4);
    for network in &found {
        assert_eq!((network.from.len(), network.dimensions.len()), (3, 6));
        assert!(!network.from.contains(&network.name));
        let shares: Vec<f64> = network
            .dimensions
            .iter()
            .map(|found| found.variance)
            .collect();
        assert!(
            shares.is_sorted_by(|a, b| a >= b) && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9
        );
        for (at, found) in network.dimensions.iter().enumerate() {
            assert_eq!(found.dimension, at + 1);
            assert!(
                found.null_q95 < 0.05 && found.null_mean <= found.null_q95,
                "{found:?}"
            );
            if at < SHARED {
                assert!(found.r2 > 0.95 && found.p_value == 1.0 / 40.0, "{found:?}");
            } else {
                // Sampling alone mixes them a little with the others.
                assert!(found.r2 < 0.1, "{found:?}");
            }
            let mean = found.r2_from.iter().sum::<f64>() / 3.0;
            assert!((mean - found.r2).abs() < 1e-12);
        }
    }
    let again = universal_dimensions(&networks(4, 600), &options(), Threads::One).unwrap();
    assert_eq!(again, found);
}

#[test]
fn networks_that_share_nothing_have_uniform_p_values() {
    let mut p_values = Vec::new();
    for seed in 0..6 {
        let nets: Vec<NamedRows> = (0..3)
            .map(|k| (k.to_string(), normal(60, 5, 100 * seed + k)))
            .collect();
        let options = UniversalOptions {
            seed,
            permutations: 19,
            ..options()
        };
        let found = universal_dimensions(&nets, &options, Threads::Pool).unwrap();
        p_values.extend(
            found
                .iter()
                .flat_map(|net| net.dimensions.iter().map(|found| found.p_value)),
        );
    }
    let mean = p_values.iter().sum::<f64>() / p_values.len() as f64;
    let small = p_values.iter().filter(|p| **p <= 0.1).count() as f64 / p_values.len() as f64;
    assert!(
        p_values.len() == 90 && (0.4..0.65).contains(&mean) && small < 0.22,
        "{mean} {small}"
    );
}

/// Solves `a x = b` by Gauss and Jordan.
fn solve(mut a: Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|i, j| a[[*i, k]].abs().total_cmp(&a[[*j, k]].abs()))
            .unwrap();
        for j in 0..n {
            a.swap([k, j], [pivot, j]);
        }
        b.swap(k, pivot);
        for i in (0..n).filter(|i| *i != k) {
            let factor = a[[i, k]] / a[[k, k]];
            for j in 0..n {
                a[[i, j]] -= factor * a[[k, j]];
            }
            b[i] -= factor * b[k];
        }
    }
    Array1::from_shape_fn(n, |k| b[k] / a[[k, k]])
}

/// Ridge by its normal equations, with the whole hat matrix for generalized cross-validation.
fn slow_r2(z: &Array2<f64>, y: &Array1<f64>, largest: impl Fn(&Array2<f64>) -> f64) -> f64 {
    let (mut missed, mut spread) = (0.0, 0.0);
    let folds = folds(z.nrows(), 5, 0);
    for test in &folds {
        let train: Vec<usize> = (0..z.nrows()).filter(|row| !test.contains(row)).collect();
        let (z_train, y_train) = (z.select(Axis(0), &train), y.select(Axis(0), &train));
        let (z_mean, y_mean) = (z_train.mean_axis(Axis(0)).unwrap(), y_train.mean().unwrap());
        let (z_train, y_train) = (z_train - &z_mean, y_train - y_mean);
        let scatter = z_train.t().dot(&z_train);
        let fits = PENALTIES.map(|penalty| {
            let system =
                &scatter + &(Array2::<f64>::eye(z.ncols()) * (penalty * largest(&scatter)));
            let weights = solve(system.clone(), z_train.t().dot(&y_train));
            let degrees: f64 = (0..z_train.nrows())
                .map(|i| {
                    z_train
                        .row(i)
                        .dot(&solve(system.clone(), z_train.row(i).to_owned()))
                })
                .sum();
            let missed = (&y_train - &z_train.dot(&weights)).mapv(|x| x * x).sum();
            let n = train.len() as f64;
            (missed / (n - 1.0 - degrees).powi(2), weights)
        });
        let (_, weights) = fits.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        for &row in test {
            let predicted = (&z.row(row) - &z_mean).dot(&weights);
            missed += (y[row] - y_mean - predicted).powi(2);
            spread += (y[row] - y_mean).powi(2);
        }
    }
    1.0 - missed / spread
}

#[test]
fn a_dimension_is_predicted_as_by_the_slow_twin() {
    // Of one neuron the dimension is the neuron.
    let (z, noise) = (normal(40, 4, 1), normal(40, 1, 2));
    let y = z.dot(&normal(4, 1, 3)) + noise * 1.5;
    let nets = vec![
        ("y".to_owned(), y.clone()),
        ("z".to_owned(), z.clone()),
        ("other".to_owned(), normal(40, 2, 4)),
    ];
    let found = universal_dimensions(&nets, &options(), Threads::One).unwrap();
    let power = |scatter: &Array2<f64>| {
        let mut vector = Array1::<f64>::ones(scatter.nrows());
        for _ in 0..2000 {
            vector = scatter.dot(&vector);
            vector /= vector.dot(&vector).sqrt();
        }
        vector.dot(&scatter.dot(&vector))
    };
    // Predictors are at a largest magnitude of 1, which changes nothing, and centred over all samples, which neither does.
    let expected = slow_r2(&z, &y.column(0).to_owned(), power);
    let of_z = found[0].dimensions[0].r2_from[0];
    assert!((of_z - expected).abs() < 1e-6, "{of_z} {expected}");
    assert!((0.3..0.95).contains(&of_z));
}

#[test]
fn more_neurons_than_samples_and_what_cannot_be_predicted() {
    let wide: Vec<NamedRows> = (0..3)
        .map(|k| (k.to_string(), normal(30, 4, 1).dot(&normal(4, 50, 2 + k))))
        .collect();
    let found = universal_dimensions(&wide, &options(), Threads::One).unwrap();
    assert!(
        found.iter().all(|net| net.dimensions.len() == 4),
        "of rank 4"
    );
    assert!(
        found
            .iter()
            .flat_map(|net| &net.dimensions)
            .all(|found| found.r2 > 0.99)
    );
    let of = |nets: &[NamedRows], options: &UniversalOptions| {
        universal_dimensions(nets, options, Threads::One).unwrap_err()
    };
    assert_eq!(
        of(&wide[..2], &options()),
        AlignmentError::TooFewNetworks {
            found: 2,
            needed: 3
        }
    );
    let mut short = wide.clone();
    short[1].1 = normal(29, 4, 1);
    assert_eq!(
        of(&short, &options()),
        AlignmentError::Unpaired {
            left: 29,
            right: 30
        }
    );
    let mut constant = wide.clone();
    constant[2].1.fill(3.0);
    assert!(matches!(
        of(&constant, &options()),
        AlignmentError::ConstantSamples { .. }
    ));
    let few: Vec<NamedRows> = (0..3).map(|k| (k.to_string(), normal(9, 2, k))).collect();
    assert_eq!(
        of(&few, &options()),
        AlignmentError::TooFewSamples {
            found: 9,
            needed: 10
        }
    );
    let none = UniversalOptions {
        permutations: 1,
        ..options()
    };
    assert_eq!(of(&wide, &none), AlignmentError::TooFewDraws { found: 1 });
}
