//! The teacher task: its formula, its moments, its determinism.

use formant_data::rng::{Purpose, stream};
use formant_data::{
    Batch, DataError, Spectrum, TargetKind, Targets, Task, TeacherActivation, TeacherConfig,
    TeacherTask,
};
use ndarray::{Array2, Axis};
use proptest::prelude::*;
use rand_distr::{Distribution, StandardNormal};

fn small(activation: TeacherActivation, spectrum: Spectrum) -> TeacherConfig {
    TeacherConfig {
        inputs: 6,
        hidden: 5,
        outputs: 2,
        activation,
        amplitude: 0.7,
        phase: 0.6,
        spectrum,
    }
}

fn values(batch: &Batch) -> &Array2<f32> {
    match &batch.targets {
        Targets::Values(values) => values,
        Targets::Classes(_) => panic!("a teacher gives values"),
    }
}

/// The teacher's labels again: f64, loops, weights drawn one by one.
fn slow_labels(config: &TeacherConfig, seed: u64, inputs: &Array2<f32>) -> Array2<f64> {
    let draw = |counter, n: usize| -> Vec<f64> {
        let mut rng = stream(seed, Purpose::Teacher, counter);
        (0..n)
            .map(|_| f64::from(Distribution::<f32>::sample(&StandardNormal, &mut rng)))
            .collect()
    };
    let (d, m, k) = (config.inputs, config.hidden, config.outputs);
    let (w, v, u) = (draw(0, d * m), draw(1, m), draw(2, m * k));
    Array2::from_shape_fn((inputs.nrows(), k), |(row, out)| {
        let mut y = 0.0;
        for i in 0..m {
            let mut z = f64::from(config.phase) * v[i];
            for j in 0..d {
                z += w[j * m + i] / (d as f64).sqrt() * f64::from(inputs[[row, j]]);
            }
            let hidden = match config.activation {
                TeacherActivation::Sine => z.sin(),
                TeacherActivation::Relu => z.max(0.0),
            };
            y += u[i * k + out] / (m as f64).sqrt() * hidden;
        }
        f64::from(config.amplitude) * y
    })
}

#[test]
fn defaults_are_those_of_the_figure() {
    let mut task = TeacherTask::new(TeacherConfig::default(), 0).unwrap();
    assert_eq!(
        (task.inputs(), task.outputs(), task.target_kind()),
        (100, 1, TargetKind::Regression)
    );
    let batch = task.batch(0, 32).unwrap();
    assert_eq!(batch.inputs.dim(), (32, 100));
    assert_eq!(values(&batch).dim(), (32, 1));
    assert!(task.data_hashes().is_empty());
}

#[test]
fn white_inputs_and_targets_have_their_moments() {
    let task = TeacherTask::new(TeacherConfig::default(), 4).unwrap();
    let n = 4000;
    let batch = task.holdout(n).unwrap();
    let x = batch.inputs.mapv(f64::from);
    let covariance = x.t().dot(&x) / n as f64;
    for ((i, j), c) in covariance.indexed_iter() {
        let expected = if i == j { 1.0 } else { 0.0 };
        // Standard errors: 0.022 on the diagonal, 0.016 off it; 5050 distinct entries.
        assert!((c - expected).abs() < 0.13, "entry ({i}, {j}) is {c}");
    }
    let std = values(&batch).mapv(f64::from).std(0.0);
    assert!(
        (0.2..0.5).contains(&std),
        "about 0.7 times the amplitude 0.5, got {std}"
    );
}

#[test]
fn a_power_law_has_its_spectrum() {
    let config = TeacherConfig {
        spectrum: Spectrum::PowerLaw { exponent: 1.0 },
        inputs: 20,
        ..TeacherConfig::default()
    };
    let x = TeacherTask::new(config, 2)
        .unwrap()
        .holdout(8000)
        .unwrap()
        .inputs
        .mapv(f64::from);
    let covariance = x.t().dot(&x) / 8000.0;
    let trace = covariance.diag().sum();
    assert!(
        (trace - 20.0).abs() < 1.5,
        "mean variance 1, got a trace of {trace} for 20"
    );
    // tr(C²)/tr(C)² follows from the spectrum alone, whatever the rotation.
    let variances: Vec<f64> = (1..=20).map(|k| f64::from(k).powi(-2)).collect();
    let expected =
        variances.iter().map(|v| v * v).sum::<f64>() / variances.iter().sum::<f64>().powi(2);
    let got = covariance.iter().map(|c| c * c).sum::<f64>() / trace.powi(2);
    assert!(
        (got / expected - 1.0).abs() < 0.1,
        "{got} against {expected}"
    );
    // The basis is rotated: no coordinate carries all of the leading direction.
    let largest = covariance.diag().iter().copied().fold(0.0, f64::max);
    assert!(largest < 0.8 * trace * variances[0] / variances.iter().sum::<f64>());
}

#[test]
fn exponent_zero_is_white() {
    let x = TeacherTask::new(
        small(
            TeacherActivation::Relu,
            Spectrum::PowerLaw { exponent: 0.0 },
        ),
        2,
    )
    .unwrap();
    let x = x.holdout(8000).unwrap().inputs.mapv(f64::from);
    let covariance = x.t().dot(&x) / 8000.0;
    let distance = (&covariance - &Array2::<f64>::eye(6))
        .mapv(f64::abs)
        .iter()
        .copied()
        .fold(0.0, f64::max);
    assert!(distance < 0.09, "{covariance}");
}

#[test]
fn holdout_and_training_share_no_sample() {
    let mut task = TeacherTask::new(TeacherConfig::default(), 1).unwrap();
    let bits = |x: &Array2<f32>| -> Vec<u32> {
        x.index_axis(Axis(1), 0)
            .iter()
            .map(|v| v.to_bits())
            .collect()
    };
    let held: std::collections::HashSet<u32> = bits(&task.holdout(500).unwrap().inputs)
        .into_iter()
        .collect();
    let mut repeats = 0;
    for step in 0..50 {
        repeats += bits(&task.batch(step, 10).unwrap().inputs)
            .iter()
            .filter(|b| held.contains(b))
            .count();
    }
    // First coordinates of 500 x 500 pairs collide by chance in f32 a few hundredths of a time; a shared stream gives hundreds.
    assert!(repeats < 4, "{repeats} of 500 samples repeat");
}

#[test]
fn a_sine_teacher_without_phases_is_odd() {
    let config = TeacherConfig {
        phase: 0.0,
        ..small(TeacherActivation::Sine, Spectrum::White)
    };
    let odd = TeacherTask::new(config.clone(), 3).unwrap();
    let own = odd.holdout(50).unwrap();
    let labels = slow_labels(&config, 3, &own.inputs);
    assert!(labels.iter().any(|y| y.abs() > 0.1));
    let mirrored = slow_labels(&config, 3, &own.inputs.mapv(|x| -x));
    assert!((&labels + &mirrored).iter().all(|sum| sum.abs() < 1e-12));
    assert!(
        (&values(&own).mapv(f64::from) - &labels)
            .iter()
            .all(|e| e.abs() < 1e-5)
    );
}

#[test]
fn nonsense_is_refused_with_the_field_named() {
    for (config, field) in [
        (
            TeacherConfig {
                inputs: 0,
                ..TeacherConfig::default()
            },
            "inputs",
        ),
        (
            TeacherConfig {
                hidden: 0,
                ..TeacherConfig::default()
            },
            "hidden",
        ),
        (
            TeacherConfig {
                outputs: 0,
                ..TeacherConfig::default()
            },
            "outputs",
        ),
        (
            TeacherConfig {
                amplitude: f32::NAN,
                ..TeacherConfig::default()
            },
            "amplitude",
        ),
        (
            TeacherConfig {
                phase: f32::INFINITY,
                ..TeacherConfig::default()
            },
            "phase",
        ),
        (
            TeacherConfig {
                spectrum: Spectrum::PowerLaw {
                    exponent: f64::INFINITY,
                },
                ..TeacherConfig::default()
            },
            "exponent",
        ),
    ] {
        let error = TeacherTask::new(config, 0).unwrap_err();
        assert!(error.to_string().contains(field), "{error}");
    }
    let mut task = TeacherTask::new(TeacherConfig::default(), 0).unwrap();
    assert!(matches!(task.batch(0, 0), Err(DataError::Empty { .. })));
    assert!(matches!(task.holdout(0), Err(DataError::Empty { .. })));
}

#[test]
fn settings_are_read_strictly_and_default_where_left_out() {
    let read = |text: &str| serde_json::from_str::<TeacherConfig>(text);
    assert_eq!(read("{}").unwrap(), TeacherConfig::default());
    let spectrum = Spectrum::PowerLaw { exponent: 0.75 };
    let config = small(TeacherActivation::Relu, spectrum);
    let text = r#"{"inputs": 6, "hidden": 5, "outputs": 2, "activation": "relu", "amplitude": 0.7, "phase": 0.6, "spectrum": {"power_law": {"exponent": 0.75}}}"#;
    assert_eq!(read(text).unwrap(), config);
    assert_eq!(
        read(&serde_json::to_string(&config).unwrap()).unwrap(),
        config
    );
    for typo in [
        r#"{"input": 6}"#,
        r#"{"activation": "sin"}"#,
        r#"{"spectrum": {"power_law": {"exponent": 1, "k": 2}}}"#,
    ] {
        assert!(read(typo).is_err(), "{typo}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn targets_follow_the_formula(seed: u64, step: u64, relu: bool, white: bool, size in 1..9_usize) {
        let activation = if relu { TeacherActivation::Relu } else { TeacherActivation::Sine };
        let spectrum = if white { Spectrum::White } else { Spectrum::PowerLaw { exponent: 0.75 } };
        let config = small(activation, spectrum);
        let batch = TeacherTask::new(config.clone(), seed).unwrap().batch(step, size).unwrap();
        let slow = slow_labels(&config, seed, &batch.inputs);
        for (fast, slow) in values(&batch).iter().zip(&slow) {
            prop_assert!((f64::from(*fast) - slow).abs() < 1e-5, "{} against {}", fast, slow);
        }
    }

    #[test]
    fn a_batch_is_a_function_of_seed_step_and_size(seed: u64, steps in prop::collection::vec((any::<u64>(), 1..9_usize), 1..6)) {
        let config = small(TeacherActivation::Sine, Spectrum::PowerLaw { exponent: 1.0 });
        let mut one = TeacherTask::new(config.clone(), seed).unwrap();
        let forward: Vec<Batch> = steps.iter().map(|(s, n)| one.batch(*s, *n).unwrap()).collect();
        for ((step, size), batch) in steps.iter().zip(forward).rev() {
            let mut other = TeacherTask::new(config.clone(), seed).unwrap();
            other.holdout(3).unwrap();
            prop_assert_eq!(&other.batch(*step, *size).unwrap(), &batch);
            prop_assert_eq!(&one.batch(*step, *size).unwrap(), &batch);
        }
    }

    #[test]
    fn seeds_differ_in_teacher_and_inputs(seed in 0..u64::MAX) {
        let config = small(TeacherActivation::Sine, Spectrum::White);
        let a = TeacherTask::new(config.clone(), seed).unwrap().batch(0, 4).unwrap();
        let b = TeacherTask::new(config, seed + 1).unwrap().batch(0, 4).unwrap();
        prop_assert!(a.inputs != b.inputs && a.targets != b.targets);
    }
}
