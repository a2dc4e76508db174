//! Batches made on another thread, ahead of their use.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::{Batch, DataError, TargetKind, Task};

/// Makes what the next steps need on another thread, in the order of the steps.
///
/// `make` has to be a function of step and size, so that it makes no difference to the results, only to when they are there.
/// Any step may be asked for; one that does not follow the step before makes a new thread begin there.
pub struct Prefetcher<T> {
    make: Arc<Mutex<dyn FnMut(u64, usize) -> T + Send>>,
    /// How many are kept ready.
    ahead: usize,
    worker: Option<Worker<T>>,
    waited: Duration,
}

struct Worker<T> {
    next: u64,
    size: usize,
    /// Dropped before the thread is waited for, which then ends.
    ready: Receiver<T>,
    thread: JoinHandle<()>,
}

impl<T: Send + 'static> Prefetcher<T> {
    /// Keeps `ahead` results ready, beside the one that the thread is making; nothing is made before the first request.
    pub fn new(ahead: usize, make: impl FnMut(u64, usize) -> T + Send + 'static) -> Self {
        Self {
            make: Arc::new(Mutex::new(make)),
            ahead,
            worker: None,
            waited: Duration::ZERO,
        }
    }

    /// What `make` gives for a step and a size.
    pub fn get(&mut self, step: u64, size: usize) -> T {
        let started = Instant::now();
        let follows = |worker: &Worker<T>| worker.next == step && worker.size == size;
        if !self.worker.as_ref().is_some_and(follows) {
            self.stop();
            self.worker = self.start(step, size);
        }
        let ready = self.worker.as_mut().and_then(|worker| {
            worker.next = step.wrapping_add(1);
            worker.ready.recv().ok()
        });
        // Without a thread, or where it panicked, this one does the work.
        let made = ready.unwrap_or_else(|| locked(&self.make)(step, size));
        self.waited += started.elapsed();
        made
    }

    /// How long requests have waited so far, all together. The first of a row of steps waits for all of its work.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waited
    }

    fn start(&self, step: u64, size: usize) -> Option<Worker<T>> {
        let (sender, ready) = sync_channel(self.ahead);
        let make = Arc::clone(&self.make);
        let work = move || {
            for step in step..=u64::MAX {
                let made = locked(&make)(step, size);
                if sender.send(made).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new()
            .name("prefetch".to_owned())
            .spawn(work);
        Some(Worker {
            next: step,
            size,
            ready,
            thread: thread.ok()?,
        })
    }
}

impl<T> Prefetcher<T> {
    fn stop(&mut self) {
        if let Some(Worker { ready, thread, .. }) = self.worker.take() {
            drop(ready);
            // A panic of the thread shows again where the step is made on the caller's.
            let _ = thread.join();
        }
    }
}

impl<T> Drop for Prefetcher<T> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A panic while it was held leaves scratch memory at worst, which the next request fills anew.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A task whose batches are made on another thread. They are those of the inner task, bit for bit.
pub struct PrefetchedTask {
    inner: Arc<Mutex<Box<dyn Task>>>,
    batches: Prefetcher<Result<Batch, DataError>>,
}

impl PrefetchedTask {
    /// Keeps `ahead` batches of `inner` ready.
    #[must_use]
    pub fn new(inner: Box<dyn Task>, ahead: usize) -> Self {
        let inner = Arc::new(Mutex::new(inner));
        let task = Arc::clone(&inner);
        let make = move |step, size| locked(&task).batch(step, size);
        Self {
            inner,
            batches: Prefetcher::new(ahead, make),
        }
    }

    /// How long training has waited for batches so far.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.batches.waited()
    }
}

impl Task for PrefetchedTask {
    fn inputs(&self) -> usize {
        locked(&self.inner).inputs()
    }

    fn outputs(&self) -> usize {
        locked(&self.inner).outputs()
    }

    fn target_kind(&self) -> TargetKind {
        locked(&self.inner).target_kind()
    }

    fn batch(&mut self, step: u64, size: usize) -> Result<Batch, DataError> {
        self.batches.get(step, size)
    }

    fn holdout(&self, n: usize) -> Result<Batch, DataError> {
        locked(&self.inner).holdout(n)
    }

    fn training_samples(&self, n: usize) -> Result<Batch, DataError> {
        locked(&self.inner).training_samples(n)
    }

    fn data_hashes(&self) -> BTreeMap<String, String> {
        locked(&self.inner).data_hashes()
    }
}

impl<T> fmt::Debug for Prefetcher<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prefetcher")
            .field("ahead", &self.ahead)
            .field("waited", &self.waited)
            .finish_non_exhaustive()
    }
}
