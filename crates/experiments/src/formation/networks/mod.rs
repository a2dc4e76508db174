//! Trains the networks of cells and measures them: members side by side on a CPU, one batched model on a GPU.

mod earlier;
mod group;
mod member;
mod record;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use formant_backend::{Job, KernelsAutodiff, MemberExecution, TensorMemory};
use formant_data::Task;
use formant_models::MlpConfig;
use formant_train::{Checkpoint, Ensemble, MemberRates, Schedule, Trainer};

pub use member::{IDENTITY_TOLERANCE, IdentityErrors};
pub use record::{CellOutcome, FinishedCell};

use crate::runner::store::{Key, Store};
use crate::experiment::Context;
use crate::runner::progress::Progress;
use crate::formation::spec::CellSpec;
use crate::formation::tasks::Sources;
use group::Group;

/// Bytes of parameters and optimiser buffers that train at once; more members than fit wait for their turn.
const ENSEMBLE_BYTES: usize = 2 << 30;

/// The job: trains every cell of `specs`, leaving their folders finished.
pub struct TrainCells<'a> {
    pub specs: &'a [(Key, CellSpec)],
    pub sources: &'a Sources,
    pub store: &'a Store,
    pub progress: &'a Progress,
    pub context: &'a Context,
}

impl Job for TrainCells<'_> {
    type Output = Result<()>;

    /// Members of one architecture that stand at the same step train together, as many as memory holds; a run that was stopped may have
    /// left them at several.
    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<()> {
        let mut ensembles: BTreeMap<(String, u64), Vec<(Key, CellSpec)>> = BTreeMap::new();
        for (key, spec) in self.specs {
            let checkpoint = load_checkpoint(&self.store.partial(key)?, key)?;
            let step = checkpoint.map_or(0, |checkpoint| checkpoint.step);
            ensembles
                .entry((spec.ensemble_key()?, step))
                .or_default()
                .push((key.clone(), spec.clone()));
        }
        for cells in ensembles.values() {
            let shape = shape(&cells[0].1, task(self.sources, &cells[0].1)?.as_ref());
            let parameters: usize = shape.shapes().iter().map(|[a, b]| (a + 1) * b).sum();
            let at_once = (ENSEMBLE_BYTES / (parameters * 3 * size_of::<f32>())).max(1);
            for cells in cells.chunks(at_once) {
                Group::<B>::open(&self, cells, device)?.run()?;
            }
        }
        Ok(())
    }
}

/// What a cell is trained on.
fn task(sources: &Sources, spec: &CellSpec) -> Result<Box<dyn Task>> {
    sources
        .get(&spec.task)?
        .task(spec.seed, spec.training.label_noise)
}

/// The network of a cell.
fn shape(spec: &CellSpec, task: &dyn Task) -> MlpConfig {
    spec.model.shape(task.inputs(), task.outputs())
}

fn load_checkpoint(folder: &Path, key: &Key) -> Result<Option<Checkpoint>> {
    Ok(Checkpoint::load(
        &folder.join("checkpoint.safetensors"),
        key.as_str(),
    )?)
}

/// Seconds of one training step of one member on one thread, drawing its batches included.
pub struct StepTime<'a> {
    pub spec: &'a CellSpec,
    pub sources: &'a Sources,
    pub memory: TensorMemory,
}

impl Job for StepTime<'_> {
    type Output = Result<f64>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<f64> {
        let Self {
            spec,
            sources,
            memory,
        } = self;
        let task = task(sources, spec)?;
        let shape = shape(spec, task.as_ref());
        let ensemble = Ensemble::new(MemberExecution::Workers, vec![task], &[0], |_| {
            let learning_rate = vec![spec.training.learning_rate];
            let rates = MemberRates {
                learning_rate,
                weight_decay: vec![spec.gamma],
            };
            let model = shape.init::<B>(&[spec.seed], device)?;
            let (optimizer, loss) = (spec.training.optimizer, spec.training.loss);
            Trainer::new(model, optimizer, rates, loss, memory, device)
        })?;
        let mut until = 0;
        let mut time = |steps: u64| -> Result<f64> {
            until += steps;
            let began = Instant::now();
            let batch = spec.training.batch;
            ensemble.advance(
                Schedule {
                    until,
                    batch,
                    workers: NonZeroUsize::MIN,
                },
                |_| {},
            )?;
            ensemble.checkpoint(0)?; // waits for the device
            Ok(began.elapsed().as_secs_f64() / steps as f64)
        };
        time(10)?;
        time(100)
    }
}
