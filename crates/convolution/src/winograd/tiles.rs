//! Tiles of images, and what is read and written of them.

use super::transforms::{
    PART, Part, add, both, load, of_input, of_input_transposed, of_output, of_output_transposed,
};
use crate::panels::{place, size};
use crate::shape::Conv;

/// Neighbouring tiles of a batch of images, in order.
#[derive(Clone, Copy)]
pub(super) struct Tiles<'a> {
    conv: &'a Conv,
    first: usize,
    len: usize,
}

impl<'a> Tiles<'a> {
    /// All tiles of so many images, in blocks.
    pub fn blocks(conv: &'a Conv, samples: usize, block: usize) -> impl Iterator<Item = Self> {
        let [rows, columns] = Self::grid(conv);
        let all = samples * rows * columns;
        (0..all).step_by(block).map(move |first| {
            let len = block.min(all - first);
            Self { conv, first, len }
        })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Rows and columns of tiles in an image; the last may reach past it.
    fn grid(conv: &Conv) -> [usize; 2] {
        [conv.height.div_ceil(2), conv.width.div_ceil(2)]
    }

    /// Pixels of a tile of `N`×`N` whose first pixel lies `margin` before an output tile's, as indices of pixels of the batch.
    #[inline(always)]
    fn pixels<const N: usize>(&self, tile: usize, margin: usize) -> [[Option<usize>; N]; N] {
        let [rows, columns] = Self::grid(self.conv);
        let at = self.first + tile;
        let (sample, row, column) = (at / (rows * columns), at / columns % rows, at % columns);
        let Conv { height, width, .. } = *self.conv;
        let mut pixels = [[None; N]; N];
        for (i, row_of_pixels) in pixels.iter_mut().enumerate() {
            let y = (2 * row + i).wrapping_sub(margin);
            for (j, pixel) in row_of_pixels.iter_mut().enumerate() {
                let x = (2 * column + j).wrapping_sub(margin);
                if y < height && x < width {
                    *pixel = Some((sample * height + y) * width + x);
                }
            }
        }
        pixels
    }

    /// \\(B^\top d B\\) of every tile of the input, `[tiles, channels]` for each frequency.
    #[inline(always)]
    pub fn read_inputs(&self, x: &[f32], v: &mut [f32]) {
        self.read::<4>(
            x,
            self.conv.channels,
            1,
            v,
            #[inline(always)]
            |d| both(d, of_input),
        );
    }

    /// \\(A g A^\top\\) of every tile of the output's gradient, `[tiles, filters]` for each frequency.
    #[inline(always)]
    pub fn read_output_gradients(&self, g: &[f32], q: &mut [f32]) {
        self.read::<2>(
            g,
            self.conv.filters,
            0,
            q,
            #[inline(always)]
            |g| both(g, of_output_transposed),
        );
    }

    #[inline(always)]
    fn read<const N: usize>(
        &self,
        x: &[f32],
        channels: usize,
        margin: usize,
        out: &mut [f32],
        map: impl Fn([[Part; N]; N]) -> [[Part; 4]; 4],
    ) {
        let of_frequency = size(self.len, channels);
        for tile in 0..self.len {
            let pixels = self.pixels::<N>(tile, margin);
            for channel in (0..channels).step_by(PART) {
                let mut tile_in = [[[0.0; PART]; N]; N];
                for (part, pixel) in tile_in
                    .as_flattened_mut()
                    .iter_mut()
                    .zip(pixels.as_flattened())
                {
                    if let Some(pixel) = pixel {
                        *part = load(x, pixel * channels + channel);
                    }
                }
                let at = place(self.len, tile, channel);
                for (k, part) in map(tile_in).as_flattened().iter().enumerate() {
                    let at = k * of_frequency + at;
                    out[at..at + PART].copy_from_slice(part);
                }
            }
        }
    }

    /// Writes \\(A^\top m A\\) to every tile of the output.
    #[inline(always)]
    pub fn write_outputs(&self, m: &[f32], y: &mut [f32]) {
        self.write::<2>(
            m,
            self.conv.filters,
            0,
            y,
            #[inline(always)]
            |m| both(m, of_output),
            #[inline(always)]
            |y, part| *y = *part,
        );
    }

    /// Adds \\(B v B^\top\\) to every tile of the input's gradient.
    #[inline(always)]
    pub fn add_input_gradients(&self, v: &[f32], g_x: &mut [f32]) {
        self.write::<4>(
            v,
            self.conv.channels,
            1,
            g_x,
            #[inline(always)]
            |v| both(v, of_input_transposed),
            #[inline(always)]
            |g_x, part| *g_x = add(*g_x, *part),
        );
    }

    #[inline(always)]
    fn write<const N: usize>(
        &self,
        m: &[f32],
        channels: usize,
        margin: usize,
        out: &mut [f32],
        map: impl Fn([[Part; 4]; 4]) -> [[Part; N]; N],
        put: impl Fn(&mut Part, &Part),
    ) {
        let of_frequency = size(self.len, channels);
        for tile in 0..self.len {
            let pixels = self.pixels::<N>(tile, margin);
            for channel in (0..channels).step_by(PART) {
                let at = place(self.len, tile, channel);
                let mut tile_in = [[[0.0; PART]; 4]; 4];
                for (k, part) in tile_in.as_flattened_mut().iter_mut().enumerate() {
                    *part = load(m, k * of_frequency + at);
                }
                let parts = map(tile_in);
                for (pixel, part) in pixels.as_flattened().iter().zip(parts.as_flattened()) {
                    if let Some(pixel) = pixel
                        && let Some(out) = out[pixel * channels + channel..].first_chunk_mut()
                    {
                        put(out, part);
                    }
                }
            }
        }
    }
}
