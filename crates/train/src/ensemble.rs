//! Members that train side by side.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

use formant_backend::{KernelsAutodiff, MemberExecution};
use formant_data::{Batch, Task};
use formant_models::FastPaths;

use crate::trainer::Watch;
use crate::{Checkpoint, Divergence, MemberBatch, TrainError, Trainer, lock, on_workers};

/// Host memory that the batches of one task may take while members train on them.
const BLOCK_BYTES: usize = 4 << 20;

/// Pieces of a block, see [`Ensemble::pieces`].
const PIECES: u64 = 4;

/// How far to train, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The step to stop at.
    pub until: u64,
    /// Samples in a batch.
    pub batch: usize,
    /// Workers.
    pub workers: NonZeroUsize,
}

/// Members with one architecture, each with rates and a task of its own.
///
/// They train in blocks of steps: the batches of a block are drawn once for each task, in parallel, and then every
/// worker takes one unit of members at a time through the block. A unit is one member on a CPU, where its
/// parameters stay in the core's cache, and all members on a device. What a member computes depends on neither.
pub struct Ensemble<B: KernelsAutodiff, N> {
    units: Vec<Unit<B, N>>,
    tasks: Vec<Mutex<Box<dyn Task>>>,
    outputs: usize,
}

/// Members that are one batched model.
struct Unit<B: KernelsAutodiff, N> {
    trainer: Mutex<Trainer<B, N>>,
    /// For each member, the index of its task.
    tasks: Vec<usize>,
}

impl<B: KernelsAutodiff, N: FastPaths<B>> Ensemble<B, N> {
    /// An ensemble of as many members as `task_of` has entries: each is the index of that member's task in `tasks`.
    /// `trainer` makes the trainer of a range of members.
    ///
    /// # Errors
    /// If a trainer cannot be made, or its loss does not fit the targets of a task.
    pub fn new(
        execution: MemberExecution,
        tasks: Vec<Box<dyn Task>>,
        task_of: &[usize],
        mut trainer: impl FnMut(Range<usize>) -> Result<Trainer<B, N>, TrainError>,
    ) -> Result<Self, TrainError> {
        if let Some(&missing) = task_of.iter().find(|index| **index >= tasks.len()) {
            let (members, what) = (missing, "tasks, fewer than a member's task");
            return Err(TrainError::Members {
                members,
                found: tasks.len(),
                what,
            });
        }
        let size = match execution {
            MemberExecution::Workers => 1,
            MemberExecution::Batched => task_of.len(),
        };
        let mut units = Vec::new();
        for (index, members) in task_of.chunks(size.max(1)).enumerate() {
            let trainer = trainer(index * size..index * size + members.len())?;
            for task in &tasks {
                trainer.loss().check(task.target_kind())?;
            }
            units.push(Unit {
                trainer: Mutex::new(trainer),
                tasks: members.to_vec(),
            });
        }
        let outputs = tasks.first().map_or(0, |task| task.outputs());
        Ok(Self {
            units,
            tasks: tasks.into_iter().map(Mutex::new).collect(),
            outputs,
        })
    }

    /// Steps that every member has taken, those that diverged aside; if all have, the most that one has taken.
    pub fn steps(&self) -> u64 {
        let steps =
            |trainer: MutexGuard<'_, Trainer<B, N>>| (trainer.all_diverged(), trainer.steps());
        let units: Vec<_> = (self.units.iter())
            .map(|unit| steps(lock(&unit.trainer)))
            .collect();
        let going = units.iter().filter(|(diverged, _)| !diverged).min();
        going.or(units.iter().max()).map_or(0, |(_, steps)| *steps)
    }

    /// For each member, how it diverged, if it did.
    pub fn divergence(&self) -> Vec<Option<Divergence>> {
        self.units
            .iter()
            .flat_map(|unit| lock(&unit.trainer).divergence().to_vec())
            .collect()
    }

    /// Trains all members that have not diverged until the step of the schedule. `progress` hears the steps of each
    /// piece of work that is done, summed over its members.
    ///
    /// # Errors
    /// If a task cannot give a batch.
    pub fn advance(
        &self,
        schedule: Schedule,
        progress: impl Fn(u64) + Sync,
    ) -> Result<(), TrainError> {
        let mut from = self.steps();
        while from < schedule.until {
            let blocks = self.draw(from, &schedule)?;
            let until = from + blocks.first().map_or(0, Vec::len) as u64;
            let last = until == schedule.until;
            on_workers(
                schedule.workers,
                &self.pieces(from, until),
                |(unit, steps)| {
                    let done = unit.train(from, steps.end, &blocks, self.outputs);
                    if last && steps.end == until {
                        lock(&unit.trainer).watch(Watch::Now);
                    }
                    progress((steps.end - steps.start) * unit.tasks.len() as u64);
                    done
                },
            )
            .into_iter()
            .collect::<Result<(), _>>()?;
            from = until;
        }
        Ok(())
    }

    /// A block of steps cut up for the workers: all units take the first piece, then all the next, so that few workers
    /// wait at its end.
    fn pieces(&self, from: u64, until: u64) -> Vec<(&Unit<B, N>, Range<u64>)> {
        let cut = |piece: u64| from + (until - from) * piece / PIECES;
        let all = |piece: u64| {
            self.units
                .iter()
                .map(move |unit| (unit, cut(piece)..cut(piece + 1)))
        };
        (0..PIECES).flat_map(all).collect()
    }

    /// The batches of the next block of steps, for each task.
    fn draw(&self, from: u64, schedule: &Schedule) -> Result<Vec<Vec<Batch>>, TrainError> {
        let width = self.tasks.first().map_or(1, |task| lock(task).inputs());
        let steps = (BLOCK_BYTES / (schedule.batch * width * size_of::<f32>()).max(1)).max(1);
        let until = schedule.until.min(from + steps as u64);
        on_workers(schedule.workers, &self.tasks, |task| {
            let mut task = lock(task);
            (from..until)
                .map(|step| Ok(task.batch(step, schedule.batch)?))
                .collect()
        })
        .into_iter()
        .collect()
    }

    /// Calls `work` with the trainer of each unit, side by side on `workers`, and the index of its first member.
    /// Results are in the order of units.
    pub fn on_units<T: Send>(
        &self,
        workers: NonZeroUsize,
        work: impl Fn(usize, &mut Trainer<B, N>) -> T + Sync,
    ) -> Vec<T> {
        let size = self.units.first().map_or(1, |unit| unit.tasks.len());
        let indexed: Vec<_> = self.units.iter().enumerate().collect();
        on_workers(workers, &indexed, |(index, unit)| {
            work(index * size, &mut lock(&unit.trainer))
        })
    }

    /// The state of one member.
    ///
    /// # Errors
    /// If tensors cannot be read back.
    pub fn checkpoint(&self, member: usize) -> Result<Checkpoint, TrainError> {
        let size = self.units.first().map_or(1, |unit| unit.tasks.len());
        lock(&self.units[member / size].trainer).checkpoint(member % size)
    }

    /// Puts back the states of all members.
    ///
    /// # Errors
    /// If they do not fit the models, or members of one batched model are at different steps.
    pub fn restore(&self, members: &[Checkpoint]) -> Result<(), TrainError> {
        let expected: usize = self.units.iter().map(|unit| unit.tasks.len()).sum();
        if members.len() != expected {
            let (found, what) = (members.len(), "checkpoints");
            return Err(TrainError::Members {
                members: expected,
                found,
                what,
            });
        }
        let size = self.units.first().map_or(1, |unit| unit.tasks.len());
        let mut parts = self.units.iter().zip(members.chunks(size));
        parts.try_for_each(|(unit, part)| lock(&unit.trainer).restore(part))
    }
}

impl<B: KernelsAutodiff, N: FastPaths<B>> Unit<B, N> {
    /// Takes the steps up to `end` of a block that begins at `from`; stops early once all its members have diverged.
    fn train(
        &self,
        from: u64,
        end: u64,
        blocks: &[Vec<Batch>],
        outputs: usize,
    ) -> Result<(), TrainError> {
        let mut trainer = lock(&self.trainer);
        while trainer.steps() < end && !trainer.all_diverged() {
            let index = (trainer.steps() - from) as usize;
            let batches: Vec<&Batch> = self
                .tasks
                .iter()
                .map(|task| &blocks[*task][index])
                .collect();
            let batch = MemberBatch::stack(&batches, outputs, trainer.device())?;
            trainer.step(batch, &mut ());
            trainer.watch(Watch::Later);
        }
        Ok(())
    }
}
