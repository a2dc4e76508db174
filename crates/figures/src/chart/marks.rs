//! What a panel shows beside its series: guides, null levels, the paper's values.

use crate::chart::picture::Marker;

/// A line to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide {
    /// Its name in the legend.
    pub label: String,
    /// Where it runs.
    pub line: GuideLine,
    /// CSS colour.
    pub color: String,
    /// SVG dash pattern.
    pub dashes: String,
}

/// Where a guide runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GuideLine {
    /// y is this everywhere.
    Horizontal(f64),
    /// x is this everywhere: a mark on the x axis.
    Vertical(f64),
    /// A straight line with this slope through this point; on two logarithmic axes the power law
    /// y = y₀ (x / x₀) to the power of the slope.
    Slope(f64, (f64, f64)),
}

impl Guide {
    fn new(label: impl Into<String>, line: GuideLine, dashes: &str) -> Self {
        Self {
            label: label.into(),
            line,
            color: "#6b6b6b".to_owned(),
            dashes: dashes.to_owned(),
        }
    }

    /// A dashed horizontal line.
    pub fn horizontal(label: impl Into<String>, y: f64) -> Self {
        Self::new(label, GuideLine::Horizontal(y), "7 4")
    }

    /// A dotted vertical line.
    pub fn vertical(label: impl Into<String>, x: f64) -> Self {
        Self::new(label, GuideLine::Vertical(x), "2 3")
    }

    /// The diagonal y = x.
    pub fn diagonal(label: impl Into<String>) -> Self {
        Self::new(label, GuideLine::Slope(1.0, (1.0, 1.0)), "7 4")
    }

    /// A line of this slope through a point; slopes differ by colour and dashes, and say at their end what they are.
    pub fn slope(slope: f64, through: (f64, f64)) -> Self {
        let (color, dashes) = match slope {
            s if s < 0.0 => ("#882255", "1 3"),
            s if s <= 1.0 => ("#117733", "9 3"),
            s if s <= 2.0 => ("#0072b2", "5 4"),
            _ => ("#444444", "2 3"),
        };
        let label = format!("slope {slope}").replace('-', "−");
        Self::new(label, GuideLine::Slope(slope, through), dashes).color(color)
    }

    setters! {
        /// Another pattern of dashes.
        fn dashes(dashes: impl Into<String>);
        /// Another colour.
        fn color(color: impl Into<String>);
    }
}

/// The level that unrelated matrices reach at one x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NullPoint {
    /// Where.
    pub x: f64,
    /// Its mean.
    pub mean: f64,
    /// Its 95 % quantile.
    pub q95: f64,
}

/// Values of the paper, drawn as open markers larger than ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// CSS colour.
    pub color: String,
    /// Shape.
    pub marker: Marker,
    /// x and y.
    pub points: Vec<(f64, f64)>,
}

/// A field of a grid on two axes of categories.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Which categories, across and up.
    pub at: (usize, usize),
    /// CSS colour of the field.
    pub color: String,
    /// What is written in it, line by line.
    pub lines: Vec<String>,
}
