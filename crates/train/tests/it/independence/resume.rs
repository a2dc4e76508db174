//! Where a run was stopped makes no difference.

use formant_backend::{Flex, MemberExecution};
use formant_models::Mlp;
use formant_train::{Checkpoint, Ensemble, TrainError};

use super::runs::{ADAM, EXECUTIONS, MEMBERS, MEMORIES, Run, SGD, all_bits};

/// Saves every member, reads the files back and gives them to a new ensemble, as another process would.
fn restart(run: &Run, stopped: &[Checkpoint]) -> Ensemble<Flex, Mlp<Flex>> {
    let folder = tempfile::tempdir().unwrap();
    let path = |member| folder.path().join(format!("{member}.safetensors"));
    for (member, checkpoint) in stopped.iter().enumerate() {
        checkpoint.save(&path(member), "a run").unwrap();
    }
    let load = |member| Checkpoint::load(&path(member), "a run").unwrap().unwrap();
    let loaded: Vec<Checkpoint> = (0..stopped.len()).map(load).collect();
    let ensemble = run.ensemble();
    ensemble.restore(&loaded).unwrap();
    ensemble
}

#[test]
fn a_run_that_was_stopped_ends_in_the_bits_of_an_unbroken_one() {
    for optimizer in [SGD, ADAM] {
        for memory in MEMORIES {
            for execution in EXECUTIONS {
                let run = Run {
                    optimizer,
                    memory,
                    execution,
                    ..Run::default()
                };
                let resumed = restart(&run, &run.train::<Flex>(13));
                assert_eq!(resumed.steps(), 13);
                run.advance(&resumed, 40);
                let resumed = all_bits(&run.checkpoints(&resumed));
                assert!(resumed == all_bits(&run.train::<Flex>(40)), "{run:?}");
            }
        }
    }
}

#[test]
fn a_run_may_stop_before_its_first_step_and_after_its_last() {
    for memory in MEMORIES {
        let run = Run {
            optimizer: ADAM,
            memory,
            ..Run::default()
        };
        let unbroken = all_bits(&run.train::<Flex>(5));
        for stop in [0, 5] {
            let resumed = restart(&run, &run.train::<Flex>(stop));
            run.advance(&resumed, 5);
            assert!(
                all_bits(&run.checkpoints(&resumed)) == unbroken,
                "{memory:?}, stop at {stop}"
            );
        }
    }
}

#[test]
fn a_stopped_run_may_go_on_in_another_way() {
    let of = |execution, workers| Run {
        execution,
        workers,
        ..Run::default()
    };
    let stopped = of(MemberExecution::Batched, 1).train::<Flex>(13);
    let run = of(MemberExecution::Workers, 3);
    let resumed = restart(&run, &stopped);
    run.advance(&resumed, 40);
    assert!(all_bits(&run.checkpoints(&resumed)) == all_bits(&run.train::<Flex>(40)));
}

/// A kill may come between the checkpoints of two members.
#[test]
fn members_that_stopped_at_different_steps_catch_up() {
    let run = Run::default();
    let mut stopped = run.train::<Flex>(13);
    stopped[1] = run.train::<Flex>(26).remove(1);
    let resumed = restart(&run, &stopped);
    run.advance(&resumed, 20);
    run.advance(&resumed, 40);
    assert!(all_bits(&run.checkpoints(&resumed)) == all_bits(&run.train::<Flex>(40)));
}

#[test]
fn one_batched_model_cannot_be_at_two_steps() {
    let run = Run {
        execution: MemberExecution::Batched,
        ..Run::default()
    };
    let mut stopped = run.train::<Flex>(13);
    stopped[1] = run.train::<Flex>(26).remove(1);
    let error = run.ensemble::<Flex>().restore(&stopped).unwrap_err();
    assert!(
        matches!(error, TrainError::CheckpointMismatch { .. }),
        "{error}"
    );
    let message = error.to_string();
    assert!(
        message.contains("26") && message.contains("13"),
        "{message}"
    );
}

#[test]
fn a_member_that_diverged_stays_so() {
    for execution in EXECUTIONS {
        let mut members = MEMBERS;
        members[1].learning_rate = 1e6;
        let run = Run {
            members: members.to_vec(),
            execution,
            ..Run::default()
        };
        let stopped = run.train::<Flex>(13);
        let divergence = stopped[1].divergence.clone();
        assert!(divergence.is_some());
        let resumed = restart(&run, &stopped);
        assert_eq!(resumed.divergence(), [None, divergence.clone(), None]);
        run.advance(&resumed, 40);
        assert_eq!(resumed.divergence(), [None, divergence, None]);
        let (resumed, unbroken) = (run.checkpoints(&resumed), run.train::<Flex>(40));
        assert!(all_bits(&resumed) == all_bits(&unbroken), "{execution:?}");
    }
}
