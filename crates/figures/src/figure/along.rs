//! The column of rows that an axis and the lines of a table run along.

use crate::chart::Axis;
use crate::table::{Grid, Row, Table};

/// A column of rows that an axis and the lines of a table run along.
#[derive(Debug, Clone, Copy)]
pub struct Along {
    /// The heading in tables.
    pub name: &'static str,
    /// The label of the axis.
    pub label: &'static str,
    /// The value of a row.
    pub of: fn(&Row) -> f64,
    /// A value as tables write it.
    pub text: fn(f64) -> String,
    /// The axis.
    pub scale: Spacing,
}

/// How values lie on an axis, and where its ticks are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// Linear, round ticks.
    Linear,
    /// Logarithmic, ticks at powers of ten.
    Log,
    /// Logarithmic, ticks at the values that were run.
    LogAtValues,
    /// Places from 0 on, each with its name.
    Places,
}

impl Along {
    /// Weight decay γ.
    pub const WEIGHT_DECAY: Self = Self {
        name: "gamma",
        label: "weight decay γ",
        of: |row| row.weight_decay,
        text: |gamma| format!("{gamma:.3e}"),
        scale: Spacing::Log,
    };
    /// Neurons of a hidden layer.
    pub const WIDTH: Self = Self {
        name: "width",
        label: "width (neurons of a hidden layer)",
        of: |row| f64::from(row.width),
        text: |width| width.to_string(),
        scale: Spacing::LogAtValues,
    };
    /// Training steps.
    pub const STEP: Self = Self {
        name: "step",
        label: "training step",
        of: |row| row.step as f64,
        text: |step| step.to_string(),
        scale: Spacing::Linear,
    };
    /// Decay times: how often weight decay alone would have shrunk a weight by e.
    pub const DECAY_TIMES: Self = Self {
        name: "decay times",
        label: "decay times n = ηγt/(1 − μ)",
        of: |row| row.decay_times().unwrap_or(f64::NAN),
        text: |times| format!("{times:.2}"),
        scale: Spacing::Log,
    };
    /// Learning rate η.
    pub const LEARNING_RATE: Self = Self {
        name: "learning rate",
        label: "learning rate η",
        of: |row| row.learning_rate,
        text: |rate| rate.to_string(),
        scale: Spacing::Log,
    };
    /// Linear maps, from 1.
    pub const MAP: Self = Self {
        name: "linear map",
        label: "linear map",
        of: |row| f64::from(row.layer),
        text: |map| map.to_string(),
        scale: Spacing::Linear,
    };

    pub(crate) fn axis(self, table: &Table<'_>) -> Axis {
        let values = || table.select().distinct(self.of);
        match self.scale {
            Spacing::Linear => Axis::linear(self.label),
            Spacing::Log => Axis::log(self.label),
            Spacing::LogAtValues => Axis::log(self.label).ticks_at(values()),
            Spacing::Places => {
                let last = values().last().copied().unwrap_or(-1.0);
                let places = (0..=last as i64).map(|place| (self.text)(place as f64));
                Axis::categories(self.label, places)
            }
        }
    }

    /// Tables with a line for each value.
    pub fn grid(self) -> Grid<'static> {
        Grid {
            x_name: self.name,
            x: self.of,
            x_text: self.text,
        }
    }

    /// Whether it runs through the training of a network.
    pub(super) fn is_time(self) -> bool {
        [Self::STEP.name, Self::DECAY_TIMES.name].contains(&self.name)
    }
}
