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

pub use experiment::{TwoPointsConfig, TwoPointsExperiment};
pub use family::{FewPoints, PointsCell, plan};
pub(crate) use figure::FIGURES;
pub use found::{Alignment, Curves, Details};
pub use settings::{Kind, SETTINGS, Setting, find};
pub use spec::{NetworkConfig, Points, PointsSpec};
pub use tracker::{Ended, Tracker};
