//! Planning and running a sweep: which cells are done, which are left, how long they take.

use anyhow::{Result, ensure};
use tracing::info_span;

use crate::runner::plan::{CellList, Reader, Work};
use crate::experiment::Context;
use crate::families::{Outlook, seconds};
use crate::runner::progress::Progress;
use crate::runner::provenance::Made;
use crate::formation::spec::{CellSpec, Settings};
use crate::formation::tasks::Sources;
use crate::formation::networks::{FinishedCell, StepTime, TrainCells};

/// A sweep that can run: its data have been read, its settings checked.
pub struct Plan {
    sources: Sources,
    cells: CellList<CellSpec>,
}

const READER: Reader<CellSpec, FinishedCell> = Reader {
    read: FinishedCell::read,
    spec: |cell| &cell.record.spec,
};

/// What a finished sweep found.
pub struct Sweep {
    /// What each cell is, how it ended, and what was measured, in the order of the plan.
    pub cells: Vec<FinishedCell>,
    /// Seconds of the work that made the cells, whenever that was: each cell's share of its ensemble's time.
    pub wall_time_s: f64,
}

impl Sweep {
    /// What provenance says of it.
    pub fn made(&self) -> Made {
        let specs = || self.cells.iter().map(|cell| &cell.record.spec);
        let dtype = specs().next().map(|spec| spec.dtype.clone());
        Made {
            seeds: specs().map(|spec| spec.seed).collect(),
            dtype: dtype.unwrap_or_default(),
            data_hashes: specs().flat_map(|spec| spec.data_hashes.clone()).collect(),
            wall_time_s: self.wall_time_s,
        }
    }
}

/// Checks runs, reads their data, and lists their cells. A run that is listed twice is one cell.
///
/// # Errors
/// If a setting is out of range, or data are missing or damaged: before any long work starts.
pub fn plan(runs: Vec<Settings>, context: &Context) -> Result<Plan> {
    ensure!(!runs.is_empty(), "there is nothing to run");
    let mut sources = Sources::default();
    let mut specs = Vec::new();
    for run in runs {
        run.check()?;
        let task = sources
            .open(&run.task, context.data_dir.as_deref())?
            .task(run.seed, run.training.label_noise)?;
        run.training.loss.check(task.target_kind())?;
        run.measurement
            .on
            .of(task.as_ref(), run.measurement.samples)?;
        let backend = context.backend.name();
        specs.push(CellSpec::new(run, backend, task.data_hashes()));
    }
    Ok(Plan {
        sources,
        cells: CellList::new(specs, context)?,
    })
}

impl Plan {
    /// What is left to do, and how long it takes.
    ///
    /// # Errors
    /// If the timed steps fail.
    pub fn estimate(&self, context: &Context) -> Result<Outlook> {
        let (cells, left) = self.cells.outlook(context.cells);
        let to_run = left.len();
        let memory = context.backend.capabilities().memory;
        let time = |spec| {
            context.backend.run(StepTime {
                spec,
                sources: &self.sources,
                memory,
            })
        };
        let seconds = seconds(
            left,
            |spec| spec.ensemble_key().ok(),
            |spec| spec.training.steps,
            time,
        )?;
        Ok(Outlook::new(cells, to_run, seconds, context))
    }

    /// Runs what is left and reads everything.
    ///
    /// # Errors
    /// If a run fails, or a finished cell is damaged.
    pub fn run(&self, context: &Context) -> Result<Sweep> {
        let _span = info_span!("run", cells = self.cells.len()).entered();
        if let Some(work) = self.cells.open(context.cells)? {
            self.train(&work, context)?;
        }
        let cells = self.cells.read(&READER)?;
        Ok(Sweep {
            wall_time_s: cells.iter().map(|cell| cell.record.share_s()).sum(),
            cells,
        })
    }

    fn train(&self, work: &Work<CellSpec>, context: &Context) -> Result<()> {
        let steps = work.left.iter().map(|(_, spec)| spec.training.steps);
        let progress = Progress::new(steps.sum());
        let job = TrainCells {
            specs: &work.left,
            sources: &self.sources,
            store: &work.store,
            progress: &progress,
            context,
        };
        let result = context.backend.run(job);
        progress.finish();
        result
    }
}
