//! Networks that train on many points and are seen now and then on a few: MNIST and the context task.

mod family;
mod figure;
mod found;
mod rows;
mod shown;
mod spec;

pub use figure::FIGURES;
#[cfg(test)]
pub use {
    family::ManyPoints,
    spec::{ManySpec, ManyTask, Source, runs},
};
