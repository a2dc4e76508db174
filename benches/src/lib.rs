//! The work that formant's side of a comparison does, as [`Case`]s that are timed from outside.
//!
//! `benches/pytorch` holds the same work in eager PyTorch; its README says what each case is.

use std::num::NonZeroUsize;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use burn::tensor::{Tensor, TensorData};
use formant_backend::{BackendName, Job, KernelsAutodiff, MemberExecution, TensorMemory, open};
use formant_data::rng::{Purpose, normal_f32, stream};
use formant_data::{Task, TeacherConfig, TeacherTask};
use formant_experiments::Mode;
use formant_experiments::universality::few_points::{self, NetworkConfig, PointsSpec, Tracker};
use formant_models::{
    Activation, Bias, FastPaths, Init, Mlp, MlpConfig, OutputTransform, ResNetConfig, Skip,
};
use formant_train::{
    Ensemble, Loss, MemberBatch, MemberRates, OptimizerConfig, Schedule, TrainError, Trainer,
    single_threaded,
};

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Case {
    /// 5 hidden layers of 100, batch 100, SGD with momentum, one fixed batch.
    Mlp100,
    /// 5 hidden layers of 1000, batch 100, SGD with momentum, one fixed batch.
    Mlp1000,
    /// The 15 members of `crh-gamma`: fresh batches of 32 from the teacher, Adam; a step is one of all members.
    Sweep,
    /// ResNet-18 for 32×32 images with 64 channels in the first stage, batch 64, SGD with momentum and weight decay, one fixed batch.
    Resnet,
    /// The same with 16 channels.
    ResnetQuarter,
    /// The default network of the two-point experiments, 20 hidden layers of 500, two points, SGD; everything followed.
    TwoPoints,
}

/// Milliseconds a step of each of `repeats` blocks of `steps` steps, after one block that is not counted.
///
/// # Errors
/// If the backend is not available, or a setting is refused.
pub fn time(case: Case, threads: NonZeroUsize, steps: u64, repeats: u32) -> Result<Vec<f64>> {
    match case {
        Case::Mlp100 => on_threads(
            threads,
            Step {
                width: 100,
                steps,
                repeats,
            },
        ),
        Case::Mlp1000 => on_threads(
            threads,
            Step {
                width: 1000,
                steps,
                repeats,
            },
        ),
        Case::Resnet | Case::ResnetQuarter => {
            let width = if case == Case::Resnet { 64 } else { 16 };
            let step = ResidualStep {
                width,
                steps,
                repeats,
            };
            on_threads(threads, step)
        }
        Case::TwoPoints => on_threads(threads, TwoPoints { steps, repeats }),
        Case::Sweep => open(BackendName::Flex)?.run(Sweep {
            workers: threads,
            steps,
            repeats,
        }),
    }
}

fn on_threads(
    threads: NonZeroUsize,
    step: impl Job<Output = Result<Vec<f64>>> + Send,
) -> Result<Vec<f64>> {
    let backend = open(BackendName::Flex)?;
    if threads.get() == 1 {
        single_threaded(|| backend.run(step))
    } else {
        backend.run(step)
    }
}

fn shape(inputs: usize, width: usize) -> MlpConfig {
    MlpConfig {
        inputs,
        width,
        depth: 5,
        outputs: 1,
        activation: Activation::Tanh,
        bias: Bias::None,
        init: Init::UniformFanIn,
        init_scale: 1.0,
        transform: OutputTransform::None,
        skip: Skip::None,
    }
}

/// Training steps of one network on one batch.
struct Step {
    width: usize,
    steps: u64,
    repeats: u32,
}

impl Job for Step {
    type Output = Result<Vec<f64>>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<Vec<f64>> {
        let rows = 100;
        let mut rng = stream(0, Purpose::Batch, 0);
        let mut load = |width: usize| {
            let values = normal_f32(&mut rng, rows * width);
            Tensor::<B, 3>::from_data(TensorData::new(values, [1, rows, width]), device)
        };
        let batch = MemberBatch {
            inputs: load(self.width),
            targets: load(1),
        };
        let rates = MemberRates {
            learning_rate: vec![1e-3],
            weight_decay: vec![0.0],
        };
        let model = shape(self.width, self.width).init::<B>(&[0], device)?;
        let optimizer = OptimizerConfig::Sgd { momentum: 0.9 };
        let loss = Loss::SquaredError;
        let trainer = Trainer::new(model, optimizer, rates, loss, TensorMemory::Host, device)?;
        Ok(blocks(trainer, &batch, self.steps, self.repeats))
    }
}

/// Milliseconds a step on one batch.
fn blocks<B: KernelsAutodiff, N: FastPaths<B>>(
    mut trainer: Trainer<B, N>,
    batch: &MemberBatch<B>,
    steps: u64,
    repeats: u32,
) -> Vec<f64> {
    let mut block = || {
        let began = Instant::now();
        for _ in 0..steps {
            trainer.step(batch.clone(), &mut ());
        }
        began.elapsed().as_secs_f64() * 1e3 / steps as f64
    };
    block();
    (0..repeats).map(|_| block()).collect()
}

/// Training steps of a residual network on one batch.
struct ResidualStep {
    width: usize,
    steps: u64,
    repeats: u32,
}

impl Job for ResidualStep {
    type Output = Result<Vec<f64>>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<Vec<f64>> {
        let rows = 64;
        let config = ResNetConfig::resnet18(self.width);
        let inputs = config.channels * config.side * config.side;
        let values = normal_f32(&mut stream(0, Purpose::Batch, 0), rows * inputs);
        let classes = (0..rows).flat_map(|row| (0..10).map(move |k| f32::from(k == row % 10)));
        let load = |values: Vec<f32>, width| {
            Tensor::<B, 3>::from_data(TensorData::new(values, [1, rows, width]), device)
        };
        let batch = MemberBatch {
            inputs: load(values, inputs),
            targets: load(classes.collect(), config.outputs),
        };
        let rates = MemberRates {
            learning_rate: vec![0.1],
            weight_decay: vec![5e-4],
        };
        let model = config.init::<B>(&[0], device)?;
        let optimizer = OptimizerConfig::Sgd { momentum: 0.9 };
        let loss = Loss::CrossEntropy;
        let trainer = Trainer::new(model, optimizer, rates, loss, TensorMemory::Host, device)?;
        Ok(blocks(trainer, &batch, self.steps, self.repeats))
    }
}

/// Epochs of the two-point experiment, with the distances in every hidden layer, outputs and loss read at each.
struct TwoPoints {
    steps: u64,
    repeats: u32,
}

impl Job for TwoPoints {
    type Output = Result<Vec<f64>>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<Vec<f64>> {
        let setting =
            few_points::find("default").context("the settings table has a line 'default'")?;
        let spec = PointsSpec::of(setting, Mode::Table, [1.0, 0.5], 0, "flex");
        let NetworkConfig::Mlp(shape) = &spec.network else {
            bail!("the default network is fully connected");
        };
        let rates = MemberRates {
            learning_rate: vec![spec.learning_rate],
            weight_decay: vec![0.0],
        };
        let model = shape.init::<B>(&[spec.seed], device)?;
        let memory = TensorMemory::Host;
        let mut trainer = Trainer::new(model, spec.optimizer, rates, spec.loss, memory, device)?;
        let batch = MemberBatch::stack(&[&spec.points.batch()], 1, device)?;
        let mut tracker = Tracker::<B>::new(vec![&spec], memory);
        let mut block = || {
            let began = Instant::now();
            for _ in 0..self.steps {
                trainer.step_and_show(batch.clone(), |seen| tracker.see(seen));
            }
            began.elapsed().as_secs_f64() * 1e3 / self.steps as f64
        };
        block();
        Ok((0..self.repeats).map(|_| block()).collect())
    }
}

/// The members of `crh-gamma`.
struct Sweep {
    workers: NonZeroUsize,
    steps: u64,
    repeats: u32,
}

impl Job for Sweep {
    type Output = Result<Vec<f64>>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<Vec<f64>> {
        let tasks = (0..3)
            .map(|seed| {
                Ok(Box::new(TeacherTask::new(TeacherConfig::default(), seed)?) as Box<dyn Task>)
            })
            .collect::<Result<Vec<_>>>()?;
        let task_of: Vec<usize> = (0..15).map(|member| member / 5).collect();
        let ensemble =
            Ensemble::<B, _>::new(MemberExecution::Workers, tasks, &task_of, |members| {
                member(members.start, device)
            })?;
        let mut until = 0;
        let mut block = || -> Result<f64> {
            until += self.steps;
            let began = Instant::now();
            ensemble.advance(
                Schedule {
                    until,
                    batch: 32,
                    workers: self.workers,
                },
                |_| {},
            )?;
            Ok(began.elapsed().as_secs_f64() * 1e3 / self.steps as f64)
        };
        block()?;
        (0..self.repeats).map(|_| block()).collect()
    }
}

fn member<B: KernelsAutodiff>(
    index: usize,
    device: &B::Device,
) -> Result<Trainer<B, Mlp<B>>, TrainError> {
    let gamma = 10f64.powf(-5.0 + 5.0 * (index % 5) as f64 / 9.0);
    let rates = MemberRates {
        learning_rate: vec![1e-3],
        weight_decay: vec![gamma],
    };
    let model = shape(100, 100).init::<B>(&[index as u64 / 5], device)?;
    let (optimizer, loss) = (OptimizerConfig::ADAM, Loss::SquaredError);
    Trainer::new(model, optimizer, rates, loss, TensorMemory::Host, device)
}
