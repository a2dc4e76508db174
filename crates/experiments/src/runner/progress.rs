//! Progress on long work: a bar on a terminal, a line for every tenth elsewhere, both with an estimate.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// Work that is shorter than this needs no lines.
const SILENCE: Duration = Duration::from_secs(5);

/// A line on standard error, as far as anyone listens: results do not depend on it.
pub fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The last line of an interrupted process, below a bar that may be there.
#[cfg(unix)]
pub(super) fn interrupted(line: &str) {
    let bar = if std::io::stderr().is_terminal() {
        "\n"
    } else {
        ""
    };
    note(&format!("{bar}{line}"));
}

/// Steps of all cells together.
#[derive(Debug, Clone)]
pub struct Progress {
    show: Show,
    steps: u64,
    done: Arc<AtomicU64>,
    /// Steps that an earlier process took, and since when this one is at work.
    before: Arc<AtomicU64>,
    began: Instant,
}

#[derive(Debug, Clone)]
enum Show {
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    /// Progress over `steps` steps, on standard error.
    pub fn new(steps: u64) -> Self {
        let show = if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(steps);
            let template =
                "{elapsed_precise} [{bar:32}] {human_pos} of {human_len} steps, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.enable_steady_tick(Duration::from_millis(500));
            Show::Bar(bar)
        } else {
            Show::Lines
        };
        let zero = || Arc::new(AtomicU64::new(0));
        Self {
            show,
            steps,
            done: zero(),
            before: zero(),
            began: Instant::now(),
        }
    }

    /// Counts steps that an earlier process took.
    pub fn resume(&self, steps: u64) {
        self.before.fetch_add(steps, Ordering::Relaxed);
        self.done.fetch_add(steps, Ordering::Relaxed);
        if let Show::Bar(bar) = &self.show {
            bar.inc(steps);
            bar.reset_eta();
        }
    }

    /// So many more steps are done.
    pub fn add(&self, steps: u64) {
        let earlier = self.done.fetch_add(steps, Ordering::Relaxed);
        match &self.show {
            Show::Bar(bar) => bar.inc(steps),
            Show::Lines => {
                if self.began.elapsed() > SILENCE
                    && let Some(line) = self.tenth(earlier, earlier + steps)
                {
                    note(&line);
                }
            }
        }
    }

    /// A line if a tenth of the work was completed between two counts, the last one excepted.
    fn tenth(&self, earlier: u64, now: u64) -> Option<String> {
        let tenths = |done: u64| done * 10 / self.steps.max(1);
        if tenths(earlier) == tenths(now) || now >= self.steps {
            return None;
        }
        let taken = now
            .saturating_sub(self.before.load(Ordering::Relaxed))
            .max(1);
        let per_step = self.began.elapsed().as_secs_f64() / taken as f64;
        let left = Duration::from_secs_f64(per_step * (self.steps - now) as f64);
        Some(format!(
            "{} % of {} steps, {} left",
            tenths(now) * 10,
            self.steps,
            HumanDuration(left)
        ))
    }

    /// Something worth a line.
    pub fn line(&self, text: &str) {
        match &self.show {
            Show::Bar(bar) => bar.println(text),
            Show::Lines => note(text),
        }
    }

    /// Everything is done.
    pub fn finish(&self) {
        if let Show::Bar(bar) = &self.show {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_every_tenth_but_the_last() {
        let progress = Progress::new(1000);
        assert_eq!(progress.tenth(0, 99), None);
        assert!(
            progress
                .tenth(99, 100)
                .unwrap()
                .starts_with("10 % of 1000 steps")
        );
        assert!(progress.tenth(100, 560).unwrap().starts_with("50 %"));
        assert_eq!(progress.tenth(950, 1000), None);
    }
}
