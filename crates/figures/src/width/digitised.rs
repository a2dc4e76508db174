//! The paper's own values of F-width, read from its picture.

/// The widths: `logspace(1, 3.5, 8)`, truncated (INFERRED from the pixels).
pub const PAPER_WIDTHS: [u32; 8] = [10, 22, 51, 117, 268, 610, 1389, 3162];

/// The smallest difference in alpha that the digitisation resolves.
pub const PRECISION: f64 = 0.001;

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

/// The paper's points of one layer, 1 to 5, or none for another layer: log10 of the width, and alpha.
pub(super) fn paper_line(layer: u32) -> Vec<(f64, f64)> {
    let points = PAPER_WIDTHS.into_iter().zip(PAPER_ALPHA);
    let points = points.filter_map(|(width, alphas)| {
        let alpha = alphas.get((layer as usize).checked_sub(1)?)?;
        Some((f64::from(width).log10(), *alpha))
    });
    points.collect()
}

/// The paper's alpha of a layer at a width; `None` for other widths and layers.
pub(super) fn paper_alpha(width: u32, layer: u32) -> Option<f64> {
    let k = PAPER_WIDTHS.iter().position(|paper| *paper == width)?;
    PAPER_ALPHA[k]
        .get((layer as usize).checked_sub(1)?)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_committed_file() {
        let text = include_str!("../../reference/crh/f_width.csv");
        let lines = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        let rows: Vec<Vec<f64>> = lines
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        assert_eq!(rows.len(), 8);
        for ((row, width), alpha) in rows.iter().zip(PAPER_WIDTHS).zip(PAPER_ALPHA) {
            assert_eq!(row[0], f64::from(width));
            assert_eq!(row[2..], alpha);
        }
        for (k, width) in PAPER_WIDTHS.into_iter().enumerate() {
            assert_eq!(10f64.powf(1.0 + 2.5 / 7.0 * k as f64) as u32, width);
        }
    }

    #[test]
    fn other_widths_and_layers_have_no_value() {
        assert_eq!(paper_alpha(22, 3), Some(0.6924));
        assert_eq!(
            (paper_alpha(23, 3), paper_alpha(22, 0), paper_alpha(22, 6)),
            (None, None, None)
        );
        assert_eq!((paper_line(5).len(), paper_line(6).len()), (8, 0));
    }
}
