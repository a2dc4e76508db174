//! The numbers that statistics read off a layer.

use formant_moments::{Side, Variant};
use serde::{Deserialize, Serialize};

use super::describe;
use crate::{AlignmentError, Matrix, MeasuredLayer, NullLevel};

/// One number of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The name of its [`Description`](crate::Description).
    pub statistic: String,
    /// The side that it is of; `None` if it is of the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// The variant of the moments; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Variant>,
    /// `None` (JSON `null`) where the statistic is not defined.
    pub value: Option<f64>,
    /// Why there is no value, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What chance alone gives; empty where that is not known.
    #[serde(default, skip_serializing_if = "NullLevel::is_empty")]
    pub null: NullLevel,
}

/// The numbers of a layer, in the order of the [list of statistics](super::STATISTICS).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Readings(Vec<Reading>);

impl Readings {
    /// Adds a number without a null.
    pub fn push(
        &mut self,
        statistic: impl Into<String>,
        side: impl Into<Option<Side>>,
        variant: impl Into<Option<Variant>>,
        value: Option<f64>,
    ) {
        self.push_with_null(statistic, side, variant, value, NullLevel::default());
    }

    /// Adds a number and what chance alone gives.
    pub fn push_with_null(
        &mut self,
        statistic: impl Into<String>,
        side: impl Into<Option<Side>>,
        variant: impl Into<Option<Variant>>,
        value: Option<f64>,
        null: NullLevel,
    ) {
        self.0.push(Reading {
            statistic: statistic.into(),
            side: side.into(),
            variant: variant.into(),
            value,
            reason: None,
            null,
        });
    }

    /// Gives the last reading its reason, if it has no value.
    pub(super) fn explain(&mut self, reason: impl FnOnce() -> Option<String>) {
        if let Some(last) = self.0.last_mut().filter(|last| last.value.is_none()) {
            last.reason = reason();
        }
    }

    /// Takes out what is not a number, so that no table ever shows it.
    pub(super) fn keep_finite(&mut self) {
        for reading in &mut self.0 {
            if reading.value.is_some_and(|value| !value.is_finite()) {
                reading.value = None;
                reading.reason = Some("the number overflows or loses all digits in f64".to_owned());
            }
            for number in [&mut reading.null.mean, &mut reading.null.q95] {
                *number = number.filter(|number| number.is_finite());
            }
        }
    }

    /// Adds a number of the spectrum of each raw matrix of a side, named `statistic` and the matrix.
    pub(super) fn push_of_spectra(
        &mut self,
        statistic: &str,
        layer: &MeasuredLayer<'_>,
        side: Side,
        number: impl Fn(&[f64]) -> Result<f64, AlignmentError>,
    ) {
        for matrix in Matrix::ALL {
            let spectrum = layer.spectrum(side, matrix);
            let value = spectrum.and_then(|spectrum| number(spectrum).ok());
            let name = format!("{statistic}_{}", matrix.name());
            self.push(name, side, Variant::Raw, value);
        }
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Reading> {
        self.0.iter()
    }

    /// One of them.
    #[must_use]
    pub fn get(
        &self,
        statistic: &str,
        side: impl Into<Option<Side>>,
        variant: impl Into<Option<Variant>>,
    ) -> Option<&Reading> {
        let place = (side.into(), variant.into());
        self.iter().find(|reading| {
            reading.statistic == statistic && (reading.side, reading.variant) == place
        })
    }

    /// The value of one of them; `None` if it is not defined or not there.
    #[must_use]
    pub fn value(
        &self,
        statistic: &str,
        side: impl Into<Option<Side>>,
        variant: impl Into<Option<Variant>>,
    ) -> Option<f64> {
        self.get(statistic, side, variant)?.value
    }

    /// Those whose value or null is not in the range of their description, or that have none.
    pub fn out_of_range(&self) -> impl Iterator<Item = &Reading> {
        self.iter().filter(|reading| {
            let numbers = [reading.value, reading.null.mean, reading.null.q95];
            let range = describe(&reading.statistic).map(|description| description.range);
            !range.is_some_and(|range| numbers.into_iter().flatten().all(|x| range.contains(x)))
        })
    }
}

impl<'a> IntoIterator for &'a Readings {
    type Item = &'a Reading;
    type IntoIter = std::slice::Iter<'a, Reading>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
