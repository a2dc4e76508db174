//! Runs on few points as cells: those that are not there yet are trained, then all are read.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Result;
use formant_backend::{Job, KernelsAutodiff, MemberExecution};
use formant_train::on_workers;
use tracing::info_span;

use super::cell::{PairCell, PairRecord};
use super::spec::PairSpec;
use super::unit::{Trained, train};
use crate::runner::plan::{CellList, Reader, Work};
use crate::runner::store::{CELL_SCHEMA, Key, Store};
use crate::experiment::{CellPolicy, Context};
use crate::runner::host;
use crate::runner::progress::Progress;

const READER: Reader<PairSpec, PairCell> = Reader {
    read: PairCell::read,
    spec: |cell| &cell.record.spec,
};

/// What is to be run.
pub struct PairPlan(CellList<PairSpec>);

impl PairPlan {
    /// A spec that is there twice is trained once.
    ///
    /// # Errors
    /// If one could not run.
    pub fn new(specs: impl IntoIterator<Item = PairSpec>, context: &Context) -> Result<Self> {
        let specs: Vec<PairSpec> = specs.into_iter().collect();
        specs.iter().try_for_each(PairSpec::check)?;
        Ok(Self(CellList::new(specs, context)?))
    }

    /// Cells in all, and those that are left to run.
    pub fn left(&self, policy: CellPolicy) -> (usize, Vec<&PairSpec>) {
        self.0.outlook(policy)
    }

    /// Trains what is left and reads everything: one cell for each spec that was asked for, in that order.
    ///
    /// # Errors
    /// If a run fails, or a finished cell is damaged.
    pub fn run(&self, context: &Context) -> Result<Vec<PairCell>> {
        let _span = info_span!("run", cells = self.0.len()).entered();
        if let Some(Work { store, left }) = self.0.open(context.cells)? {
            let progress = Progress::new(left.iter().map(|(_, spec)| spec.epochs).sum());
            let result = context.backend.run(TrainPairs {
                cells: &left,
                store: &store,
                progress: &progress,
                context,
            });
            progress.finish();
            result?;
        }
        self.0.read_asked(&READER)
    }
}

struct TrainPairs<'a> {
    cells: &'a [(Key, PairSpec)],
    store: &'a Store,
    progress: &'a Progress,
    context: &'a Context,
}

impl Job for TrainPairs<'_> {
    type Output = Result<()>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<()> {
        let units = self.units()?;
        let workers = match self.context.backend.capabilities().members {
            MemberExecution::Workers => self.context.threads,
            MemberExecution::Batched => std::num::NonZeroUsize::MIN,
        };
        on_workers(workers, &units, |unit| self.unit::<B>(unit, device))
            .into_iter()
            .collect()
    }
}

impl<'a> TrainPairs<'a> {
    /// Cells that train as one model: each alone on a CPU, the longest first; on a device all of one kind.
    fn units(&self) -> Result<Vec<Vec<&'a (Key, PairSpec)>>> {
        if self.context.backend.capabilities().members == MemberExecution::Workers {
            let mut units: Vec<Vec<_>> = self.cells.iter().map(|cell| vec![cell]).collect();
            units.sort_by_key(|unit| std::cmp::Reverse(unit[0].1.epochs));
            return Ok(units);
        }
        let mut units: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for cell in self.cells {
            let kind = PairSpec {
                seed: 0,
                learning_rate: 1.0,
                points: super::spec::Points {
                    inputs: vec![Vec::new(); cell.1.points.inputs.len()],
                    targets: Vec::new(),
                },
                ..cell.1.clone()
            };
            units
                .entry(serde_json::to_string(&kind)?)
                .or_default()
                .push(cell);
        }
        Ok(units.into_values().collect())
    }

    fn unit<B: KernelsAutodiff>(
        &self,
        unit: &[&(Key, PairSpec)],
        device: &B::Device,
    ) -> Result<()> {
        let began = Instant::now();
        let capabilities = self.context.backend.capabilities();
        let specs: Vec<PairSpec> = unit.iter().map(|(_, spec)| spec.clone()).collect();
        let trained = train::<B>(&specs, capabilities.memory, device, self.progress)?;
        let wall_time_s = began.elapsed().as_secs_f64() / unit.len() as f64;
        for ((key, spec), trained) in unit.iter().copied().zip(trained) {
            let Trained {
                followed,
                outcome,
                alignments,
            } = trained;
            let record = PairRecord {
                schema_version: CELL_SCHEMA,
                spec: spec.clone(),
                outcome,
                formant_version: env!("CARGO_PKG_VERSION").into(),
                features: host::features(),
                device: self.context.backend.device().into(),
                execution: capabilities.members,
                host_cpu: host::cpu(),
                wall_time_s,
                alignments,
            };
            PairCell { record, followed }.write(&self.store.partial(key)?)?;
            self.store.finish(key)?;
        }
        Ok(())
    }
}
