//! Values read from the paper's pictures of five layers over one setting.

use crate::chart::{Reference, palette};

/// A digitised picture of five layers over one setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// The values of the setting, from the smallest.
    pub x: &'static [f64],
    /// For each of them the number of every layer, `[x][layer - 1]`.
    pub layers: &'static [[f64; 5]],
    /// The smallest difference that the digitisation resolves.
    pub precision: f64,
}

impl Paper {
    /// Which of the paper's values `x` is; rounded ones may differ by 1 %.
    pub fn place(&self, x: f64) -> Option<usize> {
        let mut paper = self.x.iter();
        paper.position(|paper| (x / paper - 1.0).abs() < 0.01)
    }

    /// All layers at a value of the setting.
    pub fn row(&self, x: f64) -> Option<&'static [f64; 5]> {
        self.layers.get(self.place(x)?)
    }

    /// The number of a layer, from 1, at a value of the setting.
    pub fn at(&self, x: f64, layer: u32) -> Option<f64> {
        let k = (layer as usize).checked_sub(1)?;
        self.row(x)?.get(k).copied()
    }

    /// The points of a layer; none for one that the picture does not show.
    pub fn line(&self, layer: u32) -> Vec<(f64, f64)> {
        let x = self.x.iter();
        x.filter_map(|&x| Some((x, self.at(x, layer)?))).collect()
    }

    /// Open markers for `n` layers, up to the value `last`: one slot a layer, so that they are shifted like ours.
    pub fn markers(&self, n: usize, last: f64) -> Vec<Reference> {
        let markers = (0..n).map(|k| {
            let line = self.line(k as u32 + 1).into_iter();
            Reference {
                color: palette::layer(k, n),
                marker: palette::marker(k),
                points: line.filter(|point| point.0 <= 1.01 * last).collect(),
            }
        });
        markers.collect()
    }

    /// Whether these are the numbers of the committed file: the setting, a place in pixels, five layers a line.
    #[cfg(test)]
    pub(crate) fn is_the_file(&self, text: &str) {
        let lines = text.lines();
        let lines = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        let rows: Vec<Vec<f64>> = lines
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        assert_eq!(
            (rows.len(), self.layers.len()),
            (self.x.len(), self.x.len())
        );
        for (k, row) in rows.iter().enumerate() {
            assert_eq!((row[0], &row[2..]), (self.x[k], &self.layers[k][..]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_values_and_layers_have_no_number() {
        let paper = Paper {
            x: &[10.0, 22.0],
            layers: &[[0.1, 0.2, 0.3, 0.4, 0.5], [0.6; 5]],
            precision: 0.01,
        };
        assert_eq!(paper.at(22.1, 5), Some(0.6));
        assert_eq!(
            [paper.at(23.0, 3), paper.at(22.0, 0), paper.at(22.0, 6)],
            [None; 3]
        );
        assert_eq!((paper.line(1).len(), paper.line(6).len()), (2, 0));
        let points = |last| {
            paper
                .markers(6, last)
                .iter()
                .map(|m| m.points.len())
                .sum::<usize>()
        };
        assert_eq!((points(30.0), points(12.0)), (10, 5));
    }
}
