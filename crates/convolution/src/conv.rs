//! The passes of a convolution.

use crate::panels::LANES;
use crate::shape::Conv;
use crate::{patches, winograd};

impl Conv {
    /// `y` `[samples, height, width, filters]` becomes the convolution of `x` with `weight`.
    ///
    /// # Panics
    /// If a slice has another length than its shape says.
    pub fn forward(&self, x: &[f32], weight: &[f32], y: &mut [f32]) {
        self.check(x, weight, y);
        if self.is_winograd() {
            winograd::forward(self, x, weight, y);
        } else {
            patches::forward(self, x, weight, y);
        }
    }

    /// `g_weight` becomes the gradient with respect to the weight, summed over samples, and `g_x`, if it is wanted, the one
    /// with respect to `x`; `g` is that with respect to the output.
    ///
    /// # Panics
    /// If a slice has another length than its shape says.
    pub fn backward(
        &self,
        [x, weight, g]: [&[f32]; 3],
        g_weight: &mut [f32],
        g_x: Option<&mut [f32]>,
    ) {
        self.check(x, weight, g);
        // invariant: gradients have the shape of what they belong to.
        assert!(
            g_weight.len() == weight.len() && g_x.as_ref().is_none_or(|g| g.len() == x.len()),
            "gradients of another shape"
        );
        if self.is_winograd() {
            winograd::backward(self, [x, weight, g], g_weight, g_x);
        } else {
            patches::backward(self, [x, weight, g], g_weight, g_x);
        }
    }

    /// The patches of `x`, `[samples, height, width, kernel * kernel * channels]` with the height and width of the output:
    /// \\(h_a\\) of the linear map that a convolution is.
    ///
    /// # Panics
    /// If a slice has another length than its shape says.
    pub fn patches(&self, x: &[f32], out: &mut [f32]) {
        self.check_patches(x, out);
        patches::rows_of(self, x, out);
    }

    /// The transpose of [`Conv::patches`]: adds every entry of patches to the pixel in `x` that it came from.
    ///
    /// # Panics
    /// If a slice has another length than its shape says.
    pub fn add_patches(&self, patches: &[f32], x: &mut [f32]) {
        self.check_patches(x, patches);
        patches::add_rows(self, patches, x);
    }

    fn check_patches(&self, x: &[f32], patches: &[f32]) {
        let samples = x.len() / self.input();
        let of_image = self.output() / self.filters * self.patch();
        // invariant: slices fit the shape, as models check.
        assert!(
            x.len() == samples * self.input() && patches.len() == samples * of_image,
            "{} inputs and {} entries of patches for {self:?}",
            x.len(),
            patches.len()
        );
    }

    /// Whether Winograd's form applies.
    fn is_winograd(&self) -> bool {
        let whole = self.channels.is_multiple_of(LANES) && self.filters.is_multiple_of(LANES);
        (self.kernel, self.stride, self.padding) == (3, 1, 1) && whole
    }

    fn check(&self, x: &[f32], weight: &[f32], y: &[f32]) {
        let samples = x.len() / self.input();
        // invariant: slices fit the shape, as models check.
        assert!(
            x.len() == samples * self.input()
                && weight.len() == self.patch() * self.filters
                && y.len() == samples * self.output(),
            "{} inputs, {} weights and {} outputs for {self:?}",
            x.len(),
            weight.len(),
            y.len()
        );
    }
}

#[cfg(test)]
mod tests;
