//! The table behind F-gamma, and `data.csv`.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

use crate::FigureError;
use crate::table::{Outcome, Schema};

/// The version of `data.csv`; every record carries it.
pub const DATA_SCHEMA_VERSION: u32 = 1;

/// Which h is meant: the paper does not say (UNKNOWN), so both are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// After the nonlinearity.
    Post,
    /// Before the nonlinearity: the output of the linear map.
    Pre,
}

/// What is made of h and g before their second moment is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// Nothing: the raw second moment, which the theory speaks of.
    Raw,
    /// The mean is subtracted.
    Centered,
    /// Every sample is divided by its norm, then the mean is subtracted: what the paper's experiments do (FOUND).
    Normalized,
}

/// One layer of one trained network, measured once. A `None` was undefined or not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    /// Weight decay, above 0.
    pub gamma: f64,
    /// Seed of the network, its data and its teacher.
    pub seed: u64,
    /// Hidden layer, 1 (next to the input) to 5.
    pub layer: u32,
    /// Which h and g.
    pub position: Position,
    /// How their second moments are formed.
    pub variant: Variant,
    /// Pearson correlation of the entries of cov(g, g) and cov(h, h), -1 to 1.
    pub alpha: Option<f64>,
    /// The same over off-diagonal entries.
    pub alpha_offdiagonal: Option<f64>,
    /// Frobenius cosine of the two, -1 to 1.
    pub cosine: Option<f64>,
    /// Mean of alpha over random rotations of one of the two (spectra kept).
    pub null_mean: Option<f64>,
    /// 95 % quantile of alpha over the same rotations.
    pub null_q95: Option<f64>,
    /// How many singular values of the layer's weight exceed 1e-2 of the largest.
    pub rank_w: u32,
    /// Effective rank of the second moment of h.
    pub effective_rank_h: Option<f64>,
    /// Effective rank of the second moment of g.
    pub effective_rank_g: Option<f64>,
    /// Neurons of the layer.
    pub width: u32,
    /// Training step of the measurement.
    pub step: u64,
    /// Loss on held-out samples, without the decay term.
    pub test_loss: f64,
    /// How the run ended.
    pub outcome: Outcome,
}

/// The columns of `data.csv`, in order.
const COLUMNS: [&str; 18] = [
    "schema_version",
    "gamma",
    "seed",
    "layer",
    "position",
    "variant",
    "alpha",
    "alpha_offdiagonal",
    "cosine",
    "null_mean",
    "null_q95",
    "rank_w",
    "effective_rank_h",
    "effective_rank_g",
    "width",
    "step",
    "test_loss",
    "outcome",
];

const SCHEMA: Schema = Schema {
    version: DATA_SCHEMA_VERSION,
    columns: &COLUMNS,
};

/// Writes rows as CSV. Floating-point numbers come back bit for bit.
///
/// # Errors
///
/// [`FigureError::Table`] when `to` fails.
pub fn write_rows(rows: &[LayerRow], to: impl Write) -> Result<(), FigureError> {
    SCHEMA.write(rows, to)
}

/// Reads what [`write_rows`] wrote.
///
/// # Errors
///
/// [`FigureError::Table`] for other columns, another schema version, or a cell that does not parse; it names the line.
pub fn read_rows(from: impl Read) -> Result<Vec<LayerRow>, FigureError> {
    SCHEMA.read(from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formation::gamma::synthetic;

    fn csv_of(rows: &[LayerRow]) -> String {
        let mut bytes = Vec::new();
        write_rows(rows, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn failure(text: &str) -> String {
        read_rows(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn the_columns_are_the_fields() {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.serialize(&synthetic::rows()[0]).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        assert_eq!(text.lines().next().unwrap(), COLUMNS[1..].join(","));
    }

    #[test]
    fn a_table_round_trips() {
        let rows = synthetic::rows();
        assert_eq!(read_rows(csv_of(&rows).as_bytes()).unwrap(), rows);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_float_comes_back_bit_for_bit(gamma: f64, alpha: Option<f64>, test_loss: f64) {
            let row = LayerRow { gamma, alpha, test_loss, ..synthetic::rows()[0].clone() };
            let back = &read_rows(csv_of(&[row]).as_bytes()).unwrap()[0];
            // A NaN's payload is the one thing that text does not keep.
            let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
            prop_assert!(same(back.gamma, gamma) && same(back.test_loss, test_loss));
            let alike = match (back.alpha, alpha) {
                (Some(a), Some(b)) => same(a, b),
                (a, b) => a == b,
            };
            prop_assert!(alike, "{:?} {alpha:?}", back.alpha);
        }
    }

    #[test]
    fn damage_is_named() {
        let good = csv_of(&synthetic::rows()[..3]);
        let cut = &good[..good.len() - 30];
        assert!(failure(cut).contains("line 4"), "{}", failure(cut));
        let renamed = failure(&good.replacen("alpha", "alfa", 1));
        assert!(
            renamed.contains("line 1") && renamed.contains("alfa"),
            "{renamed}"
        );
        let word = failure(&good.replacen(",post,", ",above,", 1));
        assert!(
            word.contains("line 2") && word.contains("`above`"),
            "{word}"
        );
        let letters = failure(&good.replacen(",16000,", ",many,", 1));
        assert!(letters.contains("line 2: column step"), "{letters}");
        let version = failure(&good.replace("\n1,", "\n7,"));
        assert!(
            version.contains("schema version 7, expected 1"),
            "{version}"
        );
        assert!(
            failure("").contains("expected the columns"),
            "{}",
            failure("")
        );
    }
}
