//! Networks that train on many points and are looked at now and then on a few: MNIST and the context task.

mod cell;
mod figure;
mod rows;
mod run;
mod spec;

pub use figure::FAMILY;
