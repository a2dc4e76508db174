//! Claims as a table for the terminal and for Markdown.

use comfy_table::ColumnConstraint::{ContentWidth, UpperBoundary};
use comfy_table::{ContentArrangement, Table, Width, presets};

use super::{Claim, Claims};
use crate::Estimate;
use crate::text::cell;

const OURS: &str = "ours [95 %] (seeds)";
/// Columns below which a claim's numbers stand under it, not beside it.
const NARROW: u16 = 100;

impl Claims {
    /// A table for the terminal, at most `width` columns wide (`None`: as wide as the terminal, or 100 where there is none).
    /// One number stands for each claim: that of its worst part.
    pub fn to_table(&self, width: Option<u16>) -> String {
        let mut table = Table::new();
        let width = width.or(table.width()).unwrap_or(NARROW);
        table
            .load_style(presets::UTF8_FULL)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
        if width < NARROW {
            table
                .set_header(["verdict".to_owned(), format!("claim; {OURS}")])
                .add_rows(self.iter().map(stacked))
                .set_constraints([ContentWidth]);
        } else {
            let any = UpperBoundary(Width::Percentage(100));
            table
                .set_header(["verdict", "claim", "paper", OURS])
                .add_rows(self.iter().map(spread))
                .set_constraints([ContentWidth, any, ContentWidth, ContentWidth]);
        }
        table.to_string()
    }

    /// The same in Markdown, with the claims' ids and a column for the criteria.
    pub fn to_markdown(&self) -> String {
        let mut text = format!(
            "| verdict | claim | paper | {OURS} | holds if |\n|{}\n",
            " --- |".repeat(5)
        );
        for claim in self {
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
        text
    }
}

fn spread(claim: &Claim) -> [String; 4] {
    [
        claim.verdict.to_string(),
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
    [claim.verdict.to_string(), text]
}

fn paper(claim: &Claim) -> String {
    claim.paper_value.map_or("-".to_owned(), number)
}

fn ours(claim: &Claim, separator: &str) -> String {
    let ours = claim.ours.map_or("no value".to_owned(), estimate);
    match &claim.worst {
        Some(worst) => format!("{ours}{separator}worst: {worst}"),
        None => ours,
    }
}

/// `0.712 [0.655, 0.769] (3)`; without an interval `0.712 (1)`.
pub(crate) fn estimate(estimate: Estimate) -> String {
    format!("{} ({})", interval(estimate, number), estimate.n)
}

/// `0.712 [0.655, 0.769]`, each number written by `number`.
pub(crate) fn interval(estimate: Estimate, number: impl Fn(f64) -> String) -> String {
    let value = number(estimate.value);
    match estimate.interval() {
        Some((low, high)) => format!("{value} [{}, {}]", number(low), number(high)),
        None => value,
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
