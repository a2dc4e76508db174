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
#[derive(Debug, Clone, Copy)]
pub struct Rival {
    /// What the table calls it.
    pub label: &'static str,
    /// Its run.
    pub run: Run,
    /// The ratio that formant aims at, if it has an aim.
    pub aim: Option<f64>,
}

impl Rival {
    /// PyTorch's `case` with `threads` threads.
    pub fn new(label: &'static str, case: &'static str, threads: u32, aim: Option<f64>) -> Self {
        let run = Run::new(Program::Pytorch, case, threads);
        Self { label, run, aim }
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
    rival: (Rival, Timing),
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
        let mut formant = Vec::new();
        let mut rivals = vec![Vec::new(); self.rivals.len()];
        for _ in 0..rounds {
            formant.push(time(&self.formant)?);
            for (rival, timings) in self.rivals.iter().zip(&mut rivals) {
                timings.push(time(&rival.run)?);
            }
        }
        let row = |(rival, timings): (&Rival, &Vec<Timing>)| Row {
            formant: (self.formant, sum_up(&formant)),
            rival: (*rival, sum_up(timings)),
        };
        Ok(self.rivals.iter().zip(&rivals).map(row).collect())
    }
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
        "{:<11} {:<18} {:>7}  {:>18}  {:>18}  {:>15}  {:>4}\n",
        "case", "PyTorch's way", "threads", "formant ms", "PyTorch ms", "ratio", "aim"
    );
    for row in rows {
        let (run, formant) = row.formant;
        let (rival, pytorch) = row.rival;
        let threads = format!("{} / {}", run.threads, rival.run.threads);
        let ratio = Timing {
            median_ms: formant.median_ms / pytorch.median_ms,
            min_ms: formant.min_ms / pytorch.min_ms,
        };
        let aim = rival
            .aim
            .map_or_else(String::new, |aim| format!("{aim:.2}"));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<11} {:<18} {threads:>7}  {:>18}  {:>18}  {:>15}  {aim:>4}",
            run.case,
            rival.label,
            format!("{:.3} ({:.3})", formant.median_ms, formant.min_ms),
            format!("{:.3} ({:.3})", pytorch.median_ms, pytorch.min_ms),
            format!("{:.2} ({:.2})", ratio.median_ms, ratio.min_ms),
        );
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn duel() -> Duel {
        Duel {
            formant: Run::new(Program::Formant, "sweep", 2),
            rivals: vec![
                Rival::new("batched", "sweep-batched", 1, Some(0.5)),
                Rival::new("processes", "sweep-processes", 2, None),
            ],
            steps: 1,
        }
    }

    #[test]
    fn programs_alternate_and_each_rival_gets_a_row() {
        let mut order = Vec::new();
        let rows = duel().fight(3, |run| {
            order.push(run.case);
            let round = 1.0 + ((order.len() - 1) / 3) as f64;
            let ms = round * if run.case == "sweep" { 1.0 } else { 10.0 };
            Ok(Timing {
                median_ms: ms,
                min_ms: ms / 4.0,
            })
        });
        assert_eq!(
            order,
            ["sweep", "sweep-batched", "sweep-processes"].repeat(3)
        );
        let table = table(&rows.unwrap());
        let lines: Vec<String> = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines[1..],
            [
                "sweep batched 2 / 1 2.000 (0.250) 20.000 (2.500) 0.10 (0.10) 0.50",
                "sweep processes 2 / 2 2.000 (0.250) 20.000 (2.500) 0.10 (0.10)",
            ]
        );
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
