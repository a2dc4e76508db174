//! Draws F-gamma without training, to look at the drawing code: from a made-up table, or again from a figure's `data.csv`.
//!
//! `cargo run -p formant-figures --example preview -- DIR [DATA.csv]`. The claims are printed `COLUMNS` wide.
//! A `data.csv` lies in `ID/PRESET/`, which says what to make of it; elsewhere it is taken for `crh-gamma/quick/`.

use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use formant_figures::gamma::{LayerRow, Task, read_rows, synthetic};
use formant_figures::{Preset, write_figure};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments.next().ok_or("usage: preview DIR [DATA.csv]")?;
    match arguments.next() {
        Some(data) => {
            let (task, preset) = place(&data);
            preview(&out, task, preset, &read_rows(File::open(&data)?)?)
        }
        None => {
            preview(&out, Task::Teacher, Preset::Quick, &synthetic::rows())?;
            preview(&out, Task::Mnist, Preset::Paper, &synthetic::rows())
        }
    }
}

fn preview(
    out: &Path,
    task: Task,
    preset: Preset,
    rows: &[LayerRow],
) -> Result<(), Box<dyn Error>> {
    let bundle = synthetic::bundle(task, preset, rows)?;
    println!("{}", write_figure(out, &bundle)?.display());
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    println!("{}", bundle.claims.to_table(columns));
    Ok(())
}

fn place(data: &Path) -> (Task, Preset) {
    let mut folders = data
        .ancestors()
        .skip(1)
        .map(|path| path.file_name().and_then(OsStr::to_str).unwrap_or_default());
    let preset = folders
        .next()
        .and_then(|name| name.parse().ok())
        .unwrap_or(Preset::Quick);
    let id = folders.next().unwrap_or_default();
    let task = [Task::Mnist, Task::Digits]
        .into_iter()
        .find(|task| task.id() == id)
        .unwrap_or(Task::Teacher);
    (task, preset)
}
