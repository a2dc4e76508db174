//! Random streams keyed by `(seed, purpose, counter)`.
//!
//! A run draws every random number on the host from [`stream`]. A stream depends only on its three keys: not on the
//! backend, the thread, the other members of an ensemble, or earlier draws. This allows random access: the batch of
//! step 9000 is drawn without drawing those before it, so a resumed run sees the same batches as an uninterrupted
//! one.
//!
//! The 256-bit ChaCha key is the SHA-256 of a version tag, the seed and the purpose; the counter is ChaCha's stream
//! number. Streams are therefore independent to the extent that ChaCha8 is a good generator, and 2^64 counters cannot collide.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use sha2::{Digest, Sha256};

/// Separates these keys from any other use of SHA-256. Changing it changes every result.
const TAG: &[u8] = b"formant stream v1";

/// The purpose of a random stream. Streams with different purposes share no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Initial weights; the counter is the layer.
    Init,
    /// Fresh training samples; the counter is the step.
    Batch,
    /// The order of a data set; the counter is the epoch.
    Shuffle,
    /// The weights of a teacher network; the counter is the weight.
    Teacher,
    /// Held-out samples; the counter is the set.
    Holdout,
    /// Noise injected during training; the counter is the step.
    Noise,
    /// Augmentation; the counter is the step.
    Augment,
    /// Noise on training targets; the counter is the step.
    LabelNoise,
    /// Points of a search over settings; the counter is the trial.
    Search,
    /// Units dropped by dropout; the counter is the step.
    Dropout,
}

impl Purpose {
    /// The byte that stands for this purpose in a key. Written out, so that reordering variants changes nothing.
    const fn tag(self) -> u8 {
        match self {
            Self::Init => 1,
            Self::Batch => 2,
            Self::Shuffle => 3,
            Self::Teacher => 4,
            Self::Holdout => 5,
            Self::Noise => 6,
            Self::Augment => 7,
            Self::LabelNoise => 8,
            Self::Search => 9,
            Self::Dropout => 10,
        }
    }
}

/// The random stream of `(seed, purpose, counter)`, from its start.
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, counter: u64) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(TAG);
    hash.update(seed.to_le_bytes());
    hash.update([purpose.tag()]);
    let mut rng = ChaCha8Rng::from_seed(hash.finalize().into());
    rng.set_stream(counter);
    rng
}

/// The words of one part of a stream that has parts, such as the samples of a step.
const WORDS: u128 = 1 << 12;

/// Part number `part`, below 2^56, of the stream of `(seed, purpose, counter)`: 4096 words of its own, enough for about 2000
/// draws.
#[must_use]
pub fn stream_part(seed: u64, purpose: Purpose, counter: u64, part: u64) -> ChaCha8Rng {
    let mut rng = stream(seed, purpose, counter);
    rng.set_word_pos(u128::from(part) * WORDS);
    rng
}

/// Fills `out` with independent draws from N(0, 1).
pub fn fill_normal_f32(rng: &mut impl Rng, out: &mut [f32]) {
    for value in out {
        *value = StandardNormal.sample(rng);
    }
}

/// `n` independent draws from N(0, 1).
#[must_use]
pub fn normal_f32(rng: &mut impl Rng, n: usize) -> Vec<f32> {
    let mut out = vec![0.0; n];
    fill_normal_f32(rng, &mut out);
    out
}

/// Fills `out` with independent draws, uniform on `[low, high)`.
///
/// Rounding may return `high` itself where `high - low` is not exact.
pub fn fill_uniform_f32(rng: &mut impl Rng, low: f32, high: f32, out: &mut [f32]) {
    for value in out {
        let unit: f32 = StandardUniform.sample(rng);
        *value = low + (high - low) * unit;
    }
}

/// `n` independent draws, uniform on `[low, high)`; see [`fill_uniform_f32`].
#[must_use]
pub fn uniform_f32(rng: &mut impl Rng, low: f32, high: f32, n: usize) -> Vec<f32> {
    let mut out = vec![0.0; n];
    fill_uniform_f32(rng, low, high, &mut out);
    out
}
