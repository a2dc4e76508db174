//! Trains what is left, side by side, and looks at it.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Instant;

use anyhow::Result;
use burn::tensor::Tensor;
use formant_backend::{Job, KernelsAutodiff, MemberExecution};
use formant_data::{Batch, Targets, Task};
use formant_models::{Mlp, Network, Representations};
use formant_train::{Ensemble, MemberBatch, MemberRates, Reduction, Schedule, Trainer};
use ndarray::{Array1, Array2, Array3};

use super::cell::{Looks, ManyCell, ManyRecord};
use super::spec::{LOSS, ManyRun, ManySpec, Source};
use crate::runner::plan::{CellList, Reader, Work};
use crate::runner::store::{CELL_SCHEMA, Key, Store};
use crate::experiment::{CellPolicy, Context};
use crate::runner::host;
use crate::universality::few_points::cell::PairOutcome;
use crate::runner::progress::Progress;

/// Training items whose mean loss is reported, and held-out images whose answers are counted.
const SAMPLE: usize = 2000;

const READER: Reader<ManySpec, ManyCell> = Reader {
    read: ManyCell::read,
    spec: |cell| &cell.record.spec,
};

/// What is to be run.
pub struct ManyPlan(CellList<ManySpec>);

impl ManyPlan {
    /// A spec that is there twice is trained once.
    ///
    /// # Errors
    /// If a key cannot be made.
    pub fn new(runs: &[ManyRun], context: &Context) -> Result<Self> {
        let specs = runs.iter().map(|run| run.spec.clone());
        Ok(Self(CellList::new(specs, context)?))
    }

    /// Cells in all, and the specs that are left to run.
    pub fn left(&self, policy: CellPolicy) -> (usize, Vec<&ManySpec>) {
        self.0.outlook(policy)
    }

    /// Trains what is left and reads everything: one cell for each run, in their order.
    ///
    /// # Errors
    /// If a run fails, or a finished cell is damaged.
    pub fn run(&self, source: &Source, context: &Context) -> Result<Vec<ManyCell>> {
        if let Some(work) = self.0.open(context.cells)? {
            train(&work, source, context)?;
        }
        self.0.read_asked(&READER)
    }
}

fn train(work: &Work<ManySpec>, source: &Source, context: &Context) -> Result<()> {
    let mut groups: BTreeMap<String, Vec<(Key, ManySpec)>> = BTreeMap::new();
    for (key, spec) in &work.left {
        let kind = ManySpec {
            seed: 0,
            ..spec.clone()
        };
        let group = groups.entry(serde_json::to_string(&kind)?).or_default();
        group.push((key.clone(), spec.clone()));
    }
    let steps = work.left.iter().map(|(_, spec)| steps(spec, source));
    let progress = Progress::new(steps.sum());
    // Seeds are done when they are on disk: on a CPU no more of them train at once than there are workers.
    let at_once = match context.backend.capabilities().members {
        MemberExecution::Workers => context.threads.get(),
        MemberExecution::Batched => usize::MAX,
    };
    let result = groups
        .values()
        .flat_map(|group| group.chunks(at_once))
        .try_for_each(|cells| {
            context.backend.run(Group {
                cells,
                source,
                store: &work.store,
                context,
                progress: &progress,
            })
        });
    progress.finish();
    result
}

/// Steps of an epoch.
pub fn steps_per_epoch(spec: &ManySpec, source: &Source) -> u64 {
    (source.len() / spec.batch) as u64
}

fn steps(spec: &ManySpec, source: &Source) -> u64 {
    spec.epochs * steps_per_epoch(spec, source)
}

/// Cells that differ in their seed only.
struct Group<'a> {
    cells: &'a [(Key, ManySpec)],
    source: &'a Source,
    store: &'a Store,
    context: &'a Context,
    progress: &'a Progress,
}

impl Job for Group<'_> {
    type Output = Result<()>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<()> {
        let began = Instant::now();
        let capabilities = self.context.backend.capabilities();
        let workers = match capabilities.members {
            MemberExecution::Workers => self.context.threads,
            MemberExecution::Batched => NonZeroUsize::MIN,
        };
        let spec = &self.cells[0].1;
        let ensemble = self.ensemble::<B>(device)?;
        let viewer = Viewer::new(self.source, spec)?;
        let mut seen: Vec<Seen> = self.cells.iter().map(|_| Seen::default()).collect();
        let per_epoch = steps_per_epoch(spec, self.source);
        let mut epoch = 0;
        loop {
            let looked = ensemble.on_units(workers, |first, trainer| {
                viewer.look(trainer, device).map(|looks| (first, looks))
            });
            for unit in looked {
                let (first, looks) = unit?;
                for (member, look) in looks.into_iter().enumerate() {
                    seen[first + member].keep(epoch, look, spec.items.len());
                }
            }
            if epoch >= spec.epochs {
                break;
            }
            epoch = (epoch + spec.every).min(spec.epochs);
            let schedule = Schedule {
                until: epoch * per_epoch,
                batch: spec.batch,
                workers,
            };
            ensemble.advance(schedule, |steps| self.progress.add(steps))?;
        }
        let wall_time_s = began.elapsed().as_secs_f64() / self.cells.len() as f64;
        let diverged = ensemble.divergence();
        for (((key, spec), seen), diverged) in self.cells.iter().zip(seen).zip(diverged) {
            let record = ManyRecord {
                schema_version: CELL_SCHEMA,
                spec: spec.clone(),
                outcome: match diverged {
                    Some(_) => PairOutcome::Diverged,
                    None => PairOutcome::Finished,
                },
                formant_version: env!("CARGO_PKG_VERSION").into(),
                features: host::features(),
                device: self.context.backend.device().into(),
                execution: capabilities.members,
                host_cpu: host::cpu(),
                wall_time_s,
            };
            let looks = seen.finish(&viewer);
            ManyCell { record, looks }.write(&self.store.partial(key)?)?;
            self.store.finish(key)?;
        }
        Ok(())
    }
}

impl Group<'_> {
    fn ensemble<B: KernelsAutodiff>(&self, device: &B::Device) -> Result<Ensemble<B, Mlp<B>>> {
        let capabilities = self.context.backend.capabilities();
        let tasks = self
            .cells
            .iter()
            .map(|(_, spec)| self.source.task(spec.seed));
        let tasks = tasks.collect::<Result<Vec<Box<dyn Task>>>>()?;
        let task_of: Vec<usize> = (0..tasks.len()).collect();
        let first = &self.cells[0].1;
        let mut failed = None;
        let ensemble = Ensemble::new(capabilities.members, tasks, &task_of, |members| {
            let cells = &self.cells[members];
            let seeds: Vec<u64> = cells.iter().map(|(_, spec)| spec.seed).collect();
            let rates = MemberRates {
                learning_rate: vec![first.learning_rate; seeds.len()],
                weight_decay: vec![0.0; seeds.len()],
            };
            let model = match first.network.init::<B>(&seeds, device) {
                Ok(model) => model,
                Err(error) => {
                    failed = Some(error);
                    Mlp::from_layers(Vec::new(), first.network.activation)
                }
            };
            let memory = capabilities.memory;
            Trainer::new(model, first.optimizer, rates, LOSS, memory, device)
        });
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(ensemble?),
        }
    }
}

/// What is looked at, whichever the member.
struct Viewer {
    layer: usize,
    items: Batch,
    sample: Batch,
    /// Held-out images, for classes.
    held_out: Option<Batch>,
}

/// What one member makes of it.
struct Look {
    hidden: Array2<f32>,
    outputs: Array2<f32>,
    loss: f64,
    accuracy: f64,
}

impl Viewer {
    fn new(source: &Source, spec: &ManySpec) -> Result<Self> {
        let sample: Vec<usize> = (0..SAMPLE.min(source.len())).collect();
        let held_out = match source {
            Source::Mnist(_) => Some(source.task(0)?.holdout(SAMPLE)?),
            Source::Context(_) => None,
        };
        let one_hot = |batch: Batch| Batch {
            targets: Targets::Values(values(&batch.targets, spec.network.outputs)),
            ..batch
        };
        Ok(Self {
            layer: spec.layer,
            items: one_hot(source.items(&spec.items)?),
            sample: one_hot(source.items(&sample)?),
            held_out: held_out.map(one_hot),
        })
    }

    /// Looks at every member of a unit.
    fn look<B: KernelsAutodiff>(
        &self,
        trainer: &Trainer<B, Mlp<B>>,
        device: &B::Device,
    ) -> Result<Vec<Look>> {
        let model = trainer.model();
        let members = model.members();
        let see = |batch: &Batch| -> Result<(MemberBatch<B>, Representations<B>)> {
            let width = values(&batch.targets, 0).ncols();
            let batch = MemberBatch::<B>::stack(&vec![batch; members], width, device)?;
            let seen = model.representations(batch.inputs.clone().inner());
            Ok((batch, seen))
        };
        let (_, items) = see(&self.items)?;
        let (batch, sample) = see(&self.sample)?;
        let losses = LOSS.of(sample.outputs, batch.targets.inner(), Reduction::Mean);
        let losses: Vec<f64> = losses.into_data().iter().collect();
        let accuracies = match &self.held_out {
            Some(held_out) => {
                let (batch, seen) = see(held_out)?;
                accuracy(seen.outputs, batch.targets.inner())
            }
            None => vec![f64::NAN; members],
        };
        let hidden = rows(items.hidden[self.layer].clone());
        let outputs = rows(items.outputs);
        let each = hidden.into_iter().zip(outputs).zip(losses).zip(accuracies);
        Ok(each
            .map(|(((hidden, outputs), loss), accuracy)| Look {
                hidden,
                outputs,
                loss,
                accuracy,
            })
            .collect())
    }
}

/// Targets as values; `outputs` is the width of one-hot rows.
fn values(targets: &Targets, outputs: usize) -> Array2<f32> {
    match targets {
        Targets::Values(values) => values.clone(),
        Targets::Classes(classes) => {
            Array2::from_shape_fn((classes.len(), outputs), |(row, column)| {
                f32::from(u8::from(classes[row] as usize == column))
            })
        }
    }
}

/// One matrix for each member.
fn rows<B: burn::tensor::backend::Backend>(x: Tensor<B, 3>) -> Vec<Array2<f32>> {
    let [members, rows, columns] = x.dims();
    let values: Vec<f32> = x.into_data().iter().collect();
    let each = rows * columns;
    (0..members)
        .map(|m| {
            let part = &values[m * each..(m + 1) * each];
            Array2::from_shape_fn((rows, columns), |(i, j)| part[i * columns + j])
        })
        .collect()
}

/// Share of rows whose largest output is that of the target.
fn accuracy<B: burn::tensor::backend::Backend>(
    outputs: Tensor<B, 3>,
    targets: Tensor<B, 3>,
) -> Vec<f64> {
    let right = outputs.argmax(2).equal(targets.argmax(2)).int();
    let [members, rows, _] = right.dims();
    let counts: Vec<f64> = right.into_data().iter::<f64>().collect();
    (0..members)
        .map(|m| counts[m * rows..(m + 1) * rows].iter().sum::<f64>() / rows as f64)
        .collect()
}

/// The looks at one member.
#[derive(Default)]
struct Seen {
    epochs: Vec<f64>,
    hidden: Vec<Array2<f32>>,
    outputs: Vec<Array2<f32>>,
    loss: Vec<f64>,
    accuracy: Vec<f64>,
}

impl Seen {
    fn keep(&mut self, epoch: u64, look: Look, items: usize) {
        // Of many items only the first look and the latest.
        if items > 2 && self.hidden.len() == 2 {
            self.hidden.pop();
            self.outputs.pop();
        }
        self.hidden.push(look.hidden);
        self.outputs.push(look.outputs);
        self.epochs.push(epoch as f64);
        self.loss.push(look.loss);
        self.accuracy.push(look.accuracy);
    }

    fn finish(self, viewer: &Viewer) -> Looks {
        Looks {
            epochs: Array1::from_vec(self.epochs),
            hidden: stack(&self.hidden),
            outputs: stack(&self.outputs),
            loss: Array1::from_vec(self.loss),
            accuracy: Array1::from_vec(self.accuracy),
            targets: values(&viewer.items.targets, 0),
            inputs: viewer.items.inputs.clone(),
        }
    }
}

fn stack(matrices: &[Array2<f32>]) -> Array3<f32> {
    let views: Vec<_> = matrices.iter().map(|m| m.view()).collect();
    ndarray::stack(ndarray::Axis(0), &views).unwrap_or_default()
}
