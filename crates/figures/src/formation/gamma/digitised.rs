//! The paper's own values of F-gamma, read from its picture.

use crate::figure::Paper;

/// The weight decays of the panel: the first five points of `logspace(-5, 0, 10)` (INFERRED from the pixels).
pub const PAPER_GAMMAS: [f64; 5] = [1.0e-5, 3.5938e-5, 1.2915e-4, 4.6416e-4, 1.6681e-3];

/// Alpha, DIGITISED, `[gamma][layer - 1]`; the same numbers as `reference/crh/f_gamma.csv`.
pub const PAPER_ALPHA: [[f64; 5]; 5] = [
    [0.1591, 0.2333, 0.5288, 0.6652, 0.7515],
    [0.1621, 0.4409, 0.8909, 0.9015, 0.9364],
    [0.2136, 0.9697, 0.9712, 0.9727, 0.9788],
    [0.4424, 0.9955, 0.999, 0.9788, 1.0000],
    [0.8848, 1.0000, 1.0000, 1.0000, 1.0000],
];

/// F-gamma as it was read.
pub const PAPER: Paper = Paper {
    x: &PAPER_GAMMAS,
    layers: &PAPER_ALPHA,
    precision: 0.002,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_committed_file() {
        PAPER.is_the_file(include_str!("../../../reference/crh/f_gamma.csv"));
    }

    #[test]
    fn the_grid_is_found_exact_or_rounded() {
        for (k, paper) in PAPER_GAMMAS.into_iter().enumerate() {
            let exact = 10f64.powf(-5.0 + 5.0 / 9.0 * k as f64);
            assert_eq!((PAPER.place(exact), PAPER.place(paper)), (Some(k), Some(k)));
        }
        assert_eq!(PAPER.place(2e-5), None);
    }
}
