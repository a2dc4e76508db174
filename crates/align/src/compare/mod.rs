//! `formant compare`: networks against each other, layer by layer.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use formant_alignment::similarity::NamedRows;
use formant_alignment::{
    CompareOptions, Description, NetworkComparison, Threads, UniversalNetwork, UniversalOptions,
    compare_networks, universal_dimensions,
};
use formant_moments::printable;
use serde::Serialize;

use crate::output::{Text, print, progress, write, write_picture};
use crate::select;
pub use args::CompareArgs;
use network::{Network, Of, Reading};
use same::{Known, same};

mod args;
mod csv;
mod network;
mod picture;
mod same;
mod text;

/// Version of the shape of [`Report`]. Fields may be added within a version; none is removed or changes meaning.
const SCHEMA_VERSION: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    /// Inputs or outputs of layers.
    of: Of,
    options: &'a CompareOptions,
    networks: Vec<Described<'a>>,
    pairs: &'a [Pair<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    universal: Option<&'a Universal>,
    /// What the measures mean.
    measures: Vec<Description>,
}

#[derive(Serialize)]
struct Described<'a> {
    file: String,
    layers: Vec<&'a str>,
    /// Layers without rows, and why.
    refused: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [String],
}

/// Two networks.
#[derive(Serialize)]
struct Pair<'a> {
    x: &'a str,
    y: &'a str,
    /// By what it is known that their samples are the same.
    same_samples: Known,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    #[serde(flatten)]
    compared: NetworkComparison,
    #[serde(skip)]
    layers: [&'a [NamedRows]; 2],
}

/// Universal dimensions, layer by layer.
#[derive(Serialize)]
struct Universal {
    options: UniversalOptions,
    layers: Vec<UniversalLayer>,
}

/// The layers at one place of all networks.
#[derive(Serialize)]
struct UniversalLayer {
    /// Their names, network by network.
    names: Vec<String>,
    networks: Vec<UniversalNetwork>,
}

/// Compares each network with each later one, prints tables or JSON, and writes what was asked for.
///
/// # Errors
///
/// If there are fewer than two networks, one cannot be read, or their samples are known to differ.
pub fn run(args: &CompareArgs) -> Result<ExitCode> {
    print(report(args)?)?;
    Ok(ExitCode::SUCCESS)
}

fn report(args: &CompareArgs) -> Result<Text> {
    let networks = read(args)?;
    let options = args.options();
    let pairs = pairs(&networks, &options)?;
    let universal = args
        .universal
        .then(|| universal(&networks, args.universal_options()));
    let universal = universal.transpose()?;
    let mut out = Text::default();
    if args.json {
        out.line(json(args, &options, &networks, &pairs, universal.as_ref())?);
    } else {
        text::all(&networks, &pairs, &options, universal.as_ref(), &mut out);
    }
    if let Some(path) = &args.csv {
        write(path, csv::table(&pairs)?)?;
    }
    if let Some(folder) = &args.plot {
        plot(folder, &pairs, universal.as_ref())?;
    }
    Ok(out)
}

fn read(args: &CompareArgs) -> Result<Vec<Network>> {
    let files = select::files(&args.networks)?;
    if files.len() < 2 {
        bail!("one network: expected two or more");
    }
    let reading = Reading {
        filter: &args.filter,
        of: args.of,
        samples: args.samples,
    };
    let mut networks: Vec<Network> = Vec::new();
    for path in files {
        let mut network = Network::read(&path, &reading)?;
        let (name, number) = (network.name.clone(), networks.len() + 1);
        if networks.iter().any(|other| other.name == name) {
            network.name = format!("{name}-{number}");
        }
        networks.push(network);
    }
    Ok(networks)
}

fn pairs<'a>(networks: &'a [Network], options: &CompareOptions) -> Result<Vec<Pair<'a>>> {
    let each = 0..networks.len();
    let indices: Vec<(usize, usize)> = each.flat_map(|x| (0..x).map(move |y| (y, x))).collect();
    let mut out = Vec::new();
    for (at, &(x, y)) in indices.iter().enumerate() {
        let (left, right) = (&networks[x], &networks[y]);
        progress(
            at,
            indices.len(),
            &format!("{} and {}", left.name, right.name),
        );
        let known = same(&left.identity, &right.identity).with_context(|| {
            let names =
                [left, right].map(|network| printable(&network.path.display().to_string(), 60));
            format!("{} and {}", names[0], names[1])
        })?;
        out.push(Pair {
            x: &left.name,
            y: &right.name,
            same_samples: known,
            warning: known.warning(),
            compared: compare_networks(&left.layers, &right.layers, options, Threads::Pool),
            layers: [&left.layers, &right.layers],
        });
    }
    progress(indices.len(), indices.len(), "");
    Ok(out)
}

/// Universal dimensions of the layers at each place.
fn universal(networks: &[Network], options: UniversalOptions) -> Result<Universal> {
    let counts: Vec<usize> = networks
        .iter()
        .map(|network| network.layers.len())
        .collect();
    let count = counts[0];
    if counts.iter().any(|other| *other != count) {
        bail!(
            "the networks have {counts:?} layers: choose as many of each with --layers for --universal"
        );
    }
    let layer = |at: usize| -> Result<UniversalLayer> {
        let of = |network: &Network| (network.name.clone(), network.layers[at].1.clone());
        let rows: Vec<NamedRows> = networks.iter().map(of).collect();
        let names: Vec<String> = networks
            .iter()
            .map(|network| network.layers[at].0.clone())
            .collect();
        let networks = universal_dimensions(&rows, &options, Threads::Pool);
        let networks = networks
            .with_context(|| format!("universal dimensions of {}", printable(&names[0], 60)))?;
        Ok(UniversalLayer { names, networks })
    };
    let layers: Result<Vec<UniversalLayer>> = (0..count).map(layer).collect();
    Ok(Universal {
        options,
        layers: layers?,
    })
}

fn json(
    args: &CompareArgs,
    options: &CompareOptions,
    networks: &[Network],
    pairs: &[Pair<'_>],
    universal: Option<&Universal>,
) -> Result<String> {
    let described = networks.iter().map(|network| Described {
        file: network.path.display().to_string(),
        layers: network
            .layers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect(),
        refused: &network.refused,
        warnings: &network.warnings,
    });
    let measures = options.measures.iter();
    let report = Report {
        schema_version: SCHEMA_VERSION,
        of: args.of,
        options,
        networks: described.collect(),
        pairs,
        universal,
        measures: measures.map(|measure| measure.description()).collect(),
    };
    Ok(serde_json::to_string_pretty(&report)?)
}

fn plot(folder: &Path, pairs: &[Pair<'_>], universal: Option<&Universal>) -> Result<()> {
    for pair in pairs {
        let name = format!("{}-{}", pair.x, pair.y);
        write_picture(folder, &name, &picture::of_pair(pair)?)?;
    }
    match universal {
        Some(universal) => write_picture(folder, "universal", &picture::of_universal(universal)?),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
