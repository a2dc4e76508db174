//! `report.md` of F-gamma.

use std::fmt::Write;

use super::table::{HEADLINE, LAYERS, Series};
use super::{GammaInput, LayerRow, PAPER_ALPHA, Position, Table, Task, Variant, paper_row};
use crate::claims::{estimate, number};
use crate::{Claims, FigureInfo, Range, Setting};

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
        section("What the criticisms ask for", &criticisms(table)),
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
        "# {}: {}\n\n{}. {}.\n\n![{}](figure.svg)\n\n",
        info.id, info.title, info.paper, info.paper_figure, info.title
    );
    let runs = table.gammas().len() * table.seeds().len();
    let _ = writeln!(
        text,
        "Preset `{}`: {} x {} = {}, {} steps each. Points are means over seeds; intervals are Student's t at 95 %, clipped \
         to the range of the statistic; with one seed there is none.\n",
        input.preset,
        plural(table.gammas().len(), "weight decay"),
        plural(table.seeds().len(), "seed"),
        plural(runs, "run"),
        table.steps(),
    );
    for (gamma, seed) in table.diverged() {
        let _ = writeln!(
            text,
            "- **Diverged:** gamma {gamma:.3e}, seed {seed}; left out of every mean."
        );
    }
    text
}

fn claims_section(claims: &Claims) -> String {
    let mut text = claims.to_markdown();
    text.push_str(
        "\nVerdicts are computed. *Reproduced*: every part meets the criterion, with its interval where the criterion says so. \
         *Partly*: more than half of the parts do, or an interval crosses the bound, or there is no interval for want of seeds. \
         One number stands for each claim: its worst part's.\n\n",
    );
    for claim in claims {
        for note in claim.notes() {
            let _ = writeln!(text, "- `{}`: {note}.", claim.id());
        }
    }
    text
}

/// A table with a row for each weight decay and a column for each layer.
fn grid(table: &Table, cell: impl Fn(u32, f64) -> String) -> String {
    let mut text = "| gamma | layer 1 | layer 2 | layer 3 | layer 4 | layer 5 |\n".to_owned();
    text.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for &gamma in table.gammas() {
        let cells = LAYERS.map(|layer| cell(layer, gamma));
        let _ = writeln!(text, "| {gamma:.3e} | {} |", cells.join(" | "));
    }
    text
}

fn series_grid(
    table: &Table,
    series: Series,
    range: Range,
    quantity: fn(&LayerRow) -> Option<f64>,
) -> String {
    grid(table, |layer, gamma| {
        table
            .estimate(series, layer, gamma, range, quantity)
            .map_or("-".to_owned(), estimate)
    })
}

fn alpha_section(table: &Table, task: Task) -> String {
    let mut text = "Normalized covariances, post-activations: the series of the picture. Mean [95 % interval] (seeds)".to_owned();
    if task == Task::Teacher {
        text.push_str("; the paper's digitised value in italics");
    }
    text.push_str(".\n\n");
    text.push_str(&grid(table, |layer, gamma| {
        let ours = table
            .alpha_estimate(layer, gamma)
            .map_or("-".to_owned(), estimate);
        match paper_row(gamma).filter(|_| task == Task::Teacher) {
            Some(k) => format!("{ours} *{:.3}*", PAPER_ALPHA[k][layer as usize - 1]),
            None => ours,
        }
    }));
    text.push_str("\nNumerical rank of W (singular values above 0.01 of the largest):\n\n");
    text.push_str(&series_grid(table, HEADLINE, Range::NonNegative, |row| {
        Some(f64::from(row.rank_w))
    }));
    text
}

fn criticisms(table: &Table) -> String {
    let raw = Series {
        variant: Variant::Raw,
        ..HEADLINE
    };
    let pre = Series {
        position: Position::Pre,
        ..HEADLINE
    };
    let alpha: fn(&LayerRow) -> Option<f64> = |row| row.alpha;
    let mut text = String::new();
    let mut part = |remark: &str, body: String| {
        let _ = writeln!(text, "{remark}\n\n{body}");
    };
    part(
        "*No null level.* Mean over seeds of the 95 % quantile of alpha when one of the two matrices is rotated at random, its \
         spectrum kept: what alpha would be for two unrelated matrices with these spectra.",
        series_grid(table, HEADLINE, Range::Correlation, |row| row.null_q95),
    );
    part(
        "*A high alpha can come from the diagonal alone.* Alpha over off-diagonal entries:",
        series_grid(table, HEADLINE, Range::Correlation, |row| {
            row.alpha_offdiagonal
        }),
    );
    part(
        "*The theory speaks of raw second moments, the experiments normalise and center.* Alpha of raw second moments:",
        series_grid(table, raw, Range::Correlation, alpha),
    );
    part(
        "*Pre- or post-activation is not said.* Alpha of pre-activations, normalized:",
        series_grid(table, pre, Range::Correlation, alpha),
    );
    part(
        "*The normaliser of alpha is not said.* The un-centred cosine of the same matrices, which would fit the words too:",
        series_grid(table, HEADLINE, Range::Correlation, |row| row.cosine),
    );
    let seeds = plural(table.seeds().len(), "seed");
    part(
        "*No seeds, no error bars.*",
        format!("Every number above is over {seeds}.\n"),
    );
    part(
        "*Collapse.* An alpha of 1 can mean a collapsed network, so the held-out loss belongs beside it:",
        loss_table(table),
    );
    text
}

fn loss_table(table: &Table) -> String {
    let mut text = "| gamma | test loss |\n| --- | --- |\n".to_owned();
    for &gamma in table.gammas() {
        let loss = table.estimate(HEADLINE, 1, gamma, Range::NonNegative, |row| {
            Some(row.test_loss)
        });
        let loss = loss.map_or("-".to_owned(), estimate);
        let _ = writeln!(text, "| {gamma:.3e} | {loss} |");
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
        "formant {}, features {}; backend {} on {}, {}, {}; host {}; {} s of training and measuring.\n\n",
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
        let bundle = synthetic::bundle(Task::Teacher, Preset::Quick).unwrap();
        let report = &bundle.report;
        for claim in &bundle.claims {
            assert!(report.contains(&format!("| {} | {} |", claim.verdict(), claim.statement())));
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
        let bundle = synthetic::bundle(Task::Digits, Preset::Quick).unwrap();
        assert!(!bundle.report.contains("*0.159*"));
    }
}
