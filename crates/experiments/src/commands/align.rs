//! `formant align DUMP`: the door for networks that were trained elsewhere.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_alignment::{
    Balance, BalanceAccumulator, CrossAlignment, DumpReport, LayerReport, Matrix, Relation,
    ReportOptions, Sgd, Threads, neural_collapse,
};
use formant_moments::dump::{LayerDump, read_dump};
use formant_moments::{Side, Variant};

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
    /// Weight decay of the training; with --lr: the balance of noise and weight decay
    #[arg(long, value_name = "GAMMA", requires = "lr", value_parser = parse_positive)]
    gamma: Option<f64>,
    /// Learning rate of the training, plain SGD
    #[arg(long, value_name = "ETA", requires = "gamma", value_parser = parse_positive)]
    lr: Option<f64>,
    /// Samples in a batch of the training
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN, requires = "gamma")]
    batch: NonZeroUsize,
}

fn parse_positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("expected a number above 0".into()),
    }
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
    let sgd = args
        .gamma
        .zip(args.lr)
        .map(|(weight_decay, learning_rate)| Sgd {
            learning_rate,
            weight_decay,
            batch_size: args.batch.get(),
        });
    let layers = read_dump(&args.dump)?
        .into_iter()
        .map(|layer| {
            let named = format!("{}: layer '{}'", args.dump.display(), layer.name());
            report(layer, &options, sgd.as_ref()).context(named)
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
             calibrated: (alpha - null mean) / (1 - null mean) of the normalized matrices.\n\
             Ranks, phases and power laws are of raw second moments; Z is the weight's Gram matrix.",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything about one layer.
fn report(layer: LayerDump, options: &ReportOptions, sgd: Option<&Sgd>) -> Result<LayerReport> {
    let collapse = neural_collapse(&layer)?;
    let balance = match sgd {
        Some(sgd) => Some(balance(&layer, sgd)?),
        None => None,
    };
    let moments = layer.moments()?;
    Ok(LayerReport {
        neural_collapse: collapse,
        balance,
        ..LayerReport::new_on(&moments, options, Threads::Pool)?
    })
}

fn balance(layer: &LayerDump, sgd: &Sgd) -> Result<Balance> {
    let mut accumulator = BalanceAccumulator::new(layer.d_a(), layer.d_b());
    layer.for_each_block(|_, block| accumulator.add(block))?;
    Ok(accumulator.finish(layer.weight(), sgd)?)
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
        "calibrated",
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
            row.push(number(*layer.alpha_calibrated.get(side, relation)));
            row.extend(Variant::ALL.map(|v| number(layer.alpha_offdiagonal(side, relation, v))));
            table.add_row(row);
        }
    }
    print(table)?;
    print_cross(layer)?;
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
    print(ranks)?;
    print_phases(layer)?;
    print_power_laws(layer)?;
    print_balance(layer)?;
    print_collapse(layer)?;
    print("")
}

/// The cross moment's correlations, one line a side.
fn print_cross(layer: &LayerReport) -> Result<()> {
    let show = |value: Option<f64>| value.map_or("undefined".into(), |v| format!("{v:.3}"));
    for (side, name) in [(Side::A, 'a'), (Side::B, 'b')] {
        let cross = Variant::ALL.map(|variant| layer.alpha_cross.get(side, variant));
        let with = |of: fn(&CrossAlignment) -> Option<f64>| cross.map(|c| show(of(&c))).join(", ");
        print(format!(
            "cross moment of g_{name} and h_{name} (raw, centered, normalized), with Z: {}; H: {}; G: {}",
            with(|c| c.z),
            with(|c| c.h),
            with(|c| c.g)
        ))?;
    }
    Ok(())
}

fn print_phases(layer: &LayerReport) -> Result<()> {
    let Some(fit) = layer.phases else {
        return print("phase: undefined");
    };
    let (next, apart) = (fit.runner_up.row, fit.runner_up.distance);
    match fit.row {
        Some(row) => print(format!(
            "phase: row {row} at distance {:.3}; next is row {next} at {apart:.3}",
            fit.distance
        )),
        None => print(format!(
            "phase: none; nearest is row {next} at distance {apart:.3}"
        )),
    }
}

fn print_power_laws(layer: &LayerReport) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "y ~ x^p",
        "p",
        "95 %",
        "",
        "R2",
        "points",
        "commutator",
        "unrelated",
        "AIC gain",
    ]);
    for law in &layer.power_laws {
        let fit = &law.fit;
        table.add_row([
            Cell::new(format!("{} ~ {}^p", law.y.name(), law.x.name())),
            number(Some(fit.exponent)),
            number(Some(fit.ci95[0])),
            number(Some(fit.ci95[1])),
            number(fit.r2),
            Cell::new(fit.points).set_alignment(CellAlignment::Right),
            number(Some(law.commutator)),
            number(Some(law.commutator_unrelated)),
            number(Some(fit.aic_exponential - fit.aic_power)),
        ]);
    }
    if !layer.power_laws.is_empty() {
        print(table)?;
    }
    for refused in &layer.power_laws_refused {
        let (x, y) = (refused.x.name(), refused.y.name());
        print(format!("no power law of {y} in {x}: {}", refused.reason))?;
    }
    Ok(())
}

fn print_balance(layer: &LayerReport) -> Result<()> {
    let Some(found) = &layer.balance else {
        return Ok(());
    };
    let (residuals, averaging) = (&found.residuals, &found.self_averaging);
    print(format!(
        "balance, residuals: (i) {:.3}, (ii) {:.3}, (iii) {:.3}, (iv) {:.3}; of the mean step {:.3}",
        residuals.h_b, residuals.z_b, residuals.g_a, residuals.z_a, found.mean_stationarity
    ))?;
    print(format!(
        "balance, constants: H_b = {:.3} s_a Z_b (residual {:.3}), G_a = {:.3} s_g Z_a (residual {:.3})",
        found.h_b_constant.ratio,
        found.h_b_constant.residual,
        found.g_a_constant.ratio,
        found.g_a_constant.residual
    ))?;
    print(format!(
        "self-averaging: variation of |h_a|^2 {:.3}, of |g_b|^2 {:.3}; weighted G_b off by {:.3}, H_a by {:.3}",
        averaging.variation_h_a,
        averaging.variation_g_b,
        averaging.weighted_g_b,
        averaging.weighted_h_a
    ))
}

fn print_collapse(layer: &LayerReport) -> Result<()> {
    let Some(found) = &layer.neural_collapse else {
        return Ok(());
    };
    let show = |value: Option<f64>| value.map_or("undefined".into(), |v| format!("{v:.3}"));
    let frame = found.nc2_features.as_ref();
    print(format!(
        "neural collapse, {} classes: NC1 {}, NC2 norms {} and angles {}, NC3 {}, NC4 {}; outputs within classes {}, \
         isotropy of the loss gradient {}",
        found.classes,
        show(found.nc1),
        show(frame.map(|frame| frame.norm_cv)),
        show(frame.map(|frame| frame.cosine_gap)),
        show(found.nc3),
        show(found.nc4),
        show(found.quasi_interpolation),
        show(
            found
                .loss_isotropy
                .as_ref()
                .and_then(|isotropy| isotropy.pearson)
        ),
    ))
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
