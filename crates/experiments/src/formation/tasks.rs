//! From a task's configuration to tasks of each seed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use formant_data::{ClassificationTask, NoisyTargets, Split, Task, TeacherTask, digits, mnist};

use crate::formation::config::TaskConfig;

/// Makes the task of any seed; data are read once.
#[derive(Debug, Clone)]
pub struct TaskSource {
    config: TaskConfig,
    split: Option<Split>,
}

impl TaskSource {
    /// Reads the data that the task needs.
    ///
    /// # Errors
    /// If they are missing or damaged.
    pub fn open(config: &TaskConfig, data_dir: Option<&Path>) -> Result<Self> {
        let split = match config {
            TaskConfig::Teacher(_) => None,
            TaskConfig::Mnist => Some(mnist::load(&mnist::locate(data_dir)?)?),
            TaskConfig::Digits => Some(digits::load()),
        };
        Ok(Self {
            config: config.clone(),
            split,
        })
    }

    /// The task of one seed, with noise of this level on the targets of its training batches.
    ///
    /// # Errors
    /// If the configuration is not valid.
    pub fn task(&self, seed: u64, label_noise: f64) -> Result<Box<dyn Task>> {
        let task = self.clean(seed)?;
        if label_noise == 0.0 {
            return Ok(task);
        }
        Ok(Box::new(NoisyTargets::new(task, label_noise, seed)?))
    }

    fn clean(&self, seed: u64) -> Result<Box<dyn Task>> {
        match (&self.config, &self.split) {
            (TaskConfig::Teacher(teacher), _) => Ok(Box::new(
                TeacherTask::new(teacher.clone(), seed).context("task")?,
            )),
            (_, Some(split)) => {
                let (train, test) = (Arc::clone(&split.train), Arc::clone(&split.test));
                Ok(Box::new(ClassificationTask::new(train, test, seed)?))
            }
            (config, None) => anyhow::bail!("the data of task {config:?} were not read"),
        }
    }
}

/// The tasks of several cells: the data of each are read once.
#[derive(Debug, Default)]
pub struct Sources(Vec<TaskSource>);

impl Sources {
    /// The source of a task, opened if need be.
    ///
    /// # Errors
    /// As [`TaskSource::open`].
    pub fn open(&mut self, config: &TaskConfig, data_dir: Option<&Path>) -> Result<&TaskSource> {
        let at = match self.0.iter().position(|source| source.config == *config) {
            Some(at) => at,
            None => {
                self.0.push(TaskSource::open(config, data_dir)?);
                self.0.len() - 1
            }
        };
        Ok(&self.0[at])
    }

    /// The source of a task that was opened.
    ///
    /// # Errors
    /// If it was not.
    pub fn get(&self, config: &TaskConfig) -> Result<&TaskSource> {
        let source = self.0.iter().find(|source| source.config == *config);
        source.with_context(|| format!("the data of task {config:?} were not read"))
    }
}
