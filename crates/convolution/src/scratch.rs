//! Memory that is used again from call to call.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

thread_local! {
    static POOL: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Numbers whose memory goes back to the thread that drops them.
pub(crate) struct Scratch(Vec<f32>);

impl Scratch {
    /// So many numbers of any value.
    pub fn any(len: usize) -> Self {
        let pooled = POOL.with_borrow_mut(|pool| {
            let fits = |i: &usize| pool[*i].capacity() >= len;
            let least = (0..pool.len())
                .filter(fits)
                .min_by_key(|i| pool[*i].capacity());
            least
                .or_else(|| pool.len().checked_sub(1))
                .map(|i| pool.swap_remove(i))
        });
        let mut numbers = pooled.unwrap_or_default();
        numbers.resize(len, 0.0);
        Self(numbers)
    }

    /// So many zeros.
    pub fn zeros(len: usize) -> Self {
        let mut scratch = Self::any(len);
        scratch.fill(0.0);
        scratch
    }
}

impl Deref for Scratch {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let numbers = std::mem::take(&mut self.0);
        // A thread that ends has no pool any more.
        let _ = POOL.try_with(|pool| pool.borrow_mut().push(numbers));
    }
}
