//! Makes F-gamma from a made-up table, to look at the drawing code: `cargo run -p formant-figures --example preview -- DIR`.

use std::error::Error;
use std::path::PathBuf;

use formant_figures::gamma::{Task, synthetic};
use formant_figures::{Preset, write_figure};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::args().nth(1).ok_or("usage: preview DIR")?);
    for (task, preset) in [(Task::Teacher, Preset::Quick), (Task::Mnist, Preset::Paper)] {
        let bundle = synthetic::bundle(task, preset)?;
        println!("{}", write_figure(&out, &bundle)?.display());
        println!("{}", bundle.claims.to_table(None));
    }
    Ok(())
}
