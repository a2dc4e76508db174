//! The widest instructions that this machine has.

/// Evaluates an expression with the widest instructions that this machine has. Functions that it calls have to be inlined.
///
/// The closure takes something that it can take only once. One that could be called again would be reached through a shim of the
/// standard library's, into which a large body is not inlined, and would then have the narrowest instructions.
macro_rules! vectorized {
    ($work:expr) => {{
        let once = $crate::vectorized::Once;
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                let _taken: $crate::vectorized::Once = once;
                $work
            },
        )
    }};
}

pub(crate) use vectorized;

/// What can be taken only once.
pub(crate) struct Once;
