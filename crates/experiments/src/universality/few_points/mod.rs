//! Networks that train on a few points, every one of which is followed.

mod align;
mod experiment;
mod family;
mod figure;
mod found;
mod members;
mod plan;
mod rows;
mod settings;
mod spec;
mod tables;
mod tracker;

pub(crate) use experiment::EXPERIMENT;
pub use family::{FewPoints, plan};
pub(crate) use figure::FIGURES;
pub use settings::find;
pub use spec::{NetworkConfig, PointsSpec};
pub use tracker::Tracker;
