//! Planning and running a sweep: which cells are done, which are left, how long they take.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use tracing::info_span;

use crate::cells::{Key, Store, finished};
use crate::experiment::{CellPolicy, Context};
use crate::figure::Outlook;
use crate::progress::Progress;
use crate::spec::{CellSpec, Settings};
use crate::tasks::Sources;
use crate::train_cells::{FinishedCell, StepTime, TrainCells};

/// A sweep that can run: its data have been read, its settings checked.
pub struct Plan {
    sources: Sources,
    cells: Vec<(Key, CellSpec)>,
    root: PathBuf,
}

/// What a finished sweep found.
pub struct Sweep {
    /// What each cell is, how it ended, and what was measured, in the order of the plan.
    pub cells: Vec<FinishedCell>,
    /// Seconds of the work that made the cells, whenever that was: each cell's share of its ensemble's time.
    pub wall_time_s: f64,
}

/// Checks runs, reads their data, and lists their cells. A run that is listed twice is one cell.
///
/// # Errors
/// If a setting is out of range, or data are missing or damaged: before any long work starts.
pub fn plan(runs: Vec<Settings>, context: &Context) -> Result<Plan> {
    ensure!(!runs.is_empty(), "there is nothing to run");
    let mut sources = Sources::default();
    let mut cells: Vec<(Key, CellSpec)> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for run in runs {
        run.check()?;
        let task = sources
            .open(&run.task, context.data_dir.as_deref())?
            .task(run.seed, run.training.label_noise)?;
        run.training.loss.check(task.target_kind())?;
        run.measurement
            .on
            .of(task.as_ref(), run.measurement.samples)?;
        let spec = CellSpec::new(run, context.backend.name(), task.data_hashes());
        let key = Key::of(&spec)?;
        if known.insert(key.clone()) {
            cells.push((key, spec));
        }
    }
    Ok(Plan {
        sources,
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
    pub fn estimate(&self, context: &Context) -> Result<Outlook> {
        let to_run = self
            .cells
            .iter()
            .filter(|(key, _)| self.is_left(key, context.cells))
            .count();
        let mut seconds = 0.0;
        let mut step_times = HashMap::new();
        for (key, spec) in &self.cells {
            if !self.is_left(key, context.cells) {
                continue;
            }
            let step = match step_times.entry(spec.ensemble_key()?) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => *unknown.insert(context.backend.run(StepTime {
                    spec,
                    sources: &self.sources,
                    memory: context.backend.capabilities().memory,
                })?),
            };
            seconds += step * spec.training.steps as f64;
        }
        // One cell is never spread over several workers.
        seconds /= context.threads.get().min(to_run.max(1)) as f64;
        Ok(Outlook {
            cells: self.cells.len(),
            to_run,
            seconds,
            at_most: false,
        })
    }

    /// Runs what is left and reads everything.
    ///
    /// # Errors
    /// If a run fails, or a finished cell is damaged.
    pub fn run(&self, context: &Context) -> Result<Sweep> {
        let _span = info_span!("run", cells = self.cells.len()).entered();
        self.train(context)?;
        let mut sweep = Sweep {
            cells: Vec::new(),
            wall_time_s: 0.0,
        };
        for (key, spec) in &self.cells {
            let cell = FinishedCell::read(&finished(&self.root, key))?;
            ensure!(
                cell.record.spec == *spec,
                "the folder of cell {} holds another cell: delete it, and it is run again",
                key.as_str()
            );
            sweep.cells.push(cell);
        }
        sweep.wall_time_s = sweep.cells.iter().map(|cell| cell.record.share_s()).sum();
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
        let progress = Progress::new(left.iter().map(|(_, spec)| spec.training.steps).sum());
        let job = TrainCells {
            specs: &left,
            sources: &self.sources,
            store: &store,
            progress: &progress,
            context,
        };
        let result = context.backend.run(job);
        progress.finish();
        result
    }
}
