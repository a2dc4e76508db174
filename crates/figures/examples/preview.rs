//! Draws figures without training, to look at the drawing code: from made-up tables, or again from a figure's `data.csv`.
//!
//! `cargo run -p formant-figures --example preview -- DIR [ID | DATA.csv]`. The claims are printed `COLUMNS` wide. An ID
//! draws one figure; without one all are drawn. A `data.csv` lies in `ID/PRESET/`, which says what to make of it. The other
//! tables beside it are read too.

use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use formant_figures::formation::{self, reproduce};
use formant_figures::table::{self, Row, Spectrum};
use formant_figures::universality::{self, PairTable, PairTables};
use formant_figures::{FigureBundle, Preset, SPECTRA_FILE, registry, write_figure};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments
        .next()
        .ok_or("usage: preview DIR [ID | DATA.csv]")?;
    match arguments.next() {
        Some(data) if data.extension().is_some() => again(&out, &data),
        Some(id) => made_up(&out, &id.to_string_lossy(), Preset::Quick),
        None => registry()
            .iter()
            .try_for_each(|figure| made_up(&out, figure.id, Preset::Quick)),
    }
}

/// The made-up rows of a figure.
fn rows(id: &str) -> Option<Vec<Row>> {
    match id {
        "crh-gamma" | "crh-gamma-mnist" | "crh-gamma-digits" => {
            Some(formant_figures::formation::gamma::synthetic::rows())
        }
        "crh-width" => Some(formant_figures::formation::width::synthetic::rows()),
        "crh-rank" => Some(formant_figures::formation::rank::synthetic::rows()),
        "pah-exponents" => Some(formant_figures::formation::exponents::synthetic::rows()),
        "pah-phases" => Some(formant_figures::formation::phases::synthetic::rows()),
        "nc-equivalence" => Some(formant_figures::formation::collapse::synthetic::rows()),
        "nfa-equivariance" => Some(formant_figures::formation::ansatz::synthetic::rows()),
        "crh-balance" => Some(formant_figures::formation::balance::synthetic::rows()),
        "crh-training" => Some(formant_figures::formation::training::synthetic::rows()),
        "crh-raw" => Some(formant_figures::formation::synthetic::gamma_rows()),
        "crh-cross" => Some(formant_figures::formation::cross::synthetic::rows()),
        "crh-sweeps" => Some(formant_figures::formation::sweeps::synthetic::rows()),
        _ => None,
    }
}

/// The made-up tables of a figure of pairs.
fn pair_tables(id: &str) -> Option<PairTables> {
    match id {
        "univ-trajectories" | "univ-loss" | "univ-gain" | "univ-universality" => {
            Some(universality::synthetic::two_points())
        }
        "univ-final-distance" => Some(universality::synthetic::distances()),
        "univ-alternative" => Some(universality::synthetic::altered()),
        "univ-depth" => Some(universality::synthetic::depth_fits()),
        "univ-xor" => Some(formant_figures::universality::xor::synthetic::tables()),
        "univ-mnist-trajectories" => {
            Some(formant_figures::universality::mnist_trajectories::synthetic::tables())
        }
        "univ-mnist-structure" => {
            Some(formant_figures::universality::mnist_structure::synthetic::tables())
        }
        "univ-orthogonal" => Some(formant_figures::universality::orthogonal::synthetic::tables()),
        "univ-crh" => Some(formant_figures::universality::crh::synthetic::tables()),
        _ => None,
    }
}

fn made_up(out: &Path, id: &str, preset: Preset) -> Outcome {
    if id.starts_with("univ-") {
        let tables = pair_tables(id).ok_or("it has no made-up tables")?;
        let input = universality::synthetic::input(id, preset, &tables);
        return write(out, &universality::reproduce(id, input)?);
    }
    let spectra = match id {
        "pah-exponents" => formant_figures::formation::exponents::synthetic::spectra(),
        _ => Vec::new(),
    };
    let rows = rows(id).ok_or("it has no made-up rows")?;
    write(out, &sweep_figure(id, preset, &rows, &spectra)?)
}

fn again(out: &Path, data: &Path) -> Outcome {
    let (id, preset) = place(data);
    let file = File::open(data)?;
    if let Some(main) = universality::main_table(&id) {
        let mut tables = PairTables::default();
        tables.read(main, file)?;
        for table in PairTable::ALL {
            if let Ok(file) = File::open(data.with_file_name(table.file())) {
                tables.read(table, file)?;
            }
        }
        let input = universality::synthetic::input(&id, preset, &tables);
        return write(out, &universality::reproduce(&id, input)?);
    }
    let spectra = match File::open(data.with_file_name(SPECTRA_FILE)) {
        Ok(file) => table::read_spectra(file)?,
        Err(_) => Vec::new(),
    };
    let rows = table::read_rows(file)?;
    write(out, &sweep_figure(&id, preset, &rows, &spectra)?)
}

fn sweep_figure(
    id: &str,
    preset: Preset,
    rows: &[Row],
    spectra: &[Spectrum],
) -> Result<FigureBundle, formant_figures::FigureError> {
    reproduce(id, formation::synthetic::input(id, preset, rows, spectra))
}

fn write(out: &Path, bundle: &FigureBundle) -> Outcome {
    println!("{}", write_figure(out, bundle)?.display());
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    println!("{}", bundle.claims.to_table(columns));
    Ok(())
}

fn place(data: &Path) -> (String, Preset) {
    let mut folders = data
        .ancestors()
        .skip(1)
        .map(|path| path.file_name().and_then(OsStr::to_str).unwrap_or_default());
    let preset = folders.next().and_then(|name| name.parse().ok());
    let id = folders.next().unwrap_or_default().to_owned();
    (id, preset.unwrap_or(Preset::Quick))
}
