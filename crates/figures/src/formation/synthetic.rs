//! Synthetic rows for tests and for looking at the drawing code. **Not data.**

use std::collections::BTreeMap;

use crate::figure::FigureInput;
use crate::formation::gamma::{PAPER_ALPHA, PAPER_GAMMAS};
use crate::table::{Outcome, Row};
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

/// Three seeds of networks that differ in one setting, each with the place of its value.
pub(crate) fn over<T: Copy>(
    values: &[T],
    set: impl Fn(&mut Row, T),
) -> impl Iterator<Item = (usize, Row)> {
    (0..3).flat_map(move |seed| {
        let networks = values.iter().map(|&value| {
            let mut network = Row { seed, ..row() };
            set(&mut network, value);
            network
        });
        networks.enumerate().collect::<Vec<_>>()
    })
}

/// [`over`] weight decays.
pub(crate) fn over_weight_decay(values: &[f64]) -> impl Iterator<Item = (usize, Row)> {
    over(values, |network, value| network.weight_decay = value)
}

/// A number of a network that has no side: of a linear map, or for map 0 of the whole network.
pub(crate) fn number(
    network: &Row,
    layer: u32,
    statistic: impl Into<String>,
    value: impl Into<Option<f64>>,
) -> Row {
    Row {
        layer,
        side: String::new(),
        statistic: statistic.into(),
        variant: String::new(),
        value: value.into(),
        ..network.clone()
    }
}

/// A number of side a of a linear map, of raw moments.
pub(crate) fn raw_number(
    network: &Row,
    layer: u32,
    statistic: impl Into<String>,
    value: f64,
) -> Row {
    Row {
        side: "a".to_owned(),
        variant: "raw".to_owned(),
        ..number(network, layer, statistic, value)
    }
}

/// The rows of one alpha of a linear map: all three variants with a null, off-diagonal and calibrated ones, cosines.
pub(crate) fn alpha_rows(
    network: &Row,
    (layer, side): (u32, &str),
    relation: &str,
    alpha: f64,
) -> Vec<Row> {
    let (null_mean, null_q95) = (Some(0.03), Some(0.03 + 0.02 * f64::from(layer)));
    let with = |prefix: &str, variant: &str, value: f64| Row {
        layer,
        side: side.to_owned(),
        statistic: format!("{prefix}_{relation}"),
        variant: variant.to_owned(),
        value: Some(value.clamp(-1.0, 1.0)),
        ..network.clone()
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
    if let ("a", "gwa") | ("b", "rwa") = (side, relation) {
        let through = |row: &Row| Row {
            statistic: format!("{}_through_weight", row.statistic),
            ..row.clone()
        };
        let through: Vec<Row> = rows.iter().map(through).collect();
        rows.extend(through);
    }
    for variant in ["raw", "centered", "normalized"] {
        rows.push(with("offdiagonal", variant, alpha * (0.9 + 0.1 * alpha)));
        rows.push(with("cosine", variant, alpha.max(0.2)));
    }
    rows
}

/// Alpha of five hidden layers of networks at the settings of a digitised picture: made of the paper's, the seed, the layer
/// and the place of the setting.
pub(crate) fn near_paper(
    networks: impl Iterator<Item = (usize, Row)>,
    paper: &[[f64; 5]],
    alpha: impl Fn(f64, u64, u32, usize) -> f64,
) -> Vec<Row> {
    let rows = networks.flat_map(|(k, network)| {
        let layers = (1..).zip(paper[k]).flat_map(|(layer, paper)| {
            let alpha = alpha(paper, network.seed, layer, k);
            alpha_rows(&network, (layer + 1, "a"), "rga", alpha)
        });
        layers.collect::<Vec<_>>()
    });
    rows.collect()
}

/// The paper's value with a fixed wobble: the most in the middle, none at both ends, as correlations have it.
pub(crate) fn wobbling(size: f64) -> impl Fn(f64, u64, u32, usize) -> f64 {
    move |paper, seed, layer, k| paper + size * paper * (1.0 - paper) * wobble(seed, layer, k)
}

/// Alpha of five layers over five weight decays, three seeds.
pub fn gamma_rows() -> Vec<Row> {
    let networks = over_weight_decay(&PAPER_GAMMAS);
    near_paper(networks, &PAPER_ALPHA, wobbling(0.3))
}

/// One of the alphas of networks that are measured over training.
pub(crate) struct Trained {
    /// The place of its side and relation.
    pub place: usize,
    /// The linear map, from 1.
    pub map: u32,
    /// Which measurement, from 0.
    pub measurement: usize,
    seed: u64,
}

impl Trained {
    /// A rise towards `end`, a little less for later relations, within `time` measurements, with a wobble.
    pub fn rise(&self, end: f64, time: f64, wobbling: f64) -> f64 {
        let end = end - 0.03 * self.place as f64;
        let course = 1.0 - (-(self.measurement as f64 + 0.3) / time).exp();
        end * course + wobbling * wobble(self.seed, self.map, self.measurement + self.place)
    }
}

/// Alphas of these sides and relations: three seeds, eight measurements, six maps.
pub(crate) fn over_training(
    relations: &[(&str, &str)],
    alpha: impl Fn(&Trained) -> f64,
) -> Vec<Row> {
    let steps: Vec<u64> = (0..8).map(|k| 100 + 2000 * k).collect();
    let mut rows = Vec::new();
    for (measurement, mut network) in over(&steps, |network, step| network.step = step) {
        network.weight_decay = 1.29e-4;
        for map in 1..=6 {
            for (place, &(side, relation)) in relations.iter().enumerate() {
                let alpha = alpha(&Trained {
                    place,
                    map,
                    measurement,
                    seed: network.seed,
                });
                rows.extend(alpha_rows(&network, (map, side), relation, alpha));
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
