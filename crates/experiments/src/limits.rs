//! The largest sizes of a run, checked before any work starts. What lies beyond is a slip of the pen, and would end in an
//! abort for lack of memory.

use std::fmt;
use std::ops::RangeInclusive;

use anyhow::{Result, ensure};

/// Neurons of a hidden layer, inputs and outputs of a network, hidden units of a teacher.
pub const WIDTH: u64 = 1 << 16;
/// Hidden layers.
pub const DEPTH: u64 = 1_000;
/// Samples of a batch or of a measurement.
pub const SAMPLES: u64 = 10_000_000;
/// Rotations of a null.
pub const NULL_DRAWS: u64 = formant_align::MOST_NULL_DRAWS;
/// Measurements of a run.
pub const MEASUREMENTS: u64 = 100_000;
/// Training steps of one run.
pub const STEPS: u64 = 1_000_000_000_000;
/// Epochs of one run on a few points, all of which are kept.
pub const EPOCHS: u64 = 10_000_000;
/// Seeds of one setting.
pub const SEEDS: u64 = formant_figures::MOST_SEEDS;
/// Runs of a configuration.
pub const CELLS: u64 = 100_000;
/// Training steps of all runs of a configuration.
pub const ALL_STEPS: u64 = 1_000_000_000_000_000;
/// Workers on a CPU.
pub const THREADS: u64 = 1_024;
/// Factors, rates and standard deviations: squares of what they scale stay within single precision.
pub const FACTOR: f64 = 1e9;
/// The smallest step size and factor on weights: smaller ones vanish in single precision.
pub const SMALLEST_FACTOR: f64 = 1e-30;

/// What parts of a run take, in bytes, each with the settings that it depends on.
#[derive(Debug, Clone, Default)]
pub struct Memory(Vec<(&'static str, f64)>);

impl Memory {
    /// Adds a part.
    pub fn add(&mut self, settings: &'static str, bytes: f64) {
        self.0.push((settings, bytes));
    }

    /// Bytes in all.
    pub fn total(&self) -> f64 {
        self.0.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Refuses a run that does not fit into this machine.
    ///
    /// # Errors
    /// With what it would take, what there is, and the settings that most of it is for.
    pub fn check(&self) -> Result<()> {
        self.fits(machine_memory())
    }

    fn fits(&self, there: f64) -> Result<()> {
        let largest = self.0.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let (settings, part) = largest.copied().unwrap_or_default();
        ensure!(
            self.total() <= there,
            "this would take {} of memory, expected at most the {} of this machine; {} of it for {settings}: \
             choose smaller ones",
            Bytes(self.total()),
            Bytes(there),
            Bytes(part)
        );
        Ok(())
    }
}

/// Refuses a whole number out of its range. `memory`: what all that was asked for would take.
///
/// # Errors
/// With the number, its range, and for one above it the memory.
pub fn size(name: &str, found: u64, range: RangeInclusive<u64>, memory: &Memory) -> Result<()> {
    let (least, most) = (range.start(), range.end());
    let bytes = Bytes(memory.total());
    let above = found > *most && bytes.0 > 0.0;
    let taken = if above {
        format!("; this would take {bytes} of memory")
    } else {
        String::new()
    };
    ensure!(
        range.contains(&found),
        "{name} is {found}, expected {least} to {most}{taken}"
    );
    Ok(())
}

/// Refuses a whole number out of its range that takes no memory to speak of.
///
/// # Errors
/// With the number and its range.
pub fn count(name: &str, found: u64, range: RangeInclusive<u64>) -> Result<()> {
    size(name, found, range, &Memory::default())
}

/// Refuses a number out of its range, which NaN and infinities are.
///
/// # Errors
/// With the number and its range.
pub fn number(name: &str, found: f64, range: RangeInclusive<f64>) -> Result<()> {
    let (least, most) = (range.start(), range.end());
    ensure!(
        range.contains(&found),
        "{name} is {found:?}, expected a number from {least:?} to {most:?}"
    );
    Ok(())
}

/// As [`number`], of single precision.
///
/// # Errors
/// With the number and its range.
pub fn number_f32(name: &str, found: f32, most: f32) -> Result<()> {
    ensure!(
        found.abs() <= most,
        "{name} is {found:?}, expected a number from {:?} to {most:?}",
        -most
    );
    Ok(())
}

/// Parses a whole number of the command line.
///
/// # Errors
/// With the range.
pub fn parse(text: &str, range: RangeInclusive<u64>) -> Result<u64, String> {
    let (least, most) = (range.start(), range.end());
    let found = text.parse().ok().filter(|found| range.contains(found));
    found.ok_or_else(|| format!("expected a whole number from {least} to {most}"))
}

/// Parses a number of seeds.
///
/// # Errors
/// With the range.
pub fn parse_seeds(text: &str) -> Result<u64, String> {
    parse(text, 1..=SEEDS)
}

/// A number for a table; `None`, an empty cell, for what is none.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Bytes as a person says them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bytes(f64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
        let mut size = self.0 / 1e3;
        for unit in UNITS {
            if size < 999.5 {
                return write!(f, "{size:.1} {unit}");
            }
            size /= 1e3;
        }
        f.write_str("more than 1000 EB")
    }
}

/// Memory of this machine in bytes, where the system tells it; else more than most have.
fn machine_memory() -> f64 {
    const ELSEWHERE: f64 = 64e9;
    formant_align::system_memory().unwrap_or(ELSEWHERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_out_of_range_names_the_range_and_the_memory() {
        let mut memory = Memory::default();
        memory.add("width", 3.2e12);
        let error = |found| {
            size("width", found, 2..=100, &memory)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error(101),
            "width is 101, expected 2 to 100; this would take 3.2 TB of memory"
        );
        assert_eq!(error(1), "width is 1, expected 2 to 100");
        size("width", 100, 2..=100, &memory).unwrap();
    }

    #[test]
    fn memory_that_is_not_there_is_refused_with_what_it_is_for() {
        let mut memory = Memory::default();
        memory.add("model.width", 3e9);
        memory.add("training.batch", 1e9);
        memory.fits(4e9).unwrap();
        let error = memory.fits(3.9e9).unwrap_err().to_string();
        for part in ["4.0 GB", "3.9 GB", "3.0 GB", "model.width"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn numbers_that_are_none_are_out_of_every_range() {
        for found in [f64::NAN, f64::INFINITY, -1.0, 2.1] {
            number("x", found, 0.0..=2.0).unwrap_err();
        }
        for found in [f32::NAN, f32::NEG_INFINITY, 2.1] {
            number_f32("x", found, 2.0).unwrap_err();
        }
        number_f32("x", -2.0, 2.0).unwrap();
    }
}
