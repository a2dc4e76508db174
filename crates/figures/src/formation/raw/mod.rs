//! Raw, centered and normalized covariances side by side, over weight decay.
//!
//! The theory speaks of raw second moments; the paper's experiments normalise every sample and subtract the mean, with an
//! appendix of un-normalised results (FOUND; its content is not known). What depends on that choice is shown here.

mod claims;

use crate::Section;
use crate::chart::{Axis, Chart, Guide};
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere};
use crate::formation::synthetic::gamma_rows;

/// The figure `crh-raw`: post-activations in all variants, at the last step of networks of different weight decays.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-raw",
    uses: |row| ALPHA.uses(row),
    soundness: |data| {
        let lines = VARIANTS.into_iter().flat_map(|variant| {
            let lines = ALPHA.variant(variant).named(&data.table).into_iter();
            lines.map(move |(name, select)| (format!("{name}, {variant}"), select))
        });
        measured_everywhere(data, lines.collect(), Vec::new())
    },
    claims: |data| claims::claims(&data.table),
    chart,
    sections,
    made_up: || gamma_rows().into(),
};

/// The variants, the paper's first.
const VARIANTS: [&str; 3] = ["normalized", "centered", "raw"];

const ALPHA: View = View::of_layers("alpha_rga", Along::WEIGHT_DECAY);

/// Alpha of a variant less the normalized one of the same network.
const fn difference(variant: &'static str) -> View {
    ALPHA.variant(variant).less("normalized")
}

fn chart(data: &Data<'_>) -> Chart {
    let panel = |view: View, title: &str| view.panel_of_seeds(&data.table, title);
    let change = |variant| {
        let title = format!("α {variant} minus α normalized");
        panel(difference(variant), &title)
            .y(Axis::linear("").reaching([-0.1, 0.1]))
            .guides([Guide::horizontal("no difference", 0.0)])
    };
    let offdiagonal = ALPHA.statistic("offdiagonal_rga");
    let panels = vec![
        panel(ALPHA, "α, normalized covariances (the paper's)"),
        panel(ALPHA.variant("centered"), "α, centered covariances"),
        panel(ALPHA.variant("raw"), "α, raw second moments (the theory's)"),
        panel(offdiagonal, "α, normalized, off-diagonal entries only"),
        change("centered"),
        change("raw"),
    ];
    Chart::new(
        "Raw, centered and normalized moments: alignment against weight decay",
        data.subtitle("F-raw of arXiv 2410.03006 (content not known)"),
    )
    .key(ALPHA.lines.key)
    .note("α between cov(g, g) and cov(h, h), post-activations. Differences are taken network by network.")
    .row_height(320.0)
    .tiles(3, panels)
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let table = &data.table;
    let mut sections = ALPHA.alpha_sections(table);
    let differences = ["centered", "raw"].map(|variant| {
        let table = difference(variant).markdown(table);
        format!("{variant} minus normalized:\n\n{table}")
    });
    let text = "Difference of alpha in the same network, mean over seeds [its 95 % interval].";
    let differences = [(text, differences.join("\n"))];
    let title = "How much the choice matters";
    sections.push(Section::tables(title, differences));
    sections
}

#[cfg(test)]
mod tests;
