//! The paper's own values of F-width, read from its picture.

use crate::figure::Paper;

/// The widths: `logspace(1, 3.5, 8)`, truncated (INFERRED from the pixels).
pub const PAPER_WIDTHS: [u32; 8] = [10, 22, 51, 117, 268, 610, 1389, 3162];

/// Alpha, DIGITISED, `[width][layer - 1]`; the same numbers as `reference/crh/f_width.csv`.
pub const PAPER_ALPHA: [[f64; 5]; 8] = [
    [0.2833, 0.6697, 0.6606, 0.6288, 0.6182],
    [0.1530, 0.2742, 0.6924, 0.7909, 0.8682],
    [0.1500, 0.2682, 0.6879, 0.7864, 0.8682],
    [0.1667, 0.3606, 0.7409, 0.7697, 0.7879],
    [0.2227, 0.5621, 0.7258, 0.6424, 0.6409],
    [0.1833, 0.4530, 0.7667, 0.6939, 0.7076],
    [0.1561, 0.2848, 0.6985, 0.7924, 0.8636],
    [0.1576, 0.3197, 0.7348, 0.7697, 0.8348],
];

/// F-width as it was read.
pub const PAPER: Paper = Paper {
    x: &[10.0, 22.0, 51.0, 117.0, 268.0, 610.0, 1389.0, 3162.0],
    layers: &PAPER_ALPHA,
    precision: 0.001,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_committed_file() {
        PAPER.is_the_file(include_str!("../../../reference/crh/f_width.csv"));
        for (k, width) in PAPER_WIDTHS.into_iter().enumerate() {
            assert_eq!(PAPER.x[k], f64::from(width));
            assert_eq!(10f64.powf(1.0 + 2.5 / 7.0 * k as f64) as u32, width);
        }
    }
}
