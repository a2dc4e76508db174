//! `cargo xtask bench`: formant beside PyTorch or NumPy in one run, and the criterion benches.
//!
//! Beside PyTorch, both sides are programs that take `--case --threads --steps --repeats` and end in one line of JSON: the binary
//! `side_by_side` of `benches/`, and `benches/pytorch/side_by_side.py`. They run in turn, A B A B, so that a slow spell
//! of the machine meets both.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use xshell::{Shell, cmd};

use crate::binary::{self, Binary, exit_code, workspace_root};
use crate::say::{line, note};

mod duel;
mod numpy;
mod python;

use duel::{Duel, Program, Rival, Run, Timing};
use python::Library;

/// Time formant: beside PyTorch or NumPy, or its parts with criterion
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(clap::Subcommand)]
enum Bench {
    /// The same training steps in formant and in eager PyTorch on this machine's CPU, and the ratio of their times
    Pytorch(Pytorch),
    /// A layer's relations and rotation nulls, and their NumPy twin
    Numpy(numpy::Args),
    /// The criterion benches of moments and alignment
    Criterion,
}

#[derive(clap::Args)]
struct Pytorch {
    /// Threads of both sides [default: 1 for a single network, 2 for the sweep]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_024))]
    threads: Option<u32>,
    /// Training steps in one timed block [default: by case]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    steps: Option<u32>,
    /// A first look: fewer rounds, shorter blocks
    #[arg(long)]
    quick: bool,
    /// Only this case; may be given several times
    #[arg(long = "case", value_parser = ["mlp100", "mlp1000", "resnet", "resnet-quarter", "two-points", "sweep"])]
    cases: Vec<String>,
    #[command(flatten)]
    python: python::Choice,
}

/// Runs the benches.
pub fn run(args: &Args) -> Result<ExitCode> {
    let sh = Shell::new()?;
    match &args.bench {
        Bench::Pytorch(args) => pytorch(&sh, args).map(|()| ExitCode::SUCCESS),
        Bench::Numpy(args) => numpy::run(&sh, args),
        Bench::Criterion => criterion(&sh),
    }
}

fn criterion(sh: &Shell) -> Result<ExitCode> {
    // The profile of everything else, so that nothing is built twice.
    let packages = ["-p", "formant-moments", "-p", "formant-alignment"];
    exit_code(
        binary::cargo(sh, "bench")
            .args(["--profile", "dev"])
            .args(packages),
    )
}

fn pytorch(sh: &Shell, args: &Pytorch) -> Result<()> {
    let sides = Sides {
        python: python::with(Library::Torch, sh, &args.python)?,
        script: workspace_root().join("benches/pytorch/side_by_side.py"),
        formant: binary::build(sh, &Binary::SIDE_BY_SIDE, &[])?,
    };
    let (rounds, repeats) = if args.quick { (2, 2) } else { (5, 3) };
    let mut rows = Vec::new();
    for duel in duels(args.threads) {
        if !args.cases.is_empty() && !args.cases.iter().any(|case| case == duel.formant.case) {
            continue;
        }
        let steps = match args.steps {
            Some(steps) => steps,
            None if args.quick => duel.steps.div_ceil(5),
            None => duel.steps,
        };
        rows.extend(duel.fight(rounds, |run| {
            let timing = sides.time(sh, run, steps, repeats)?;
            note(format_args!("{run}: {:.3} ms", timing.min_ms));
            Ok(timing)
        })?);
    }
    line(format_args!("\n{}", duel::table(&rows)))?;
    line(format_args!(
        "Milliseconds a training step, and formant / PyTorch (smaller is faster): median (minimum) over {rounds} rounds\n\
         of {repeats} blocks. A step of the sweep is a step of all its 15 members; formant's threads there are workers.\n\
         What each case does: benches/pytorch/README.md."
    ))?;
    Ok(())
}

/// The cases, and the ways in which PyTorch may go about each.
fn duels(threads: Option<u32>) -> Vec<Duel> {
    let single = threads.unwrap_or(1);
    let workers = threads.unwrap_or(2);
    let network = |case, steps, aim| Duel {
        formant: Run::new(Program::Formant, case, single),
        rivals: vec![Rival::new("eager", case, single, Some(aim))],
        steps,
    };
    let mut rivals = Vec::new();
    // PyTorch may be faster with one thread than with two: both are shown.
    for threads in BTreeSet::from([1, workers]) {
        rivals.extend([
            Rival::new("one after another", "sweep-sequential", threads, Some(0.25)),
            Rival::new("batched", "sweep-batched", threads, Some(1.0 / 1.5)),
        ]);
    }
    rivals.push(Rival::new("processes", "sweep-processes", workers, None));
    vec![
        network("mlp100", 500, 0.5),
        network("mlp1000", 20, 1.0),
        network("resnet", 2, 1.0),
        network("resnet-quarter", 10, 0.7),
        Duel {
            formant: Run::new(Program::Formant, "sweep", workers),
            rivals,
            steps: 50,
        },
        Duel {
            formant: Run::new(Program::Formant, "two-points", single),
            rivals: vec![
                Rival::new("bare loop", "two-points-bare", single, Some(0.9)),
                Rival::new("with trackers", "two-points-tracked", single, None),
            ],
            steps: 100,
        },
    ]
}

/// The programs of the two sides.
struct Sides {
    formant: PathBuf,
    python: PathBuf,
    script: PathBuf,
}

impl Sides {
    /// Runs one of them once.
    fn time(&self, sh: &Shell, run: &Run, steps: u32, repeats: u32) -> Result<Timing> {
        let (program, script) = match run.program {
            Program::Formant => (&self.formant, None),
            Program::Pytorch => (&self.python, Some(&self.script)),
        };
        let Run { case, threads, .. } = run;
        let [threads, steps, repeats] = [*threads, steps, repeats].map(|number| number.to_string());
        let output = cmd!(
            sh,
            "{program} {script...} --case {case} --threads {threads} --steps {steps} --repeats {repeats}"
        )
        .quiet()
        .read()
        .with_context(|| format!("{run} failed"))?;
        result(&output, case).with_context(|| format!("{run} gave no time"))
    }
}

/// The last line of a program's output that is its result.
fn result(output: &str, case: &str) -> Result<Timing> {
    let line = output.lines().rfind(|line| line.starts_with('{'));
    let line = line.with_context(|| format!("no line of JSON in {output:?}"))?;
    let value: serde_json::Value =
        serde_json::from_str(line).with_context(|| format!("damaged JSON: {line}"))?;
    if value["case"] != case {
        bail!("asked for case {case}, got {}", value["case"]);
    }
    let number = |key: &str| {
        let number = value[key]
            .as_f64()
            .with_context(|| format!("no number {key:?} in {line}"))?;
        ensure!(number > 0.0, "{key} is {number}, not a time");
        Ok(number)
    };
    Ok(Timing {
        median_ms: number("median_ms")?,
        min_ms: number("min_ms")?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_the_last_line_of_json() {
        let output = "warming up\n{\"note\": 1}\n{\"case\": \"mlp100\", \"threads\": 1, \"median_ms\": 0.5, \"min_ms\": 0.25, \"steps\": 9}\n";
        let timing = result(output, "mlp100").unwrap();
        assert_eq!((timing.median_ms, timing.min_ms), (0.5, 0.25));
    }

    #[test]
    fn damaged_results_are_refused() {
        for (output, why) in [
            ("", "no line of JSON"),
            ("{\"case\": ", "damaged JSON"),
            (
                "{\"case\": \"sweep\", \"median_ms\": 1, \"min_ms\": 1}",
                "got \"sweep\"",
            ),
            ("{\"case\": \"mlp100\", \"median_ms\": 1}", "min_ms"),
            (
                "{\"case\": \"mlp100\", \"median_ms\": 0, \"min_ms\": 0}",
                "not a time",
            ),
        ] {
            let error = result(output, "mlp100").unwrap_err().to_string();
            assert!(error.contains(why), "{output:?} gave {error:?}");
        }
    }

    #[test]
    fn threads_hold_for_both_sides() {
        for duel in duels(Some(3)) {
            assert_eq!(duel.formant.threads, 3);
            assert!(duel.rivals.iter().any(|rival| rival.run.threads == 3));
        }
        let ways = |threads| {
            let mut duels = duels(Some(threads)).into_iter();
            let sweep = duels.find(|duel| duel.formant.case == "sweep");
            sweep.unwrap().rivals.len()
        };
        assert_eq!(
            (ways(1), ways(2), ways(3)),
            (3, 5, 5),
            "with one thread nothing runs twice"
        );
    }
}
