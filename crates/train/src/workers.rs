//! Members side by side on the cores of a CPU.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` for each item on up to `workers` threads, each of which is single-threaded inside, and gives the
/// results in the order of the items. An item's result does not depend on how many workers there are.
pub fn on_workers<I: Sync, T: Send>(
    workers: NonZeroUsize,
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..workers.get().min(items.len()) {
            scope.spawn(|| {
                single_threaded(|| {
                    while let Some((index, item)) = {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        items.get(index).map(|item| (index, item))
                    } {
                        let result = work(item);
                        // A worker that panicked poisons the lock; its panic ends the scope anyway.
                        results.lock().unwrap_or_else(|e| e.into_inner()).push((index, result));
                    }
                });
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|e| e.into_inner());
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs `work` inside a rayon pool of one thread, so that no backend operation in it spreads over cores (many small
/// operations are slower when they do).
pub fn single_threaded<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        // No thread to be had: the caller's own does as well.
        Err(_) => work(),
    }
}
