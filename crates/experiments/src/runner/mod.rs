//! The runner of cells: one training run of one network each.
//!
//! A [`Family`] says what its cells are, how they train and how they are read. Everything else is here, once: the list of
//! what is done and what is left ([`Plan`]), ensembles, records and checkpoints on disk (`store.rs`), resumption, progress,
//! estimates of time, and provenance. Nothing here knows a model or a data set.

mod context;
mod disk;
mod estimate;
mod family;
mod files;
mod folder;
pub(crate) mod host;
mod plan;
mod progress;
mod provenance;
mod record;
mod run;
mod signals;
mod store;
mod table;

pub use context::{CellPolicy, Context};
pub use estimate::Outlook;
pub use family::{Family, NoDetails};
pub use files::Files;
pub use plan::Plan;
pub use progress::note;
pub use provenance::provenance;
pub use record::{Finished, Machine, Outcome, Record, State};
pub use run::{End, Run};
pub use store::CELL_SCHEMA;
pub use table::{write_atomically, write_json};

#[cfg(test)]
pub(crate) use disk::faults;
