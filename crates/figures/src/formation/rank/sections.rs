//! Ranks in the report of F-rank, beside the paper's.

use super::digitised::{paper_deficiencies, paper_misalignments};
use super::{
    DECAY, NEXT_MAP, OWN_MAP, REPRESENTATION, THRESHOLD, THRESHOLDS, deficiency, log_misalignment,
};
use crate::claims::measures::mean;
use crate::claims::shown;
use crate::table::Table;
use crate::text::{decimals, markdown_table};
use crate::{Estimate, Range, Section};

pub(super) fn sections(table: &Table<'_>) -> Vec<Section> {
    let own = "of the weight matrix that makes the layer (map i): the rank of the picture";
    let next = "of the weight matrix that reads the layer (map i + 1)";
    let of_h = "of the second moment of the layer's post-activations";
    let ranks = [(OWN_MAP, own), (NEXT_MAP, next), (REPRESENTATION, of_h)].map(|(rank, text)| {
        let ranks = rank.markdown(table);
        format!("Singular values above {THRESHOLD} of the largest, {text}:\n\n{ranks}")
    });
    vec![
        Section::new("Ranks", ranks.join("\n")),
        Section::new("Beside the paper's, by weight decay", summary(table)),
        Section::new("How much is the threshold?", by_threshold(table)),
    ]
}

fn at_gamma<T: Copy>(line: &[(f64, T)], gamma: f64) -> Option<T> {
    let same = |point: &&(f64, T)| (point.0 / gamma - 1.0).abs() < 0.01;
    line.iter().find(same).map(|point| point.1)
}

fn three(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.3}"))
}

/// A table with a line for each weight decay: the cells behind its own.
fn by_gamma(
    table: &Table<'_>,
    header: &[impl AsRef<str>],
    cells: impl Fn(f64) -> Vec<String>,
    last: Option<Vec<String>>,
) -> String {
    let mut head = vec![DECAY.name];
    head.extend(header.iter().map(AsRef::as_ref));
    let gammas = table.select().distinct(DECAY.of).into_iter();
    let rows = gammas.map(|gamma| [vec![(DECAY.text)(gamma)], cells(gamma)].concat());
    markdown_table(&head, &rows.chain(last).collect::<Vec<_>>())
}

/// Deficiency and misalignment by weight decay, ours and the paper's.
fn summary(table: &Table<'_>) -> String {
    let cell = |estimate| shown(table.seeds().len(), estimate, decimals(3));
    let deficient = deficiency(OWN_MAP.all(table)).by_x(DECAY.of);
    let logs = log_misalignment(table).seed_lines(DECAY.of);
    let misaligned = |gamma| {
        let of_seed = |line: &Vec<(f64, f64)>| at_gamma(line, gamma).map(f64::exp);
        let values: Vec<f64> = logs.values().filter_map(of_seed).collect();
        Estimate::mean(&values, Range::Real)
    };
    let cells = |gamma| {
        vec![
            cell(at_gamma(&deficient, gamma)),
            three(at_gamma(&paper_deficiencies(), gamma)),
            cell(misaligned(gamma)),
            three(at_gamma(&paper_misalignments(), gamma)),
        ]
    };
    let misalignment = "geometric mean of 1 - alpha";
    let header = ["mean rank deficiency", "paper", misalignment, "paper"];
    let grid = by_gamma(table, &header, cells, None);
    format!(
        "Means over layers, then over seeds [95 % interval]; the paper's are of its digitised points. A singular value \
         counts from {THRESHOLD} of the largest on. Of a large square matrix of independent entries 12.7 % do not, by the \
         quarter-circle law: where a deficiency is near that, as at the smallest weight decay, it is of the initial weights, and \
         that it matches the paper's says little.\n\n{grid}"
    )
}

/// The same deficiencies counted with every threshold, and how far each is from the paper's.
fn by_threshold(table: &Table<'_>) -> String {
    let seeds = table.seeds().len();
    let paper = paper_deficiencies();
    let columns = THRESHOLDS.map(|(_, rank)| deficiency(rank.all(table)).by_x(DECAY.of));
    let cells = |gamma| {
        let ours = columns.iter().map(|column| at_gamma(column, gamma));
        let ours = ours.map(|ours| shown(seeds, ours, decimals(3)));
        let paper = three(at_gamma(&paper, gamma));
        std::iter::once(paper).chain(ours).collect()
    };
    let mut last = vec!["distance (RMS)".to_owned(), "0".to_owned()];
    last.extend(columns.iter().map(|column| three(distance(column, &paper))));
    let header = THRESHOLDS.map(|(threshold, _)| format!("from {threshold} of the largest on"));
    let header = [&["paper".to_owned()], &header[..]].concat();
    let grid = by_gamma(table, &header, cells, Some(last));
    format!(
        "Mean rank deficiency over layers, then over seeds [95 % interval], by the least singular value that counts. The \
         paper's threshold is not known; the picture has {THRESHOLD}. A rank that falls evenly from threshold to threshold \
         says that the spectrum has no gap.\n\n{grid}"
    )
}

/// Root mean square over the weight decays that both have.
fn distance(ours: &[(f64, Estimate)], paper: &[(f64, f64)]) -> Option<f64> {
    let squares = ours
        .iter()
        .filter_map(|(gamma, ours)| Some((ours.value - at_gamma(paper, *gamma)?).powi(2)));
    mean(squares).map(f64::sqrt)
}
