//! Loops over numbers, for the instruction set of the machine where the feature `fast` is on, and for the compiler's
//! otherwise. The numbers are the same.

/// A loop to compile for several instruction sets. A closure would do if it were short enough to be inlined.
pub(crate) trait Loop {
    type Output;

    fn run(self) -> Self::Output;
}

/// Runs a loop.
#[cfg(feature = "fast")]
pub(crate) fn dispatch<L: Loop>(task: L) -> L::Output {
    struct Task<L>(L);

    impl<L: Loop> pulp::WithSimd for Task<L> {
        type Output = L::Output;

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) -> L::Output {
            self.0.run()
        }
    }

    pulp::Arch::new().dispatch(Task(task))
}

/// Runs a loop.
#[cfg(not(feature = "fast"))]
pub(crate) fn dispatch<L: Loop>(task: L) -> L::Output {
    task.run()
}
