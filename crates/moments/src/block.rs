//! A block of samples: what a forward and a backward pass give for one layer.

use ndarray::ArrayView2;

use crate::MomentsError;
use crate::arch::{Loop, dispatch};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A number that samples are made of: `f32` or `f64`. All arithmetic on them is in `f64`.
pub trait Element: Copy + Into<f64> + sealed::Sealed {
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
}

impl Element for f32 {
    fn is_finite(self) -> bool {
        self.is_finite()
    }
}

impl Element for f64 {
    fn is_finite(self) -> bool {
        self.is_finite()
    }
}

/// The same `n` samples on both sides of one layer; one row a sample.
#[derive(Debug, Clone, Copy)]
pub struct SampleBlock<'a, T> {
    /// Inputs of the linear map, `[n, d_a]`.
    pub h_a: ArrayView2<'a, T>,
    /// Outputs of the linear map, `[n, d_b]`.
    pub h_b: ArrayView2<'a, T>,
    /// \\(g_a = -\partial\ell/\partial h_a\\), `[n, d_a]`: the **negative** gradient of each sample's own loss. With
    /// the loss summed over samples (not averaged) a backward pass gives exactly these rows, up to the sign.
    pub g_a: ArrayView2<'a, T>,
    /// \\(g_b = -\partial\ell/\partial h_b\\), `[n, d_b]`, negative in the same way.
    pub g_b: ArrayView2<'a, T>,
}

impl<T: Element> SampleBlock<'_, T> {
    /// Samples, if the four shapes fit together and every value is finite.
    pub(crate) fn check(&self, d_a: usize, d_b: usize) -> Result<usize, MomentsError> {
        let n = self.h_a.nrows();
        let parts = [
            ("h_a", &self.h_a, d_a),
            ("h_b", &self.h_b, d_b),
            ("g_a", &self.g_a, d_a),
            ("g_b", &self.g_b, d_b),
        ];
        for (quantity, rows, d) in parts {
            if rows.dim() != (n, d) {
                let (found, expected) = (rows.shape().to_vec(), vec![n, d]);
                return Err(MomentsError::BlockShape {
                    quantity,
                    found,
                    expected,
                });
            }
            check_finite(quantity, rows)?;
        }
        Ok(n)
    }
}

struct AllFinite<'a, T>(&'a [T]);

impl<T: Element> Loop for AllFinite<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let values = self.0.iter();
        values.fold(true, |finite, x| finite & x.is_finite())
    }
}

/// An error with the position of the first value that is NaN or infinite.
pub(crate) fn check_finite<T: Element>(
    quantity: &'static str,
    matrix: &ArrayView2<'_, T>,
) -> Result<(), MomentsError> {
    // No short circuit inside the folds, so that they vectorise.
    let all_finite = match matrix.as_slice_memory_order() {
        Some(values) => dispatch(AllFinite(values)),
        None => matrix.fold(true, |finite, x| finite & x.is_finite()),
    };
    if all_finite {
        return Ok(());
    }
    match matrix.indexed_iter().find(|(_, x)| !x.is_finite()) {
        Some(((row, column), &x)) => Err(MomentsError::NonFinite {
            quantity,
            row,
            column,
            value: x.into(),
        }),
        None => Ok(()),
    }
}
