//! The other members, and how members run, make no difference.

use std::sync::atomic::{AtomicU64, Ordering};

use formant_backend::{
    BackendName, Flex, KernelsAutodiff, MemberExecution, NdArray, TensorMemory, open,
};
use formant_train::{Checkpoint, Schedule, member_independence};

use super::runs::{ADAM, EXECUTIONS, MEMBERS, MEMORIES, Run, SGD, all_bits, bits, distance};

const STEPS: u64 = 20;

#[test]
fn workers_and_a_batched_model_end_in_the_same_bits() {
    for memory in MEMORIES {
        for optimizer in [SGD, ADAM] {
            let of = |execution| Run {
                memory,
                optimizer,
                execution,
                ..Run::default()
            };
            let [workers, batched] = EXECUTIONS.map(|e| all_bits(&of(e).train::<Flex>(STEPS)));
            assert!(workers == batched, "{memory:?} {optimizer:?}");
        }
    }
}

#[test]
fn the_number_of_workers_makes_no_difference() {
    for execution in EXECUTIONS {
        let of = |workers| {
            all_bits(
                &Run {
                    workers,
                    execution,
                    ..Run::default()
                }
                .train::<Flex>(STEPS),
            )
        };
        let one = of(1);
        assert!(one == of(2) && one == of(3), "{execution:?}");
    }
}

/// Products from 192^3 multiplications on may spread over threads.
#[test]
fn wide_layers_end_in_the_same_bits_too() {
    let of = |workers, execution| {
        let wide = Run {
            width: 300,
            batch: 100,
            workers,
            execution,
            ..Run::default()
        };
        all_bits(&wide.train::<Flex>(3))
    };
    let one = of(1, MemberExecution::Workers);
    assert!(one == of(3, MemberExecution::Workers));
    assert!(one == of(1, MemberExecution::Batched));
}

/// Every member on its own, with the same way of running.
fn alone<B: KernelsAutodiff>(run: &Run) -> Vec<Checkpoint> {
    let one = |member| {
        Run {
            members: vec![member],
            ..run.clone()
        }
        .train::<B>(STEPS)
        .remove(0)
    };
    run.members.iter().copied().map(one).collect()
}

#[test]
fn a_member_alone_ends_in_the_bits_it_has_among_others() {
    for execution in EXECUTIONS {
        for memory in MEMORIES {
            let run = Run {
                execution,
                memory,
                optimizer: ADAM,
                ..Run::default()
            };
            assert!(
                all_bits(&run.train::<Flex>(STEPS)) == all_bits(&alone::<Flex>(&run)),
                "{run:?}"
            );
        }
    }
}

#[test]
fn the_order_of_members_makes_no_difference() {
    for execution in EXECUTIONS {
        let run = Run {
            execution,
            ..Run::default()
        };
        let mut reversed = Run {
            members: MEMBERS.into_iter().rev().collect(),
            ..run.clone()
        }
        .train::<Flex>(STEPS);
        reversed.reverse();
        assert!(
            all_bits(&run.train::<Flex>(STEPS)) == all_bits(&reversed),
            "{execution:?}"
        );
    }
}

#[test]
fn members_differ_from_each_other() {
    let members = Run::default().train::<Flex>(STEPS);
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        assert!(
            distance(&members[one], &members[other]) > 1e-4,
            "{one} and {other}"
        );
    }
}

#[test]
fn ndarray_keeps_to_the_tolerance_that_it_declares() {
    let tolerance = BackendName::NdArray.member_tolerance();
    for execution in EXECUTIONS {
        let run = Run {
            execution,
            ..Run::default()
        };
        let together = run.train::<NdArray>(STEPS);
        for (one, other) in together.iter().zip(alone::<NdArray>(&run)) {
            let distance = distance(one, &other);
            assert!(
                distance <= tolerance,
                "{execution:?}: {distance:e} above {tolerance:e}"
            );
        }
    }
    assert!(member_independence::<NdArray>(&Default::default()).unwrap() <= tolerance);
}

#[test]
fn the_check_of_backends_finds_flex_bit_identical() {
    let found = member_independence::<Flex>(&Default::default()).unwrap();
    assert_eq!(
        found,
        open(BackendName::Flex)
            .unwrap()
            .capabilities()
            .member_tolerance
    );
}

/// Batches are drawn in blocks of a few megabytes: here twelve steps each.
#[test]
fn where_blocks_and_calls_end_makes_no_difference() {
    let run = Run {
        batch: 8192,
        members: MEMBERS[..2].to_vec(),
        ..Run::default()
    };
    let at_once = all_bits(&run.train::<Flex>(27));
    let ensemble = run.ensemble::<Flex>();
    for until in [1, 2, 5, 26, 26, 3, 27] {
        run.advance(&ensemble, until);
    }
    assert_eq!(ensemble.steps(), 27);
    assert!(all_bits(&run.checkpoints(&ensemble)) == at_once);
}

#[test]
fn progress_counts_every_step_of_every_member_once() {
    for execution in EXECUTIONS {
        let run = Run {
            execution,
            ..Run::default()
        };
        let (ensemble, steps) = (run.ensemble::<Flex>(), AtomicU64::new(0));
        let workers = 2.try_into().unwrap();
        let schedule = Schedule {
            until: 9,
            batch: 4,
            workers,
        };
        let count = |more| {
            steps.fetch_add(more, Ordering::Relaxed);
        };
        ensemble.advance(schedule, count).unwrap();
        assert_eq!(steps.into_inner(), 9 * 3, "{execution:?}");
    }
}

/// The two ways to update are two orders of the same arithmetic: close, but not bit-identical.
#[test]
fn host_and_device_updates_agree_within_rounding() {
    for optimizer in [SGD, ADAM] {
        let of = |memory| {
            Run {
                memory,
                optimizer,
                ..Run::default()
            }
            .train::<Flex>(STEPS)
        };
        let [host, device] = [TensorMemory::Host, TensorMemory::Device].map(of);
        for (host, device) in host.iter().zip(&device) {
            assert!(
                distance(host, device) < 1e-5,
                "{optimizer:?}: {:e}",
                distance(host, device)
            );
        }
        assert_eq!(bits(&host[0]).1.len(), bits(&device[0]).1.len());
    }
}
