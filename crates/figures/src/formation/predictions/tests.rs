//! Verdicts on synthetic rows, and how they change when these are corrupted.

use super::*;
use crate::formation::check::{changed, claim, figure, meets, only, revalued, shows, verdicts};

const ID: &str = "crh-predictions";

fn off(of: fn(&Row) -> bool) -> Vec<Row> {
    let alpha = move |row: &Row| row.statistic == "alpha_rga" && of(row);
    revalued(made_up(), alpha, |alpha| {
        if alpha > 0.5 {
            alpha - 0.45
        } else {
            alpha + 0.45
        }
    })
}

#[test]
fn corrupted_rows_show() {
    meets(ID, made_up(), &[]);
    verdicts!(ID;
        off(|row| row.weight_decay == PAPER_GAMMAS[1]) => Contradicted("better-than-rules");
        off(|row| row.weight_decay == WIDTH_DECAY) => Contradicted("better-than-rules", "inside-predictions");
        // What was chosen by is no prediction.
        off(|row| row.weight_decay == PAPER_GAMMAS[2]) => Reproduced("better-than-rules", "inside-predictions");
        // One run predicts no other.
        only(made_up(), |row| row.seed == 0) => NotTested("inside-predictions");
        only(made_up(), |row| row.weight_decay == WIDTH_DECAY) => Undecided("better-than-rules");
    );
}

/// Slow and obvious: ten values of weight decays 2 and 4.
#[test]
fn distances_are_their_slow_twins() {
    let rows = changed(made_up(), |row| {
        row.value = row.value.map(|value| value * 0.8)
    });
    let table = Table::new(&rows).unwrap();
    let [gamma, _] = Prediction::all(&table);
    let (mut ours, mut line) = (0.0, 0.0);
    for layer in 1..=5 {
        for place in [1, 3] {
            let alphas = rows.iter().filter(|row| {
                (row.weight_decay, row.layer) == (PAPER_GAMMAS[place], layer as u32 + 1)
                    && (row.statistic.as_str(), row.variant.as_str()) == ("alpha_rga", "normalized")
            });
            let alphas: Vec<f64> = alphas.filter_map(|row| row.value).collect();
            let paper = |place: usize| gamma::PAPER_ALPHA[place][layer - 1];
            let mean = alphas.iter().sum::<f64>() / alphas.len() as f64;
            ours += (mean - paper(place)).powi(2);
            // The weight decays are equally far apart in logarithms.
            line += (0.5 * (paper(place - 1) + paper(place + 1)) - paper(place)).powi(2);
        }
    }
    let found = gamma.ours().rmse().unwrap();
    assert!((found - (ours / 10.0).sqrt()).abs() < 1e-12);
    let (_, found) = gamma.rivals()[2];
    assert!((found.unwrap() - (line / 10.0).sqrt()).abs() < 1e-3);
}

#[test]
fn rules_and_networks_are_drawn_and_reported() {
    let texts = [
        "a line between neighbours",
        "our networks",
        "| 610 | 5 | *0.708* |",
    ];
    shows(&figure(ID, made_up()), &texts);
    let notes = claim(ID, made_up(), "inside-predictions");
    assert!(notes.notes()[0].starts_with("weight decays 2 and 4: of 10"));
}
