//! Networks on a few points as cells.

use anyhow::Result;
use formant_backend::{KernelsAutodiff, MemberExecution};

use super::found::{Curves, Details};
use super::members::Members;
use super::spec::{NetworkConfig, Points, PointsSpec};
use crate::runner::{Context, Family, Files, Finished, Plan, Run};

/// The family of networks on a few points.
#[derive(Debug, Clone, Copy)]
pub struct FewPoints;

/// A network that was followed through training.
pub type PointsCell = Finished<FewPoints>;

/// The curves of a cell.
pub(super) const CURVES: &str = "trajectory.npz";

/// A specification that is there twice is trained once.
///
/// # Errors
/// If one could not run.
pub fn plan(
    specs: impl IntoIterator<Item = PointsSpec>,
    context: &Context,
) -> Result<Plan<FewPoints>> {
    let specs: Vec<PointsSpec> = specs.into_iter().collect();
    specs.iter().try_for_each(PointsSpec::check)?;
    Plan::new(FewPoints, specs, context)
}

impl Family for FewPoints {
    type Spec = PointsSpec;
    type Details = Details;
    type Found = Curves;

    // Some seconds of the largest networks.
    const CHECKPOINT_INTERVAL: u64 = 1_000;

    const MAY_END_EARLY: bool = true;

    fn steps(&self, spec: &PointsSpec) -> u64 {
        spec.epochs
    }

    fn name(&self, spec: &PointsSpec) -> String {
        format!("learning rate {}, seed {}", spec.learning_rate, spec.seed)
    }

    fn seed(&self, spec: &PointsSpec) -> u64 {
        spec.seed
    }

    /// Each alone on a CPU; on a device all that differ in seed, points and learning rate only.
    fn ensemble(&self, spec: &PointsSpec, execution: MemberExecution) -> Option<String> {
        let kind = PointsSpec {
            seed: 0,
            learning_rate: 1.0,
            points: Points {
                inputs: vec![Vec::new(); spec.points.inputs.len()],
                targets: Vec::new(),
            },
            ..spec.clone()
        };
        match execution {
            MemberExecution::Workers => None,
            MemberExecution::Batched => serde_json::to_string(&kind).ok(),
        }
    }

    fn pace(&self, spec: &PointsSpec) -> Option<String> {
        serde_json::to_string(&spec.network).ok()
    }

    fn train<B: KernelsAutodiff>(&self, run: &Run<'_, Self>, device: &B::Device) -> Result<()> {
        let seeds: Vec<u64> = run.specs().map(|spec| spec.seed).collect();
        match &run.first().network {
            NetworkConfig::Cnn(config) => {
                let model = config.init::<B>(&seeds, device)?;
                Members::open(run, model, device)?.train()
            }
            NetworkConfig::Mlp(config) => {
                let model = config.init::<B>(&seeds, device)?;
                let members = Members::open(run, model, device)?;
                if run.first().dropout > 0.0 {
                    members.train_with_dropout()
                } else {
                    members.train()
                }
            }
        }
    }

    fn read(&self, spec: &PointsSpec, files: &Files) -> Result<Curves> {
        files.parse(CURVES, |bytes| Curves::from_npz(bytes, spec.layers.len()))
    }
}
