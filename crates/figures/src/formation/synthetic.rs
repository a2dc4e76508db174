//! Synthetic rows for tests and for looking at the drawing code. **Not data.**

use std::collections::BTreeMap;

use crate::figure::{FigureInput, Sweep};
use crate::table::{Outcome, Row, Spectrum};
use crate::{PROVENANCE_SCHEMA_VERSION, Preset, Provenance, Setting, Tag};

/// A row of the reference network; change what differs.
pub fn row() -> Row {
    Row {
        task: "teacher".to_owned(),
        weight_decay: 2e-5,
        learning_rate: 0.1,
        batch: 100,
        width: 100,
        depth: 5,
        activation: "tanh".to_owned(),
        init_scale: 1.0,
        label_noise: 0.0,
        transform: "none".to_owned(),
        seed: 0,
        step: 16_000,
        layer: 2,
        side: "a".to_owned(),
        statistic: "alpha_rga".to_owned(),
        variant: "normalized".to_owned(),
        value: Some(0.5),
        null_mean: None,
        null_q95: None,
        outcome: Outcome::Finished,
    }
}

/// A wobble between -1 and 1 that is the same on every machine to many digits.
pub fn wobble(seed: u64, k: u32, j: usize) -> f64 {
    (seed as f64 * 2.3 + f64::from(k) * 1.7 + j as f64 * 0.9).sin()
}

/// The rows of one alpha: all three variants with a null, off-diagonal and calibrated ones, cosines. `base` carries network,
/// step, layer and side.
pub fn alpha_rows(base: &Row, relation: &str, alpha: f64) -> Vec<Row> {
    let (null_mean, null_q95) = (Some(0.03), Some(0.03 + 0.02 * f64::from(base.layer)));
    let with = |prefix: &str, variant: &str, value: f64| Row {
        statistic: format!("{prefix}_{relation}"),
        variant: variant.to_owned(),
        value: Some(value.clamp(-1.0, 1.0)),
        ..base.clone()
    };
    let mut rows = vec![
        Row {
            null_mean,
            null_q95,
            ..with("alpha", "normalized", alpha)
        },
        with("alpha", "centered", alpha - 0.03),
        with("alpha", "raw", alpha - 0.06),
        with("calibrated", "normalized", (alpha - 0.03) / 0.97),
    ];
    for variant in ["raw", "centered", "normalized"] {
        rows.push(with("offdiagonal", variant, alpha * (0.9 + 0.1 * alpha)));
        rows.push(with("cosine", variant, alpha.max(0.2)));
    }
    rows
}

/// Alpha of five layers over five weight decays, three seeds.
pub fn gamma_rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (k, gamma) in crate::formation::gamma::PAPER_GAMMAS
            .into_iter()
            .enumerate()
        {
            for layer in 1..=5u32 {
                let paper = crate::formation::gamma::PAPER_ALPHA[k][layer as usize - 1];
                let spread = 0.3 * paper * (1.0 - paper);
                let base = Row {
                    weight_decay: gamma,
                    seed,
                    layer: layer + 1,
                    ..row()
                };
                rows.extend(alpha_rows(
                    &base,
                    "rga",
                    paper + spread * wobble(seed, layer, k),
                ));
            }
        }
    }
    rows
}

/// Rows that diverged before their first measurement.
pub fn diverged(rows: impl IntoIterator<Item = Row>) -> Vec<Row> {
    let rows = rows.into_iter().map(|row| Row {
        value: None,
        null_mean: None,
        null_q95: None,
        outcome: Outcome::Diverged,
        ..row
    });
    rows.collect()
}

/// A figure's input made of `rows`, with settings and a provenance that say that they are made up.
pub fn input(id: &str, preset: Preset, rows: &[Row], spectra: &[Spectrum]) -> FigureInput<Sweep> {
    let (rows, spectra) = (rows.to_vec(), spectra.to_vec());
    made_up(id, preset, Sweep { rows, spectra })
}

/// A figure's input of any synthetic measurements.
pub fn made_up<M>(id: &str, preset: Preset, measured: M) -> FigureInput<M> {
    FigureInput {
        preset,
        measured,
        settings: vec![Setting::new("task", "made up", Tag::Ours, "a | b")],
        provenance: provenance(id, preset),
        identities: Vec::new(),
    }
}

/// A provenance that says that nothing was run.
pub fn provenance(id: &str, preset: Preset) -> Provenance {
    Provenance {
        schema_version: PROVENANCE_SCHEMA_VERSION,
        formant_version: env!("CARGO_PKG_VERSION").to_owned(),
        features: vec!["flex".to_owned()],
        backend: "none".to_owned(),
        device: "made up".to_owned(),
        threads: 1,
        dtype: "f32".to_owned(),
        seeds: vec![0, 1, 2],
        data_hashes: BTreeMap::new(),
        wall_time_s: 0.0,
        command: format!("cargo xtask reproduce-figure {id} --preset {preset}"),
        config: serde_json::json!({ "made_up": true }),
        host_cpu: "none".to_owned(),
    }
}
