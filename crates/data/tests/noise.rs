//! Noise on training targets.

use formant_data::{DataError, NoisyTargets, Targets, Task, TeacherConfig, TeacherTask};

fn teacher(seed: u64) -> Box<dyn Task> {
    Box::new(TeacherTask::new(TeacherConfig::default(), seed).unwrap())
}

fn noisy(level: f64, seed: u64) -> NoisyTargets {
    NoisyTargets::new(teacher(seed), level, seed).unwrap()
}

fn values(targets: Targets) -> Vec<f32> {
    match targets {
        Targets::Values(values) => values.into_iter().collect(),
        Targets::Classes(classes) => classes.into_iter().map(|class| class as f32).collect(),
    }
}

#[test]
fn values_gain_noise_of_the_level_and_inputs_and_held_out_samples_none() {
    let (mut plain, mut noisy) = (teacher(3), noisy(0.25, 3));
    let (clean, loud) = (plain.batch(7, 4000).unwrap(), noisy.batch(7, 4000).unwrap());
    assert_eq!(clean.inputs, loud.inputs);
    let (clean, loud) = (values(clean.targets), values(loud.targets));
    let noise: Vec<f64> = loud
        .iter()
        .zip(&clean)
        .map(|(a, b)| f64::from(a - b))
        .collect();
    let mean = noise.iter().sum::<f64>() / 4000.0;
    let deviation = (noise.iter().map(|x| x * x).sum::<f64>() / 4000.0).sqrt();
    assert!(
        mean.abs() < 0.02 && (deviation - 0.25).abs() < 0.02,
        "{mean} {deviation}"
    );
    assert_eq!(plain.holdout(50).unwrap(), noisy.holdout(50).unwrap());
    assert_eq!(
        plain.training_samples(50).unwrap(),
        noisy.training_samples(50).unwrap()
    );
}

#[test]
fn the_noise_of_a_step_is_the_same_whatever_was_drawn_before() {
    let mut first = noisy(0.1, 4);
    first.batch(0, 8).unwrap();
    let after = first.batch(5, 8).unwrap();
    assert_eq!(after, noisy(0.1, 4).batch(5, 8).unwrap());
    assert!(after != noisy(0.1, 4).batch(6, 8).unwrap());
}

#[test]
fn about_the_stated_share_of_classes_is_redrawn() {
    let split = formant_data::digits::load();
    let task = |noise: f64| -> Vec<f32> {
        let (train, test) = (split.train.clone(), split.test.clone());
        let clean = formant_data::ClassificationTask::new(train, test, 1).unwrap();
        let mut task = NoisyTargets::new(Box::new(clean), noise, 1).unwrap();
        values(task.batch(0, 1000).unwrap().targets)
    };
    let (clean, some, all) = (task(0.0), task(0.3), task(1.0));
    let changed = |other: &[f32]| other.iter().zip(&clean).filter(|(a, b)| a != b).count();
    // A class is drawn from all ten, so that one in ten stays by chance.
    assert!((220..320).contains(&changed(&some)), "{}", changed(&some));
    assert!((850..950).contains(&changed(&all)), "{}", changed(&all));
}

#[test]
fn levels_out_of_range_are_refused() {
    for level in [-0.1, f64::NAN] {
        let refused = NoisyTargets::new(teacher(0), level, 0).err().unwrap();
        assert!(
            matches!(
                refused,
                DataError::Config {
                    field: "label_noise",
                    ..
                }
            ),
            "{refused}"
        );
    }
    let split = formant_data::digits::load();
    let digits = formant_data::ClassificationTask::new(split.train, split.test, 1).unwrap();
    assert!(NoisyTargets::new(Box::new(digits), 1.5, 0).is_err());
}
