//! Work side by side on the cores of a CPU.

use std::num::NonZeroUsize;

use formant_train::{on_workers, single_threaded};

#[test]
fn results_keep_the_order_of_the_items() {
    let items: Vec<u64> = (0..50).collect();
    for workers in [1, 3, 8] {
        let workers = NonZeroUsize::new(workers).unwrap();
        let squares = on_workers(workers, &items, |x| x * x);
        assert_eq!(squares, items.iter().map(|x| x * x).collect::<Vec<_>>());
    }
}

#[test]
fn workers_flush_subnormals_and_callers_do_not() {
    let tiny = std::hint::black_box(f32::MIN_POSITIVE);
    let half = || std::hint::black_box(tiny) * std::hint::black_box(0.5);
    assert_eq!(single_threaded(half), 0.0);
    assert!(half() > 0.0);
}
