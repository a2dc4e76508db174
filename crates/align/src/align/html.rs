//! One static page of some dumps: pictures, tables, warnings. It needs nothing else, and loads nothing.

use std::fmt::Write as _;

use anyhow::Result;
use formant_alignment::SideRelation;
use formant_moments::printable;

use super::file::FileReport;
use super::layer::Report;
use super::summary::{self, NAME, remarks};
use super::{AlignArgs, Measured, picture};
use crate::output::reason;
use crate::page::{escaped, inlined, page as whole};

pub(super) fn page(args: &AlignArgs, measured: &[Measured]) -> Result<String> {
    let mut body = String::from("<h1>Layers, measured</h1>\n");
    if let Some(warning) = args.short_training() {
        let _ = writeln!(body, "<p class=\"warning\">{}</p>", escaped(&warning));
    }
    for (at, (path, report)) in measured.iter().enumerate() {
        let path = printable(&path.display().to_string(), 200);
        let _ = writeln!(body, "<section>\n<h2>{}</h2>", escaped(&path));
        match report {
            Ok(file) => section(args, file, at, &mut body)?,
            Err(error) => {
                let _ = writeln!(body, "<p class=\"warning\">{}</p>", escaped(&reason(error)));
            }
        }
        body.push_str("</section>\n");
    }
    let _ = writeln!(body, "<p class=\"legend\">{}</p>", escaped(summary::LEGEND));
    Ok(whole("Layers, measured", &body))
}

fn section(args: &AlignArgs, file: &FileReport, number: usize, body: &mut String) -> Result<()> {
    if !file.reports.is_empty() {
        let svg = inlined(&picture::of(file)?.svg, number);
        let _ = writeln!(body, "<figure>{svg}</figure>");
        table(args, &file.reports, body);
    }
    let noted = file.reports.iter().flat_map(|report| {
        let name = printable(&report.summary.name, NAME);
        remarks(report)
            .into_iter()
            .map(move |line| format!("{name}: {line}"))
    });
    list(
        "What to know before the numbers mean anything",
        noted.collect(),
        body,
    );
    let refused = file
        .refused
        .iter()
        .map(|layer| format!("{}: {}", printable(&layer.name, NAME), layer.reason));
    list("Not measured", refused.collect(), body);
    Ok(())
}

fn list(title: &str, lines: Vec<String>, body: &mut String) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(body, "<h3>{}</h3>\n<ul class=\"warning\">", escaped(title));
    for line in lines {
        let _ = writeln!(body, "<li>{}</li>", escaped(&line));
    }
    body.push_str("</ul>\n");
}

fn table(args: &AlignArgs, reports: &[Report], body: &mut String) {
    body.push_str(
        "<div class=\"wide\"><table>\n<tr><th>layer</th><th>d_a → d_b</th><th>samples</th>",
    );
    for relation in SideRelation::ALL {
        let _ = write!(body, "<th>{}</th>", escaped(&relation.matrices()));
    }
    let _ = writeln!(
        body,
        "<th>{}</th></tr>",
        args.rank.heading().replace('\n', " ")
    );
    for Report { summary: layer, .. } in reports {
        let name = escaped(&printable(&layer.name, NAME));
        let _ = write!(
            body,
            "<tr><th>{name}</th><td>{} → {}</td><td>{}</td>",
            layer.d_a, layer.d_b, layer.samples
        );
        for SideRelation { side, relation } in SideRelation::ALL {
            let null = layer.null.get(side, relation);
            body.push_str(&cell(*layer.alpha.get(side, relation), null.mean, null.q95));
        }
        let rank = args
            .rank
            .of(layer)
            .map_or("undefined".to_owned(), |rank| format!("{rank:.2}"));
        let _ = writeln!(body, "<td>{rank}</td></tr>");
    }
    body.push_str("</table></div>\n");
}

/// A number with its null on hover; bold above the null's quantile.
fn cell(alpha: Option<f64>, mean: Option<f64>, q95: Option<f64>) -> String {
    let Some(alpha) = alpha else {
        return "<td>undefined</td>".to_owned();
    };
    let number =
        |value: Option<f64>| value.map_or("not known".to_owned(), |value| format!("{value:.3}"));
    let above = q95.is_some_and(|q95| alpha > q95);
    let class = if above { " class=\"above\"" } else { "" };
    let star = if above { "*" } else { "" };
    let title = format!("null {}, its 95 % quantile {}", number(mean), number(q95));
    format!("<td{class} title=\"{title}\">{alpha:.3}{star}</td>")
}
