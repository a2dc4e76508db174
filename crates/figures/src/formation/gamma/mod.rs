//! F-gamma: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against weight decay gamma.
//!
//! The paper ("Formation of Representations in Neural Networks") shows one run of a fully connected network. Here every
//! point has seeds, an interval and a null level beside it, and the paper's digitised values drawn over it. The six relations
//! of the same networks stand below, their power laws and phases in the report.

mod claims;
mod digitised;
mod legend;
mod panel;
mod plot;
mod relations;
mod report;
mod rows;
#[doc(hidden)]
pub mod synthetic;
mod table;

pub use crate::report::RELATIONS_FILE;
pub use claims::claims;
pub use digitised::{PAPER_ALPHA, PAPER_GAMMAS, PAPER_RANK_CORRELATION, PRECISION, paper_row};
pub use plot::plot;
pub use relations::Relations;
pub use rows::{DATA_SCHEMA_VERSION, LayerRow, Position, Variant, read_rows, write_rows};
pub use table::{HEADLINE, LAYERS, Series, Table};

pub use crate::claims::Identity;
pub use crate::table::Outcome;
use crate::table::{Row, write as write_table};
use crate::{FigureBundle, FigureError, Preset, Provenance, Setting};

/// What F-gamma is made of.
#[derive(Debug, Clone)]
pub struct GammaInput<'a> {
    /// What the networks were trained on.
    pub task: Task,
    /// How much work was done.
    pub preset: Preset,
    /// The measurements.
    pub rows: &'a [LayerRow],
    /// What else was measured of the same networks; may be empty.
    pub relations: &'a [Row],
    /// Checks of what was measured; may be empty.
    pub identities: Vec<Identity>,
    /// What was set, and whose choice it is.
    pub settings: Vec<Setting>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// Makes the whole figure from its table: picture, claims, report, data.
///
/// # Errors
///
/// [`FigureError::Table`] for rows that cannot be used, [`FigureError::Draw`].
pub fn figure(input: GammaInput<'_>) -> Result<FigureBundle, FigureError> {
    let info = crate::find(input.task.id())?;
    let table = Table::new(input.rows)?;
    let relations = Relations::new(input.relations, input.preset)?;
    let relations = relations.as_ref();
    let also = relations
        .into_iter()
        .flat_map(|also| also.claims(input.task));
    let claims = claims(&table, input.task, input.preset, &input.identities).and(also);
    let mut data_csv = Vec::new();
    write_rows(input.rows, &mut data_csv)?;
    let mut extra = Vec::new();
    if let Some(relations) = relations {
        let mut bytes = Vec::new();
        write_table(relations.rows(), &mut bytes)?;
        extra.push((RELATIONS_FILE, bytes));
    }
    Ok(FigureBundle {
        info,
        preset: input.preset,
        picture: plot(&table, relations, input.task, input.preset)?,
        data_csv,
        extra,
        report: report::report(&input, info, &table, relations, &claims),
        claims,
        provenance: input.provenance,
    })
}

#[cfg(test)]
mod tests;

/// What the networks are trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The sine teacher with a scalar output: the task that comes nearest to the digitised values (MEASURED).
    Teacher,
    /// MNIST, cross-entropy.
    Mnist,
    /// The embedded 8x8 digits, cross-entropy.
    Digits,
}

impl Task {
    /// The id of its figure in the registry.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Teacher => "crh-gamma",
            Self::Mnist => "crh-gamma-mnist",
            Self::Digits => "crh-gamma-digits",
        }
    }

    /// Its name in titles.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Teacher => "sine teacher",
            Self::Mnist => "MNIST",
            Self::Digits => "8x8 digits",
        }
    }
}
