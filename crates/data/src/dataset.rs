//! Finite sets of labelled samples: the [`Dataset`] trait, and images stored as bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::Array2;

use crate::{Batch, DataError, Targets};

/// A finite set of labelled samples, read by index.
pub trait Dataset {
    /// Name of the set in messages, for example `mnist train`.
    fn name(&self) -> &str;

    /// Number of samples.
    fn len(&self) -> usize;

    /// Whether there are no samples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Width of a sample.
    fn input_dim(&self) -> usize;

    /// Number of classes.
    fn classes(&self) -> usize;

    /// The samples at `indices`, in that order; repeats are allowed.
    ///
    /// # Errors
    /// If an index is not below [`len`](Dataset::len).
    fn gather(&self, indices: &[usize]) -> Result<Batch, DataError>;

    /// Checksums of the data, by name (`sha256:…` or `md5:…`).
    fn hashes(&self) -> BTreeMap<String, String>;
}

/// A training set and a test set.
#[derive(Debug, Clone)]
pub struct Split {
    /// The samples that networks are trained on.
    pub train: Arc<PixelSet>,
    /// Samples that networks are never trained on.
    pub test: Arc<PixelSet>,
}

/// Images stored as the bytes of their file and normalised when they are gathered, in a quarter of the memory of `f32`.
#[derive(Debug, Clone)]
pub struct PixelSet {
    name: String,
    width: usize,
    classes: usize,
    pixels: Vec<u8>,
    labels: Vec<u8>,
    /// The normalised value of every byte, channel by channel.
    normalised: Vec<[f32; 256]>,
    hashes: BTreeMap<String, String>,
}

/// The parts of a [`PixelSet`].
pub(crate) struct PixelParts {
    pub name: String,
    /// Number of pixels per image, those of one channel after those of another.
    pub width: usize,
    pub classes: usize,
    /// `samples * width` bytes, image by image.
    pub pixels: Vec<u8>,
    /// `samples` labels, each below `classes`.
    pub labels: Vec<u8>,
    pub hashes: BTreeMap<String, String>,
}

impl PixelSet {
    /// A pixel `p` is read as `(p / full - mean) / std`, with mean and standard deviation of its channel. The reader has
    /// checked lengths and labels.
    pub(crate) fn new(parts: PixelParts, full: f64, channels: &[(f64, f64)]) -> Self {
        debug_assert_eq!(parts.pixels.len(), parts.labels.len() * parts.width);
        Self {
            name: parts.name,
            width: parts.width,
            classes: parts.classes,
            pixels: parts.pixels,
            labels: parts.labels,
            normalised: (channels.iter())
                .map(|(mean, std)| std::array::from_fn(|p| ((p as f64 / full - mean) / std) as f32))
                .collect(),
            hashes: parts.hashes,
        }
    }

    /// The bytes of an image as stored in the file, or `None` if there is no such image.
    #[must_use]
    pub fn image(&self, index: usize) -> Option<&[u8]> {
        self.pixels.chunks_exact(self.width).nth(index)
    }

    /// The labels, one per sample.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }
}

impl Dataset for PixelSet {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> usize {
        self.labels.len()
    }

    fn input_dim(&self) -> usize {
        self.width
    }

    fn classes(&self) -> usize {
        self.classes
    }

    fn gather(&self, indices: &[usize]) -> Result<Batch, DataError> {
        if let Some(&index) = indices.iter().find(|&&i| i >= self.len()) {
            return Err(DataError::Index {
                set: self.name.clone(),
                index,
                len: self.len(),
            });
        }
        let mut inputs = Array2::zeros((indices.len(), self.width));
        let channel = self.width.div_ceil(self.normalised.len()).max(1);
        for (mut row, &index) in inputs.rows_mut().into_iter().zip(indices) {
            let image = &self.pixels[index * self.width..(index + 1) * self.width];
            let channels = image.chunks(channel).zip(&self.normalised);
            let values = channels.flat_map(|(pixels, normalised)| {
                pixels.iter().map(|pixel| normalised[usize::from(*pixel)])
            });
            row.iter_mut()
                .zip(values)
                .for_each(|(to, value)| *to = value);
        }
        let classes = indices.iter().map(|&i| u32::from(self.labels[i])).collect();
        Ok(Batch {
            inputs,
            targets: Targets::Classes(classes),
        })
    }

    fn hashes(&self) -> BTreeMap<String, String> {
        self.hashes.clone()
    }
}
