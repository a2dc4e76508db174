//! nfa-equivariance: the neural feature ansatz and the gradient–weight relation under a fixed transform of the output.
//!
//! With \\(f' = Z f\\) for an invertible \\(Z\\) and the loss \\(\ell'(f') = \ell(Z^{-1} f')\\), gradients by hidden layers
//! stay what they are, so that the relation between \\(W^\top W\\) and \\(G_a\\) does not change (FOUND), while the average
//! gradient outer product (AGOP) becomes \\(E\[J^\top Z^\top Z J\]\\) (DERIVED). That the ansatz is the special case of an
//! isotropic loss gradient is FOUND. The paper shows no such experiment.

mod claims;
mod maps;
mod plot;
mod synthetic;

use crate::Section;
use crate::figure::{SweepFigure, measured_everywhere};
use crate::table::Row;
use maps::{FITTING_NULL, KINDS, Maps, NONE};
use plot::MAP;

/// The figure `nfa-equivariance`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "nfa-equivariance",
    uses,
    soundness: |data| {
        let headline = KINDS.map(|kind| {
            let rows = data.table.select().statistic(kind.statistic);
            (kind.name.to_owned(), rows.at_last_step())
        });
        measured_everywhere(data, headline.into(), Vec::new())
    },
    claims: |data| claims::claims(&Maps::new(&data.table)),
    chart: |data| {
        let subtitle = data.subtitle("section 6.4 of arXiv 2410.03006");
        plot::chart(&Maps::new(&data.table), subtitle)
    },
    sections: |data| sections(&Maps::new(&data.table)),
    made_up: || synthetic::rows().into(),
};

fn uses(row: &Row) -> bool {
    let name = row.statistic.as_str();
    let mut kinds = KINDS.into_iter();
    let is_kind = kinds.any(|kind| kind.statistic == name || kind.untransformed() == name);
    let normalized = [
        "alpha_gwa",
        FITTING_NULL,
        "offdiagonal_gwa",
        "calibrated_gwa",
    ];
    row.side == "a" && (is_kind || normalized.contains(&name))
}

fn sections(maps: &Maps<'_>) -> Vec<Section> {
    let kinds = KINDS.map(|kind| {
        let alphas = maps.by_transform(kind.statistic);
        let changes = maps.changed().map(|name| (name, maps.change(kind, name)));
        let raw = format!("{MEAN} Raw second moments.");
        let alphas = (&*raw, MAP.markdown(maps.table, alphas));
        let changes = MAP.markdown_to(4, maps.table, changes);
        Section::tables(
            kind.name,
            [alphas, ("Change under the transform:", changes)],
        )
    });
    let title = "One and the same network in both coordinates";
    let coordinates = Section::new(title, coordinates(maps));
    let twins = TWINS.map(|(title, statistic, variant)| {
        let alphas = maps.by_transform(statistic);
        let alphas = alphas.map(|(name, alpha)| (name, alpha.variant(variant)));
        Section::tables(title, [(MEAN, MAP.markdown(maps.table, alphas))])
    });
    let alpha = maps.select(FITTING_NULL, NONE).variant("normalized");
    let null = "95 % quantile of α(WᵀW, G_a), normalized, where G_b is rotated at random and carried through W: both matrices contain W";
    let null = MAP.markdown(maps.table, [(null, alpha.quantity(|row| row.null_q95))]);
    let null = Section::new("What would unrelated matrices give?", null);
    let sections = kinds.into_iter().chain([coordinates]);
    sections.chain(twins).chain([null]).collect()
}

const MEAN: &str = "Mean over seeds [its 95 % interval].";

/// What the report has of normalized and centered moments: title, statistic, variant.
const TWINS: [(&str, &str, &str); 4] = [
    ("α(WᵀW, G_a), normalized", "alpha_gwa", "normalized"),
    ("α(WᵀW, G_a), centered", "alpha_gwa", "centered"),
    (
        "α(WᵀW, G_a), off-diagonal entries, normalized",
        "offdiagonal_gwa",
        "normalized",
    ),
    ("α(WᵀW, G_a), calibrated", "calibrated_gwa", "normalized"),
];

/// What f' = Z f changes in networks that were trained without a transform.
fn coordinates(maps: &Maps<'_>) -> String {
    if let Some(coverage) = maps.coverage() {
        return format!("{coverage}.\n");
    }
    let changes = KINDS.map(|kind| (kind.name, maps.change_of_coordinates(kind)));
    format!(
        "Change of alpha between the coordinates f and f' = Z f of the output, in the \
         networks that have the transform Z. {MEAN}\n\n{}",
        MAP.markdown_to(4, maps.table, changes)
    )
}

#[cfg(test)]
mod tests;
