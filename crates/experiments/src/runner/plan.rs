//! Which cells there are, which of them are left, how long they take, and what the finished ones hold.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, ensure};
use formant_backend::{Job, KernelsAutodiff, MemberExecution};
use formant_train::on_workers;
use tracing::info_span;

use super::context::{CellPolicy, Context};
use super::estimate::Outlook;
use super::family::Family;
use super::progress::{Progress, note};
use super::record::{Finished, read_saved, unpack};
use super::run::Run;
use super::store::{Key, Store, finished};

/// Cells that were asked for, each once, in the order in which they were asked for first.
pub struct Plan<F: Family> {
    family: F,
    root: PathBuf,
    cells: Vec<(Key, F::Spec)>,
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
                cells.push((key, spec));
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
            let shared = self.family.ensemble(&cell.1, MemberExecution::Batched);
            let kind = shared.map_or_else(|| serde_json::to_string(&cell.1), Ok)?;
            let step_s = match known.get(&kind) {
                Some(step_s) => *step_s,
                None => {
                    let family = &self.family;
                    let found = context.backend.run(TimeStep {
                        family,
                        cell,
                        context,
                    })?;
                    known.insert(kind, found);
                    found
                }
            };
            seconds += step_s * self.family.steps(&cell.1) as f64;
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

    fn left(&self, policy: CellPolicy) -> Vec<(Key, F::Spec)> {
        let left = |(key, _): &&(Key, F::Spec)| {
            policy == CellPolicy::Redo || !finished(&self.root, key).exists()
        };
        self.cells.iter().filter(left).cloned().collect()
    }

    /// Trains what is left, holding the store. Cells that are to be done again are forgotten here.
    fn train(&self, context: &Context) -> Result<()> {
        let _span = info_span!("run", cells = self.cells.len()).entered();
        if self.left(context.cells).is_empty() {
            return Ok(());
        }
        let store = Store::open(&self.root)?;
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
                .try_for_each(|(key, _)| store.remove(key))?;
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
        let steps = left.iter().map(|(_, spec)| self.family.steps(spec));
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

    fn read(&self, at: usize) -> Result<Finished<F>> {
        let (key, spec) = &self.cells[at];
        let (record, files) = unpack(&finished(&self.root, key))?;
        ensure!(
            record.spec == *spec,
            "the folder of cell {} holds another cell: delete it, and it is run again",
            key.as_str()
        );
        let found = self.family.read(spec, &files)?;
        Ok(Finished { record, found })
    }
}

/// Trains every cell.
struct TrainCells<'a, F: Family> {
    family: &'a F,
    cells: &'a [(Key, F::Spec)],
    store: &'a Store,
    progress: &'a Progress,
    context: &'a Context,
}

/// Cells that train together, and the step at which they stand.
type Group<S> = (u64, Vec<(Key, S)>);

impl<F: Family> Job for TrainCells<'_, F> {
    type Output = Result<()>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<()> {
        let (alone, ensembles) = self.groups()?;
        let workers = self.context.workers();
        let trained = on_workers(workers, &alone, |group| {
            self.train::<B>(group, NonZeroUsize::MIN, device)
        });
        trained.into_iter().collect::<Result<()>>()?;
        let mut ensembles = ensembles.iter();
        ensembles.try_for_each(|group| self.train::<B>(group, workers, device))
    }
}

impl<F: Family> TrainCells<'_, F> {
    /// Cells that train by themselves, the longest first, and ensembles: cells that have enough in common and stand at the
    /// same step, where a run that was stopped may have left them at several.
    fn groups(&self) -> Result<(Vec<Group<F::Spec>>, Vec<Group<F::Spec>>)> {
        let execution = self.context.execution();
        let mut alone: Vec<Group<F::Spec>> = Vec::new();
        let mut ensembles: BTreeMap<(String, u64), Vec<(Key, F::Spec)>> = BTreeMap::new();
        for (key, spec) in self.cells {
            let step = match self.store.partial(key) {
                Some(folder) => read_saved(&folder, key)?.step,
                None => 0,
            };
            let cell = (key.clone(), spec.clone());
            match self.family.ensemble(spec, execution) {
                Some(shared) => ensembles.entry((shared, step)).or_default().push(cell),
                None => alone.push((step, vec![cell])),
            }
        }
        alone.sort_by_key(|(_, cells)| std::cmp::Reverse(self.family.steps(&cells[0].1)));
        let parts = ensembles.into_iter().flat_map(|((_, step), cells)| {
            let at_once = self.family.at_once(&cells[0].1, self.context).max(1);
            let parts = cells.chunks(at_once).map(|part| (step, part.to_vec()));
            parts.collect::<Vec<_>>()
        });
        Ok((alone, parts.collect()))
    }

    fn train<B: KernelsAutodiff>(
        &self,
        (step, cells): &Group<F::Spec>,
        workers: NonZeroUsize,
        device: &B::Device,
    ) -> Result<()> {
        let _span = info_span!("ensemble", members = cells.len()).entered();
        let place = (self.store, self.progress);
        let run = Run::new(self.family, cells, *step, workers, self.context, place);
        self.family.train::<B>(&run, device)?;
        run.count_rest();
        Ok(())
    }
}

/// Seconds of one training step of one cell on one thread, drawing its batches included.
struct TimeStep<'a, F: Family> {
    family: &'a F,
    cell: &'a (Key, F::Spec),
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
