//! `cargo xtask fetch-data NAME`: build the program that downloads, and run it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use formant_catalog::DataSet;
use xshell::Shell;

use crate::binary::{self, Binary};

/// Download a data set and verify it
#[derive(clap::Args)]
pub struct Args {
    /// The data set, or `all`
    #[arg(value_name = "NAME|all", value_parser = names)]
    name: Names,
    /// Put it here [default: FORMANT_DATA, else the user's cache folder]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Download from below this address instead of the canonical one
    #[arg(long, value_name = "BASE")]
    url: Option<String>,
}

/// One data set, or all.
#[derive(Clone)]
struct Names(Vec<DataSet>);

fn names(name: &str) -> Result<Names, formant_catalog::CatalogError> {
    Ok(Names(match name {
        "all" => DataSet::ALL.to_vec(),
        name => vec![name.parse()?],
    }))
}

/// Downloads what is missing.
pub fn run(args: &Args) -> Result<ExitCode> {
    let sh = Shell::new()?;
    let fetch = binary::build(&sh, &Binary::FETCH, &[])?;
    let mut given: Vec<OsString> = args.name.0.iter().map(|set| set.name().into()).collect();
    let options: [(&str, Option<OsString>); 2] = [
        ("--data-dir", args.data_dir.clone().map(Into::into)),
        ("--url", args.url.clone().map(Into::into)),
    ];
    given.extend(binary::options(options));
    binary::hand_over(&sh, &fetch, &given)
}
