//! Independent parts of the work on one thread, or on rayon's pool.

use rayon::prelude::*;

/// Where the work runs. The numbers are the same, bit for bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threads {
    /// On the calling thread alone, as suits a program that measures several networks side by side.
    #[default]
    One,
    /// On the rayon pool that the caller is in, or the global one.
    Pool,
}

impl Threads {
    /// Both results.
    pub(crate) fn join<A: Send, B: Send>(
        self,
        a: impl FnOnce() -> A + Send,
        b: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        match self {
            Self::One => (a(), b()),
            Self::Pool => rayon::join(a, b),
        }
    }

    /// `f` of every item, in their order.
    pub(crate) fn map<T: Sync, R: Send>(
        self,
        items: &[T],
        f: impl Fn(&T) -> R + Sync + Send,
    ) -> Vec<R> {
        match self {
            Self::One => items.iter().map(f).collect(),
            // One item a task: they are few and long.
            Self::Pool => items.par_iter().with_max_len(1).map(f).collect(),
        }
    }
}
