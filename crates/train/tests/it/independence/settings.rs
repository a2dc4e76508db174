//! Settings that make no sense are refused, with the numbers.

use formant_backend::{Flex, MemberExecution};
use formant_data::{Batch, Targets, Task};
use formant_train::{Ensemble, Loss, MemberBatch, OptimizerConfig, TrainError, Trainer};
use ndarray::Array2;

use super::runs::{MEMBERS, Member, Run};

/// What making a trainer of one member with these settings says.
fn refusal(change: impl Fn(&mut Run, &mut Member)) -> TrainError {
    let (mut run, mut member) = (Run::default(), MEMBERS[0]);
    change(&mut run, &mut member);
    run.trainer::<Flex>(&[member]).map(|_| ()).unwrap_err()
}

fn assert_setting(error: TrainError, name: &str, value: f64) {
    match error {
        TrainError::Setting {
            field,
            found,
            expected,
        } => {
            let same = found == value || (found.is_nan() && value.is_nan());
            assert!(
                field == name && same,
                "{field} {found}, expected {name} {value}"
            );
            assert!(!expected.is_empty());
        }
        other => panic!("{other}"),
    }
}

#[test]
fn rates_out_of_range_are_refused() {
    for value in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        assert_setting(
            refusal(|_, m| m.learning_rate = value),
            "learning_rate",
            value,
        );
    }
    for value in [-1e-3, f64::NAN, f64::INFINITY] {
        assert_setting(
            refusal(|_, m| m.weight_decay = value),
            "weight_decay",
            value,
        );
    }
    let none = Member {
        weight_decay: 0.0,
        ..MEMBERS[0]
    };
    assert!(
        Run::default().trainer::<Flex>(&[none]).is_ok(),
        "no decay is allowed"
    );
}

#[test]
fn optimiser_settings_out_of_range_are_refused() {
    for value in [1.0, -0.1, f64::NAN] {
        let with = |optimizer| refusal(|run, _| run.optimizer = optimizer);
        let adam = |beta1, beta2, epsilon| OptimizerConfig::Adam {
            beta1,
            beta2,
            epsilon,
        };
        assert_setting(
            with(OptimizerConfig::Sgd { momentum: value }),
            "momentum",
            value,
        );
        assert_setting(with(adam(value, 0.999, 1e-8)), "beta1", value);
        assert_setting(with(adam(0.9, value, 1e-8)), "beta2", value);
    }
    let optimizer = OptimizerConfig::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: -1e-8,
    };
    assert_setting(
        refusal(|run, _| run.optimizer = optimizer),
        "epsilon",
        -1e-8,
    );
}

#[test]
fn a_rate_for_each_member_is_asked_for() {
    let run = Run::default();
    let device = Default::default();
    for (learning_rates, weight_decays, name) in [(2, 3, "learning rates"), (3, 4, "weight decays")]
    {
        let model = run.shape().init::<Flex>(&[1, 2, 3], &device).unwrap();
        let rates = formant_train::MemberRates {
            learning_rate: vec![0.1; learning_rates],
            weight_decay: vec![0.1; weight_decays],
        };
        let error = Trainer::new(
            model,
            run.optimizer,
            rates,
            Loss::SquaredError,
            run.memory,
            &device,
        )
        .map(|_: Trainer<Flex, _>| ())
        .unwrap_err();
        assert!(
            matches!(error, TrainError::Members { members: 3, .. }),
            "{error}"
        );
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_loss_that_does_not_fit_the_targets_is_refused() {
    let run = Run::default();
    let device = Default::default();
    let rates = formant_train::MemberRates {
        learning_rate: vec![0.1],
        weight_decay: vec![0.0],
    };
    let tasks = vec![Box::new(Run::task(1)) as Box<dyn Task>];
    let error = Ensemble::<Flex, _>::new(MemberExecution::Workers, tasks, &[0], |_| {
        let model = run.shape().init::<Flex>(&[1], &device)?;
        Trainer::new(
            model,
            run.optimizer,
            rates.clone(),
            Loss::CrossEntropy,
            run.memory,
            &device,
        )
    })
    .map(|_| ())
    .unwrap_err();
    assert!(matches!(error, TrainError::Targets { .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("cross_entropy") && message.contains("values"),
        "{message}"
    );
}

#[test]
fn a_member_without_a_task_is_refused() {
    let run = Run::default();
    let tasks = vec![Box::new(Run::task(1)) as Box<dyn Task>];
    let trainer = |range: std::ops::Range<usize>| run.trainer::<Flex>(&MEMBERS[range]);
    let error = Ensemble::new(MemberExecution::Workers, tasks, &[0, 1], trainer);
    assert!(matches!(error.map(|_| ()), Err(TrainError::Members { .. })));
}

fn batch(samples: usize, targets: Targets) -> Batch {
    Batch {
        inputs: Array2::ones((samples, 10)),
        targets,
    }
}

#[test]
fn batches_of_different_sizes_cannot_be_stacked() {
    let of = |samples| batch(samples, Targets::Values(Array2::ones((samples, 2))));
    let error = MemberBatch::<Flex>::stack(&[&of(4), &of(5)], 2, &Default::default()).unwrap_err();
    assert!(
        matches!(error, TrainError::Members { found: 5, .. }),
        "{error}"
    );
}

#[test]
fn classes_become_one_hot_rows() {
    let one = batch(3, Targets::Classes(vec![2, 0, 1]));
    let stacked = MemberBatch::<Flex>::stack(&[&one], 3, &Default::default()).unwrap();
    assert_eq!(stacked.inputs.dims(), [1, 3, 10]);
    let rows: Vec<f32> = stacked.targets.into_data().iter().collect();
    assert_eq!(rows, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

/// Such targets used to end in a panic inside the tensor library.
#[test]
fn targets_that_do_not_fit_the_outputs_are_refused() {
    let class = batch(2, Targets::Classes(vec![0, 3]));
    let values = batch(2, Targets::Values(Array2::ones((2, 4))));
    for one in [class, values] {
        let error = MemberBatch::<Flex>::stack(&[&one], 3, &Default::default()).unwrap_err();
        assert!(error.to_string().contains('3'), "{error}");
    }
}
