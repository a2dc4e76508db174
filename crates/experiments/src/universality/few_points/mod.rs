//! Networks that train on a few points: the experiments of "When Representations Align".

mod align;
pub(crate) mod cell;
mod experiment;
mod figure;
mod plan;
mod rows;
mod run;
mod settings;
mod spec;
mod tables;
mod tracker;
mod unit;

pub use cell::{Alignment, Followed, PairCell, PairOutcome, PairRecord};
pub use experiment::{TwoPointsConfig, TwoPointsExperiment};
pub(crate) use figure::FAMILY;
pub use run::PairPlan;
pub use settings::{Kind, Mode, SETTINGS, Setting, find};
pub use spec::{NetworkConfig, PairSpec, Points};
pub use tracker::Tracker;
