//! From a task's configuration to tasks of each seed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use formant_data::{ClassificationTask, NoisyTargets, Split, Task, TeacherTask, digits, mnist};

use crate::formation::config::TaskConfig;

/// The data of tasks, each read once.
#[derive(Debug, Default)]
pub struct Sources(Vec<(TaskConfig, Split)>);

impl Sources {
    /// Reads the data that a task needs, unless they have been read.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn open(&mut self, config: &TaskConfig, data_dir: Option<&Path>) -> Result<()> {
        if self.split(config).is_some() {
            return Ok(());
        }
        let split = match config {
            TaskConfig::Teacher(_) => return Ok(()),
            TaskConfig::Mnist => mnist::load(&mnist::locate(data_dir)?)?,
            TaskConfig::Digits => digits::load(),
        };
        self.0.push((config.clone(), split));
        Ok(())
    }

    /// The task of one seed, with noise of this level on the targets of its training batches.
    ///
    /// # Errors
    /// If the configuration is not valid, or its data were not read.
    pub fn task(&self, config: &TaskConfig, seed: u64, label_noise: f64) -> Result<Box<dyn Task>> {
        let clean: Box<dyn Task> = match config {
            TaskConfig::Teacher(teacher) => {
                Box::new(TeacherTask::new(teacher.clone(), seed).context("task")?)
            }
            TaskConfig::Mnist | TaskConfig::Digits => {
                let split = self.split(config);
                let Split { train, test } =
                    split.with_context(|| format!("the data of task {config:?} were not read"))?;
                let (train, test) = (Arc::clone(train), Arc::clone(test));
                Box::new(ClassificationTask::new(train, test, seed)?)
            }
        };
        Ok(match label_noise {
            0.0 => clean,
            level => Box::new(NoisyTargets::new(clean, level, seed)?),
        })
    }

    fn split(&self, config: &TaskConfig) -> Option<&Split> {
        let known = self.0.iter().find(|(known, _)| known == config);
        known.map(|(_, split)| split)
    }
}
