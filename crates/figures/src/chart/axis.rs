//! Axes: linear, logarithmic or of categories.
//!
//! Drawn here and not by `kuva`, whose logarithmic axes end at 1e-10 and label 2 and 5 between powers of ten.

use crate::text::numbers::{power_of_ten, thousands};

/// How values become places.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Scale {
    /// Equal steps are equal differences.
    #[default]
    Linear,
    /// Equal steps are equal ratios. Values that are not above 0 are not drawn.
    Log,
    /// Value k stands for the k-th name, from 0.
    Categories(Vec<String>),
    /// Linear, with names at these values in place of ticks at round numbers.
    Marked(Vec<(f64, String)>),
}

/// One axis of a panel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Axis {
    /// How values become places.
    pub scale: Scale,
    /// What it shows. For a vertical axis leave it empty where the panel's title says it.
    pub label: String,
    /// The ends; `None` fits them to what is drawn.
    pub ends: Option<(f64, f64)>,
    /// Values that fitted ends must reach.
    pub reach: Vec<f64>,
    /// Where ticks stand in place of round numbers, such as the values that were run.
    pub ticks: Vec<f64>,
    /// What fitted ends do not pass for an interval's sake; points are always inside.
    pub limits: Option<(f64, f64)>,
}

impl Axis {
    fn new(scale: Scale, label: impl Into<String>) -> Self {
        Self {
            scale,
            label: label.into(),
            ..Self::default()
        }
    }

    /// A linear axis.
    pub fn linear(label: impl Into<String>) -> Self {
        Self::new(Scale::Linear, label)
    }

    /// A logarithmic axis.
    pub fn log(label: impl Into<String>) -> Self {
        Self::new(Scale::Log, label)
    }

    /// An axis of names; the k-th stands at x = k.
    pub fn categories(label: impl Into<String>, names: impl IntoIterator<Item = String>) -> Self {
        Self::new(Scale::Categories(names.into_iter().collect()), label)
    }

    /// A linear axis with names at these values in place of round numbers.
    pub fn marked(label: impl Into<String>, marks: Vec<(f64, String)>) -> Self {
        Self::new(Scale::Marked(marks), label)
    }

    adders! {
        /// Fits the ends so that these values are inside too.
        fn reaching(reach: f64);
    }

    /// A linear axis of correlations: from 0 to 1 at least, and little beyond for the sake of an interval alone.
    pub fn correlation() -> Self {
        Self {
            limits: Some((-0.1, 1.05)),
            ..Self::linear("").reaching([0.0, 1.0])
        }
    }

    /// Ticks at these values and nowhere else.
    #[must_use]
    pub fn ticks_at(mut self, values: impl IntoIterator<Item = f64>) -> Self {
        self.ticks.extend(values);
        self.ticks.sort_by(f64::total_cmp);
        self.ticks.dedup();
        self
    }

    /// Fixes the ends.
    #[must_use]
    pub fn within(mut self, low: f64, high: f64) -> Self {
        self.ends = Some((low, high));
        self
    }

    /// Whether a value has a place on this kind of axis.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.is_finite() && (self.scale != Scale::Log || value > 0.0)
    }

    /// The ends for these values, with a little room beyond.
    pub(super) fn fit(&self, values: impl Iterator<Item = f64>) -> (f64, f64) {
        if let Some(ends) = self.ends {
            return ends;
        }
        if let Scale::Categories(names) = &self.scale {
            return (-0.5, names.len().max(1) as f64 - 0.5);
        }
        let shown = values
            .chain(self.reach.iter().copied())
            .filter(|&value| self.shows(value))
            .map(|value| self.flat(value));
        let (low, high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(v), high.max(v))
        });
        let log = self.scale == Scale::Log;
        if low > high {
            return if log { (0.1, 10.0) } else { (0.0, 1.0) };
        }
        let least = if log { 0.3 } else { 1e-9 * low.abs().max(1.0) };
        let too_narrow = high - low < least;
        let room = if too_narrow { least.max(0.05) } else { 0.0 };
        let room = (0.05 * (high - low)).max(room);
        (self.unflat(low - room), self.unflat(high + room))
    }

    /// The ends for these values: points, and where their intervals end.
    pub(super) fn fit_within(
        &self,
        points: impl Iterator<Item = f64>,
        intervals: impl Iterator<Item = f64>,
    ) -> (f64, f64) {
        let points: Vec<f64> = points.collect();
        let ends = self.fit(points.iter().copied().chain(intervals));
        let Some((low, high)) = self.limits else {
            return ends;
        };
        let (first, last) = self.fit(points.into_iter());
        (ends.0.max(low.min(first)), ends.1.min(high.max(last)))
    }

    /// Onto a line where equal steps are equal lengths.
    pub(super) fn flat(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Log => value.log10(),
            _ => value,
        }
    }

    pub(super) fn unflat(&self, flat: f64) -> f64 {
        match self.scale {
            Scale::Log => 10f64.powf(flat),
            _ => flat,
        }
    }

    /// Where labelled ticks stand between the ends, with their labels: at most about `most`.
    pub(super) fn ticks(&self, ends: (f64, f64), most: usize) -> Vec<(f64, String)> {
        if !self.ticks.is_empty() {
            let ticks = self.ticks.iter().filter(|tick| self.shows(**tick));
            return ticks.map(|&tick| (tick, short(tick))).collect();
        }
        match &self.scale {
            Scale::Linear => {
                // One tick tells no scale.
                let few = (most..most + 8).map(|most| linear_ticks(ends, most));
                let mut ticks = few.skip_while(|ticks| ticks.len() < 2);
                ticks.next().unwrap_or_else(|| linear_ticks(ends, most))
            }
            Scale::Log => log_ticks(ends, most),
            Scale::Categories(names) => {
                let names = names.iter().enumerate();
                names.map(|(k, name)| (k as f64, name.clone())).collect()
            }
            Scale::Marked(marks) => marks.clone(),
        }
    }

    /// A place on the axis in words: its name, or its number.
    pub(super) fn name_of(&self, value: f64) -> String {
        let name = match &self.scale {
            Scale::Categories(names) => names.get(value.round() as usize).cloned(),
            Scale::Marked(marks) => {
                let near = marks.iter().find(|(mark, _)| (mark - value).abs() < 0.25);
                near.map(|(_, name)| name.clone())
            }
            _ => None,
        };
        name.unwrap_or_else(|| format!("{} {}", self.label, short(value)).trim().to_owned())
    }

    /// Where unlabelled ticks stand: 2 to 9 times the powers of ten.
    pub(super) fn minor_ticks(&self, ends: (f64, f64)) -> Vec<f64> {
        if self.scale != Scale::Log || !self.ticks.is_empty() || (ends.1 / ends.0).log10() > 6.0 {
            return Vec::new();
        }
        let digits = (2..10).map(f64::from).collect::<Vec<f64>>();
        multiples(ends, &digits)
    }
}

/// `0.5`, `1389`, `3·10⁻⁴`.
fn short(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        power_of_ten(value)
    } else if value.abs() >= 10_000.0 {
        thousands(value as u64)
    } else {
        format!("{value}").replace('-', "−")
    }
}

fn linear_ticks((low, high): (f64, f64), most: usize) -> Vec<(f64, String)> {
    let rough = (high - low) / most.max(2) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|&step| step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let ticks = (first..=last).map(|k| {
        let value = k as f64 * step;
        (value, plain(value, step))
    });
    ticks.collect()
}

/// As many decimals as the step needs, thousands apart from 10,000 up.
fn plain(value: f64, step: f64) -> String {
    let decimals = (0..8).find(|&d| {
        let scaled = step * 10f64.powi(d);
        (scaled - scaled.round()).abs() < 1e-6
    });
    let decimals = decimals.unwrap_or(8) as usize;
    if decimals == 0 && value.abs() >= 10_000.0 {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", thousands(value.abs() as u64));
    }
    format!("{:.decimals$}", value + 0.0).replace('-', "−")
}

/// Powers of ten; twice and five times them too where there are too few.
fn log_ticks(ends: (f64, f64), most: usize) -> Vec<(f64, String)> {
    let powers = multiples(ends, &[1.0]);
    let values = if powers.len() < 2 {
        multiples(ends, &[1.0, 2.0, 5.0])
    } else {
        // One tick tells no scale.
        let every = powers.len().div_ceil(most.max(2));
        powers.into_iter().step_by(every).collect()
    };
    let ticks = values.into_iter();
    ticks.map(|tick| (tick, power_of_ten(tick))).collect()
}

fn multiples((low, high): (f64, f64), digits: &[f64]) -> Vec<f64> {
    let first = low.log10().floor() as i32;
    let last = high.log10().ceil() as i32;
    (first..=last)
        .flat_map(|exponent| digits.iter().map(move |digit| digit * 10f64.powi(exponent)))
        .filter(|&tick| tick >= low * (1.0 - 1e-9) && tick <= high * (1.0 + 1e-9))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(axis: &Axis, ends: (f64, f64)) -> Vec<String> {
        let ticks = axis.ticks(ends, 6).into_iter();
        ticks.map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        let linear = Axis::linear("");
        let tenths = labels(&linear, (-0.05, 1.05));
        assert_eq!(tenths, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        let thousands = labels(&linear, (0.0, 16_000.0));
        assert_eq!(thousands, ["0", "5000", "10,000", "15,000"]);
        let log = Axis::log("");
        assert_eq!(labels(&log, (5e-6, 2e-3)), ["10⁻⁵", "10⁻⁴", "10⁻³"]);
        assert_eq!(labels(&log, (0.11, 0.9)), ["2·10⁻¹", "5·10⁻¹"]);
        assert_eq!(labels(&log, (1e-12, 1.0)).len(), 5);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn fitted_ends_hold_every_value_and_a_tick(values in prop::collection::vec(1e-12f64..1e6, 1..9)) {
            for axis in [Axis::linear("x"), Axis::log("x")] {
                let ends = axis.fit(values.iter().copied());
                prop_assert!(ends.0 < ends.1);
                prop_assert!(values.iter().all(|v| (ends.0..=ends.1).contains(v)));
                let ticks = axis.ticks(ends, 6);
                prop_assert!(ticks.iter().all(|(tick, _)| *tick >= ends.0 * (1.0 - 1e-8) - 1e-9 && *tick <= ends.1 * (1.0 + 1e-8)));
                prop_assert!(ticks.len() <= 8, "{ticks:?}");
            }
        }
    }
}
