//! What a report begins with: what was asked, what came out, how sure that is.

use super::Report;
use crate::Tag;
use crate::claims::{Claim, Kind, Verdict};
use crate::text::plural;

/// The most statements that are written out for a verdict.
const STATEMENTS: usize = 3;

/// A sentence each.
pub(super) fn opening(report: &Report<'_>) -> String {
    format!(
        "**Asked.** {}\n\n**Found.** {}\n\n**How sure.** {}\n",
        report.info.question,
        found(report),
        how_sure(report)
    )
}

fn found(report: &Report<'_>) -> String {
    let claims: Vec<&Claim> = report.claims.of_kind(Kind::Ordinary).collect();
    let verdicts = [
        Verdict::Reproduced,
        Verdict::Contradicted,
        Verdict::Undecided,
        Verdict::NotTested,
    ];
    let parts = verdicts.into_iter().filter_map(|verdict| {
        let of = claims.iter().filter(|claim| claim.verdict() == verdict);
        let statements: Vec<&str> = of.map(|claim| claim.statement()).collect();
        let (first, more) = statements.split_at(statements.len().min(STATEMENTS));
        let more = match more.len() {
            0 => String::new(),
            n => format!("; and {n} more"),
        };
        let count = statements.len();
        (count > 0).then(|| format!("{count} {verdict} ({}{more})", first.join("; ")))
    });
    let parts: Vec<String> = parts.collect();
    format!(
        "Of {}: {}.",
        plural(claims.len(), "claim"),
        parts.join(", ")
    )
}

fn how_sure(report: &Report<'_>) -> String {
    let estimates = report.claims.iter().flat_map(Claim::parts);
    let seeds = estimates.filter_map(|part| Some(part.ours()?.n));
    let (least, most) = seeds.fold((usize::MAX, 0), |(least, most), n| {
        (least.min(n), most.max(n))
    });
    let seeds = match (least, most) {
        (_, 0 | 1) => "Each number is of one seed, without an interval".to_owned(),
        (least, most) if least == most => {
            format!("Each number is of {most} seeds, with a 95 % interval")
        }
        (least, most) => format!(
            "Each number is of {least} to {most} seeds, with a 95 % interval from 2 seeds on"
        ),
    };
    let tally = report.claims.tally();
    let papers = report
        .settings
        .iter()
        .filter(|setting| setting.origin != Tag::Ours);
    let fitted = match tally.fitted {
        0 => String::new(),
        n => format!(
            "; {} of fitted values count for nothing",
            plural(n, "claim")
        ),
    };
    format!(
        "{seeds}; {} of {} checks of our own runs hold; {} of {} settings are the paper's or measured, the others ours{fitted}.",
        tally.sound,
        tally.soundness,
        papers.count(),
        report.settings.len(),
    )
}
