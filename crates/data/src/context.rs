//! The context task of "When Representations Align": report one of the two coordinates of a bump, selected by two
//! context bits.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::DataError;

/// Maximum number of pixels and of centres along a side: with more, the inputs would not fit in memory.
const MAX_SIDE: [usize; 2] = [32, 256];

/// The settings of [`context_items`]; the default is the paper's (FOUND: F9).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContextConfig {
    /// Pixels along a side of the image, which spans \\([-1, 1]^2\\); 2 to 32.
    pub pixels: usize,
    /// Bump centres along a side, on the same square; 2 to 256.
    pub centres: usize,
    /// Width \\(\sigma\\) of a bump, in the units of the square.
    pub sigma: f64,
}

impl Default for ContextConfig {
    fn default() -> Self {
        Self {
            pixels: 5,
            centres: 30,
            sigma: 1.0,
        }
    }
}

/// The items of the context task. There are `2 centres²` items: first all of context 0, then the same bumps in
/// context 1. Within a context the centres are in row-major order, x fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextItems {
    /// `[n, pixels² + 2]`: the image row by row (y, then x), then the two context bits.
    pub inputs: Array2<f32>,
    /// `[n, 1]`: x in context 0, y in context 1.
    pub targets: Array2<f32>,
    /// 0 for the bits (1, 0), 1 for (0, 1); `[n]`.
    pub context: Vec<u32>,
    /// Horizontal position of the bump, in \\([-1, 1]\\); `[n]`.
    pub x: Vec<f64>,
    /// Vertical position of the bump; `[n]`.
    pub y: Vec<f64>,
}

/// Bumps \\(e^{-r^2 / 2\sigma^2}\\) around every centre, each normalised to a sum of 1 over its pixels, in both
/// contexts.
///
/// FOUND: F9. The order of items and pixels is ours. [`FiniteTask`](crate::FiniteTask) turns inputs and targets into
/// a task.
///
/// # Errors
/// If the grid is too small or too large, or sigma is not a positive number or so small that a bump between pixels
/// reaches none.
pub fn context_items(config: ContextConfig) -> Result<ContextItems, DataError> {
    check(&config)?;
    let side = line(config.centres);
    let each = side.len() * side.len();
    let pixels = config.pixels * config.pixels;
    let mut items = ContextItems {
        inputs: Array2::zeros((2 * each, pixels + 2)),
        targets: Array2::zeros((2 * each, 1)),
        context: Vec::with_capacity(2 * each),
        x: Vec::with_capacity(2 * each),
        y: Vec::with_capacity(2 * each),
    };
    for item in 0..2 * each {
        let (context, bump) = (item / each, item % each);
        let (x, y) = (side[bump % side.len()], side[bump / side.len()]);
        for (pixel, value) in image(&config, x, y)?.into_iter().enumerate() {
            items.inputs[[item, pixel]] = value;
        }
        items.inputs[[item, pixels + context]] = 1.0;
        items.targets[[item, 0]] = [x, y][context] as f32;
        items.context.push(context as u32);
        items.x.push(x);
        items.y.push(y);
    }
    Ok(items)
}

/// The normalised bump around `(x, y)`, row by row.
fn image(config: &ContextConfig, x: f64, y: f64) -> Result<Vec<f32>, DataError> {
    let bump = |centre: f64| -> Vec<f64> {
        let at = |pixel: f64| (-0.5 * ((pixel - centre) / config.sigma).powi(2)).exp();
        line(config.pixels).into_iter().map(at).collect()
    };
    let (across, down) = (bump(x), bump(y));
    // The bump factorises into x and y, and so does its sum.
    let sum = across.iter().sum::<f64>() * down.iter().sum::<f64>();
    if !sum.is_normal() {
        return Err(DataError::Config {
            field: "sigma",
            found: config.sigma.to_string(),
            expected: "a width at which every bump reaches a pixel: about the distance of pixels or more",
        });
    }
    let row = |down: f64| {
        across
            .iter()
            .map(move |across| (across * down / sum) as f32)
    };
    Ok(down.iter().flat_map(|down| row(*down)).collect())
}

/// `points` numbers from -1 to 1, evenly spaced; at least 2 of them.
fn line(points: usize) -> Vec<f64> {
    let last = (points - 1) as f64;
    (0..points).map(|i| 2.0 * i as f64 / last - 1.0).collect()
}

fn check(config: &ContextConfig) -> Result<(), DataError> {
    let grids = [
        ("pixels", config.pixels, MAX_SIDE[0], "2 to 32 along a side"),
        (
            "centres",
            config.centres,
            MAX_SIDE[1],
            "2 to 256 along a side",
        ),
    ];
    for (field, points, most, expected) in grids {
        if !(2..=most).contains(&points) {
            return Err(DataError::Config {
                field,
                found: points.to_string(),
                expected,
            });
        }
    }
    if !(config.sigma > 0.0 && config.sigma.is_finite()) {
        return Err(DataError::Config {
            field: "sigma",
            found: config.sigma.to_string(),
            expected: "a positive, finite width",
        });
    }
    Ok(())
}
