//! Claims as a table for the terminal and for Markdown.

use comfy_table::{ContentArrangement, Table, presets};

use super::{Claim, Claims};
use crate::Estimate;

const HEADER: [&str; 5] = [
    "verdict",
    "claim",
    "paper",
    "ours [95 %] (seeds)",
    "holds if",
];

impl Claims {
    /// A table for the terminal, at most `width` columns wide (`None`: as wide as the terminal, or 100 where there is none).
    /// One number stands for each claim: that of its worst part.
    pub fn to_table(&self, width: Option<u16>) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(HEADER);
        if let Some(width) = width {
            table.set_width(width);
        } else if table.width().is_none() {
            table.set_width(100);
        }
        table.add_rows(self.iter().map(cells));
        table.to_string()
    }

    /// The same table in Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("| {} |\n|{}\n", HEADER.join(" | "), " --- |".repeat(5));
        for claim in self {
            text.push_str(&format!("| {} |\n", cells(claim).join(" | ")));
        }
        text
    }
}

fn cells(claim: &Claim) -> [String; 5] {
    let paper = claim.paper_value.map_or("-".to_owned(), number);
    let mut ours = claim.ours.map_or("no value".to_owned(), estimate);
    if let Some(worst) = &claim.worst {
        ours.push_str(&format!("; worst: {worst}"));
    }
    [
        claim.verdict.to_string(),
        claim.statement.clone(),
        paper,
        ours,
        claim.criterion.to_string(),
    ]
}

/// `0.712 [0.655, 0.769] (3)`; without an interval `0.712 (1)`.
pub(crate) fn estimate(estimate: Estimate) -> String {
    let interval = estimate
        .interval()
        .map(|(low, high)| format!(" [{}, {}]", number(low), number(high)));
    format!(
        "{}{} ({})",
        number(estimate.value),
        interval.unwrap_or_default(),
        estimate.n
    )
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
