//! The training loop, optimisers and checkpoints.
//!
//! An [`Ensemble`] advances members, each with its own learning rate, weight decay and seed, over the batches of
//! their tasks: side by side on the cores of a CPU, or as one batched model on a GPU. Members never mix: the result
//! of one depends on its seed and settings alone. A [`Trainer`] is the part that takes steps.

mod batch;
mod checkpoint;
mod divergence;
mod ensemble;
mod error;
mod independence;
mod loss;
mod measure;
mod optim;
mod parameters;
mod trainer;
mod workers;

pub use batch::MemberBatch;
pub use checkpoint::{CHECKPOINT_SCHEMA, Checkpoint, HostTensor};
pub use divergence::{Divergence, Quantity};
pub use ensemble::{Ensemble, Schedule};
pub use error::TrainError;
pub use independence::member_independence;
pub use loss::{Loss, Reduction};
pub use measure::{Evaluation, Measured, measure_and_show, measure_jacobian, measure_members};
pub use optim::{MemberRates, Optimizer, OptimizerConfig};
pub use trainer::Trainer;
pub use workers::{lock, on_workers, single_threaded};
