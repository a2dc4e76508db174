//! What is left to do, and how long it takes.

use std::path::Path;

use super::context::Context;

/// What is left of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Cells in all.
    pub cells: usize,
    /// Of those, how many are to be run.
    pub to_run: usize,
    /// Seconds that their training takes here, from a few timed steps.
    pub seconds: f64,
    /// Whether networks may come to rest earlier.
    pub at_most: bool,
}

impl Outlook {
    /// One line for `--dry-run`; `name` is what is made, with its preset.
    pub fn line(&self, name: &str, context: &Context, results: &Path) -> String {
        format!(
            "{name}: {} cells, {} to run; {} {} of training on {} with {} threads; results in {}",
            self.cells,
            self.to_run,
            if self.at_most { "at most" } else { "about" },
            duration(self.seconds),
            context.backend.name(),
            context.threads,
            results.display()
        )
    }
}

/// Seconds as a person says them.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5_400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}
