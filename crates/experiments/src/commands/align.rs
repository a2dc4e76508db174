//! `formant align DUMP`: the door for networks that were trained elsewhere.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_alignment::{DumpReport, LayerReport, Matrix, Relation, ReportOptions};
use formant_moments::{Side, Variant, dump::read_dump};

use super::print;

/// Arguments of `formant align`.
#[derive(Debug, Args)]
pub struct AlignArgs {
    /// Layers dumped by any framework: .npz or .safetensors
    dump: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Random rotations of the null, at least 2 [default: by width]
    #[arg(long, value_name = "N", value_parser = parse_draws)]
    null_draws: Option<usize>,
    /// Seed of the rotations
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    null_seed: u64,
}

fn parse_draws(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(draws) if draws >= 2 => Ok(draws),
        _ => Err("expected a number of at least 2".into()),
    }
}

/// Reads the dump, measures every layer, prints tables or JSON.
pub fn run(args: &AlignArgs) -> Result<ExitCode> {
    let options = ReportOptions {
        null_draws: args.null_draws,
        null_seed: args.null_seed,
    };
    let layers = read_dump(&args.dump)?
        .into_iter()
        .map(|layer| {
            let moments = layer
                .moments()
                .with_context(|| args.dump.display().to_string())?;
            let named = || format!("{}: layer '{}'", args.dump.display(), moments.name());
            LayerReport::new(&moments, &options).with_context(named)
        })
        .collect::<Result<Vec<_>>>()?;
    if args.json {
        print(serde_json::to_string_pretty(&DumpReport::new(layers))?)?;
    } else {
        for layer in &layers {
            print_layer(layer)?;
        }
        print(
            "alpha: Pearson correlation of the entries of two matrices, and of the off-diagonal ones alone.\n\
             null: alpha of the normalized matrices with their eigenvectors rotated at random (spectra kept).\n\
             Ranks are of raw second moments; Z is the weight's Gram matrix.",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn number(value: Option<f64>) -> Cell {
    let text = value.map_or_else(|| "undefined".to_owned(), |value| format!("{value:.3}"));
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn print_layer(layer: &LayerReport) -> Result<()> {
    print(format!(
        "{}: {} -> {}, {} {}",
        layer.name,
        layer.d_a,
        layer.d_b,
        layer.samples,
        layer.sample_axis.name()
    ))?;
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "relation",
        "raw",
        "centered",
        "normalized",
        "null mean",
        "null 95 %",
        "off-diagonal raw",
        "centered",
        "normalized",
    ]);
    for side in Side::ALL {
        for relation in Relation::ALL {
            let null = layer.null(side, relation);
            let mut row = vec![Cell::new(relation_name(side, relation))];
            row.extend(Variant::ALL.map(|v| number(layer.alpha(side, relation, v))));
            row.extend([number(null.mean), number(null.q95)]);
            row.extend(Variant::ALL.map(|v| number(layer.alpha_offdiagonal(side, relation, v))));
            table.add_row(row);
        }
    }
    print(table)?;
    let mut ranks = Table::new();
    ranks.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "matrix",
        "effective rank",
        "numerical rank",
        "dimension",
    ]);
    for side in Side::ALL {
        for matrix in [Matrix::H, Matrix::G, Matrix::Z] {
            let rank = layer.numerical_rank(side, matrix);
            let dimension = if side == Side::A {
                layer.d_a
            } else {
                layer.d_b
            };
            ranks.add_row([
                Cell::new(matrix_name(side, matrix)),
                number(layer.effective_rank(side, matrix)),
                Cell::new(rank.map_or_else(|| "undefined".into(), |r| r.to_string()))
                    .set_alignment(CellAlignment::Right),
                Cell::new(dimension).set_alignment(CellAlignment::Right),
            ]);
        }
    }
    print(format!("{ranks}\n"))
}

fn relation_name(side: Side, relation: Relation) -> String {
    let [first, second] = relation.matrices();
    let name = match relation {
        Relation::Rga => "RGA",
        Relation::Rwa => "RWA",
        Relation::Gwa => "GWA",
    };
    format!(
        "{name}  {} ~ {}",
        matrix_name(side, first),
        matrix_name(side, second)
    )
}

fn matrix_name(side: Side, matrix: Matrix) -> String {
    let letter = match matrix {
        Matrix::H => 'H',
        Matrix::G => 'G',
        Matrix::Z => 'Z',
    };
    format!("{letter}_{}", if side == Side::A { 'a' } else { 'b' })
}
