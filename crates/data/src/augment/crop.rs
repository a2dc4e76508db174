//! Crops, and the standard augmentation of CIFAR-10.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{ImageFormat, View, check_probability, happens, refused, uniform};
use crate::DataError;

/// The piece of an image that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crop {
    /// The image moved; black comes in behind it. It is what a crop of the padded image leaves.
    Shifted {
        /// Pixels down.
        down: isize,
        /// Pixels to the right.
        right: isize,
    },
    /// A rectangle, made as large as the image by bilinear interpolation.
    Resized {
        /// Its first row.
        top: usize,
        /// Its first column.
        left: usize,
        /// Its rows.
        height: usize,
        /// Its columns.
        width: usize,
    },
}

/// A crop of the image with `padding` black pixels on each side (torchvision's `RandomCrop(size, padding)`), then a flip.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CropFlip {
    /// Pixels on each side.
    pub padding: usize,
    /// Probability of a horizontal flip.
    pub flip: f64,
}

/// The usual settings on CIFAR-10: 4 pixels, and a flip of every other image.
impl Default for CropFlip {
    fn default() -> Self {
        Self {
            padding: 4,
            flip: 0.5,
        }
    }
}

impl CropFlip {
    pub(super) fn check(&self) -> Result<(), DataError> {
        if self.padding > MOST_PADDING {
            return Err(refused("padding", self.padding, "at most 64 pixels"));
        }
        check_probability("flip", self.flip)
    }

    pub(super) fn draw(&self, _: &ImageFormat, rng: &mut ChaCha8Rng) -> View {
        let most = self.padding as i64;
        let [down, right] = [(); 2].map(|()| rng.random_range(-most..=most) as isize);
        View {
            crop: Crop::Shifted { down, right },
            flip: happens(rng, self.flip),
            jitter: None,
            grayscale: false,
            blur: None,
        }
    }
}

const MOST_PADDING: usize = 64;

/// Rectangles that are tried before one in the middle is taken.
const TRIES: usize = 10;

/// torchvision's `RandomResizedCrop.get_params`: a rectangle of a share of the area, uniform in `scale`, whose width over
/// height has a logarithm that is uniform in that of `ratio`.
pub(super) fn rectangle(
    format: &ImageFormat,
    scale: [f64; 2],
    ratio: [f64; 2],
    rng: &mut ChaCha8Rng,
) -> Crop {
    let (rows, columns) = (format.height, format.width);
    for _ in 0..TRIES {
        let area = (rows * columns) as f64 * uniform(rng, scale);
        let aspect = uniform(rng, ratio.map(f64::ln)).exp();
        let [width, height] = [area * aspect, area / aspect].map(rounded_root);
        if (1..=columns).contains(&width) && (1..=rows).contains(&height) {
            return Crop::Resized {
                top: rng.random_range(0..=rows - height),
                left: rng.random_range(0..=columns - width),
                height,
                width,
            };
        }
    }
    let rounded = |x: f64| (x.round_ties_even() as usize).max(1);
    let aspect = columns as f64 / rows as f64;
    let (height, width) = if aspect < ratio[0] {
        (rounded(columns as f64 / ratio[0]).min(rows), columns)
    } else if aspect > ratio[1] {
        (rows, rounded(rows as f64 * ratio[1]).min(columns))
    } else {
        (rows, columns)
    };
    Crop::Resized {
        top: (rows - height) / 2,
        left: (columns - width) / 2,
        height,
        width,
    }
}

/// Python's rounding of the root.
fn rounded_root(x: f64) -> usize {
    x.sqrt().round_ties_even() as usize
}
