//! Images in rows, and what moves their pixels.

use super::{Crop, refused};
use crate::DataError;

/// Normalisation of a channel: a row holds `(x - mean) / std` of a pixel `x` from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// What is subtracted.
    pub mean: f64,
    /// What it is divided by then.
    pub std: f64,
}

/// How a row holds an image: the plane of one channel after that of another, each row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFormat {
    /// Pixels from top to bottom.
    pub height: usize,
    /// Pixels from left to right.
    pub width: usize,
    /// The channels; red, green and blue where there are three.
    pub channels: Vec<Channel>,
}

impl ImageFormat {
    /// Length of a row.
    #[must_use]
    pub fn len(&self) -> usize {
        self.channels.len() * self.height * self.width
    }

    /// Whether there is no pixel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn check(&self) -> Result<(), DataError> {
        let is_sound = |channel: &Channel| channel.mean.is_finite() && channel.std.is_normal();
        match !self.is_empty() && self.channels.iter().all(is_sound) {
            true => Ok(()),
            false => Err(refused(
                "image",
                self,
                "pixels, and standard deviations above 0",
            )),
        }
    }
}

/// An image, `[channels, height, width]`, as its row has it. Moving, resizing and blurring take means of pixels, so that they
/// are the same for pixels and for what normalisation makes of them; colours are not.
pub(super) struct Image<'a> {
    format: &'a ImageFormat,
    height: usize,
    width: usize,
    pub(super) pixels: Vec<f32>,
}

impl<'a> Image<'a> {
    pub(super) fn new(format: &'a ImageFormat, row: &[f32]) -> Self {
        assert_eq!(row.len(), format.len(), "a row is one image");
        Self {
            format,
            height: format.height,
            width: format.width,
            pixels: row.to_vec(),
        }
    }

    /// Does something to pixels from 0 to 1.
    pub(super) fn in_colours(&mut self, change: impl FnOnce(&mut Self)) {
        let format = self.format;
        for (plane, channel) in self.planes_mut().zip(&format.channels) {
            let (mean, std) = (channel.mean as f32, channel.std as f32);
            plane
                .iter_mut()
                .for_each(|x| *x = (*x * std + mean).clamp(0.0, 1.0));
        }
        change(self);
        for (plane, channel) in self.planes_mut().zip(&format.channels) {
            let (mean, std) = (channel.mean as f32, channel.std as f32);
            plane.iter_mut().for_each(|x| *x = (*x - mean) / std);
        }
    }

    fn planes_mut(&mut self) -> std::slice::ChunksExactMut<'_, f32> {
        self.pixels.chunks_exact_mut(self.height * self.width)
    }

    /// Each plane made anew from the old one.
    fn map_planes(&mut self, mut make: impl FnMut(&Channel, &[f32], &mut [f32])) {
        let (format, old) = (self.format, self.pixels.clone());
        let planes = old.chunks_exact(self.height * self.width);
        let planes = format.channels.iter().zip(planes).zip(self.planes_mut());
        planes.for_each(|((channel, from), to)| make(channel, from, to));
    }

    pub(super) fn flip(&mut self) {
        let width = self.width;
        self.pixels
            .chunks_exact_mut(width)
            .for_each(<[f32]>::reverse);
    }

    pub(super) fn crop(&mut self, crop: &Crop) {
        match *crop {
            Crop::Shifted { down, right } => self.shift(down, right),
            Crop::Resized {
                top,
                left,
                height,
                width,
            } => {
                let rows = Line::upsample(height, self.height);
                let columns = Line::upsample(width, self.width);
                let stride = self.width;
                self.map_planes(|_, from, to| {
                    let at = |row: usize, column: &Line| {
                        let start = (top + row) * stride + left;
                        column.between(from[start + column.first], from[start + column.second])
                    };
                    for (to, row) in to.chunks_exact_mut(stride).zip(&rows) {
                        for (to, column) in to.iter_mut().zip(&columns) {
                            *to = row.between(at(row.first, column), at(row.second, column));
                        }
                    }
                });
            }
        }
    }

    /// Black comes in where the image moves away.
    fn shift(&mut self, down: isize, right: isize) {
        let (height, width) = (self.height, self.width);
        let inside = |at: usize, by: isize, end: usize| {
            at.checked_add_signed(-by).filter(|from| *from < end)
        };
        self.map_planes(|channel, from, to| {
            let black = (-channel.mean / channel.std) as f32;
            for (row, to) in to.chunks_exact_mut(width).enumerate() {
                let row = inside(row, down, height);
                for (column, to) in to.iter_mut().enumerate() {
                    let pixel = row.zip(inside(column, right, width));
                    *to = pixel.map_or(black, |(row, column)| from[row * width + column]);
                }
            }
        });
    }

    /// A Gaussian blur by a kernel of odd width; beyond its edges the image is mirrored.
    pub(super) fn blur(&mut self, sigma: f64, kernel: usize) {
        let reach = (kernel / 2) as isize;
        let weight = |at: isize| (-0.5 * (at as f64 / sigma).powi(2)).exp();
        let total: f64 = (-reach..=reach).map(weight).sum();
        let taps: Vec<(isize, f32)> = (-reach..=reach)
            .map(|at| (at, (weight(at) / total) as f32))
            .collect();
        let (height, width) = (self.height, self.width);
        for along_rows in [true, false] {
            self.map_planes(|_, from, to| {
                for (at, to) in to.iter_mut().enumerate() {
                    let (row, column) = (at / width, at % width);
                    let pixel = |by: isize| match along_rows {
                        true => from[row * width + mirrored(column, by, width)],
                        false => from[mirrored(row, by, height) * width + column],
                    };
                    *to = taps.iter().map(|(by, weight)| weight * pixel(*by)).sum();
                }
            });
        }
    }
}

/// The place `by` away, mirrored at the first and the last pixel, which are not repeated.
fn mirrored(at: usize, by: isize, end: usize) -> usize {
    let place = (at as isize + by).unsigned_abs();
    let last = end - 1;
    if place > last {
        2 * last - place
    } else {
        place
    }
}

/// Two neighbours along a line, and the share of the second.
struct Line {
    first: usize,
    second: usize,
    share: f32,
}

impl Line {
    /// For each of `to` pixels its neighbours among `from`, whose centres lie at halves (torchvision's, without aligned
    /// corners). Antialiasing changes nothing, because `to` is at least `from`.
    fn upsample(from: usize, to: usize) -> Vec<Self> {
        let scale = from as f64 / to as f64;
        (0..to)
            .map(|at| {
                let place = ((at as f64 + 0.5) * scale - 0.5).max(0.0);
                let first = (place as usize).min(from - 1);
                Self {
                    first,
                    second: (first + 1).min(from - 1),
                    share: (place - first as f64) as f32,
                }
            })
            .collect()
    }

    fn between(&self, first: f32, second: f32) -> f32 {
        first + (second - first) * self.share
    }
}
