//! From a task's configuration to tasks of each seed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use formant_data::{ClassificationTask, Split, Task, TeacherTask, digits, mnist};

use crate::config::TaskConfig;

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

    /// The task of one seed.
    ///
    /// # Errors
    /// If the configuration is not valid.
    pub fn task(&self, seed: u64) -> Result<Box<dyn Task>> {
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
