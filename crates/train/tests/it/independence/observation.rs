//! Who looks on makes no difference.

use formant_backend::{Flex, KernelsAutodiff, NdArray};
use formant_data::Task;
use formant_probe::{Observer, Tap};
use formant_train::{Checkpoint, Loss, MemberBatch, measure_members};

use super::runs::{ADAM, MEMBERS, Run, SGD, bits};

/// Thirty steps of one member with an observer made anew for each; `between` sees the network after each step.
fn train<B: KernelsAutodiff, O: Observer<B>>(
    run: &Run,
    observer: impl Fn() -> O,
    between: impl Fn(&formant_models::Mlp<B>),
) -> Checkpoint {
    let mut trainer = run.trainer::<B>(&MEMBERS[..1]).unwrap();
    let mut task = Run::task(MEMBERS[0].seed);
    for step in 0..30 {
        let batch = task.batch(step, run.batch).unwrap();
        let batch = MemberBatch::stack(&[&batch], 2, trainer.device()).unwrap();
        trainer.step(batch, &mut observer());
        between(trainer.model());
    }
    trainer.checkpoint(0).unwrap()
}

fn assert_observation_changes_nothing<B: KernelsAutodiff>() {
    for optimizer in [SGD, ADAM] {
        let run = Run {
            optimizer,
            ..Run::default()
        };
        let plain = bits(&train::<B, _>(&run, || (), |_| {}));
        let tapped = train::<B, _>(&run, Tap::new, |_| {});
        assert!(
            bits(&tapped) == plain,
            "{optimizer:?}: a tap changes the weights"
        );
        let measured = train::<B, _>(&run, || (), measure);
        assert!(
            bits(&measured) == plain,
            "{optimizer:?}: a measurement changes the weights"
        );
    }
}

fn measure<B: KernelsAutodiff>(model: &formant_models::Mlp<B>) {
    let held_out = Run::task(MEMBERS[0].seed).holdout(40).unwrap();
    let (loss, device) = (Loss::SquaredError, Default::default());
    let measured = measure_members(model, loss, &[&held_out], 2, &device).unwrap();
    assert_eq!(measured[0].layers.as_ref().unwrap().len(), 3);
    let evaluation = measured[0].evaluation;
    assert!(evaluation.loss > 0.0 && evaluation.accuracy.is_none());
}

#[test]
fn weights_are_the_same_with_and_without_observation_on_flex() {
    assert_observation_changes_nothing::<Flex>();
}

#[test]
fn weights_are_the_same_with_and_without_observation_on_ndarray() {
    assert_observation_changes_nothing::<NdArray>();
}
