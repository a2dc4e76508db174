//! The shape of a convolution.

/// A convolution with a square kernel, the same stride and zero padding along both axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conv {
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// Channels of an image.
    pub channels: usize,
    /// Channels of the output.
    pub filters: usize,
    /// Side of the kernel.
    pub kernel: usize,
    /// Pixels between neighbouring positions of the kernel.
    pub stride: usize,
    /// Zeros around an image.
    pub padding: usize,
}

impl Conv {
    /// Rows and columns of the output.
    pub fn positions(&self) -> [usize; 2] {
        [self.height, self.width].map(|side| {
            // invariant: the kernel fits into the padded image, as models check.
            (side + 2 * self.padding - self.kernel) / self.stride + 1
        })
    }

    /// Numbers in a patch: rows of the flattened weight.
    pub fn patch(&self) -> usize {
        self.kernel * self.kernel * self.channels
    }

    /// Numbers in an image.
    pub fn input(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Numbers in the output of one image.
    pub fn output(&self) -> usize {
        let [height, width] = self.positions();
        height * width * self.filters
    }
}
