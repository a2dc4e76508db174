//! Raw, centered and normalized covariances side by side, over weight decay.
//!
//! The theory speaks of raw second moments; the paper's experiments normalise every sample and subtract the mean, with an
//! appendix of un-normalised results (FOUND; its content is not known). What depends on that choice is shown here.

mod claims;

use crate::chart::{Axis, Chart, Guide};
use crate::figure::{Along, Data, SweepFigure, View};
use crate::table::Select;
use crate::{Claim, Section};

/// The figure `crh-raw`: post-activations in all variants, at the last step of networks of different weight decays.
#[derive(Debug, Clone, Copy)]
pub struct Raw;

/// The variants, the paper's first.
const VARIANTS: [&str; 3] = ["normalized", "centered", "raw"];

const ALPHA: View = View::of_layers("alpha_rga", Along::WEIGHT_DECAY);

/// Alpha of a variant less the normalized one of the same network.
const fn difference(variant: &'static str) -> View {
    ALPHA.variant(variant).less("normalized")
}

impl SweepFigure for Raw {
    fn id(&self) -> &'static str {
        "crh-raw"
    }

    fn views(&self) -> Vec<View> {
        vec![ALPHA]
    }

    fn headline<'t>(&self, data: &'t Data<'_>) -> Vec<(String, Select<'t>)> {
        let lines = VARIANTS.into_iter().flat_map(|variant| {
            let lines = ALPHA.variant(variant).named(&data.table).into_iter();
            lines.map(move |(name, select)| (format!("{name}, {variant}"), select))
        });
        lines.collect()
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        claims::claims(&data.table)
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let panel = |view: View, title: &str| view.panel_of_seeds(&data.table, title);
        let change = |variant| {
            panel(
                difference(variant),
                &format!("α {variant} minus α normalized"),
            )
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
        .key(ALPHA.lines.key())
        .note("α between cov(g, g) and cov(h, h), post-activations. Differences are taken network by network.")
        .row_height(320.0)
        .tiles(3, panels)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let mut sections = ALPHA.alpha_sections(table);
        let differences = ["centered", "raw"].map(|variant| {
            let table = difference(variant).markdown(table);
            format!("{variant} minus normalized:\n\n{table}")
        });
        let text = "Difference of alpha in the same network, mean over seeds [its 95 % interval].";
        sections.push(Section::new(
            "How much the choice matters",
            format!("{text}\n\n{}", differences.join("\n")),
        ));
        sections
    }
}

#[cfg(test)]
mod tests;
