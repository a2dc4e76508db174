//! `formant check-backend NAME`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_backend::{BackendName, Check, Job, KernelsAutodiff, conformance, open};
use formant_train::member_independence;

use super::{exit_code, print};

/// Arguments of `formant check-backend`.
#[derive(Debug, Args)]
pub struct CheckBackendArgs {
    /// The backend: flex, ndarray or cuda
    name: BackendName,
}

struct Suite {
    tolerance: f64,
}

impl Job for Suite {
    type Output = Result<Vec<Check>>;

    fn run<B: KernelsAutodiff>(self, device: &B::Device) -> Result<Vec<Check>> {
        let mut checks = conformance::<B>(device);
        checks.push(Check {
            name: "a member alone and in an ensemble",
            error: member_independence::<B>(device)?,
            tolerance: self.tolerance,
        });
        Ok(checks)
    }
}

/// Runs the suite and prints each check; fails if one does.
pub fn run(args: &CheckBackendArgs) -> Result<ExitCode> {
    let backend = open(args.name)?;
    let checks = backend.run(Suite {
        tolerance: backend.capabilities().member_tolerance,
    })?;
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["check", "error", "allowed", ""]);
    for check in &checks {
        let verdict = if check.passed() { "passed" } else { "FAILED" };
        table.add_row([
            check.name.to_owned(),
            format!("{:.1e}", check.error),
            format!("{:.0e}", check.tolerance),
            verdict.to_owned(),
        ]);
    }
    let (name, device) = (backend.name(), backend.device());
    print(format!("{name} on {device}\n{table}"))?;
    Ok(exit_code(checks.iter().all(Check::passed)))
}
