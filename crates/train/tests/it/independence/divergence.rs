//! A member that diverges is recorded, and the others do not notice.

use formant_backend::{Flex, MemberExecution, TensorMemory};
use formant_train::{Divergence, Quantity};

use super::runs::{ADAM, EXECUTIONS, MEMBERS, MEMORIES, Run, SGD, all_bits, bits, numbers};

const STEPS: u64 = 25;

/// Three members, the second of which cannot but diverge.
fn run(memory: TensorMemory, execution: MemberExecution) -> Run {
    let mut members = MEMBERS;
    members[1].learning_rate = 1e6;
    Run {
        members: members.to_vec(),
        memory,
        execution,
        ..Run::default()
    }
}

#[test]
fn the_others_end_in_the_bits_of_a_run_without_it() {
    for memory in MEMORIES {
        for execution in EXECUTIONS {
            let run = run(memory, execution);
            let found = run.train::<Flex>(STEPS);
            let without = Run {
                members: vec![run.members[0], run.members[2]],
                ..run
            };
            let expected = all_bits(&without.train::<Flex>(STEPS));
            let others = [bits(&found[0]), bits(&found[2])];
            assert!(others[..] == expected, "{memory:?} {execution:?}");
            assert_eq!((&found[0].divergence, &found[2].divergence), (&None, &None));
            assert!(found[1].divergence.is_some(), "{memory:?} {execution:?}");
        }
    }
}

#[test]
fn on_host_memory_the_first_step_is_recorded() {
    for execution in EXECUTIONS {
        let run = run(TensorMemory::Host, execution);
        let found = run.train::<Flex>(STEPS).remove(1).divergence.unwrap();
        assert!(found.step > 1 && found.step < STEPS, "{found:?}");
        assert_eq!(found.quantity, Quantity::Gradient);
        assert!(found.layer.starts_with("layers."), "{found:?}");
        let before = &run.train::<Flex>(found.step - 1)[1];
        assert_eq!(before.divergence, None);
        let (_, arrays) = bits(before);
        assert!(
            arrays
                .values()
                .flat_map(|a| numbers(a))
                .any(|w| w.abs() > 1e3),
            "not on its way"
        );
        assert_eq!(run.train::<Flex>(found.step)[1].divergence, Some(found));
    }
}

#[test]
fn on_a_device_it_is_seen_at_the_end_at_the_latest() {
    for execution in EXECUTIONS {
        let found = run(TensorMemory::Device, execution)
            .train::<Flex>(STEPS)
            .remove(1)
            .divergence;
        let Some(Divergence {
            step,
            layer,
            quantity,
        }) = found
        else {
            panic!("{execution:?}")
        };
        assert_eq!(
            (step, quantity),
            (STEPS, Quantity::Parameter),
            "{execution:?}"
        );
        assert!(layer.starts_with("layers."), "{layer}");
    }
}

#[test]
fn one_member_says_the_same_alone_and_among_others() {
    for optimizer in [SGD, ADAM] {
        let of = |execution| Run {
            optimizer,
            ..run(TensorMemory::Host, execution)
        };
        let [workers, batched] =
            EXECUTIONS.map(|e| of(e).train::<Flex>(STEPS).remove(1).divergence);
        let run = of(MemberExecution::Workers);
        let alone = Run {
            members: vec![run.members[1]],
            ..run
        };
        assert_eq!(alone.train::<Flex>(STEPS).remove(0).divergence, workers);
        assert_eq!(workers, batched, "{optimizer:?}");
    }
}

#[test]
fn a_worker_leaves_off_where_its_member_diverged() {
    let found = run(TensorMemory::Host, MemberExecution::Workers).train::<Flex>(STEPS);
    assert_eq!(found[1].step, found[1].divergence.as_ref().unwrap().step);
    assert_eq!((found[0].step, found[2].step), (STEPS, STEPS));
}

#[test]
fn an_ensemble_may_diverge_as_a_whole() {
    for execution in EXECUTIONS {
        let one = run(TensorMemory::Host, execution).members[1];
        let run = Run {
            members: vec![one, one],
            ..run(TensorMemory::Host, execution)
        };
        let ensemble = run.ensemble::<Flex>();
        run.advance(&ensemble, 1000);
        assert!(
            ensemble.divergence().iter().all(Option::is_some),
            "{execution:?}"
        );
        assert!(
            ensemble.steps() < 1000,
            "{execution:?} went on with nothing to train"
        );
    }
}
