//! A member's result does not depend on the others: the check that backends are held to.

use std::num::NonZeroUsize;

use formant_backend::{KernelsAutodiff, MemberExecution, TensorMemory};
use formant_data::{Task, TeacherConfig, TeacherTask};
use formant_models::{Activation, Bias, Init, MlpConfig, OutputTransform, Skip};

use crate::{
    Checkpoint, Ensemble, Loss, MemberRates, OptimizerConfig, Schedule, TrainError, Trainer,
};

/// Steps of the check.
const STEPS: u64 = 20;

/// Trains three members together and each alone, and gives the largest difference between the two, relative in
/// the Frobenius norm of each parameter. Zero means bit-identical.
///
/// # Errors
/// If training fails.
pub fn member_independence<B: KernelsAutodiff>(device: &B::Device) -> Result<f64, TrainError> {
    let seeds = [3, 4, 5];
    let together = train::<B>(&seeds, device)?;
    let mut worst: f64 = 0.0;
    for (index, seed) in seeds.iter().enumerate() {
        let alone = train::<B>(&[*seed], device)?;
        worst = worst.max(difference(&together[index], &alone[0])?);
    }
    Ok(worst)
}

/// Weight decay and learning rate belong to the seed, so that a member is the same alone.
fn train<B: KernelsAutodiff>(
    seeds: &[u64],
    device: &B::Device,
) -> Result<Vec<Checkpoint>, TrainError> {
    let teacher = TeacherConfig {
        inputs: 20,
        hidden: 10,
        outputs: 2,
        ..TeacherConfig::default()
    };
    let shape = MlpConfig {
        inputs: 20,
        width: 30,
        depth: 3,
        outputs: 2,
        activation: Activation::Tanh,
        bias: Bias::Learned,
        init: Init::UniformFanIn,
        init_scale: 1.0,
        transform: OutputTransform::None,
        skip: Skip::None,
    };
    let rates = MemberRates {
        learning_rate: seeds.iter().map(|seed| 1e-3 * *seed as f64).collect(),
        weight_decay: seeds.iter().map(|seed| 1e-4 * *seed as f64).collect(),
    };
    let tasks = seeds
        .iter()
        .map(|seed| Ok(Box::new(TeacherTask::new(teacher.clone(), *seed)?) as Box<dyn Task>))
        .collect::<Result<Vec<_>, TrainError>>()?;
    let task_of: Vec<usize> = (0..seeds.len()).collect();
    let (optimizer, loss) = (OptimizerConfig::ADAM, Loss::SquaredError);
    // Batched, with tensor operations, on every backend: what ensembles on a device do.
    let memory = TensorMemory::Device;
    let ensemble = Ensemble::new(MemberExecution::Batched, tasks, &task_of, |_| {
        let model = shape.init::<B>(seeds, device)?;
        Trainer::new(model, optimizer, rates.clone(), loss, memory, device)
    })?;
    let schedule = Schedule {
        until: STEPS,
        batch: 16,
        workers: NonZeroUsize::MIN,
    };
    ensemble.advance(schedule, |_| {})?;
    (0..seeds.len())
        .map(|member| ensemble.checkpoint(member))
        .collect()
}

fn difference(one: &Checkpoint, other: &Checkpoint) -> Result<f64, TrainError> {
    let mut worst: f64 = 0.0;
    for (a, b) in one.parameters.iter().zip(&other.parameters) {
        let (a, b) = (a.f32()?, b.f32()?);
        let square = |x: f32| f64::from(x) * f64::from(x);
        let norm: f64 = a.iter().map(|x| square(*x)).sum();
        let gap: f64 = a.iter().zip(&b).map(|(x, y)| square(x - y)).sum();
        let relative = (gap / norm.max(f64::MIN_POSITIVE)).sqrt();
        worst = if relative.is_nan() {
            f64::INFINITY
        } else {
            worst.max(relative)
        };
    }
    Ok(worst)
}
