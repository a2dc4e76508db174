//! Members side by side on the cores of a CPU.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

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
                        lock(&results).push((index, result));
                    }
                });
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|e| e.into_inner());
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Locks what workers share. One that panicked poisons the lock; its panic ends the run anyway.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Runs `work` inside a rayon pool of one thread, so that no backend operation in it spreads over cores (many small
/// operations are slower when they do), with subnormal numbers flushed to zero.
///
/// Where strong weight decay lets a network collapse, weights and moments decay below 1e-38; arithmetic on such
/// subnormal numbers is some ten times slower on most processors. PyTorch has `torch.set_flush_denormal` for this.
pub fn single_threaded<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .start_handler(|_| flush_subnormals())
        .build();
    match pool {
        Ok(pool) => pool.install(work),
        // No thread to be had: the caller's own does as well.
        Err(_) => work(),
    }
}

/// Sets the calling thread's floating-point unit to read and write subnormal numbers as zero. Only threads of our own
/// pools, which run nothing else, are set.
#[allow(unsafe_code)] // a control register has no safe door
fn flush_subnormals() {
    #[cfg(target_arch = "x86_64")]
    {
        const FLUSH_TO_ZERO: u32 = 1 << 15;
        const SUBNORMALS_ARE_ZERO: u32 = 1 << 6;
        let mut control: u32 = 0;
        // SAFETY: every x86-64 processor has MXCSR; both bits are defined, and all others are written back as read.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &mut control, options(nostack));
            control |= FLUSH_TO_ZERO | SUBNORMALS_ARE_ZERO;
            std::arch::asm!("ldmxcsr [{}]", in(reg) &control, options(nostack, readonly));
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        const FLUSH_TO_ZERO: u64 = 1 << 24;
        let mut control: u64;
        // SAFETY: every aarch64 processor has FPCR; the bit is defined, and all others are written back as read.
        unsafe {
            std::arch::asm!("mrs {}, fpcr", out(reg) control, options(nostack, nomem));
            control |= FLUSH_TO_ZERO;
            std::arch::asm!("msr fpcr, {}", in(reg) control, options(nostack, nomem));
        }
    }
}
