//! Batches made on another thread are those made on this one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use formant_data::augment::{Augmentation, AugmentedTask, Channel, CropFlip, ImageFormat};
use formant_data::{ClassificationTask, PrefetchedTask, Prefetcher, Task, digits};
use proptest::prelude::*;

fn augmented() -> Box<dyn Task> {
    let split = digits::load();
    let plain = ClassificationTask::new(split.train, split.test, 5).unwrap();
    let format = ImageFormat {
        height: 8,
        width: 8,
        channels: vec![Channel {
            mean: 0.0,
            std: 1.0,
        }],
    };
    let crop = Augmentation::Standard(CropFlip::default());
    Box::new(AugmentedTask::new(Box::new(plain), format, crop, 6).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn prefetched_batches_are_those_made_directly(
        runs in prop::collection::vec((0..500_u64, 1..6_u64, 0..40_usize), 1..5), ahead in 0..4_usize,
    ) {
        let (mut direct, mut prefetched) = (augmented(), PrefetchedTask::new(augmented(), ahead));
        prop_assert_eq!(prefetched.waited(), Duration::ZERO);
        for (start, steps, size) in runs {
            for step in start..start + steps {
                match (direct.batch(step, size), prefetched.batch(step, size)) {
                    (Ok(expected), Ok(found)) => prop_assert_eq!(found, expected),
                    (expected, found) => {
                        prop_assert_eq!(found.unwrap_err().to_string(), expected.unwrap_err().to_string());
                    }
                }
                prop_assert_eq!(prefetched.holdout(3).unwrap(), direct.holdout(3).unwrap());
            }
        }
        prop_assert!(prefetched.waited() > Duration::ZERO);
        prop_assert_eq!((prefetched.inputs(), prefetched.outputs()), (direct.inputs(), direct.outputs()));
        prop_assert_eq!(prefetched.data_hashes(), direct.data_hashes());
    }
}

#[test]
fn the_next_steps_are_made_before_they_are_asked_for() {
    let (made, steps) = std::sync::mpsc::channel();
    let mut prefetcher = Prefetcher::new(2, move |step, size| {
        let _ = made.send((step, size));
        step
    });
    assert_eq!(prefetcher.get(7, 3), 7);
    // Two kept ready beside the one that is asked for and the one that is being made.
    let first: Vec<_> = steps.iter().take(4).collect();
    assert_eq!(first, [(7, 3), (8, 3), (9, 3), (10, 3)]);
    assert_eq!(prefetcher.get(8, 3), 8);
    assert_eq!(prefetcher.get(8, 3), 8);
    assert_eq!(prefetcher.get(u64::MAX, 1), u64::MAX);
    assert_eq!(prefetcher.get(0, 1), 0);
}

#[test]
fn a_panic_is_the_callers() {
    let mut prefetcher = Prefetcher::new(1, |step, _| {
        assert!(step != 4, "step 4");
        step
    });
    assert_eq!(prefetcher.get(3, 1), 3);
    let caught = catch_unwind(AssertUnwindSafe(|| prefetcher.get(4, 1)));
    assert!(caught.is_err());
    assert_eq!(prefetcher.get(5, 1), 5);
}
