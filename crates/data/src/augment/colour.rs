//! Changes of colour, as torchvision's `ColorJitter` defines them.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::image::Image;
use super::uniform;

/// Shares of red, green and blue in the luma (ITU-R 601-2, with torchvision's digits).
const LUMA: [f32; 3] = [0.2989, 0.587, 0.114];

/// One change of colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ColourOp {
    /// Pixels times this.
    Brightness(f64),
    /// Pixels times this, and the mean luma of the image for the rest.
    Contrast(f64),
    /// Pixels times this, and their own luma for the rest.
    Saturation(f64),
    /// The hue turned by this share of the circle.
    Hue(f64),
}

/// Changes of colour, in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jitter(pub [ColourOp; 4]);

impl Jitter {
    /// torchvision's `ColorJitter(0.8 s, 0.8 s, 0.8 s, 0.2 s)`, in a random order.
    pub(super) fn draw(strength: f64, rng: &mut ChaCha8Rng) -> Self {
        let most = 0.8 * strength;
        let factors = [(1.0 - most).max(0.0), 1.0 + most];
        let mut ops = [
            ColourOp::Brightness(uniform(rng, factors)),
            ColourOp::Contrast(uniform(rng, factors)),
            ColourOp::Saturation(uniform(rng, factors)),
            ColourOp::Hue(uniform(rng, [-0.2 * strength, 0.2 * strength])),
        ];
        ops.shuffle(rng);
        Self(ops)
    }
}

impl Image<'_> {
    pub(super) fn jitter(&mut self, jitter: &Jitter) {
        for op in jitter.0 {
            match op {
                ColourOp::Brightness(factor) => self.blend(factor, |_| 0.0),
                ColourOp::Contrast(factor) => {
                    let mut sum = 0.0;
                    self.each_pixel(|pixel| {
                        sum += f64::from(luma(pixel));
                        pixel
                    });
                    let mean = (sum * 3.0 / self.pixels.len() as f64) as f32;
                    self.blend(factor, |_| mean);
                }
                ColourOp::Saturation(factor) => self.blend(factor, luma),
                ColourOp::Hue(turn) => self.each_pixel(|pixel| turned(pixel, turn as f32)),
            }
        }
    }

    pub(super) fn grayscale(&mut self) {
        self.each_pixel(|pixel| [luma(pixel); 3]);
    }

    /// Pixels times a factor plus the rest of 1 times something else.
    fn blend(&mut self, factor: f64, other: impl Fn([f32; 3]) -> f32) {
        let factor = factor as f32;
        self.each_pixel(|pixel| {
            let other = (1.0 - factor) * other(pixel);
            pixel.map(|x| (factor * x + other).clamp(0.0, 1.0))
        });
    }

    /// Every pixel of the three planes made anew.
    fn each_pixel(&mut self, mut make: impl FnMut([f32; 3]) -> [f32; 3]) {
        let plane = self.pixels.len() / 3;
        let (red, others) = self.pixels.split_at_mut(plane);
        let (green, blue) = others.split_at_mut(plane);
        for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
            [*r, *g, *b] = make([*r, *g, *b]);
        }
    }
}

fn luma(pixel: [f32; 3]) -> f32 {
    LUMA.iter().zip(pixel).map(|(share, x)| share * x).sum()
}

/// A pixel whose hue is turned, by way of hue, saturation and value.
fn turned([r, g, b]: [f32; 3], turn: f32) -> [f32; 3] {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let range = most - least;
    if range <= 0.0 {
        return [r, g, b];
    }
    // In sixths of the circle.
    let hue = if most == r {
        (g - b) / range
    } else if most == g {
        2.0 + (b - r) / range
    } else {
        4.0 + (r - g) / range
    };
    let hue = (hue / 6.0 + turn).rem_euclid(1.0) * 6.0;
    let sector = hue.floor();
    let (rest, saturation) = (hue - sector, range / most);
    let value = |share: f32| (most * (1.0 - share)).clamp(0.0, 1.0);
    let low = value(saturation);
    let falling = value(saturation * rest);
    let rising = value(saturation * (1.0 - rest));
    match sector as u8 % 6 {
        0 => [most, rising, low],
        1 => [falling, most, low],
        2 => [low, most, rising],
        3 => [low, falling, most],
        4 => [rising, low, most],
        _ => [most, low, falling],
    }
}
