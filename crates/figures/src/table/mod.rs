//! The tables that connect experiments to figures, what is selected from them, and how reports show them.

pub(crate) mod base;
mod checked;
mod grid;
mod losses;
mod null;
mod records;
mod relations;
mod row;
mod select;

pub use checked::{Table, range_of};
pub(crate) use grid::by_weight_decay_and_map;
pub use grid::{Column, Grid, alpha_sections};
pub(crate) use losses::section as losses_section;
pub use losses::{CONSTANT_LOSS, Loss, Losses, TEST_LOSS, is_loss};
pub use null::{above_null, null_points};
pub(crate) use null::{above_null_level, exceeds_null};
pub use records::Outcome;
pub(crate) use records::Schema;
pub(crate) use relations::{RELATIONS, Relation, is_one_by_definition, plain};
pub use row::{Network, Row, SCHEMA_VERSION, Spectrum, write_rows};
pub(crate) use select::FEW_DIRECTIONS;
pub use select::{SeedPoints, Select};
