//! Planning and running a sweep: which cells are done, which are left, how long they take.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, ensure};
use formant_figures::gamma::LayerRow;
use tracing::info_span;

use super::{CellSpec, GammaConfig};
use crate::cells::{Key, Store, finished};
use crate::experiment::{CellPolicy, Context};
use crate::progress::Progress;
use crate::tasks::TaskSource;
use crate::train_cells::{CellRecord, FinishedCell, StepTime, TrainCells};

/// A sweep that can run: its data have been read, its settings checked.
pub struct Plan {
    config: GammaConfig,
    source: TaskSource,
    cells: Vec<(Key, CellSpec)>,
    root: PathBuf,
}

/// What a finished sweep found.
pub struct Sweep {
    /// The measurements of all cells, in the order of cells.
    pub rows: Vec<LayerRow>,
    /// What each cell is and how it ended.
    pub records: Vec<CellRecord>,
    /// Seconds that this process spent on it.
    pub wall_time_s: f64,
}

/// What is left of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Cells in all.
    pub cells: usize,
    /// Of those, how many are to be run.
    pub to_run: usize,
    /// Seconds that the training of those takes here, from a few timed steps.
    pub seconds: f64,
}

/// Checks a configuration, reads its data, and lists its cells.
///
/// # Errors
/// If a setting is out of range, or data are missing or damaged: before any long work starts.
pub fn plan(config: &GammaConfig, context: &Context) -> Result<Plan> {
    config.check()?;
    let source = TaskSource::open(&config.task, context.data_dir.as_deref())?;
    let task = source.task(config.seeds[0])?;
    config.training.loss.check(task.target_kind())?;
    task.holdout(config.measurement.samples)?;
    let cells = config
        .cells(context.backend.name(), &task.data_hashes())
        .into_iter()
        .map(|spec| Ok((Key::of(&spec)?, spec)))
        .collect::<Result<_>>()?;
    Ok(Plan {
        config: config.clone(),
        source,
        cells,
        root: context.out.join("cells"),
    })
}

impl Plan {
    fn is_left(&self, key: &Key, policy: CellPolicy) -> bool {
        policy == CellPolicy::Redo || !finished(&self.root, key).exists()
    }

    /// What is left to do, and how long it takes.
    ///
    /// # Errors
    /// If the timed steps fail.
    pub fn estimate(&self, context: &Context) -> Result<Estimate> {
        let to_run = self
            .cells
            .iter()
            .filter(|(key, _)| self.is_left(key, context.cells))
            .count();
        let (_, spec) = &self.cells[0];
        let memory = context.backend.capabilities().memory;
        let step = context.backend.run(StepTime {
            spec,
            source: &self.source,
            memory,
        })?;
        let rounds = to_run.div_ceil(context.threads.get()) as f64;
        let seconds = step * self.config.training.steps as f64 * rounds;
        Ok(Estimate {
            cells: self.cells.len(),
            to_run,
            seconds,
        })
    }

    /// Runs what is left and reads everything.
    ///
    /// # Errors
    /// If a run fails, or a finished cell is damaged.
    pub fn run(&self, context: &Context) -> Result<Sweep> {
        let began = Instant::now();
        let _span = info_span!("run", cells = self.cells.len()).entered();
        self.train(context)?;
        let mut sweep = Sweep {
            rows: Vec::new(),
            records: Vec::new(),
            wall_time_s: 0.0,
        };
        for (key, spec) in &self.cells {
            let cell = FinishedCell::read(&finished(&self.root, key))?;
            ensure!(
                cell.record.spec == *spec,
                "the folder of cell {} holds another cell: delete it, and it is run again",
                key.as_str()
            );
            sweep.rows.extend(cell.rows);
            sweep.records.push(cell.record);
        }
        sweep.wall_time_s = began.elapsed().as_secs_f64();
        Ok(sweep)
    }

    fn train(&self, context: &Context) -> Result<()> {
        if !self
            .cells
            .iter()
            .any(|(key, _)| self.is_left(key, context.cells))
        {
            return Ok(());
        }
        let store = Store::open(&self.root)?;
        if context.cells == CellPolicy::Redo {
            self.cells
                .iter()
                .try_for_each(|(key, _)| store.remove(key))?;
        }
        let left: Vec<(Key, CellSpec)> = self
            .cells
            .iter()
            .filter(|(key, _)| self.is_left(key, CellPolicy::Reuse))
            .cloned()
            .collect();
        let done = self.cells.len() - left.len();
        if done > 0 {
            eprintln!("{done} of {} cells are done already", self.cells.len());
        }
        let progress = Progress::new(left.len() as u64 * self.config.training.steps);
        let job = TrainCells {
            specs: &left,
            source: &self.source,
            store: &store,
            progress: &progress,
            context,
        };
        let result = context.backend.run(job);
        progress.finish();
        result
    }
}
