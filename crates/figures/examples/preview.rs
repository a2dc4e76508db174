//! Draws F-gamma from a made-up table, to look at the drawing code: `cargo run -p formant-figures --example preview -- DIR`.

use std::error::Error;
use std::path::{Path, PathBuf};

use formant_figures::Preset;
use formant_figures::gamma::{LayerRow, Table, Task, plot, synthetic};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: preview DIR")?);
    std::fs::create_dir_all(&folder)?;
    let rows = synthetic::rows();
    draw(&folder, "teacher", &rows, Task::Teacher, Preset::Quick)?;
    draw(&folder, "mnist", &rows, Task::Mnist, Preset::Paper)?;
    let smoke: Vec<LayerRow> = rows
        .into_iter()
        .filter(|row| row.seed == 0 && row.gamma > 3e-4)
        .collect();
    draw(&folder, "smoke", &smoke, Task::Teacher, Preset::Smoke)
}

fn draw(
    folder: &Path,
    name: &str,
    rows: &[LayerRow],
    task: Task,
    preset: Preset,
) -> Result<(), Box<dyn Error>> {
    let picture = plot(&Table::new(rows)?, task, preset)?;
    std::fs::write(folder.join(format!("{name}.svg")), picture.svg)?;
    std::fs::write(folder.join(format!("{name}.png")), picture.png)?;
    Ok(())
}
