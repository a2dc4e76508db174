//! `cargo xtask bench numpy`: a layer's relations and rotation nulls beside their NumPy twin, or all of `formant align`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use super::python::{self, Library};
use crate::binary::{self, Binary, workspace_root};
use crate::say::line;

/// The sizes that crates/alignment/benches/alignment.rs has; its nulls are of 20 rotations.
const WIDTHS: [&str; 3] = ["100", "300", "1000"];
const DRAWS: &str = "20";

#[derive(clap::Args)]
pub struct Args {
    /// Width of the layer
    #[arg(long, default_value = "1000", value_parser = WIDTHS)]
    width: String,
    /// The whole of `formant align` on dumps, beside a script of alphas, ranks and CKA: processor times
    #[arg(long, conflicts_with = "width")]
    align: bool,
    #[command(flatten)]
    python: python::Choice,
}

/// Seconds that each half of the work takes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seconds {
    relations: f64,
    nulls: f64,
}

/// Runs both, and prints a table.
pub fn run(sh: &Shell, args: &Args) -> Result<ExitCode> {
    let python = python::with(Library::Numpy, sh, &args.python)?;
    if args.align {
        let formant = binary::build(sh, &Binary::FORMANT, &[])?;
        let twin = workspace_root().join("benches/numpy/dump_twin.py");
        cmd!(sh, "{python} {twin} --against {formant}")
            .quiet()
            .run()?;
        line("Processor time of all threads, medians of 3 in turn; 4000 samples.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let formant = criterion(sh, &args.width)?;
    let twin = workspace_root().join("benches/numpy/alignment_twin.py");
    line(format_args!(
        "width {}, {DRAWS} rotations          relations s   nulls s   total s   formant / NumPy",
        args.width
    ))?;
    line(format_args!(
        "{}",
        row("formant, one thread", formant, None)
    ))?;
    let width = &args.width;
    let twin = cmd!(sh, "{python} {twin} --width {width} --draws {DRAWS}").quiet();
    line(format_args!(
        "{}",
        row(
            "NumPy, its own threads",
            parse(&twin.read()?)?,
            Some(formant)
        )
    ))?;
    let single = [
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ];
    let twin = single
        .iter()
        .fold(twin, |twin, variable| twin.env(variable, "1"));
    line(format_args!(
        "{}",
        row("NumPy, one thread", parse(&twin.read()?)?, Some(formant))
    ))?;
    line(format_args!(
        "formant: criterion's median; NumPy: the fastest of 3"
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn row(label: &str, seconds: Seconds, formant: Option<Seconds>) -> String {
    let total = |s: Seconds| s.relations + s.nulls;
    let ratio = formant.map_or_else(String::new, |formant| {
        format!("{:.2}", total(formant) / total(seconds))
    });
    let Seconds { relations, nulls } = seconds;
    format!(
        "{label:<32} {relations:>11.3} {nulls:>9.3} {:>9.3} {ratio:>17}",
        total(seconds)
    )
}

/// The last line of the twin's output.
fn parse(output: &str) -> Result<Seconds> {
    let line = output
        .lines()
        .next_back()
        .context("the NumPy twin printed nothing")?;
    let value: serde_json::Value =
        serde_json::from_str(line).with_context(|| format!("damaged JSON: {line}"))?;
    let number = |key: &str| {
        value[key]
            .as_f64()
            .with_context(|| format!("no number {key:?} in {line}"))
    };
    Ok(Seconds {
        relations: number("relations")?,
        nulls: number("nulls")?,
    })
}

/// Runs the criterion benches of that width and reads their medians.
fn criterion(sh: &Shell, width: &str) -> Result<Seconds> {
    let results = sh.create_temp_dir()?;
    let filter = format!("^alignment/(relations|nulls)/{width}$");
    binary::cargo(sh, "bench")
        .args(["--profile", "dev", "-p", "formant-alignment"])
        .args(["--bench", "alignment", "--", "--noplot", &filter])
        .env("CRITERION_HOME", results.path())
        .run()?;
    let median = |bench: &str| -> Result<f64> {
        let file = results
            .path()
            .join(format!("alignment/{bench}/{width}/new/estimates.json"));
        let estimates: serde_json::Value = serde_json::from_str(&sh.read_file(&file)?)?;
        let nanoseconds = estimates["median"]["point_estimate"].as_f64();
        Ok(nanoseconds.with_context(|| format!("no median in {}", file.display()))? * 1e-9)
    };
    Ok(Seconds {
        relations: median("relations")?,
        nulls: median("nulls")?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_twins_line_is_read() {
        let line = r#"{"width": 100, "draws": 20, "relations": 0.5, "nulls": 1.5, "total": 2.0}"#;
        let seconds = parse(&format!("noise\n{line}\n")).unwrap();
        assert_eq!(
            seconds,
            Seconds {
                relations: 0.5,
                nulls: 1.5
            }
        );
        let formant = Seconds {
            relations: 0.1,
            nulls: 0.4,
        };
        assert!(row("NumPy", seconds, Some(formant)).ends_with(" 0.25"));
    }

    #[test]
    fn damaged_lines_are_refused() {
        for (output, why) in [
            ("", "printed nothing"),
            ("relations 3", "damaged JSON"),
            (r#"{"relations": 1}"#, "no number \"nulls\""),
        ] {
            let error = parse(output).unwrap_err().to_string();
            assert!(error.contains(why), "{output:?} gave {error:?}");
        }
    }
}
