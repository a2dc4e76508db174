//! Claims as a table for the terminal and for Markdown.

use comfy_table::ColumnConstraint::{ContentWidth, UpperBoundary};
use comfy_table::{ContentArrangement, Table, Width, presets};

use super::{Claim, Claims, Kind, Verdict};
use crate::Estimate;
use crate::text::cell;

const OURS: &str = "ours [95 %] (seeds)";
/// Columns below which a claim's numbers stand under it, not beside it.
const NARROW: u16 = 100;

/// The most rows of a table in a report.
const ROWS: usize = 10;

impl Claims {
    /// A table for the terminal, at most `width` columns wide (`None`: as wide as the terminal, or 100 where there is none):
    /// the claims that count, what was fitted, the checks of soundness in one row, and the tally. One number stands for
    /// each claim: that of its worst part.
    pub fn to_table(&self, width: Option<u16>) -> String {
        let mut table = Table::new();
        let width = width.or(table.width()).unwrap_or(NARROW);
        table
            .load_style(presets::UTF8_FULL)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
        let claims = || [Kind::Ordinary, Kind::Fitted].into_iter();
        let claims = claims().flat_map(|kind| self.of_kind(kind));
        let last = [
            ["soundness".to_owned(), self.soundness()],
            ["in all".to_owned(), self.tally.to_string()],
        ];
        if width < NARROW {
            table
                .set_header(["verdict".to_owned(), format!("claim; {OURS}")])
                .add_rows(claims.map(stacked))
                .add_rows(last)
                .set_constraints([ContentWidth]);
        } else {
            let any = UpperBoundary(Width::Percentage(100));
            let last = last.map(|[name, text]| [name, text, String::new(), String::new()]);
            table
                .set_header(["verdict", "claim", "paper", OURS])
                .add_rows(claims.map(spread))
                .add_rows(last)
                .set_constraints([ContentWidth, any, ContentWidth, ContentWidth]);
        }
        table.to_string()
    }

    /// A table in Markdown of the first claims that count, with their ids and a column for the criteria, and a sentence each
    /// on the others, on what was fitted, and on soundness.
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "| verdict | claim | paper | {OURS} | holds if |\n|{}\n",
            " --- |".repeat(5)
        );
        for claim in self.of_kind(Kind::Ordinary).take(ROWS) {
            text.push_str(&format!(
                "| {} | {} (`{}`) | {} | {} | {} |\n",
                claim.verdict,
                cell(&claim.statement),
                claim.id,
                paper(claim),
                cell(&ours(claim, "; ")),
                cell(&claim.criterion.to_string())
            ));
        }
        let further = self.of_kind(Kind::Ordinary).skip(ROWS);
        let further = further.map(|claim| format!("`{}` {}", claim.id, claim.verdict));
        let fitted = self.of_kind(Kind::Fitted);
        let fitted = fitted.map(|claim| {
            format!(
                "`{}` ({}: {})",
                claim.id,
                claim.criterion,
                ours(claim, "; ")
            )
        });
        let sentences = [
            (
                "Further claims, whose numbers are in `claims.json`",
                further.collect::<Vec<_>>(),
            ),
            (
                "Held against values by which the settings were chosen, and counted for nothing",
                fitted.collect(),
            ),
            ("Soundness", vec![self.soundness()]),
        ];
        for (what, list) in sentences
            .into_iter()
            .filter(|sentence| !sentence.1.is_empty())
        {
            text.push_str(&format!("\n{what}: {}.\n", list.join(", ")));
        }
        text
    }

    /// How many checks of our own runs hold, and which do not.
    fn soundness(&self) -> String {
        let failed = self.of_kind(Kind::Soundness);
        let failed = failed.filter(|claim| claim.verdict != Verdict::Reproduced);
        let failed: Vec<String> = failed
            .map(|claim| format!("{} is {}: {}", claim.id, claim.verdict, ours(claim, ", ")))
            .collect();
        let checks: Vec<&str> = self.of_kind(Kind::Soundness).map(Claim::id).collect();
        let held = format!(
            "{} of {} checks of our own runs hold ({})",
            self.tally.sound,
            self.tally.soundness,
            checks.join(", ")
        );
        [vec![held], failed].concat().join("; ")
    }
}

/// What stands in the column of verdicts.
fn verdict(claim: &Claim) -> String {
    match claim.kind {
        Kind::Fitted => "fitted".to_owned(),
        _ => claim.verdict.to_string(),
    }
}

fn spread(claim: &Claim) -> [String; 4] {
    [
        verdict(claim),
        format!("{}\nholds if {}", claim.statement, claim.criterion),
        paper(claim),
        ours(claim, "\n"),
    ]
}

fn stacked(claim: &Claim) -> [String; 2] {
    let known = claim
        .paper_value
        .map(|value| format!("paper {}, ", number(value)));
    let text = format!(
        "{}\n{}ours {}\nholds if {}",
        claim.statement,
        known.unwrap_or_default(),
        ours(claim, ", "),
        claim.criterion
    );
    [verdict(claim), text]
}

fn paper(claim: &Claim) -> String {
    claim.paper_value.map_or("-".to_owned(), number)
}

/// The number of the worst part, its name, and how many parts have another verdict than reproduced.
fn ours(claim: &Claim, separator: &str) -> String {
    let mut texts = vec![claim.ours.map_or("no value".to_owned(), estimate)];
    texts.extend(claim.worst.iter().map(|worst| format!("worst: {worst}")));
    let count = |of| claim.parts.iter().filter(|part| part.verdict == of).count();
    let others = [
        Verdict::Contradicted,
        Verdict::Undecided,
        Verdict::NotTested,
    ]
    .map(|of| (count(of), of));
    let others = others.into_iter().filter(|(n, _)| *n > 0);
    let others: Vec<String> = others.map(|(n, of)| format!("{n} {of}")).collect();
    if claim.parts.len() > 1 && !others.is_empty() {
        texts.push(format!(
            "of {} parts {}",
            claim.parts.len(),
            others.join(", ")
        ));
    }
    texts.join(separator)
}

/// `0.712 [0.655, 0.769] (3)`; without an interval `0.712 (1)`.
pub(crate) fn estimate(estimate: Estimate) -> String {
    format!("{} ({})", interval(estimate, number), estimate.n)
}

/// `0.712 [0.655, 0.769]`, each number written by `number`. Seeds that all have one number show no spread, and no interval is
/// written; one that is narrower than the last digit is written by its half width.
pub(crate) fn interval(estimate: Estimate, number: impl Fn(f64) -> String) -> String {
    let value = number(estimate.value);
    let Some((low, high)) = estimate.interval() else {
        return value;
    };
    if low == high {
        return format!("{value}, all equal");
    }
    match (number(low), number(high)) {
        (low_text, high_text) if low_text == high_text => {
            let half = (high - estimate.value).max(estimate.value - low);
            format!("{value} ± {half:.0e}")
        }
        (low, high) => format!("{value} [{low}, {high}]"),
    }
}

/// An estimate in words, `none` without one.
pub(crate) fn or_none(value: Option<Estimate>) -> String {
    value.map_or("none".to_owned(), estimate)
}

/// Mean and interval, and the number of seeds only where it is not `seeds`.
pub(crate) fn shown(
    seeds: usize,
    estimate: Option<Estimate>,
    number: impl Fn(f64) -> String,
) -> String {
    let Some(estimate) = estimate else {
        return "-".to_owned();
    };
    let text = interval(estimate, number);
    if estimate.n == seeds {
        text
    } else {
        format!("{text} ({})", estimate.n)
    }
}

/// Three decimals; one from 10 up; two significant digits where three decimals would show nothing but zeros.
pub(crate) fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.001 {
        format!("{value:.1e}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        // Adding zero turns a negative zero into a plain one.
        format!("{:.3}", value + 0.0)
    }
}
