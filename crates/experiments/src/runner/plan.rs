//! Which cells there are, which of them are left, how long they take, and what the finished ones hold.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use formant_backend::{Job, KernelsAutodiff};
use formant_train::on_workers;
use tracing::info_span;

use super::context::{CellPolicy, Context};
use super::estimate::Outlook;
use super::family::Family;
use super::progress::{Progress, note};
use super::record::{Finished, read_saved, unpack};
use super::run::Run;
use super::signals;
use super::store::{Key, Store, finished, has_leftovers};
use super::table::clear_temporaries;

/// A cell that is not finished.
#[derive(Debug, Clone)]
pub(super) struct Cell<S> {
    pub key: Key,
    pub spec: S,
}

/// Cells that were asked for, each once, in the order in which they were asked for first.
pub struct Plan<F: Family> {
    family: F,
    root: PathBuf,
    cells: Vec<Cell<F::Spec>>,
    /// For every specification that was asked for its place among the cells.
    asked: Vec<usize>,
}

impl<F: Family> Plan<F> {
    /// A specification that is there twice is one cell.
    ///
    /// # Errors
    /// If a key cannot be made.
    pub fn new(
        family: F,
        specs: impl IntoIterator<Item = F::Spec>,
        context: &Context,
    ) -> Result<Self> {
        let (mut known, mut cells, mut asked) = (HashMap::new(), Vec::new(), Vec::new());
        for spec in specs {
            let key = Key::of(&spec)?;
            let at = *known.entry(key.clone()).or_insert(cells.len());
            if at == cells.len() {
                cells.push(Cell { key, spec });
            }
            asked.push(at);
        }
        Ok(Self {
            family,
            root: context.out.join("cells"),
            cells,
            asked,
        })
    }

    /// What all cells share.
    pub fn family(&self) -> &F {
        &self.family
    }

    /// What is left to do, and how long it takes.
    ///
    /// # Errors
    /// If the timed steps fail.
    pub fn estimate(&self, context: &Context) -> Result<Outlook> {
        let left = self.left(context.cells);
        let mut known: HashMap<String, f64> = HashMap::new();
        let mut seconds = 0.0;
        for cell in &left {
            let pace = self.family.pace(&cell.spec);
            let pace = pace.map_or_else(|| serde_json::to_string(&cell.spec), Ok)?;
            let step_s = match known.get(&pace) {
                Some(step_s) => *step_s,
                None => {
                    let found = context.backend.run(TimeStep {
                        family: &self.family,
                        cell,
                        context,
                    })?;
                    known.insert(pace, found);
                    found
                }
            };
            seconds += step_s * self.family.steps(&cell.spec) as f64;
        }
        Ok(Outlook {
            cells: self.cells.len(),
            to_run: left.len(),
            // No run is spread over several threads.
            seconds: seconds / context.threads.get().min(left.len().max(1)) as f64,
            at_most: F::MAY_END_EARLY,
        })
    }

    /// Runs what is left and reads every cell, each once.
    ///
    /// # Errors
    /// If a run fails, or a finished cell is damaged.
    pub fn run(&self, context: &Context) -> Result<Vec<Finished<F>>> {
        self.train(context)?;
        (0..self.cells.len()).map(|at| self.read(at)).collect()
    }

    /// Runs what is left and reads a cell for every specification that was asked for, in that order.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_asked(&self, context: &Context) -> Result<Vec<Finished<F>>> {
        self.train(context)?;
        self.asked.iter().map(|&at| self.read(at)).collect()
    }

    fn left(&self, policy: CellPolicy) -> Vec<Cell<F::Spec>> {
        let left = |cell: &&Cell<F::Spec>| {
            policy == CellPolicy::Redo || !finished(&self.root, &cell.key).exists()
        };
        self.cells.iter().filter(left).cloned().collect()
    }

    /// Trains what is left, holding the store. Cells that are to be done again are forgotten here.
    fn train(&self, context: &Context) -> Result<()> {
        let _span = info_span!("run", cells = self.cells.len()).entered();
        clear_temporaries(&context.out);
        if self.left(context.cells).is_empty() {
            self.clear();
            return Ok(());
        }
        let store = Store::open(&self.root)?;
        signals::say_that_it_resumes(context);
        let others = store.count_others()?;
        if others > 0 {
            note(&format!(
                "{} holds {others} cells of earlier versions, which are left aside; they can be deleted",
                self.root.display()
            ));
        }
        if context.cells == CellPolicy::Redo {
            self.cells
                .iter()
                .try_for_each(|cell| store.remove(&cell.key))?;
        }
        // Looked at again: another process may have finished some before the store was free.
        let left = self.left(CellPolicy::Reuse);
        if left.len() < self.cells.len() {
            let done = self.cells.len() - left.len();
            note(&format!(
                "{done} of {} cells are done already",
                self.cells.len()
            ));
        }
        if left.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let steps = left.iter().map(|cell| self.family.steps(&cell.spec));
        let progress = Progress::new(steps.sum());
        let result = context.backend.run(TrainCells {
            family: &self.family,
            cells: &left,
            store: &store,
            progress: &progress,
            context,
        });
        progress.finish();
        result?;
        let seconds = began.elapsed().as_secs_f64();
        note(&format!("{} cells in {seconds:.1} s", left.len()));
        Ok(())
    }

    /// Clears away what a kill has left of finished cells. Another process that works here does so itself.
    fn clear(&self) {
        if has_leftovers(&self.root) {
            drop(Store::open(&self.root));
        }
    }

    fn read(&self, at: usize) -> Result<Finished<F>> {
        let Cell { key, spec } = &self.cells[at];
        let (record, files) = unpack(&finished(&self.root, key), spec)?;
        let found = self.family.read(spec, &files)?;
        Ok(Finished { record, found })
    }
}

/// Trains every cell.
struct TrainCells<'a, F: Family> {
    family: &'a F,
    cells: &'a [Cell<F::Spec>],
    store: &'a Store,
    progress: &'a Progress,
    context: &'a Context,
}

/// Cells that train together, all at one step.
struct Group<S> {
    /// What they have in common; `None` for a cell that trains by itself.
    shared: Option<String>,
    step: u64,
    cells: Vec<Cell<S>>,
}

impl<F: Family> Job for TrainCells<'_, F> {
    type Output = Result<()>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<()> {
        let workers = self.context.workers();
        let (ensembles, alone): (Vec<_>, Vec<_>) = self
            .groups()?
            .into_iter()
            .partition(|group| group.shared.is_some());
        let trained = on_workers(workers, &alone, |group| {
            self.train::<B>(group, NonZeroUsize::MIN, device)
        });
        trained.into_iter().collect::<Result<()>>()?;
        let mut ensembles = ensembles.iter();
        ensembles.try_for_each(|group| self.train::<B>(group, workers, device))
    }
}

impl<F: Family> TrainCells<'_, F> {
    /// Ensembles of cells that have enough in common and stand at the same step, where a run that was stopped may have left
    /// them at several, and cells that train by themselves; the longest first.
    fn groups(&self) -> Result<Vec<Group<F::Spec>>> {
        let execution = self.context.execution();
        let mut groups: Vec<Group<F::Spec>> = Vec::new();
        for cell in self.cells {
            let step = match self.store.partial(&cell.key) {
                Some(folder) => read_saved(&folder, &cell.key)?.step,
                None => 0,
            };
            let shared = self.family.ensemble(&cell.spec, execution);
            let at_once = self.family.at_once(&cell.spec, self.context);
            let fits = |group: &&mut Group<F::Spec>| {
                shared.is_some()
                    && (&group.shared, group.step) == (&shared, step)
                    && group.cells.len() < at_once
            };
            match groups.iter_mut().find(fits) {
                Some(group) => group.cells.push(cell.clone()),
                None => groups.push(Group {
                    shared,
                    step,
                    cells: vec![cell.clone()],
                }),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(self.family.steps(&group.cells[0].spec)));
        Ok(groups)
    }

    fn train<B: KernelsAutodiff>(
        &self,
        group: &Group<F::Spec>,
        workers: NonZeroUsize,
        device: &B::Device,
    ) -> Result<()> {
        let _span = info_span!("ensemble", members = group.cells.len()).entered();
        let place = (self.store, self.progress);
        let run = Run::new(
            self.family,
            &group.cells,
            group.step,
            workers,
            self.context,
            place,
        );
        self.family.train::<B>(&run, device)?;
        run.count_rest();
        Ok(())
    }
}

/// Seconds of one training step of one cell on one thread, drawing its batches included.
struct TimeStep<'a, F: Family> {
    family: &'a F,
    cell: &'a Cell<F::Spec>,
    context: &'a Context,
}

impl<F: Family> Job for TimeStep<'_, F> {
    type Output = Result<f64>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<f64> {
        let run = Run::trial(self.family, self.cell, self.context);
        self.family.train::<B>(&run, device)?;
        Ok(run.step_s())
    }
}
