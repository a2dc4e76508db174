//! Draws figures without training, to look at the drawing code: from synthetic tables, or again from a figure's `data.csv`.
//!
//! `cargo run -p formant-figures --example preview -- DIR [ID | DATA.csv]`. The claims are printed `COLUMNS` wide. An ID
//! draws one figure; without one all are drawn. A `data.csv` lies in `ID/PRESET/`, which says what to make of it. The other
//! tables beside it are read too.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use formant_figures::{
    FigureInput, Measured, Preset, find, made_up, read_measured, registry, reproduce, write_figure,
};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments
        .next()
        .ok_or("usage: preview DIR [ID | DATA.csv]")?;
    let quick = |id: &str| draw(&out, id, made_up(id, Preset::Quick)?);
    match arguments.next() {
        Some(data) if data.extension().is_some() => {
            let (id, preset) = place(&data);
            let measured = read_measured(&id, &data)?;
            let input = made_up(&id, preset)?;
            draw(&out, &id, FigureInput { measured, ..input })
        }
        Some(id) => quick(&id.to_string_lossy()),
        None => registry().iter().try_for_each(|figure| quick(figure.id)),
    }
}

fn draw(out: &Path, id: &str, input: FigureInput<Measured>) -> Outcome {
    let bundle = reproduce(id, input)?;
    println!("{}", write_figure(out, &bundle)?.display());
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    println!("{}", bundle.claims.to_table(columns));
    Ok(())
}

/// The figure and the preset that the folders of a table name.
fn place(data: &Path) -> (String, Preset) {
    let folders = data.ancestors().skip(1);
    let mut folders = folders.map(|path| path.file_name().and_then(OsStr::to_str));
    let preset = folders.next().flatten().and_then(|name| name.parse().ok());
    let id = folders.next().flatten().unwrap_or_default();
    let id = find(id).map_or("crh-gamma", |figure| figure.id);
    (id.to_owned(), preset.unwrap_or(Preset::Quick))
}
