//! Every figure, once: what draws it, what it is made of, and synthetic measurements to look at it with.

#[cfg(test)]
pub(crate) mod check;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use formant_catalog::CatalogError;

use crate::figure::{FigureInput, Sweep, SweepFigure};
use crate::formation::{
    self, ansatz, balance, clock, collapse, cross, exponents, gamma, phases, predictions, rank,
    raw, sweeps, training, width,
};
use crate::table::{Row, Spectrum};
use crate::universality::{
    TableKind, Tables, TablesFigure, alternative, crh, depth, discontinuous, final_distance, gain,
    half_rate, loss, mnist_structure, mnist_trajectories, one_curve, orthogonal, trajectories, xor,
};
use crate::{FigureBundle, FigureError, Preset, SPECTRA_FILE};

/// A figure: the code that draws it and its synthetic measurements. The kinds are those of [`Measured`].
enum Figure {
    Sweep(&'static SweepFigure),
    Tables(&'static TablesFigure),
}

/// The figures, in the order of the registry.
static FIGURES: &[Figure] = &[
    Figure::Sweep(&gamma::TEACHER),
    Figure::Sweep(&gamma::MNIST),
    Figure::Sweep(&gamma::DIGITS),
    Figure::Sweep(&gamma::RELATIONS),
    Figure::Sweep(&clock::FIGURE),
    Figure::Sweep(&width::FIGURE),
    Figure::Sweep(&predictions::FIGURE),
    Figure::Sweep(&rank::FIGURE),
    Figure::Sweep(&training::FIGURE),
    Figure::Sweep(&raw::FIGURE),
    Figure::Sweep(&cross::FIGURE),
    Figure::Sweep(&sweeps::FIGURE),
    Figure::Sweep(&balance::FIGURE),
    Figure::Sweep(&exponents::FIGURE),
    Figure::Sweep(&exponents::FITS),
    Figure::Sweep(&phases::FIGURE),
    Figure::Sweep(&collapse::FIGURE),
    Figure::Sweep(&ansatz::FIGURE),
    Figure::Tables(&trajectories::FIGURE),
    Figure::Tables(&loss::FIGURE),
    Figure::Tables(&depth::FIGURE),
    Figure::Tables(&final_distance::FIGURE),
    Figure::Tables(&discontinuous::FIGURE),
    Figure::Tables(&gain::FIGURE),
    Figure::Tables(&xor::FIGURE),
    Figure::Tables(&mnist_trajectories::FIGURE),
    Figure::Tables(&mnist_structure::FIGURE),
    Figure::Tables(&orthogonal::FIGURE),
    Figure::Tables(&alternative::FIGURE),
    Figure::Tables(&one_curve::FIGURE),
    Figure::Tables(&half_rate::FIGURE),
    Figure::Tables(&crh::FIGURE),
];

/// What figures are made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// Of the figures of *Formation of Representations in Neural Networks*.
    Sweep(Sweep),
    /// Of the figures of *When Representations Align*.
    Tables(Tables),
}

impl From<Sweep> for Measured {
    fn from(sweep: Sweep) -> Self {
        Self::Sweep(sweep)
    }
}

impl From<Tables> for Measured {
    fn from(tables: Tables) -> Self {
        Self::Tables(tables)
    }
}

/// Makes the figure with this id.
///
/// # Errors
///
/// [`FigureError::Catalog`] for an id that is not in the registry or whose figure is made of other measurements,
/// [`FigureError::Table`] for rows that cannot be used, [`FigureError::Draw`].
pub fn reproduce<M: Into<Measured>>(
    id: &str,
    input: FigureInput<M>,
) -> Result<FigureBundle, FigureError> {
    let input = FigureInput {
        measured: input.measured.into(),
        preset: input.preset,
        settings: input.settings,
        provenance: input.provenance,
        identities: input.identities,
    };
    Figure::find(id)?.draw(input)
}

/// Synthetic measurements of a figure, to look at its picture. **Not data.**
///
/// # Errors
///
/// [`FigureError::Catalog`].
#[doc(hidden)]
pub fn made_up(id: &str, preset: Preset) -> Result<FigureInput<Measured>, FigureError> {
    let measured = Figure::find(id)?.made_up();
    Ok(formation::synthetic::made_up(id, preset, measured))
}

/// Reads the measurements of a figure from its `data.csv` and the tables beside it.
///
/// # Errors
///
/// [`FigureError::Catalog`], [`FigureError::Io`], [`FigureError::Table`].
pub fn read_measured(id: &str, data_csv: &Path) -> Result<Measured, FigureError> {
    let open = |path: &Path| {
        File::open(path).map_err(|source| FigureError::Io {
            action: "open",
            path: path.to_owned(),
            source,
        })
    };
    let beside = |name: &str| open(&data_csv.with_file_name(name)).ok();
    Figure::find(id)?.read(open(data_csv)?, beside)
}

impl Figure {
    fn find(id: &str) -> Result<&'static Self, FigureError> {
        let id = crate::find(id)?.id;
        let figure = FIGURES.iter().find(|figure| figure.id() == id);
        let figure = figure.ok_or_else(|| CatalogError::UnknownFigure {
            id: id.to_owned(),
            hint: "nothing draws it".to_owned(),
        });
        Ok(figure?)
    }

    fn id(&self) -> &'static str {
        match self {
            Self::Sweep(figure) => figure.id,
            Self::Tables(figure) => figure.id,
        }
    }

    fn draw(&self, input: FigureInput<Measured>) -> Result<FigureBundle, FigureError> {
        match (self, &input.measured) {
            (Self::Sweep(figure), Measured::Sweep(sweep)) => sweep.draw(figure, &input),
            (Self::Tables(figure), Measured::Tables(tables)) => tables.draw(figure, &input),
            (_, other) => Err(self.not_made_of(other)),
        }
    }

    fn not_made_of(&self, measured: &Measured) -> FigureError {
        let rows = match measured {
            Measured::Sweep(_) => "sweep rows",
            Measured::Tables(_) => "tables of trajectories, fits and distances",
        };
        CatalogError::UnknownFigure {
            id: self.id().to_owned(),
            hint: format!("it is not made of {rows}"),
        }
        .into()
    }

    fn made_up(&self) -> Measured {
        match self {
            Self::Sweep(figure) => (figure.made_up)().into(),
            Self::Tables(figure) => (figure.made_up)().into(),
        }
    }

    /// Reads `data.csv` and the tables beside it, where there are any.
    fn read<R: Read>(
        &self,
        data_csv: impl Read,
        beside: impl Fn(&str) -> Option<R>,
    ) -> Result<Measured, FigureError> {
        Ok(match self {
            Self::Sweep(..) => Measured::Sweep(Sweep {
                rows: Row::SCHEMA.read(data_csv)?,
                spectra: match beside(SPECTRA_FILE) {
                    Some(file) => Spectrum::SCHEMA.read(file)?,
                    None => Vec::new(),
                },
            }),
            Self::Tables(figure) => {
                let mut tables = Tables::default();
                tables.read(figure.main_table, data_csv)?;
                for table in TableKind::ALL {
                    if let Some(file) = beside(table.file()) {
                        tables.read(table, file)?;
                    }
                }
                Measured::Tables(tables)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict::Contradicted;

    /// Figures whose own tests judge the paper's values: the wobble of synthetic rows is too much for some of their claims.
    const OF_PAPER: [&str; 3] = ["crh-gamma", "crh-width", "crh-rank"];
    /// What synthetic measurements do not show.
    const NOT_SHOWN: [(&str, &str); 1] = [("crh-balance", "slope-two")];

    #[test]
    fn every_entry_of_the_registry_has_its_figure() {
        let drawn: Vec<_> = FIGURES.iter().map(Figure::id).collect();
        let listed: Vec<_> = crate::registry().iter().map(|figure| figure.id).collect();
        assert_eq!(drawn, listed);
    }

    #[test]
    fn every_figure_of_a_sweep_is_whole_and_meets_its_claims() {
        for figure in FIGURES {
            let Measured::Sweep(sweep) = figure.made_up() else {
                continue;
            };
            let id = figure.id();
            formation::check::whole(id, &sweep);
            if OF_PAPER.iter().any(|of_paper| id.starts_with(of_paper)) {
                continue;
            }
            let not = NOT_SHOWN.iter().filter(|(of, _)| *of == id);
            let not: Vec<_> = not.map(|(_, claim)| (*claim, Contradicted)).collect();
            check::meets(id, sweep, &not);
        }
    }

    #[test]
    fn every_figure_has_its_words() {
        let words = FIGURES.iter().map(|figure| {
            let bundle = check::figure(figure.id(), figure.made_up());
            format!("=== {}\n{}\n", figure.id(), check::words(&bundle))
        });
        insta::assert_snapshot!(words.collect::<String>());
    }

    #[test]
    fn a_figure_of_other_measurements_is_refused() {
        let refusal = |id: &str, measured: Measured| {
            let input = formation::synthetic::made_up(id, Preset::Quick, measured);
            reproduce(id, input).unwrap_err().to_string()
        };
        let [sweep, tables] = [Sweep::default().into(), Tables::default().into()];
        assert!(refusal("univ-loss", sweep).contains("not made of sweep rows"));
        assert!(refusal("crh-width", tables).contains("not made of tables"));
        assert!(refusal("crh-widht", Sweep::default().into()).contains("`crh-width`"));
    }

    #[test]
    fn tables_are_read_from_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = reproduce("univ-gain", made_up("univ-gain", Preset::Quick).unwrap()).unwrap();
        let written = crate::write_figure(folder.path(), &bundle).unwrap();
        let measured = read_measured("univ-gain", &written.join("data.csv")).unwrap();
        let Measured::Tables(tables) = measured else {
            panic!("{measured:?}")
        };
        assert!(!tables.fits.is_empty() && !tables.trajectories.is_empty());
        let error = read_measured("univ-gain", &folder.path().join("none.csv"));
        assert!(error.unwrap_err().to_string().contains("none.csv"));
    }
}
