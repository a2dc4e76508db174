//! Augmentation of images: crop and flip, and the pipeline of SimCLR.
//!
//! What is done to an image is drawn first ([`View`]) and then applied, so that both can be tested on their own. The draw is a
//! pure function of `(seed, step, sample, view)`: of its own words of the stream of `(seed, Augment, step)`, whatever else is
//! drawn. Definitions are torchvision's; colours are those of pixels from 0 to 1, whatever the normalisation of the rows.

mod colour;
mod crop;
mod image;
mod simclr;
mod task;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::DataError;
use crate::rng::{Purpose, stream_part};

pub use colour::{ColourOp, Jitter};
pub use crop::{Crop, CropFlip};
pub use image::{Channel, ImageFormat};
pub use simclr::{Blur, SimClr};
pub use task::AugmentedTask;

use image::Image;

/// The most views of one sample at one step.
pub const MOST_VIEWS: usize = 256;

/// How images are augmented.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Augmentation {
    /// A crop of the padded image, and a horizontal flip: what supervised training on CIFAR-10 uses.
    Standard(CropFlip),
    /// Crop and resize, flip, colours, blur: the views of SimCLR.
    SimClr(SimClr),
}

/// What is done to one image, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The piece that is kept.
    pub crop: Crop,
    /// Whether left and right change places.
    pub flip: bool,
    /// Changes of colour.
    pub jitter: Option<Jitter>,
    /// Whether all channels become the luma.
    pub grayscale: bool,
    /// Standard deviation of a Gaussian blur, in pixels, and the width of its kernel.
    pub blur: Option<(f64, usize)>,
}

impl Augmentation {
    /// Refuses settings that no image of this format can be augmented by.
    ///
    /// # Errors
    /// If a probability is none, a range is empty or out of bounds, or the pipeline needs other channels.
    pub fn check(&self, format: &ImageFormat) -> Result<(), DataError> {
        format.check()?;
        match self {
            Self::Standard(settings) => settings.check(),
            Self::SimClr(settings) => settings.check(format),
        }
    }

    /// What is done to view number `view` of a sample at a step.
    #[must_use]
    pub fn draw(&self, format: &ImageFormat, [seed, step, sample]: [u64; 3], view: usize) -> View {
        let part = sample * MOST_VIEWS as u64 + view as u64;
        let rng = &mut stream_part(seed, Purpose::Augment, step, part);
        match self {
            Self::Standard(settings) => settings.draw(format, rng),
            Self::SimClr(settings) => settings.draw(format, rng),
        }
    }
}

impl View {
    /// Applies it to a row, `[channels, height, width]`, normalised as the format says. Changes of colour need three channels.
    ///
    /// # Panics
    /// If the row has another length.
    pub fn apply(&self, format: &ImageFormat, row: &mut [f32]) {
        let mut image = Image::new(format, row);
        image.crop(&self.crop);
        if self.flip {
            image.flip();
        }
        if self.jitter.is_some() || self.grayscale {
            image.in_colours(|image| {
                if let Some(jitter) = &self.jitter {
                    image.jitter(jitter);
                }
                if self.grayscale {
                    image.grayscale();
                }
            });
        }
        if let Some((sigma, width)) = self.blur {
            image.blur(sigma, width);
        }
        row.copy_from_slice(&image.pixels);
    }
}

/// Uniform on a range.
fn uniform(rng: &mut ChaCha8Rng, [low, high]: [f64; 2]) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// True with this probability.
fn happens(rng: &mut ChaCha8Rng, probability: f64) -> bool {
    rng.random::<f64>() < probability
}

fn refused(field: &'static str, found: impl std::fmt::Debug, expected: &'static str) -> DataError {
    let found = format!("{found:?}");
    DataError::Config {
        field,
        found,
        expected,
    }
}

fn check_probability(field: &'static str, found: f64) -> Result<(), DataError> {
    match (0.0..=1.0).contains(&found) {
        true => Ok(()),
        false => Err(refused(field, found, "a probability from 0 to 1")),
    }
}
