//! The report as tables.

use anyhow::Result;
use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use formant_alignment::{
    Kind, LayerComparison, LayerReport, Matrix, RANK_THRESHOLDS, Relation, RepresentationMeasure,
};
use formant_moments::{Side, Variant};

use super::print;

fn number(value: Option<f64>) -> Cell {
    let text = value.map_or_else(|| "undefined".to_owned(), |value| format!("{value:.3}"));
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// All tables of one layer.
pub(super) fn print_layer(layer: &LayerReport) -> Result<()> {
    print(format!(
        "{}: {} -> {}, {} {}",
        layer.name,
        layer.d_a,
        layer.d_b,
        layer.samples,
        layer.sample_axis.name()
    ))?;
    print_alphas(layer)?;
    print_cross(layer)?;
    print_ranks(layer)?;
    print_phases(layer)?;
    print_power_laws(layer)?;
    print_balance(layer)?;
    print_collapse(layer)?;
    print("")
}

/// A relation and a variant a line, each with its null.
fn print_alphas(layer: &LayerReport) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "relation",
        "",
        "alpha",
        "null mean",
        "null 95 %",
        "calibrated",
        "off-diagonal",
        "cosine",
    ]);
    for side in Side::ALL {
        for (relation, variant) in Relation::ALL
            .into_iter()
            .flat_map(|relation| Variant::ALL.map(|variant| (relation, variant)))
        {
            let null = layer.null_of(side, relation, variant);
            table.add_row([
                Cell::new(relation_name(side, relation)),
                Cell::new(variant_name(variant)),
                number(layer.alpha(side, relation, variant)),
                number(null.mean),
                number(null.q95),
                number(layer.calibrated_of(side, relation, variant)),
                number(layer.alpha_offdiagonal(side, relation, variant)),
                number(layer.cosine(side, relation, variant)),
            ]);
        }
    }
    print(table)
}

/// The cross moment's correlations.
fn print_cross(layer: &LayerReport) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header([
        "cross moment",
        "",
        "with Z",
        "null mean",
        "null 95 %",
        "calibrated",
        "with H",
        "with G",
    ]);
    for (side, name) in [(Side::A, "g_a h_a"), (Side::B, "g_b h_b")] {
        for variant in Variant::ALL {
            let cross = layer.alpha_cross.get(side, variant);
            let null = layer.null_cross(side, variant);
            table.add_row([
                Cell::new(name),
                Cell::new(variant_name(variant)),
                number(cross.z),
                number(null.mean),
                number(null.q95),
                number(layer.calibrated_cross(side, variant)),
                number(cross.h),
                number(cross.g),
            ]);
        }
    }
    print(table)
}

fn print_ranks(layer: &LayerReport) -> Result<()> {
    let mut header = vec!["matrix".to_owned(), "effective rank".to_owned()];
    // The largest singular value is σ₁.
    header.extend(RANK_THRESHOLDS.map(|threshold| format!("σ > {threshold} σ₁")));
    header.push("dimension".to_owned());
    let mut ranks = Table::new();
    ranks.load_style(UTF8_HORIZONTAL_ONLY).set_header(header);
    for side in Side::ALL {
        for matrix in [Matrix::H, Matrix::G, Matrix::Z] {
            let dimension = if side == Side::A {
                layer.d_a
            } else {
                layer.d_b
            };
            let mut row = vec![
                Cell::new(matrix_name(side, matrix)),
                number(layer.effective_rank(side, matrix)),
            ];
            row.extend(RANK_THRESHOLDS.map(|t| count(layer.rank_at(side, matrix, t))));
            row.push(count(Some(dimension)));
            ranks.add_row(row);
        }
    }
    print(ranks)
}

fn count(value: Option<usize>) -> Cell {
    let text = value.map_or_else(|| "undefined".into(), |value| value.to_string());
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn print_phases(layer: &LayerReport) -> Result<()> {
    let reason = layer.phases_reason.as_deref().unwrap_or("undefined");
    let Some(fit) = layer.phases else {
        return print(format!("phase: none; {reason}"));
    };
    let (next, apart) = (fit.runner_up.row, fit.runner_up.distance);
    match fit.row {
        Some(row) => print(format!(
            "phase: row {row} at distance {:.3}; next is row {next} at {apart:.3}",
            fit.distance
        )),
        None => print(format!(
            "phase: none; nearest is row {next} at distance {apart:.3}; {reason}"
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
    if let Some(reason) = &layer.balance_refused {
        print(format!("no balance: {reason}"))?;
    }
    let Some(found) = &layer.balance else {
        return Ok(());
    };
    let (residuals, averaging) = (&found.residuals, &found.self_averaging);
    print(format!(
        "balance, residuals: (i) {:.3}, (ii) {:.3}, (iii) {:.3}, (iv) {:.3}; of the mean step {:.3}",
        residuals.h_b, residuals.z_b, residuals.g_a, residuals.z_a, found.mean_stationarity
    ))?;
    for (name, levels) in [
        ("from sampling alone", found.noise),
        ("without that", found.debiased),
    ] {
        if let Some(at) = levels {
            print(format!(
                "balance, {name}: (i) {:.3}, (ii) {:.3}, (iii) {:.3}, (iv) {:.3}; of the mean step {:.3}",
                at.h_b, at.z_b, at.g_a, at.z_a, at.mean_stationarity
            ))?;
        }
    }
    if let Some(against) = &found.residuals_against_z {
        print(format!(
            "balance, relative to 2 gamma s Z: (i) {:.3}, (iii) {:.3}",
            against.h_b.residual, against.g_a.residual
        ))?;
    }
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
    if let Some(reason) = &layer.neural_collapse_refused {
        print(format!("no neural collapse: {reason}"))?;
    }
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

/// How the layers' representations compare, a pair a line.
pub(super) fn print_similarity(pairs: &[LayerComparison]) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    let mut header = vec!["h_a of".to_owned(), "and".to_owned()];
    header.extend(RepresentationMeasure::ALL.map(|measure| {
        let kind = match measure.description().kind {
            Kind::Distance => "distance",
            _ => "similarity",
        };
        format!("{} ({kind})", measure.name())
    }));
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header(header);
    for pair in pairs.chunk_by(|one, next| (&one.x, &one.y) == (&next.x, &next.y)) {
        let mut row = vec![Cell::new(&pair[0].x), Cell::new(&pair[0].y)];
        row.extend(pair.iter().map(|found| number(found.value)));
        table.add_row(row);
    }
    print(table)?;
    print("")
}

fn variant_name(variant: Variant) -> &'static str {
    match variant {
        Variant::Raw => "raw",
        Variant::Centered => "centered",
        Variant::Normalized => "normalized",
    }
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
