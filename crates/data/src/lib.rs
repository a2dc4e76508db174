//! Synthetic tasks, verified readers of real data sets, and counter-keyed random streams.
//!
//! Everything here is plain numbers in host memory: no tensor library, no devices.
//!
//! * [`rng`]: random streams keyed by `(seed, purpose, counter)`. Every random number of a run is drawn from them.
//! * [`Task`]: what a network is trained on. [`TeacherTask`] draws fresh samples labelled by a fixed random network;
//!   [`ClassificationTask`] traverses a [`Dataset`] in epochs, and [`FiniteTask`] does so with given arrays;
//!   [`OneHotTask`] turns classes into values. [`context_items`] makes the items of the context task.
//! * [`augment`]: augmented images, by [`AugmentedTask`](augment::AugmentedTask); [`PrefetchedTask`] makes the batches of any
//!   task on another thread.
//! * [`mnist`], [`cifar10`], [`digits`]: real data. MNIST and CIFAR-10 are read from their files, verified by checksum; the
//!   8x8 digits are embedded in the program and need no files.
//!
//! ```
//! use formant_data::{Task, TeacherConfig, TeacherTask};
//!
//! let mut task = TeacherTask::new(TeacherConfig::default(), 7)?;
//! let batch = task.batch(0, 32)?;
//! assert_eq!(batch.inputs.dim(), (32, 100));
//! # Ok::<(), formant_data::DataError>(())
//! ```

pub mod augment;
pub mod cifar10;
mod classification;
mod context;
mod dataset;
pub mod digits;
mod epochs;
mod error;
mod finite;
mod md5;
pub mod mnist;
mod noise;
mod one_hot;
mod prefetch;
pub mod rng;
mod task;
mod teacher;

pub use classification::ClassificationTask;
pub use context::{ContextConfig, ContextItems, context_items};
pub use dataset::{Dataset, PixelSet, Split};
pub use error::DataError;
pub use finite::FiniteTask;
pub use md5::Md5;
pub use noise::NoisyTargets;
pub use one_hot::OneHotTask;
pub use prefetch::{PrefetchedTask, Prefetcher};
pub use task::{Batch, TargetKind, Targets, Task};
pub use teacher::{Spectrum, TeacherActivation, TeacherConfig, TeacherTask};
