//! `formant align`: the door for networks that were trained elsewhere.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use formant_alignment::{Description, LayerComparison, REPORT_SCHEMA_VERSION, descriptions};
use formant_moments::printable;
use serde::Serialize;

use crate::output::{Text, print, reason, write, write_picture};
use crate::select::{self, stem};
pub use args::AlignArgs;
use file::{FileReport, Refused};

mod args;
mod csv;
mod file;
mod html;
mod layer;
mod picture;
mod summary;
mod tables;

const LEGEND: &str = "alpha: Pearson correlation of the entries of two matrices, and of the off-diagonal ones alone.\n\
     null: alpha with the eigenvectors rotated at random (spectra kept); through weight: with a random moment carried\n\
     through the weight, the null of the two relations whose matrices share it.\n\
     calibrated: (alpha - null mean) / (1 - null mean).\n\
     Ranks, phases and power laws are of raw second moments; Z is the weight's Gram matrix.\n\
     docs/src/guide/statistics.md describes every statistic, and so does --json.";

/// What `--json` prints of one dump: the fields of a [`DumpReport`](formant_alignment::DumpReport), and what a dump alone
/// knows.
#[derive(Serialize)]
struct AlignReport<'a> {
    schema_version: u32,
    /// How many decay times training has lasted; `null` without --gamma, --lr and --steps.
    decay_times: Option<f64>,
    /// What to know of all layers, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    layers: &'a [layer::Report],
    /// Layers without a report.
    refused: &'a [Refused],
    similarity: &'a [LayerComparison],
    statistics: &'static [Description],
}

/// What it prints of several.
#[derive(Serialize)]
struct AlignReports<'a> {
    schema_version: u32,
    files: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    file: String,
    /// Why the file could not be read, in place of the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(flatten)]
    report: Option<AlignReport<'a>>,
}

/// A dump with its report, or why it could not be opened.
type Measured = (PathBuf, Result<FileReport>);

/// Reads dumps a layer at a time, measures every layer, prints tables or JSON, and writes what was asked for. A dump or layer
/// that cannot be measured costs the exit code, and not the others.
///
/// # Errors
///
/// If a dump or layer cannot be measured, with the first reason, or a file cannot be written.
pub fn run(args: &AlignArgs) -> Result<ExitCode> {
    let (text, outcome) = report(args)?;
    print(text)?;
    outcome
}

/// The text to print, and how it ends.
fn report(args: &AlignArgs) -> Result<(Text, Result<ExitCode>)> {
    let settings = args.settings();
    let paths = select::files(&args.dumps)?;
    let mut measured: Vec<Measured> = Vec::new();
    for path in paths {
        let report = FileReport::of(&path, &args.filter, &settings);
        measured.push((path, report));
    }
    if let [(_, Err(_))] = measured.as_slice()
        && let Some((_, Err(error))) = measured.pop()
    {
        return Err(error); // nothing to print
    }
    let mut out = Text::default();
    if args.json {
        out.line(json(args, &measured)?);
    } else {
        texts(args, &measured, &mut out);
    }
    write_files(args, &measured)?;
    Ok((out, finish(&measured)))
}

fn json(args: &AlignArgs, measured: &[Measured]) -> Result<String> {
    if let [(_, Ok(file))] = measured {
        return Ok(serde_json::to_string_pretty(&align_report(args, file))?);
    }
    let named = measured.iter().map(|(path, report)| Named {
        file: path.display().to_string(),
        error: report.as_ref().err().map(reason),
        report: report.as_ref().ok().map(|file| align_report(args, file)),
    });
    Ok(serde_json::to_string_pretty(&AlignReports {
        schema_version: REPORT_SCHEMA_VERSION,
        files: named.collect(),
    })?)
}

fn align_report<'a>(args: &AlignArgs, file: &'a FileReport) -> AlignReport<'a> {
    AlignReport {
        schema_version: REPORT_SCHEMA_VERSION,
        decay_times: args.decay_times(),
        warnings: args.short_training().into_iter().collect(),
        layers: &file.reports,
        refused: &file.refused,
        similarity: &file.similarity,
        statistics: descriptions(),
    }
}

fn texts(args: &AlignArgs, measured: &[Measured], out: &mut Text) {
    for (path, report) in measured {
        if measured.len() > 1 {
            out.line(format!("{}:", printable(&path.display().to_string(), 100)));
        }
        match report {
            Ok(file) => text(args, file, out),
            Err(error) => out.line(format!("refused: {}", reason(error))),
        }
        if measured.len() > 1 {
            out.line("");
        }
    }
    let any = measured.iter().flat_map(|(_, report)| report);
    if args.all {
        out.line(LEGEND);
    } else if any.into_iter().any(|file| !file.reports.is_empty()) {
        out.line(summary::LEGEND);
    }
}

fn text(args: &AlignArgs, file: &FileReport, out: &mut Text) {
    summary::layers(&file.reports, args.rank, out);
    match (args.short_training(), args.decay_times()) {
        (Some(warning), _) => out.line(warning),
        (None, Some(times)) => out.line(format!("training has lasted {times:.2} decay times")),
        (None, None) => {}
    }
    for layer in &file.refused {
        let name = printable(&layer.name, summary::NAME);
        out.line(format!("{name}: refused: {}", layer.reason));
    }
    if args.all {
        out.line("");
        for report in &file.reports {
            tables::layer(report, out);
        }
        tables::similarity(&file.similarity, out);
    } else if !file.reports.is_empty() {
        summary::similarity(&file.similarity, out);
    }
}

fn write_files(args: &AlignArgs, measured: &[Measured]) -> Result<()> {
    let files: Vec<&FileReport> = measured.iter().flat_map(|(_, report)| report).collect();
    if let Some(path) = &args.csv {
        write(path, csv::table(&files)?)?;
    }
    if let Some(folder) = &args.plot {
        let names = names(files.iter().map(|file| file.path.as_path()));
        for (file, name) in files.iter().zip(names) {
            if !file.reports.is_empty() {
                write_picture(folder, &name, &picture::of(file)?)?;
            }
        }
    }
    if let Some(path) = &args.html {
        write(path, html::page(args, measured)?)?;
    }
    Ok(())
}

/// A name for the files about each dump; those of dumps of one name are numbered.
fn names<'a>(paths: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for path in paths {
        let stem = stem(path);
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        let mut free = std::iter::once(stem.clone()).chain(numbered);
        names.extend(free.find(|name| !names.contains(name)));
    }
    names
}

/// Says once more, at the end and in the exit code, that something was refused.
fn finish(measured: &[Measured]) -> Result<ExitCode> {
    let mut reasons = Vec::new();
    let mut layers = 0;
    for (_, report) in measured {
        match report {
            Ok(file) => {
                reasons.extend(file.reasons().cloned());
                layers += file.layers();
            }
            Err(error) => reasons.push(reason(error)),
        }
    }
    let [first, ..] = reasons.as_slice() else {
        return Ok(ExitCode::SUCCESS);
    };
    match measured {
        [_] if layers == 1 => bail!("{first}"),
        [(path, _)] => {
            let path = printable(&path.display().to_string(), 60);
            // The first reason begins with the file.
            let first = first
                .split_once(": ")
                .map_or(first.as_str(), |(_, rest)| rest);
            let (count, first) = (reasons.len(), printable(first, 190));
            bail!("{path}: {count} of {layers} layers refused: {first}")
        }
        _ => {
            let (count, files) = (reasons.len(), measured.len());
            let refusals = if count == 1 { "refusal" } else { "refusals" };
            bail!(
                "{count} {refusals} in {files} dumps: {}",
                printable(first, 230)
            )
        }
    }
}

#[cfg(test)]
mod tests;
