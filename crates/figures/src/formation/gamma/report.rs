//! `report.md` of F-gamma.

use super::table::{HEADLINE, LAYERS, Series};
use super::{GammaInput, LayerRow, PAPER_ALPHA, Position, Relations, Table, Task, Variant};
use super::{paper_row, relations};
use crate::claims::shown;
use crate::report::Report;
use crate::table::{LOSSES_TITLE, Loss, constant_of_task, losses_body};
use crate::text::{Section, decimals, plural};
use crate::{Claims, FigureInfo, Range, Setting};

/// The report: picture, claims, the numbers behind them, what is the paper's and what is ours.
pub(super) fn report(
    input: &GammaInput<'_>,
    info: &FigureInfo,
    table: &Table,
    relations: Option<&Relations<'_>>,
    claims: &Claims,
) -> String {
    let mut sections = vec![
        Section::new("Alpha", alpha_section(table, input.task)),
        Section::new("What a sceptic asks", questions(table)),
    ];
    sections.extend(relations.into_iter().flat_map(relations::sections));
    sections.push(losses(table, &input.settings));
    Report {
        info,
        preset: input.preset,
        runs: runs(table),
        diverged: table
            .diverged()
            .iter()
            .map(|(gamma, seed)| format!("gamma {gamma:.3e}, seed {seed}"))
            .collect(),
        claims,
        sections,
        settings: &input.settings,
        provenance: &input.provenance,
    }
    .to_markdown()
}

fn runs(table: &Table) -> String {
    format!(
        "{} x {} = {}, {} steps each",
        plural(table.gammas().len(), "weight decay"),
        plural(table.seeds().len(), "seed"),
        plural(table.gammas().len() * table.seeds().len(), "run"),
        table.steps(),
    )
}

/// A table with a row for each weight decay and a column for each layer.
fn grid(table: &Table, row: impl Fn(f64) -> String) -> String {
    let mut text = "| gamma | layer 1 | layer 2 | layer 3 | layer 4 | layer 5 |\n".to_owned();
    text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    text.extend(table.gammas().iter().map(|&gamma| row(gamma)));
    text
}

fn row(name: &str, cell: impl Fn(u32) -> String) -> String {
    format!("| {name} | {} |\n", LAYERS.map(cell).join(" | "))
}

/// A grid of one quantity of one series, with this many decimals.
fn series_grid(
    table: &Table,
    (series, range): (Series, Range),
    digits: usize,
    quantity: fn(&LayerRow) -> Option<f64>,
) -> String {
    grid(table, |gamma| {
        row(&format!("{gamma:.3e}"), |layer| {
            let estimate = table.estimate(series, layer, gamma, range, quantity);
            shown(table.seeds().len(), estimate, decimals(digits))
        })
    })
}

fn correlations(table: &Table, series: Series, quantity: fn(&LayerRow) -> Option<f64>) -> String {
    series_grid(table, (series, Range::Correlation), 3, quantity)
}

fn effective_ranks(table: &Table, quantity: fn(&LayerRow) -> Option<f64>) -> String {
    series_grid(table, (HEADLINE, Range::OneOrMore), 2, quantity)
}

fn alpha_section(table: &Table, task: Task) -> String {
    let mut text = "Normalized covariances, post-activations: the series of the picture. Mean over seeds [its 95 % interval]; \
                    (n) where only n seeds have a value"
        .to_owned();
    if task == Task::Teacher {
        text.push_str("; in italics the paper's value, digitised");
    }
    text.push_str(".\n\n");
    text.push_str(&grid(table, |gamma| {
        let ours = row(&format!("{gamma:.3e}"), |layer| {
            shown(
                table.seeds().len(),
                table.alpha_estimate(layer, gamma),
                decimals(3),
            )
        });
        match paper_row(gamma).filter(|_| task == Task::Teacher) {
            Some(k) => {
                let paper = |layer: u32| format!("*{:.3}*", PAPER_ALPHA[k][layer as usize - 1]);
                ours + &row("*paper*", paper)
            }
            None => ours,
        }
    }));
    text.push_str("\nNumerical rank of W (singular values above 0.01 of the largest):\n\n");
    let ranks = (HEADLINE, Range::NonNegative);
    text.push_str(&series_grid(table, ranks, 1, |row| {
        Some(f64::from(row.rank_w))
    }));
    text
}

fn questions(table: &Table) -> String {
    let raw = Series {
        variant: Variant::Raw,
        ..HEADLINE
    };
    let pre = Series {
        position: Position::Pre,
        ..HEADLINE
    };
    let parts = [
        (
            "**What would unrelated matrices give?** The paper shows no null level. Mean over seeds of the 95 % quantile of alpha \
             when one of the two matrices is rotated at random, its spectrum kept:",
            correlations(table, HEADLINE, |row| row.null_q95),
        ),
        (
            "**Is it the diagonal alone?** Alpha over off-diagonal entries:",
            correlations(table, HEADLINE, |row| row.alpha_offdiagonal),
        ),
        (
            "**Is it the normalisation?** The theory speaks of raw second moments, the experiments normalise and center. Alpha of \
             raw second moments:",
            correlations(table, raw, |row| row.alpha),
        ),
        (
            "**Pre- or post-activation?** The paper does not say. Alpha of pre-activations, normalized:",
            correlations(table, pre, |row| row.alpha),
        ),
        (
            "**Which normaliser has alpha?** The paper does not say. The un-centred cosine of the same matrices, which would fit \
             the words too:",
            correlations(table, HEADLINE, |row| row.cosine),
        ),
        (
            "**Is the network collapsed?** Where both matrices have effective rank 1, alpha says no more than that their two \
             directions agree. Effective rank (exponential of the spectrum's entropy) of the raw second moment of h:",
            effective_ranks(table, |row| row.effective_rank_h),
        ),
        (
            "The same of g:",
            effective_ranks(table, |row| row.effective_rank_g),
        ),
    ];
    parts
        .map(|(question, answer)| format!("{question}\n\n{answer}"))
        .join("\n")
}

/// Each network's loss beside the mean of the constants' that the settings tell. A loss that overflowed is no value.
fn losses(table: &Table, settings: &[Setting]) -> Section {
    let constant = constant_of_task(settings);
    let rows = table.gammas().iter().map(|&gamma| {
        let losses = table.over_seeds(|seed| {
            let loss = table.row(HEADLINE, 1, gamma, seed)?.test_loss;
            loss.is_finite().then_some(loss)
        });
        let losses = losses.into_iter().map(|test| Loss { test, constant });
        (vec![format!("{gamma:.3e}")], losses.collect())
    });
    let rows: Vec<_> = rows.collect();
    let body = losses_body(&["gamma".to_owned()], &rows, table.seeds().len());
    Section::new(LOSSES_TITLE, body)
}

#[cfg(test)]
mod tests {
    use crate::formation::gamma::{Task, synthetic};
    use crate::{Preset, Verdict};

    #[test]
    fn the_report_shows_every_claim_and_setting() {
        let bundle = synthetic::bundle(Task::Teacher, Preset::Quick, &synthetic::rows()).unwrap();
        let report = &bundle.report;
        for claim in &bundle.claims {
            assert!(report.contains(&format!(
                "| {} | {} (`{}`) |",
                claim.verdict(),
                claim.statement(),
                claim.id()
            )));
            assert!(claim.notes().iter().all(|note| report.contains(note)));
        }
        assert!(
            bundle
                .claims
                .iter()
                .any(|claim| claim.verdict() == Verdict::Partly)
        );
        assert!(
            report.contains("| weight decays | first five of logspace(-5, 0, 10) | INFERRED |")
        );
        assert!(report.contains("a \\| b"), "a pipe must not end its cell");
        assert!(report.contains("(figure.svg)") && report.contains("3 seeds = 15 runs"));
        assert!(report.contains("cargo xtask reproduce-figure crh-gamma --preset quick"));
        // The digitised value of layer 1 at the smallest weight decay, beside ours.
        assert!(report.contains("*0.159*") && !report.contains("NaN"));
    }

    #[test]
    fn only_the_teacher_task_shows_digitised_values() {
        let bundle = synthetic::bundle(Task::Digits, Preset::Quick, &synthetic::rows()).unwrap();
        assert!(!bundle.report.contains("*0.159*"));
    }
}
