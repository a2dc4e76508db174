//! Synthetic rows near the paper's points. **Not data.**

use super::{PAPER_GAMMAS, PAPER_POINTS, THRESHOLD, THRESHOLDS};
use crate::formation::synthetic::{alpha_rows, number, over_weight_decay, raw_number, wobble};
use crate::table::Row;

/// Three seeds of the paper's points, each weight decay's layers ordered by deficiency: its values with a fixed wobble.
pub fn rows() -> Vec<Row> {
    rows_with(|(misalignment, deficiency), seed, layer, k| {
        let wobble = wobble(seed, layer, k);
        let deficiency = (deficiency + 0.01 * wobble.round()).min(0.9);
        (misalignment * (1.0 + 0.1 * wobble), deficiency)
    })
}

/// Rows whose 1 - alpha and rank deficiency are made of the paper's, the seed, the layer and the place of the weight decay.
pub fn rows_with(point: impl Fn((f64, f64), u64, u32, usize) -> (f64, f64)) -> Vec<Row> {
    let mut rows = Vec::new();
    for (k, mut network) in over_weight_decay(&PAPER_GAMMAS) {
        network.task = "teacher10".to_owned();
        let mut paper = PAPER_POINTS[k];
        paper.sort_by(|a, b| a.1.total_cmp(&b.1));
        for (layer, paper) in (1..).zip(paper) {
            let (misalignment, deficiency) = point(paper, network.seed, layer, k);
            let alpha = 1.0 - misalignment;
            rows.extend(alpha_rows(&network, (layer + 1, "a"), "rga", alpha));
            let rank = (100.0 * (1.0 - deficiency)).round();
            for (threshold, of_weights) in THRESHOLDS {
                // Lower thresholds count more, as in a spectrum without a gap.
                let more = 10.0 * (THRESHOLD / threshold).log10();
                let rank = (rank + more).clamp(0.0, 100.0).round();
                let of_h = format!("numerical_rank_h_at_{threshold}");
                let of_weights = of_weights.statistic;
                rows.push(number(&network, layer, of_weights, rank));
                rows.push(raw_number(
                    &network,
                    layer + 1,
                    of_h,
                    (rank + 3.0).min(100.0),
                ));
                if layer == 5 {
                    rows.push(number(&network, 6, of_weights, 10.0));
                }
            }
        }
    }
    rows
}
