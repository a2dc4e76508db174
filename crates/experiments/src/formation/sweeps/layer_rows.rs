//! From the report of one linear map to rows of a table.

use formant_alignment::{LayerReport, Matrix, NullLevel, RANK_THRESHOLDS, Relation};
use formant_moments::{Side, Variant};

use super::sheet::{Sheet, relation_name};
use crate::measure::measurement::LayerExtras;

/// Every number of one linear map.
pub fn of_layer(sheet: &mut Sheet<'_>, report: &LayerReport, extras: &LayerExtras) {
    for side in Side::ALL {
        // One number has no correlation with another.
        if width(report, side) > 1 {
            for relation in Relation::ALL {
                alphas(sheet, report, side, relation);
            }
            cross(sheet, report, side);
        }
        ranks(sheet, report, side);
    }
    numerical_ranks(sheet, report, (Side::B, Matrix::Z), ("w", None, None));
    // Nor has a map of rank one an exponent.
    if Side::ALL.iter().all(|side| width(report, *side) > 1) {
        phases(sheet, report);
        power_laws(sheet, report);
    }
    collapse(sheet, report);
    if let Some(ansatz) = &extras.ansatz {
        let a = Some(Side::A);
        sheet.push(a, "alpha_agop", Some(Variant::Raw), ansatz.agop);
        sheet.push(a, "alpha_agop_sqrt", Some(Variant::Raw), ansatz.agop_root);
        sheet.push(a, "alpha_gwa_raw", Some(Variant::Raw), ansatz.gwa);
    }
    if let Some(ansatz) = &extras.ansatz_untransformed {
        let (a, raw) = (Some(Side::A), Some(Variant::Raw));
        sheet.push(a, "alpha_agop_untransformed", raw, ansatz.agop);
        sheet.push(a, "alpha_agop_sqrt_untransformed", raw, ansatz.agop_root);
    }
    balance(sheet, report, extras);
}

fn width(report: &LayerReport, side: Side) -> usize {
    match side {
        Side::A => report.d_a,
        Side::B => report.d_b,
    }
}

fn alphas(sheet: &mut Sheet<'_>, report: &LayerReport, side: Side, relation: Relation) {
    let (on, name) = (Some(side), relation_name(relation));
    for variant in Variant::ALL {
        let alpha = report.alpha(side, relation, variant);
        sheet.push(on, format!("alpha_{name}"), Some(variant), alpha);
        sheet.null(report.null_of(side, relation, variant));
        let calibrated = report.calibrated_of(side, relation, variant);
        sheet.push(on, format!("calibrated_{name}"), Some(variant), calibrated);
        let offdiagonal = report.alpha_offdiagonal(side, relation, variant);
        sheet.push(
            on,
            format!("offdiagonal_{name}"),
            Some(variant),
            offdiagonal,
        );
        let cosine = report.cosine(side, relation, variant);
        sheet.push(on, format!("cosine_{name}"), Some(variant), cosine);
    }
    let normalized = Some(Variant::Normalized);
    let alpha = report.alpha(side, relation, Variant::Normalized);
    sheet.push(on, format!("alpha_{name}_permutation"), normalized, alpha);
    sheet.null(*report.null_permutation.get(side, relation));
}

fn cross(sheet: &mut Sheet<'_>, report: &LayerReport, side: Side) {
    for variant in Variant::ALL {
        let cross = report.alpha_cross.get(side, variant);
        for (name, value) in [
            ("alpha_cross", cross.z),
            ("alpha_cross_h", cross.h),
            ("alpha_cross_g", cross.g),
        ] {
            sheet.push(Some(side), name, Some(variant), value);
            if name == "alpha_cross" {
                sheet.null(report.null_cross(side, variant));
            }
        }
        let calibrated = report.calibrated_cross(side, variant);
        sheet.push(Some(side), "calibrated_cross", Some(variant), calibrated);
    }
}

fn ranks(sheet: &mut Sheet<'_>, report: &LayerReport, side: Side) {
    let (on, raw) = (Some(side), Some(Variant::Raw));
    for (matrix, name) in [(Matrix::H, "h"), (Matrix::G, "g")] {
        numerical_ranks(sheet, report, (side, matrix), (name, on, raw));
    }
    for (matrix, name) in [(Matrix::H, "h"), (Matrix::G, "g"), (Matrix::Z, "z")] {
        let rank = report.effective_rank(side, matrix);
        sheet.push(on, format!("effective_rank_{name}"), raw, rank);
    }
}

/// The rank of one matrix with the default threshold and with each of the others, in rows of this name, side and variant.
fn numerical_ranks(
    sheet: &mut Sheet<'_>,
    report: &LayerReport,
    (side, matrix): (Side, Matrix),
    (name, on, variant): (&str, Option<Side>, Option<Variant>),
) {
    let mut push = |name: String, rank: Option<usize>| {
        sheet.push(on, name, variant, rank.map(|rank| rank as f64));
    };
    let default = report.numerical_rank(side, matrix);
    push(format!("numerical_rank_{name}"), default);
    for threshold in RANK_THRESHOLDS {
        let rank = report.rank_at(side, matrix, threshold);
        push(format!("numerical_rank_{name}_at_{threshold}"), rank);
    }
}

fn phases(sheet: &mut Sheet<'_>, report: &LayerReport) {
    let fit = report.phases;
    let row = fit.and_then(|fit| fit.row).map(|row| row as f64);
    sheet.plain("phase_row", row);
    sheet.plain("phase_distance", fit.map(|fit| fit.distance));
    sheet.plain("phase_runner_up", fit.map(|fit| fit.runner_up.row as f64));
    sheet.plain(
        "phase_runner_up_distance",
        fit.map(|fit| fit.runner_up.distance),
    );
}

fn power_laws(sheet: &mut Sheet<'_>, report: &LayerReport) {
    for law in &report.power_laws {
        let (pair, fit) = (format!("{}_{}", law.x.name(), law.y.name()), &law.fit);
        sheet.plain(format!("exponent_{pair}"), Some(fit.exponent));
        sheet.plain(format!("exponent_low_{pair}"), Some(fit.ci95[0]));
        sheet.plain(format!("exponent_high_{pair}"), Some(fit.ci95[1]));
        sheet.plain(format!("r2_{pair}"), fit.r2);
        sheet.plain(format!("commutator_{pair}"), Some(law.commutator));
        sheet.null(NullLevel {
            mean: Some(law.commutator_unrelated),
            q95: None,
        });
        let advantage = fit.aic_exponential - fit.aic_power;
        sheet.plain(format!("delta_aic_{pair}"), Some(advantage));
    }
    for refused in &report.power_laws_refused {
        let pair = format!("{}_{}", refused.x.name(), refused.y.name());
        sheet.plain(format!("exponent_{pair}"), None);
    }
}

fn collapse(sheet: &mut Sheet<'_>, report: &LayerReport) {
    let Some(found) = &report.neural_collapse else {
        return;
    };
    let (features, weight) = (&found.nc2_features, &found.nc2_weight);
    for (name, value) in [
        ("nc1", found.nc1),
        ("nc2_equinorm", features.as_ref().map(|e| e.norm_cv)),
        ("nc2_equiangular", features.as_ref().map(|e| e.cosine_gap)),
        ("nc2_w_equinorm", weight.as_ref().map(|e| e.norm_cv)),
        ("nc2_w_equiangular", weight.as_ref().map(|e| e.cosine_gap)),
        ("nc3", found.nc3),
        ("nc4", found.nc4),
        ("quasi_interpolation", found.quasi_interpolation),
        (
            "isotropy",
            found.loss_isotropy.as_ref().and_then(|i| i.pearson),
        ),
    ] {
        sheet.plain(name, value);
    }
}

fn balance(sheet: &mut Sheet<'_>, report: &LayerReport, extras: &LayerExtras) {
    if let Some(moved) = &extras.stationarity {
        for (name, value) in [
            ("stationarity_h_a", moved.h_a),
            ("stationarity_g_b", moved.g_b),
            ("stationarity_z_a", moved.z_a),
            ("stationarity_z_b", moved.z_b),
        ] {
            sheet.plain(name, Some(value));
        }
    }
    let Some(found) = &report.balance else {
        return;
    };
    let (residuals, averaging) = (&found.residuals, &found.self_averaging);
    let (noise, debiased) = (found.noise, found.debiased);
    for (name, value, noise, debiased) in [
        (
            "residual_i",
            residuals.h_b,
            noise.map(|n| n.h_b),
            debiased.map(|d| d.h_b),
        ),
        (
            "residual_ii",
            residuals.z_b,
            noise.map(|n| n.z_b),
            debiased.map(|d| d.z_b),
        ),
        (
            "residual_iii",
            residuals.g_a,
            noise.map(|n| n.g_a),
            debiased.map(|d| d.g_a),
        ),
        (
            "residual_iv",
            residuals.z_a,
            noise.map(|n| n.z_a),
            debiased.map(|d| d.z_a),
        ),
        (
            "mean_stationarity",
            found.mean_stationarity,
            noise.map(|n| n.mean_stationarity),
            debiased.map(|d| d.mean_stationarity),
        ),
    ] {
        sheet.plain(name, Some(value));
        // What sampling alone would give.
        sheet.null(NullLevel {
            mean: noise,
            q95: None,
        });
        sheet.plain(format!("{name}_debiased"), debiased);
    }
    for (name, value) in [
        ("cv_h_a", averaging.variation_h_a),
        ("cv_g_b", averaging.variation_g_b),
        ("self_averaging_g_b", averaging.weighted_g_b),
        ("self_averaging_h_a", averaging.weighted_h_a),
        ("constant_h_b", found.h_b_constant.ratio),
        ("constant_g_a", found.g_a_constant.ratio),
        ("constant_h_b_residual", found.h_b_constant.residual),
        ("constant_g_a_residual", found.g_a_constant.residual),
        ("trace_ratio", found.trace_ratio),
    ] {
        sheet.plain(name, Some(value));
    }
}
