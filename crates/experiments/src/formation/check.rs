//! What a run must keep to, checked before any work starts.

use anyhow::{Result, ensure};
use formant_data::{Spectrum, TeacherConfig};

use super::config::{AverageConfig, MeasurementConfig, ModelConfig, TaskConfig, TrainingConfig};
use super::spec::Settings;
use crate::limits::{self, FACTOR, Memory, SMALLEST_FACTOR, count, number, number_f32, size};
use crate::measure::{Extra, averages};

/// The steepest spectrum of inputs, either way: its variances stay numbers at any width.
const STEEPEST: f64 = 20.0;

impl Settings {
    /// Refuses settings that cannot run.
    ///
    /// # Errors
    /// With the setting, what was found, what was expected, and for a size too large the memory it would take.
    pub fn check(&self) -> Result<()> {
        let memory = self.memory();
        number("weight_decay", self.weight_decay, 0.0..=FACTOR)?;
        if let TaskConfig::Teacher(teacher) = &self.task {
            teacher_fits(teacher, &memory)?;
        }
        let [inputs, outputs] = self.task.shape();
        self.model.check([inputs, outputs], &memory)?;
        self.training.check(&memory)?;
        self.measurement.check(&memory)?;
        match &self.measurement.average {
            Some(average) => self.check_average(average),
            None => Ok(()),
        }
    }

    fn check_average(&self, average: &AverageConfig) -> Result<()> {
        number(
            "measurement.average.window",
            average.window,
            SMALLEST_FACTOR..=1.0,
        )?;
        let window = (self.training.steps as f64 * average.window) as u64;
        let samples = self.measurement.samples as u64 / 2;
        // Each iterate has steps of its own, and at least two samples.
        let most = window.min(samples).min(limits::MEASUREMENTS);
        let least = averages::BLOCKS;
        ensure!(
            (least..=most).contains(&average.iterates),
            "measurement.average.iterates is {}, expected {least} to {most}: no more than steps in the window, half the samples, and {}",
            average.iterates,
            limits::MEASUREMENTS
        );
        Ok(())
    }

    /// Refuses a run that does not fit into this machine.
    ///
    /// # Errors
    /// With what it would take, what there is, and the settings that most of it is for.
    pub fn check_memory(&self) -> Result<()> {
        self.memory().check()
    }

    /// About what one run takes while it trains and is measured.
    fn memory(&self) -> Memory {
        const SINGLE: f64 = 4.0;
        /// Bytes for each entry of a layer's matrices: its moments, and as much again for what is computed from them.
        const MOMENTS: f64 = 8.0 * 8.0;
        /// Bytes of what is measured of a layer at one step.
        const READINGS: f64 = 10_000.0;
        let [inputs, outputs] = self.task.shape().map(|size| size as f64);
        let (width, depth) = (self.model.width as f64, self.model.depth as f64);
        let between = depth - 1.0;
        let parameters = (inputs + 1.0) * width + between * (width + 1.0) * width + width * outputs;
        let squares = inputs * inputs + 2.0 * (between + 1.0) * width * width + outputs * outputs;
        let sets = match self.measurement.extras.contains(&Extra::Ansatz) {
            true => 2.0 + outputs,
            false => 2.0,
        };
        let (hidden, basis) = match &self.task {
            TaskConfig::Teacher(teacher) => {
                let coloured = teacher.spectrum != Spectrum::White;
                let basis = if coloured { inputs * inputs } else { 0.0 };
                (teacher.hidden as f64, basis)
            }
            TaskConfig::Mnist | TaskConfig::Digits => (0.0, 0.0),
        };
        let blocks = self
            .measurement
            .average
            .map_or(0.0, |_| averages::BLOCKS as f64);
        let row = inputs + hidden + outputs;
        let batch = self.training.batch as f64 * (row + 3.0 * depth * width);
        let measured = self.measurement.samples as f64 * row;
        let count = self.measurement.count.min(self.training.steps) as f64;
        let mut memory = Memory::default();
        memory.add("model.width and model.depth", 4.0 * SINGLE * parameters);
        memory.add(
            "model.width, task.inputs and task.outputs",
            MOMENTS * sets * squares,
        );
        memory.add("measurement.average", MOMENTS * blocks * squares);
        memory.add(
            "task.inputs and task.hidden",
            SINGLE * (row * hidden + 4.0 * basis),
        );
        memory.add("training.batch", SINGLE * batch);
        memory.add("measurement.samples", SINGLE * measured);
        memory.add("measurement.count", READINGS * count * (depth + 1.0));
        memory
    }
}

impl TaskConfig {
    /// Inputs and outputs of a network for it.
    fn shape(&self) -> [usize; 2] {
        match self {
            Self::Teacher(teacher) => [teacher.inputs, teacher.outputs],
            Self::Mnist => [28 * 28, 10],
            Self::Digits => [8 * 8, 10],
        }
    }
}

fn teacher_fits(teacher: &TeacherConfig, memory: &Memory) -> Result<()> {
    let widths = [
        ("task.inputs", teacher.inputs),
        ("task.hidden", teacher.hidden),
        ("task.outputs", teacher.outputs),
    ];
    for (name, width) in widths {
        size(name, width as u64, 1..=limits::WIDTH, memory)?;
    }
    for (name, factor) in [
        ("task.amplitude", teacher.amplitude),
        ("task.phase", teacher.phase),
    ] {
        number_f32(name, factor, FACTOR as f32)?;
    }
    match teacher.spectrum {
        Spectrum::White => Ok(()),
        Spectrum::PowerLaw { exponent } => number(
            "task.spectrum.power_law.exponent",
            exponent,
            -STEEPEST..=STEEPEST,
        ),
    }
}

impl ModelConfig {
    fn check(&self, [inputs, outputs]: [usize; 2], memory: &Memory) -> Result<()> {
        size("model.width", self.width as u64, 2..=limits::WIDTH, memory)?;
        size("model.depth", self.depth as u64, 1..=limits::DEPTH, memory)?;
        Ok(self.shape(inputs, outputs).check()?)
    }
}

impl TrainingConfig {
    fn check(&self, memory: &Memory) -> Result<()> {
        size(
            "training.batch",
            self.batch as u64,
            1..=limits::SAMPLES,
            memory,
        )?;
        count("training.steps", self.steps, 1..=limits::STEPS)?;
        number(
            "training.learning_rate",
            self.learning_rate,
            SMALLEST_FACTOR..=FACTOR,
        )?;
        number("training.label_noise", self.label_noise, 0.0..=FACTOR)?;
        Ok(self.optimizer.check()?)
    }
}

impl MeasurementConfig {
    fn check(&self, memory: &Memory) -> Result<()> {
        size(
            "measurement.samples",
            self.samples as u64,
            2..=limits::SAMPLES,
            memory,
        )?;
        // 0 is 1: every run is measured at its end.
        size(
            "measurement.count",
            self.count,
            0..=limits::MEASUREMENTS,
            memory,
        )?;
        match self.null_draws {
            Some(draws) => count(
                "measurement.null_draws",
                draws as u64,
                2..=limits::NULL_DRAWS,
            ),
            None => Ok(()),
        }
    }
}

/// Refuses more runs or training steps than a configuration may have.
///
/// # Errors
/// With their number and the limit.
pub fn check_total(runs: u64, steps: u64) -> Result<()> {
    count("the number of runs", runs, 1..=limits::CELLS)?;
    let all = runs.saturating_mul(steps);
    count(
        "the number of training steps of all runs",
        all,
        1..=limits::ALL_STEPS,
    )
}
