//! Two programs that do the same work, run in turn, and the table of their times.

use std::fmt::{self, Write as _};

use anyhow::Result;

/// Whose program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The binary `side_by_side`.
    Formant,
    /// `benches/pytorch/side_by_side.py`.
    Pytorch,
}

/// One program, one case, one number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Whose program.
    pub program: Program,
    /// Its case, as the program names it.
    pub case: &'static str,
    /// Its threads.
    pub threads: u32,
}

impl Run {
    /// A run of `case` with `threads` threads.
    pub fn new(program: Program, case: &'static str, threads: u32) -> Self {
        Self {
            program,
            case,
            threads,
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = match self.program {
            Program::Formant => "formant",
            Program::Pytorch => "PyTorch",
        };
        write!(f, "{program} {}, threads {}", self.case, self.threads)
    }
}

/// Milliseconds a training step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// The median over blocks.
    pub median_ms: f64,
    /// The fastest block.
    pub min_ms: f64,
}

/// A way in which PyTorch may do the work.
#[derive(Debug)]
pub struct Rival {
    /// What the table calls it.
    pub label: &'static str,
    /// The same case with each number of threads that it may choose from.
    pub runs: Vec<Run>,
    /// The ratio that formant aims at, if it has an aim.
    pub aim: Option<f64>,
}

impl Rival {
    /// PyTorch's `case` with each of `threads`.
    pub fn new(label: &'static str, case: &'static str, threads: &[u32], aim: Option<f64>) -> Self {
        let run = |&threads: &u32| Run::new(Program::Pytorch, case, threads);
        Self {
            label,
            runs: threads.iter().map(run).collect(),
            aim,
        }
    }
}

/// One piece of work, by formant and by each rival.
#[derive(Debug)]
pub struct Duel {
    /// Formant's run.
    pub formant: Run,
    /// The others' ways.
    pub rivals: Vec<Rival>,
    /// Training steps in a timed block.
    pub steps: u32,
}

/// A line of the table.
#[derive(Debug)]
pub struct Row {
    formant: (Run, Timing),
    label: &'static str,
    pytorch: (Run, Timing),
    aim: Option<f64>,
}

impl Duel {
    /// Runs formant and every rival once a round, and sums the rounds up: one row a rival.
    ///
    /// # Errors
    /// The first error of `time`.
    pub fn fight(
        &self,
        rounds: usize,
        mut time: impl FnMut(&Run) -> Result<Timing>,
    ) -> Result<Vec<Row>> {
        let rivals = self.rivals.iter().flat_map(|rival| &rival.runs);
        let runs: Vec<Run> = std::iter::once(&self.formant)
            .chain(rivals)
            .copied()
            .collect();
        let mut timings = vec![Vec::with_capacity(rounds); runs.len()];
        for _ in 0..rounds {
            for (run, timings) in runs.iter().zip(&mut timings) {
                timings.push(time(run)?);
            }
        }
        let summed: Vec<(Run, Timing)> = runs
            .into_iter()
            .zip(timings.iter().map(|t| sum_up(t)))
            .collect();
        Ok(self
            .rivals
            .iter()
            .filter_map(|rival| row(rival, &summed))
            .collect())
    }
}

/// The row of `rival`: formant (first of `summed`) against the rival's fastest run.
fn row(rival: &Rival, summed: &[(Run, Timing)]) -> Option<Row> {
    let best = summed
        .iter()
        .filter(|(run, _)| rival.runs.contains(run))
        .min_by(|(_, a), (_, b)| a.min_ms.total_cmp(&b.min_ms))?;
    Some(Row {
        formant: *summed.first()?,
        label: rival.label,
        pytorch: *best,
        aim: rival.aim,
    })
}

/// The median of the medians and the least of the minima.
fn sum_up(timings: &[Timing]) -> Timing {
    let mut medians: Vec<f64> = timings.iter().map(|t| t.median_ms).collect();
    medians.sort_by(f64::total_cmp);
    let half = medians.len() / 2;
    let median_ms = match medians.len() % 2 {
        _ if medians.is_empty() => f64::NAN,
        0 => (medians[half - 1] + medians[half]) / 2.0,
        _ => medians[half],
    };
    Timing {
        median_ms,
        min_ms: timings
            .iter()
            .map(|t| t.min_ms)
            .fold(f64::INFINITY, f64::min),
    }
}

/// The rows as text.
pub fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<8} {:<18} {:>7}  {:>18}  {:>18}  {:>10}  {:>10}  {:>6}\n",
        "case",
        "PyTorch's way",
        "threads",
        "formant ms",
        "PyTorch ms",
        "of minima",
        "of medians",
        "aim"
    );
    for row in rows {
        let (run, formant) = row.formant;
        let (rival, pytorch) = row.pytorch;
        let threads = format!("{} / {}", run.threads, rival.threads);
        let aim = row.aim.map_or_else(String::new, |aim| format!("{aim:.2}"));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<8} {:<18} {threads:>7}  {:>18}  {:>18}  {:>10.2}  {:>10.2}  {aim:>6}",
            run.case,
            row.label,
            shown(formant),
            shown(pytorch),
            formant.min_ms / pytorch.min_ms,
            formant.median_ms / pytorch.median_ms,
        );
    }
    text
}

fn shown(timing: Timing) -> String {
    format!("{:.3} ({:.3})", timing.median_ms, timing.min_ms)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn duel() -> Duel {
        Duel {
            formant: Run::new(Program::Formant, "sweep", 2),
            rivals: vec![
                Rival::new("batched", "sweep-batched", &[1, 2], Some(0.5)),
                Rival::new("processes", "sweep-processes", &[2], None),
            ],
            steps: 1,
        }
    }

    #[test]
    fn programs_alternate_and_the_best_of_a_rival_counts() {
        let mut order = Vec::new();
        let rows = duel().fight(3, |run| {
            order.push((run.case, run.threads));
            let round = 1.0 + ((order.len() - 1) / 4) as f64;
            let ms = round
                * if run.case == "sweep" {
                    1.0
                } else {
                    10.0 / f64::from(run.threads)
                };
            Ok(Timing {
                median_ms: ms,
                min_ms: ms / 2.0,
            })
        });
        let rows = rows.unwrap();
        let round = [
            ("sweep", 2),
            ("sweep-batched", 1),
            ("sweep-batched", 2),
            ("sweep-processes", 2),
        ];
        assert_eq!(order, round.repeat(3));
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows[0].formant.1,
            Timing {
                median_ms: 2.0,
                min_ms: 0.5
            }
        );
        assert_eq!(
            rows[0].pytorch,
            (
                Run::new(Program::Pytorch, "sweep-batched", 2),
                Timing {
                    median_ms: 10.0,
                    min_ms: 2.5
                }
            )
        );
        let table = table(&rows);
        let line = table.lines().nth(1).unwrap();
        for part in [
            "sweep",
            "batched",
            "2 / 2",
            "2.000 (0.500)",
            "10.000 (2.500)",
            "0.20",
            "0.50",
        ] {
            assert!(line.contains(part), "{part:?} is missing in {line:?}");
        }
    }

    #[test]
    fn a_failing_program_ends_the_duel() {
        let error = duel().fight(2, |run| match run.program {
            Program::Formant => Ok(Timing {
                median_ms: 1.0,
                min_ms: 1.0,
            }),
            Program::Pytorch => anyhow::bail!("no torch"),
        });
        assert_eq!(error.unwrap_err().to_string(), "no torch");
    }

    #[test]
    fn medians_of_even_and_odd_counts() {
        let timings = |ms: &[f64]| {
            ms.iter()
                .map(|&ms| Timing {
                    median_ms: ms,
                    min_ms: ms,
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            sum_up(&timings(&[5.0, 1.0, 2.0])),
            Timing {
                median_ms: 2.0,
                min_ms: 1.0
            }
        );
        assert_eq!(
            sum_up(&timings(&[5.0, 1.0, 2.0, 3.0])),
            Timing {
                median_ms: 2.5,
                min_ms: 1.0
            }
        );
    }
}
