//! What a member's result may depend on: its seed and settings. Not on who looks on, on the other members, on how
//! they run, or on where a run was stopped.

mod checkpoints;
mod divergence;
mod golden;
mod members;
mod observation;
mod resume;
pub mod runs;
mod settings;
