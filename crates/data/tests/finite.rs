//! Tasks over given arrays, and classes as values.

use formant_data::{
    Batch, ClassificationTask, DataError, FiniteTask, NoisyTargets, OneHotTask, TargetKind,
    Targets, Task, TeacherConfig, TeacherTask, digits,
};
use ndarray::{Array2, array};
use proptest::prelude::*;

/// Item i is (i, -i), its target 10 i.
fn numbers(len: usize, seed: u64) -> FiniteTask {
    let inputs = Array2::from_shape_fn((len, 2), |(i, j)| [i as f32, -(i as f32)][j]);
    let targets = Array2::from_shape_fn((len, 1), |(i, _)| 10.0 * i as f32);
    FiniteTask::new("numbers", inputs, targets, seed).unwrap()
}

fn values(batch: &Batch) -> &Array2<f32> {
    match &batch.targets {
        Targets::Values(values) => values,
        Targets::Classes(_) => panic!("classes"),
    }
}

/// The items of a batch, once it is known that rows and targets belong together.
fn items(batch: &Batch) -> Vec<usize> {
    let rows = batch.inputs.rows().into_iter().zip(values(batch).column(0));
    rows.map(|(row, target)| {
        assert_eq!((row[1], *target), (-row[0], 10.0 * row[0]));
        row[0] as usize
    })
    .collect()
}

fn classes() -> ClassificationTask {
    let digits = digits::load();
    ClassificationTask::new(digits.train, digits.test, 3).unwrap()
}

#[test]
fn the_first_items_are_measured() {
    let task = numbers(7, 1);
    assert_eq!(items(&task.holdout(3).unwrap()), [0, 1, 2]);
    assert_eq!(items(&task.holdout(7).unwrap()).len(), 7);
    assert_eq!(items(&task.items(&[6, 0, 6]).unwrap()), [6, 0, 6]);
    assert_eq!((task.inputs(), task.outputs(), task.len()), (2, 1, 7));
    assert_eq!(task.target_kind(), TargetKind::Regression);
    assert!(task.data_hashes().is_empty() && !task.is_empty());
}

#[test]
fn the_walk_is_that_of_the_classification_task() {
    let digits = digits::load();
    let len = digits.train.labels().len();
    let mut walk = ClassificationTask::new(digits.train.clone(), digits.test, 3).unwrap();
    let inputs = Array2::from_shape_fn((len, 1), |(i, _)| i as f32);
    let mut finite = FiniteTask::new("indices", inputs.clone(), inputs, 3).unwrap();
    for step in [0, 1, 40, 1000] {
        let Targets::Classes(expected) = walk.batch(step, 32).unwrap().targets else {
            panic!("values");
        };
        let batch = finite.batch(step, 32).unwrap();
        let label = |i: &f32| u32::from(digits.train.labels()[*i as usize]);
        assert_eq!(
            values(&batch).iter().map(label).collect::<Vec<_>>(),
            expected
        );
    }
}

#[test]
fn impossible_arrays_and_requests_are_refused() {
    let mut task = numbers(4, 0);
    assert!(matches!(task.batch(0, 0), Err(DataError::Empty { .. })));
    assert!(matches!(task.batch(0, 5), Err(DataError::TooMany { .. })));
    assert!(matches!(task.holdout(0), Err(DataError::Empty { .. })));
    assert!(matches!(task.holdout(5), Err(DataError::TooMany { .. })));
    let message = task.items(&[1, 4]).unwrap_err().to_string();
    assert!(message.contains("sample 4 of numbers"), "{message}");
    let new = |inputs, targets| FiniteTask::new("it", inputs, targets, 0).unwrap_err();
    let error = new(Array2::zeros((0, 2)), Array2::zeros((0, 1)));
    assert!(matches!(error, DataError::EmptySet { .. }));
    let error = new(Array2::zeros((3, 2)), Array2::zeros((3, 0)));
    assert!(matches!(error, DataError::EmptySet { .. }));
    let message = new(Array2::zeros((3, 2)), Array2::zeros((2, 1))).to_string();
    assert!(
        message.contains("3 rows of inputs, but 2 rows"),
        "{message}"
    );
    let message = new(array![[0.0], [f32::NAN]], array![[0.0], [0.0]]).to_string();
    assert!(message.contains("inputs of item 1 of it"), "{message}");
    let message = new(array![[0.0]], array![[f32::INFINITY]]).to_string();
    assert!(message.contains("targets of item 0"), "{message}");
}

#[test]
fn one_hot_targets_are_the_classes() {
    let mut plain = classes();
    let mut task = OneHotTask::new(Box::new(classes())).unwrap();
    assert_eq!((task.inputs(), task.outputs()), (64, 10));
    assert_eq!(task.target_kind(), TargetKind::Regression);
    assert_eq!(task.data_hashes(), plain.data_hashes());
    let pairs = [
        (plain.batch(5, 30).unwrap(), task.batch(5, 30).unwrap()),
        (plain.holdout(20).unwrap(), task.holdout(20).unwrap()),
        (
            plain.training_samples(20).unwrap(),
            task.training_samples(20).unwrap(),
        ),
    ];
    for (plain, batch) in pairs {
        assert_eq!(plain.inputs, batch.inputs);
        let Targets::Classes(classes) = plain.targets else {
            panic!("values");
        };
        let expected = Array2::from_shape_fn((classes.len(), 10), |(i, j)| {
            f32::from(u8::from(classes[i] as usize == j))
        });
        assert_eq!(values(&batch), &expected);
    }
}

#[test]
fn values_are_not_made_one_hot() {
    let teacher = TeacherTask::new(TeacherConfig::default(), 0).unwrap();
    let refused = OneHotTask::new(Box::new(teacher));
    assert!(matches!(refused, Err(DataError::NotClasses)));
    // A class replaced by noise is still a class.
    let noisy = NoisyTargets::new(Box::new(classes()), 0.5, 1).unwrap();
    let batch = OneHotTask::new(Box::new(noisy))
        .unwrap()
        .batch(0, 16)
        .unwrap();
    assert!(
        values(&batch)
            .rows()
            .into_iter()
            .all(|row| row.sum() == 1.0)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_epoch_sees_no_item_twice(len in 1..40_usize, size in 1..40_usize, seed: u64, epoch in 0..1000_u64) {
        prop_assume!(size <= len);
        let mut task = numbers(len, seed);
        let batches = (len / size) as u64;
        let mut seen: Vec<usize> = (0..batches)
            .flat_map(|i| items(&task.batch(epoch * batches + i, size).unwrap()))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen.len(), len / size * size);
    }

    #[test]
    fn access_is_random(seed: u64, steps in prop::collection::vec(0..100_u64, 1..10), size in 1..8_usize) {
        let mut one = numbers(17, seed);
        for step in steps {
            prop_assert_eq!(one.batch(step, size).unwrap(), numbers(17, seed).batch(step, size).unwrap());
        }
    }
}
