//! nc-equivalence: the six relations of the readout beside neural collapse, over training.
//!
//! That the two are equivalent in the interpolation regime of classification, under two conditions (a quasi-interpolating
//! model, an isotropic loss gradient), is FOUND (Theorem 3); the exact wording is UNKNOWN. Here all twelve numbers are
//! measured at the same steps: six alphas, NC1 to NC4, and both conditions.

mod claims;
mod plot;
mod readout;
mod synthetic;

use crate::Section;
use crate::figure::{Along, Headline, SweepFigure, measured_everywhere};
use crate::formation::relations::{self, RELATIONS};
use readout::{COLLAPSE, Readout, STEP, is_collapse};

/// The figure `nc-equivalence`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "nc-equivalence",
    uses: |row| {
        let shown = relations::has(row) || is_collapse(&row.statistic);
        (row.layer == row.depth + 1 && shown) || row.statistic == "test_accuracy"
    },
    soundness: |data| {
        let relations = RELATIONS.map(|relation| {
            let alpha = relation.view(Along::STEP).all(&data.table);
            (format!("alpha of {}", relation.short()), alpha)
        });
        let collapse = COLLAPSE.map(|part| {
            let measure = data.table.select().statistic(part.statistic);
            (part.name.to_owned(), measure)
        });
        let headline = relations.into_iter().chain(collapse);
        measured_everywhere(data, headline.collect(), Vec::new())
    },
    claims: |data| claims::claims(&Readout::of_tasks(&data.table)),
    chart: |data| {
        let subtitle = data.subtitle("Theorem 3 of arXiv 2410.03006");
        plot::chart(&Readout::of_tasks(&data.table), subtitle)
    },
    sections: |data| {
        let readouts = Readout::of_tasks(&data.table);
        readouts.iter().flat_map(of_task).collect()
    },
    made_up: || synthetic::rows().into(),
};

/// What is reported of each alpha: title, kind, variant.
const ALPHAS: [(&str, &str, &str); 5] = [
    ("alpha", "alpha", "normalized"),
    (
        "alpha over off-diagonal entries",
        "offdiagonal",
        "normalized",
    ),
    ("calibrated alpha", "calibrated", "normalized"),
    ("alpha of raw second moments", "alpha", "raw"),
    ("alpha of centered covariances", "alpha", "centered"),
];

/// A table a quantity.
fn of_task(readout: &Readout<'_>) -> Vec<Section> {
    let section = |title: &str, columns: Headline<'_>| {
        let title = format!("{}: {title}", readout.base.task());
        Section::new(title, STEP.markdown(readout.base.table, columns))
    };
    let one = |name: &str, statistic| (name.to_owned(), readout.select(statistic));
    let mut collapse = readout.collapse();
    collapse.push(one("quasi-interpolation", "quasi_interpolation"));
    collapse.push(one("isotropy", "isotropy"));
    let null = readout
        .alphas()
        .map(|(name, alpha)| (name, alpha.quantity(|row| row.null_q95)));
    let alphas = ALPHAS
        .map(|(title, kind, variant)| section(title, readout.relations(kind, variant).into()));
    let mut sections = vec![
        section("neural collapse and its conditions", collapse),
        section(
            "does it solve its task?",
            vec![one("test accuracy", "test_accuracy")],
        ),
    ];
    sections.extend(alphas);
    let title = "null level of alpha (95 % quantile of random rotations)";
    sections.insert(3, section(title, null.into()));
    sections
}

#[cfg(test)]
mod tests;
