//! `report.md` of F-gamma.

use std::fmt::Write;

use super::table::{HEADLINE, LAYERS, Series};
use super::{GammaInput, LayerRow, PAPER_ALPHA, Position, Table, Task, Variant, paper_row};
use crate::claims::{estimate, interval, number};
use crate::{Claims, Estimate, FigureInfo, Range, Setting, Standing};

/// The report: picture, claims, the numbers behind them, what is the paper's and what is ours.
pub(super) fn report(
    input: &GammaInput<'_>,
    info: &FigureInfo,
    table: &Table,
    claims: &Claims,
) -> String {
    [
        head(input, info, table),
        section("Claims", &claims_section(claims)),
        section("Alpha", &alpha_section(table, input.task)),
        section("What a sceptic asks", &questions(table)),
        section("Settings: the paper's and ours", &settings(&input.settings)),
        section("Provenance", &provenance(input)),
        section(
            "Make it again",
            &format!("```sh\n{}\n```\n", input.provenance.command),
        ),
    ]
    .join("\n")
}

fn section(title: &str, body: &str) -> String {
    format!("## {title}\n\n{body}")
}

fn plural(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

fn head(input: &GammaInput<'_>, info: &FigureInfo, table: &Table) -> String {
    let mut text = format!(
        "# {}: {}\n\n{}. {}. Figures go by names of ours: their numbers differ between versions of the paper.\n\n\
         ![{}](figure.svg)\n\n",
        info.id, info.title, info.paper, info.paper_figure, info.title
    );
    let runs = table.gammas().len() * table.seeds().len();
    let _ = writeln!(
        text,
        "Preset `{}`: {} x {} = {}, {} steps each. Points are means over seeds; intervals are Student's t at 95 %, clipped \
         to the range of the statistic; with one seed there is none.",
        input.preset,
        plural(table.gammas().len(), "weight decay"),
        plural(table.seeds().len(), "seed"),
        plural(runs, "run"),
        table.steps(),
    );
    if !table.diverged().is_empty() {
        text.push('\n');
    }
    for (gamma, seed) in table.diverged() {
        let _ = writeln!(
            text,
            "- **Diverged:** gamma {gamma:.3e}, seed {seed}; left out of every mean."
        );
    }
    text
}

fn claims_section(claims: &Claims) -> String {
    let mut text = format!("{}.\n\n{}\n", claims.summary(), claims.to_markdown());
    text.push_str(
        "Verdicts are computed. *Reproduced*: every part meets the criterion, with its interval where the criterion says so. \
         *Partly*: more than half of the parts do, or an interval crosses the bound, or there is no interval for want of seeds. \
         One number stands for each claim: its worst part's.\n\n",
    );
    for claim in claims {
        for part in claim.parts() {
            let interval = part.ours().and_then(|ours| ours.interval());
            let standing = match (part.standing(), interval) {
                (Standing::Met, _) => continue,
                (Standing::Unsure, Some(_)) => "inside the bound, its interval not",
                (Standing::Unsure, None) => "inside the bound, without an interval",
                (Standing::Missed, _) => "outside the bound",
                (Standing::Missing, _) => "not measured",
            };
            let ours = part.ours().map_or("no value".to_owned(), estimate);
            let _ = writeln!(
                text,
                "- `{}`, {}: {ours}, {standing}.",
                claim.id(),
                part.name()
            );
        }
        for note in claim.notes() {
            let _ = writeln!(text, "- `{}`: {note}.", claim.id());
        }
    }
    text
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

/// Mean and interval, and the number of seeds only where it is not that of the figure.
fn shown(table: &Table, estimate: Option<Estimate>, number: impl Fn(f64) -> String) -> String {
    let Some(estimate) = estimate else {
        return "-".to_owned();
    };
    let text = interval(estimate, number);
    if estimate.n == table.seeds().len() {
        text
    } else {
        format!("{text} ({})", estimate.n)
    }
}

fn decimals(n: usize) -> impl Fn(f64) -> String {
    // Adding zero turns a negative zero into a plain one.
    move |value| format!("{:.n$}", value + 0.0)
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
            shown(table, estimate, decimals(digits))
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
            shown(table, table.alpha_estimate(layer, gamma), decimals(3))
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
        (
            "**Does it still solve its task?** Loss on held-out samples, without the decay term:",
            losses(table),
        ),
    ];
    parts
        .map(|(question, answer)| format!("{question}\n\n{answer}"))
        .join("\n")
}

/// Four decimals tell losses of regression apart. A loss that overflowed is no value.
fn losses(table: &Table) -> String {
    let mut text = "| gamma | test loss |\n| --- | --- |\n".to_owned();
    for &gamma in table.gammas() {
        let loss = table.estimate(HEADLINE, 1, gamma, Range::NonNegative, |row| {
            Some(row.test_loss).filter(|loss| loss.is_finite())
        });
        let _ = writeln!(
            text,
            "| {gamma:.3e} | {} |",
            shown(table, loss, decimals(4))
        );
    }
    text
}

/// Text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn settings(settings: &[Setting]) -> String {
    let mut text = "FOUND: stated by a source that had the paper. DIGITISED: read from its picture. INFERRED: a reasoned guess. \
                    MEASURED: found by our own scan, because it comes nearest to the digitised values. OURS: our choice.\n\n\
                    | setting | value | origin | note |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for setting in settings {
        let [name, value, note] =
            [&setting.name, &setting.value, &setting.note].map(|text| cell(text));
        let _ = writeln!(text, "| {name} | {value} | {} | {note} |", setting.origin);
    }
    text
}

fn provenance(input: &GammaInput<'_>) -> String {
    let p = &input.provenance;
    let mut text = format!(
        "formant {}, features {}; backend {} on {}, {}, {}; host {}; {} s of training and measuring.\n",
        p.formant_version,
        if p.features.is_empty() {
            "none".to_owned()
        } else {
            p.features.join(", ")
        },
        p.backend,
        p.device,
        plural(p.threads, "thread"),
        p.dtype,
        p.host_cpu,
        number(p.wall_time_s),
    );
    if !p.data_hashes.is_empty() {
        text.push('\n');
    }
    for (name, hash) in &p.data_hashes {
        let _ = writeln!(text, "- data `{name}`: `{hash}`");
    }
    text.push_str("\nThe full configuration is in `provenance.json`, every number in `data.csv`, every part of every claim in `claims.json`.\n");
    text
}

#[cfg(test)]
mod tests {
    use crate::gamma::{Task, synthetic};
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
