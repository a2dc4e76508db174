//! Small runs of the teacher task, and the bits that they end in.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use formant_backend::{KernelsAutodiff, MemberExecution, TensorMemory};
use formant_data::{Task, TeacherActivation, TeacherConfig, TeacherTask};
use formant_models::{Activation, Bias, Init, Mlp, MlpConfig, OutputTransform, Skip};
use formant_train::{
    Checkpoint, Ensemble, Loss, MemberRates, OptimizerConfig, Schedule, TrainError, Trainer,
};
use safetensors::SafeTensors;

pub const SGD: OptimizerConfig = OptimizerConfig::Sgd { momentum: 0.9 };
pub const ADAM: OptimizerConfig = OptimizerConfig::ADAM;
pub const MEMORIES: [TensorMemory; 2] = [TensorMemory::Host, TensorMemory::Device];
pub const EXECUTIONS: [MemberExecution; 2] = [MemberExecution::Workers, MemberExecution::Batched];

#[derive(Debug, Clone, Copy)]
pub struct Member {
    pub seed: u64,
    pub learning_rate: f64,
    pub weight_decay: f64,
}

/// Two members of one seed, which share their task, and one of another.
pub const MEMBERS: [Member; 3] = [
    Member {
        seed: 3,
        learning_rate: 4e-3,
        weight_decay: 1e-3,
    },
    Member {
        seed: 4,
        learning_rate: 2e-3,
        weight_decay: 1e-2,
    },
    Member {
        seed: 3,
        learning_rate: 4e-3,
        weight_decay: 1e-1,
    },
];

/// An ensemble before it is made.
#[derive(Debug, Clone)]
pub struct Run {
    pub members: Vec<Member>,
    pub optimizer: OptimizerConfig,
    pub memory: TensorMemory,
    pub execution: MemberExecution,
    pub workers: usize,
    pub batch: usize,
    pub width: usize,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            members: MEMBERS.to_vec(),
            optimizer: SGD,
            memory: TensorMemory::Host,
            execution: MemberExecution::Workers,
            workers: 2,
            batch: 16,
            width: 12,
        }
    }
}

impl Run {
    pub fn shape(&self) -> MlpConfig {
        MlpConfig {
            inputs: 10,
            width: self.width,
            depth: 2,
            outputs: 2,
            activation: Activation::Tanh,
            bias: Bias::Learned,
            init: Init::UniformFanIn,
            init_scale: 1.0,
            transform: OutputTransform::None,
            skip: Skip::None,
        }
    }

    pub fn task(seed: u64) -> TeacherTask {
        // The sine of the default teacher is the C library's, the rest is Rust's.
        let activation = TeacherActivation::Relu;
        let default = TeacherConfig::default();
        let config = TeacherConfig {
            inputs: 10,
            hidden: 8,
            outputs: 2,
            activation,
            ..default
        };
        TeacherTask::new(config, seed).unwrap()
    }

    pub fn trainer<B: KernelsAutodiff>(
        &self,
        members: &[Member],
    ) -> Result<Trainer<B, Mlp<B>>, TrainError> {
        let seeds: Vec<u64> = members.iter().map(|member| member.seed).collect();
        let rates = MemberRates {
            learning_rate: members.iter().map(|member| member.learning_rate).collect(),
            weight_decay: members.iter().map(|member| member.weight_decay).collect(),
        };
        let device = Default::default();
        let model = self.shape().init::<B>(&seeds, &device)?;
        Trainer::new(
            model,
            self.optimizer,
            rates,
            Loss::SquaredError,
            self.memory,
            &device,
        )
    }

    pub fn ensemble<B: KernelsAutodiff>(&self) -> Ensemble<B, Mlp<B>> {
        let mut seeds: Vec<u64> = self.members.iter().map(|member| member.seed).collect();
        let of_member = seeds.clone();
        seeds.sort_unstable();
        seeds.dedup();
        let index = |seed| seeds.iter().position(|other| *other == seed).unwrap();
        let task_of: Vec<usize> = of_member.into_iter().map(index).collect();
        let tasks = seeds
            .iter()
            .map(|seed| Box::new(Self::task(*seed)) as Box<dyn Task>)
            .collect();
        let trainer = |range| self.trainer(&self.members[range]);
        Ensemble::new(self.execution, tasks, &task_of, trainer).unwrap()
    }

    pub fn advance<B: KernelsAutodiff>(&self, ensemble: &Ensemble<B, Mlp<B>>, until: u64) {
        let workers = NonZeroUsize::new(self.workers).unwrap();
        ensemble
            .advance(
                Schedule {
                    until,
                    batch: self.batch,
                    workers,
                },
                |_| {},
            )
            .unwrap();
    }

    /// The state of every member after some steps.
    pub fn train<B: KernelsAutodiff>(&self, until: u64) -> Vec<Checkpoint> {
        let ensemble = self.ensemble::<B>();
        self.advance(&ensemble, until);
        self.checkpoints(&ensemble)
    }

    pub fn checkpoints<B: KernelsAutodiff>(
        &self,
        ensemble: &Ensemble<B, Mlp<B>>,
    ) -> Vec<Checkpoint> {
        (0..self.members.len())
            .map(|member| ensemble.checkpoint(member).unwrap())
            .collect()
    }
}

/// The bytes of every array of a checkpoint file, by name.
pub fn arrays_of(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = std::fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    file.iter()
        .map(|(name, view)| (name.to_owned(), view.data().to_vec()))
        .collect()
}

/// The step, and the bytes of every parameter and optimiser buffer. NaN is equal to itself here, and 0 is not -0.
pub fn bits(checkpoint: &Checkpoint) -> (u64, BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one.safetensors");
    checkpoint.save(&path, "key").unwrap();
    (checkpoint.step, arrays_of(&path))
}

/// [`bits`] of several members.
pub fn all_bits(checkpoints: &[Checkpoint]) -> Vec<(u64, BTreeMap<String, Vec<u8>>)> {
    checkpoints.iter().map(bits).collect()
}

/// The numbers of one array.
pub fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|chunk| f32::from_le_bytes(*chunk))
        .collect()
}

/// Largest difference between two states, relative in the Frobenius norm of each parameter.
pub fn distance(one: &Checkpoint, other: &Checkpoint) -> f64 {
    let (one, other) = (bits(one).1, bits(other).1);
    assert_eq!(one.len(), other.len());
    let parameters = one
        .iter()
        .zip(&other)
        .filter(|((name, _), _)| !name.contains("buffer"));
    parameters.fold(0.0, |worst, ((_, a), (_, b))| {
        let square = |x: f32| f64::from(x) * f64::from(x);
        let norm: f64 = numbers(a).into_iter().map(square).sum();
        let gap: f64 = numbers(a)
            .iter()
            .zip(numbers(b))
            .map(|(a, b)| square(a - b))
            .sum();
        worst.max((gap / norm).sqrt())
    })
}
