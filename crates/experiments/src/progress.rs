//! Progress on long work: a bar on a terminal, a line a cell elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Steps of all cells together.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
}

impl Progress {
    /// A bar over `steps` steps.
    pub fn new(steps: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if terminal {
            ProgressBar::new(steps)
        } else {
            ProgressBar::hidden()
        };
        let template =
            "{elapsed_precise} [{bar:32}] {human_pos} of {human_len} steps, {eta} left {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar, terminal }
    }

    /// So many more steps are done.
    pub fn add(&self, steps: u64) {
        self.bar.inc(steps);
    }

    /// Something worth a line.
    pub fn line(&self, text: &str) {
        if self.terminal {
            self.bar.println(text);
        } else {
            eprintln!("{text}");
        }
    }

    /// Everything is done.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
