//! `formant backends`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_backend::{Availability, BackendName, BackendProvider, MemberExecution, providers};
use serde_json::json;

use super::print;

/// Arguments of `formant backends`.
#[derive(Debug, Args)]
pub struct BackendsArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Lists every backend, with the reason for each that cannot run.
pub fn run(args: &BackendsArgs) -> Result<ExitCode> {
    if args.json {
        let providers = providers();
        let all: Vec<_> = providers.iter().map(|p| describe(p.as_ref())).collect();
        let document = json!({ "schema_version": 1, "backends": all });
        print(serde_json::to_string_pretty(&document)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "backend",
        "here",
        "members run as",
        "f64",
        "member tolerance",
    ]);
    for provider in providers() {
        let here = match provider.availability() {
            Availability::Available { devices } => format!("available: {}", devices.join(", ")),
            Availability::Unavailable { reason } => format!("unavailable: {reason}"),
        };
        let (members, f64, tolerance) = match provider.capabilities() {
            Some(can) => (
                match can.members {
                    MemberExecution::Workers => "one worker each",
                    MemberExecution::Batched => "one batched model",
                },
                if can.f64 { "yes" } else { "no" },
                match can.member_tolerance {
                    0.0 => "bit-identical".to_owned(),
                    tolerance => format!("{tolerance:e}"),
                },
            ),
            None => ("-", "-", "-".to_owned()),
        };
        let name = match provider.name() {
            BackendName::Flex => "flex (default)".to_owned(),
            other => other.to_string(),
        };
        table.add_row([name, here, members.into(), f64.into(), tolerance]);
    }
    print(table)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(provider: &dyn BackendProvider) -> serde_json::Value {
    json!({
        "name": provider.name(),
        "default": provider.name() == BackendName::Flex,
        "availability": provider.availability(),
        "capabilities": provider.capabilities(),
    })
}
