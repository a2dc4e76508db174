//! Synthetic rows near the paper's points. **Not data.**

use super::{PAPER_GAMMAS, PAPER_POINTS, THRESHOLD, THRESHOLDS};
use crate::formation::synthetic::{alpha_rows, row, wobble};
use crate::table::Row;

/// Three seeds of the paper's points, each weight decay's layers ordered by deficiency: its values with a fixed wobble.
pub fn rows() -> Vec<Row> {
    rows_with(|(misalignment, deficiency), seed, layer, k| {
        let wobble = wobble(seed, layer, k);
        (
            misalignment * (1.0 + 0.1 * wobble),
            (deficiency + 0.01 * wobble.round()).min(0.9),
        )
    })
}

/// Rows whose 1 - alpha and rank deficiency are made of the paper's, the seed, the layer and the place of the weight decay.
pub fn rows_with(point: impl Fn((f64, f64), u64, u32, usize) -> (f64, f64)) -> Vec<Row> {
    let mut rows = Vec::new();
    for seed in 0..3 {
        for (k, gamma) in PAPER_GAMMAS.into_iter().enumerate() {
            let mut paper = PAPER_POINTS[k];
            paper.sort_by(|a, b| a.1.total_cmp(&b.1));
            for layer in 1..=5u32 {
                let (misalignment, deficiency) = point(paper[layer as usize - 1], seed, layer, k);
                let base = Row {
                    task: "teacher10".to_owned(),
                    weight_decay: gamma,
                    seed,
                    layer: layer + 1,
                    ..row()
                };
                rows.extend(alpha_rows(&base, "rga", 1.0 - misalignment));
                let rank = (100.0 * (1.0 - deficiency)).round();
                for (threshold, of_weights) in THRESHOLDS {
                    // Lower thresholds count more, as in a spectrum without a gap.
                    let more = 10.0 * (THRESHOLD / threshold).log10();
                    let rank = (rank + more).clamp(0.0, 100.0).round();
                    let (w, h) = (
                        of_weights.statistic,
                        format!("numerical_rank_h_at_{threshold}"),
                    );
                    rows.push(rank_row(&base, w, layer, "", rank));
                    let of_h = (rank + 3.0).min(100.0);
                    rows.push(rank_row(&base, &h, layer + 1, "a", of_h));
                    if layer == 5 {
                        rows.push(rank_row(&base, w, 6, "", 10.0));
                    }
                }
            }
        }
    }
    rows
}

fn rank_row(base: &Row, statistic: &str, layer: u32, side: &str, value: f64) -> Row {
    Row {
        statistic: statistic.to_owned(),
        layer,
        side: side.to_owned(),
        variant: if side.is_empty() { "" } else { "raw" }.to_owned(),
        value: Some(value),
        ..base.clone()
    }
}
