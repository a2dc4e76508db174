//! Values read from the paper's pictures of five layers over one setting.

use super::{Along, View};
use crate::chart::{Reference, palette};
use crate::claims::measures::{mean, share};
use crate::claims::{are_inside, inside_intervals, rmse};
use crate::table::{Select, Table};
use crate::text::markdown_table;
use crate::{Estimate, Range};

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

    /// Open markers up to the last value in `table`: one slot a layer, so that they are shifted like ours.
    pub fn markers(&self, table: &Table<'_>, along: Along) -> Vec<Reference> {
        let last = table.select().distinct(along.of).last().copied();
        self.up_to(last.unwrap_or(0.0), table.depth() as usize)
    }

    /// Open markers for `n` layers, up to the value `last`.
    pub fn up_to(&self, last: f64, n: usize) -> Vec<Reference> {
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

    /// Our seeds of what `narrow` leaves of a view, beside the values of the setting that the paper has too.
    pub fn beside<'t>(
        &self,
        view: View,
        table: &'t Table<'t>,
        narrow: impl Fn(Select<'t>) -> Select<'t>,
    ) -> Compared {
        let mut pairs = Vec::new();
        for (layer, select) in view.each(table) {
            for (x, seeds) in narrow(select).seeds_by_x(view.along.of) {
                pairs.extend(self.at(x, layer).map(|paper| (layer, paper, seeds)));
            }
        }
        Compared {
            pairs,
            precision: self.precision,
        }
    }

    /// The values as a table of a report.
    pub fn markdown(&self, along: Along) -> String {
        let mut header = vec![along.name.to_owned()];
        header.extend((1..=5).map(|layer| format!("layer {layer}")));
        let rows = self.x.iter().zip(self.layers).map(|(x, layers)| {
            let mut row = vec![(along.text)(*x)];
            row.extend(layers.map(|value| format!("*{value:.3}*")));
            row
        });
        markdown_table(&header, &rows.collect::<Vec<_>>())
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

/// Our seeds beside the paper's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Layer, the paper's value, ours of each seed.
    pairs: Vec<(u32, f64, Vec<f64>)>,
    precision: f64,
}

impl Compared {
    /// How many values there are on both sides.
    pub fn count(&self) -> usize {
        self.pairs.len()
    }

    /// The root of the mean square of the differences; `None` where nothing can be compared.
    pub fn rmse(&self) -> Option<f64> {
        self.rmse_of(|_| true)
    }

    fn rmse_of(&self, layers: impl Fn(u32) -> bool) -> Option<f64> {
        let pairs = self.pairs.iter().filter(|(layer, ..)| layers(*layer));
        let errors = pairs.filter_map(|(_, paper, ours)| Some(mean(ours.iter().copied())? - paper));
        rmse(&errors.collect::<Vec<_>>())
    }

    /// `RMSE by layer: layer 1 0.012, …`.
    pub fn by_layer(&self) -> String {
        let by_layer = (1..=5).map(|layer| {
            let rmse = self.rmse_of(|other| other == layer);
            format!("layer {layer} {}", distance(rmse))
        });
        format!("RMSE by layer: {}", by_layer.collect::<Vec<_>>().join(", "))
    }

    /// How many of our prediction intervals for one new run hold the paper's value, in words.
    pub fn inside_intervals(&self) -> String {
        inside_intervals(self.predicted(), self.precision)
    }

    /// The share of the paper's values that are inside.
    pub fn share_inside(&self) -> Option<f64> {
        let inside = are_inside(self.predicted(), self.precision);
        share(&inside, |inside| *inside)
    }

    /// The paper's values beside our predictions of one new run.
    fn predicted(&self) -> impl Iterator<Item = (f64, Estimate)> {
        let pairs = self.pairs.iter();
        pairs.filter_map(|(_, paper, ours)| {
            Some((*paper, Estimate::of_new_run(ours, Range::Correlation)?))
        })
    }
}

/// `0.012`, or `none`.
pub(crate) fn distance(rmse: Option<f64>) -> String {
    rmse.map_or("none".to_owned(), |rmse| format!("{rmse:.3}"))
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
            let markers = paper.up_to(last, 6);
            markers.iter().map(|m| m.points.len()).sum::<usize>()
        };
        assert_eq!((points(30.0), points(12.0)), (10, 5));
    }
}
