//! Cells that train together, as their family sees them.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use formant_backend::{Capabilities, MemberExecution};
use formant_train::lock;

use super::context::Context;
use super::family::{Family, NoDetails};
use super::files::Files;
use super::host;
use super::plan::Cell;
use super::progress::Progress;
use super::record::{Machine, Outcome, Record, State, pack, pack_state, unpack_state};
use super::store::{CELL_SCHEMA, Store};

/// Cells that train together, all from their start or all from one step.
pub struct Run<'a, F: Family> {
    family: &'a F,
    cells: &'a [Cell<F::Spec>],
    context: &'a Context,
    workers: NonZeroUsize,
    execution: MemberExecution,
    place: Place<'a>,
    /// The step at which this process begins, and the last one.
    from: u64,
    steps: u64,
    began: Instant,
    /// Seconds that earlier processes spent.
    spent_s: Mutex<f64>,
    /// Steps that the progress has heard of.
    told: AtomicU64,
}

/// Where states and results go.
enum Place<'a> {
    Store(&'a Store, &'a Progress),
    /// Nowhere: a few steps are timed.
    Trial(Mutex<Trial>),
}

/// Steps of a trial that warm caches up, and steps that are timed at once.
const WARM_UP: u64 = 5;
const PIECE: u64 = 20;

/// A trial ends when it has taken this long, or this many steps.
const LONG_ENOUGH: Duration = Duration::from_millis(200);
const ENOUGH: u64 = 100;

#[derive(Default)]
struct Trial {
    warm: Option<(u64, Instant)>,
    step_s: f64,
}

/// What becomes of a cell.
pub struct End<D> {
    /// How it ended.
    pub outcome: Outcome,
    /// What its record says of it.
    pub details: D,
    /// What it found.
    pub files: Files,
}

impl End<NoDetails> {
    /// Of a family whose record says no more than that of all.
    pub fn new(outcome: Outcome, files: Files) -> Self {
        let details = NoDetails {};
        Self {
            outcome,
            details,
            files,
        }
    }
}

impl<'a, F: Family> Run<'a, F> {
    /// Cells that stand at step `from`.
    pub(super) fn new(
        family: &'a F,
        cells: &'a [Cell<F::Spec>],
        from: u64,
        workers: NonZeroUsize,
        context: &'a Context,
        (store, progress): (&'a Store, &'a Progress),
    ) -> Self {
        Self {
            family,
            cells,
            context,
            workers,
            execution: context.execution(),
            place: Place::Store(store, progress),
            from,
            steps: family.steps(&cells[0].spec),
            began: Instant::now(),
            spent_s: Mutex::new(0.0),
            told: AtomicU64::new(from * cells.len() as u64),
        }
    }

    /// A run that takes a few steps and leaves nothing.
    pub(super) fn trial(family: &'a F, cell: &'a Cell<F::Spec>, context: &'a Context) -> Self {
        Self {
            family,
            cells: std::slice::from_ref(cell),
            context,
            workers: NonZeroUsize::MIN,
            execution: MemberExecution::Workers,
            place: Place::Trial(Mutex::default()),
            from: 0,
            steps: family.steps(&cell.spec),
            began: Instant::now(),
            spent_s: Mutex::new(0.0),
            told: AtomicU64::new(0),
        }
    }

    /// Seconds that a step of the trial took.
    pub(super) fn step_s(&self) -> f64 {
        match &self.place {
            Place::Trial(trial) => lock(trial).step_s,
            Place::Store(..) => 0.0,
        }
    }

    /// The specifications of its cells, at least one.
    pub fn specs(&self) -> impl ExactSizeIterator<Item = &'a F::Spec> + Clone {
        self.cells.iter().map(|cell| &cell.spec)
    }

    /// The first specification: what all have in common is in it.
    pub fn first(&self) -> &'a F::Spec {
        &self.cells[0].spec
    }

    /// Workers that the run may use.
    pub fn workers(&self) -> NonZeroUsize {
        self.workers
    }

    /// What the backend can do, with members executed as this run wants them.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities {
            members: self.execution,
            ..self.context.backend.capabilities()
        }
    }

    /// Whether measurements are to be taken: a trial times training alone.
    pub fn measures(&self) -> bool {
        matches!(self.place, Place::Store(..))
    }

    /// The step at which this process begins.
    pub fn resumed_at(&self) -> u64 {
        self.from
    }

    /// What was saved of each cell, all at one step; `None` at the start.
    ///
    /// # Errors
    /// If a checkpoint is damaged; the message names the file and says what to do.
    pub fn resume(&self) -> Result<Option<Vec<State>>> {
        let Place::Store(store, progress) = &self.place else {
            return Ok(None);
        };
        if self.from == 0 {
            return Ok(None);
        }
        let mut states = Vec::new();
        for Cell { key, .. } in self.cells {
            let folder = store.partial(key).context("a checkpoint has vanished")?;
            let (saved, state) = unpack_state(&folder, key)?;
            *lock(&self.spent_s) = saved.wall_time_s;
            states.push(state);
        }
        progress.resume(self.from * self.cells.len() as u64);
        Ok(Some(states))
    }

    /// Where to train to from `now`, with the next measurement at `wanted`: there the state is to be saved. `None` at the
    /// end.
    pub fn next_stop(&self, now: u64, wanted: u64) -> Option<u64> {
        let until = match &self.place {
            Place::Store(..) => (now / F::CHECKPOINT_INTERVAL + 1) * F::CHECKPOINT_INTERVAL,
            Place::Trial(trial) => lock(trial).next_stop(now)?,
        };
        (now < self.steps).then_some(until.min(wanted).min(self.steps))
    }

    /// Reports finished steps, summed over cells.
    pub fn progress(&self, steps: u64) {
        if let Place::Store(_, progress) = &self.place {
            self.told.fetch_add(steps, Ordering::Relaxed);
            progress.add(steps);
        }
    }

    /// Saves the state of every cell at `step`, given by its place in the run. A kill loses nothing of what is in it.
    ///
    /// # Errors
    /// If a state cannot be read from its device, or the file system refuses.
    pub fn save(&self, step: u64, state: impl Fn(usize) -> Result<State>) -> Result<()> {
        match &self.place {
            // The state is there when the device has done its work.
            Place::Trial(_) => state(0).map(drop),
            Place::Store(store, _) => {
                let spent_s = self.spent_s();
                for (member, Cell { key, .. }) in self.cells.iter().enumerate() {
                    let files = pack_state(key, step, state(member)?, spent_s)?;
                    store.checkpoint(key, &files)?;
                }
                Ok(())
            }
        }
    }

    /// Finishes one cell.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn finish(&self, member: usize, end: End<F::Details>) -> Result<()> {
        let Place::Store(store, progress) = &self.place else {
            return Ok(());
        };
        let Cell { key, spec } = &self.cells[member];
        if let Outcome::Diverged(how) = &end.outcome {
            let (name, layer) = (self.family.name(spec), &how.layer);
            progress.line(&format!(
                "{name}: diverged at step {} ({:?} of {layer})",
                how.step, how.quantity
            ));
        }
        let record = Record {
            schema_version: CELL_SCHEMA,
            spec: spec.clone(),
            outcome: end.outcome,
            details: end.details,
            machine: Machine {
                formant_version: env!("CARGO_PKG_VERSION").into(),
                features: host::features(),
                device: self.context.backend.device().into(),
                execution: self.execution,
                host_cpu: host::cpu(),
            },
            resumed_at: self.from,
            ensemble: self.cells.len(),
            wall_time_s: self.spent_s(),
            files: Default::default(),
            sha256: String::new(),
        };
        store.finish(key, &pack(record, end.files)?)
    }

    /// Lets the progress count steps that a run did not need.
    pub(super) fn count_rest(&self) {
        let told = self.told.load(Ordering::Relaxed);
        self.progress((self.steps * self.cells.len() as u64).saturating_sub(told));
    }

    /// Seconds spent on the run by all processes.
    fn spent_s(&self) -> f64 {
        *lock(&self.spent_s) + self.began.elapsed().as_secs_f64()
    }
}

impl Trial {
    fn next_stop(&mut self, now: u64) -> Option<u64> {
        let Some((start, began)) = self.warm else {
            if now < WARM_UP {
                return Some(WARM_UP);
            }
            self.warm = Some((now, Instant::now()));
            return Some(now + PIECE);
        };
        let (steps, taken) = (now - start, began.elapsed());
        self.step_s = taken.as_secs_f64() / steps.max(1) as f64;
        (taken < LONG_ENOUGH && steps < ENOUGH).then_some(now + PIECE)
    }
}
