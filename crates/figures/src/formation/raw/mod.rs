//! Raw, centered and normalized covariances side by side, over weight decay.
//!
//! The theory speaks of raw second moments; the paper's experiments normalise every sample and subtract the mean, with an
//! appendix of un-normalised results (FOUND; its content is not known). What depends on that choice is shown here, for two
//! activations: a network of tanh without biases is an odd function and its inputs are symmetric around 0, so that its
//! representations have no mean and centring changes nothing; those of ReLU have one.

mod claims;

use crate::Section;
use crate::chart::{Axis, Chart, Guide, Panel};
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere};
use crate::formation::synthetic::gamma_rows;
use crate::table::{Row, Table};

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
    claims: |data| claims::claims(&by_activation(&data.table)),
    chart,
    sections,
    made_up: || rows().into(),
};

/// The variants, the paper's first.
const VARIANTS: [&str; 3] = ["normalized", "centered", "raw"];

const ALPHA: View = View::of_layers("alpha_rga", Along::WEIGHT_DECAY);

/// Alpha of a variant less the normalized one of the same network.
const fn difference(variant: &'static str) -> View {
    ALPHA.variant(variant).less("normalized")
}

/// The networks of each activation, those whose representations have no mean last.
fn by_activation<'t>(table: &Table<'t>) -> Vec<(&'t str, Table<'t>)> {
    let activations = table.activations().into_iter();
    let tables = activations.map(|name| (name, table.of_networks(|row| row.activation == name)));
    tables.collect()
}

fn chart(data: &Data<'_>) -> Chart {
    let tables = by_activation(&data.table);
    let panels = tables
        .iter()
        .flat_map(|(name, table)| of_activation(name, table));
    Chart::new(
        "Raw and normalized moments: alignment against weight decay",
        data.subtitle("F-raw of arXiv 2410.03006 (content not known)"),
    )
    .key(ALPHA.lines.key)
    .note("α between cov(g, g) and cov(h, h), post-activations. Differences are taken network by network.")
    .note("Centered covariances of tanh networks, which are odd, are their raw moments; those of ReLU are in the report.")
    .row_height(320.0)
    .tiles(3, panels.collect())
}

fn of_activation(name: &str, table: &Table<'_>) -> [Panel; 3] {
    let panel = |view: View, title: &str| view.panel_of_seeds(table, format!("{name}: {title}"));
    let change = panel(difference("raw"), "α raw minus α normalized")
        .y(Axis::linear("").reaching([-0.1, 0.1]))
        .guides([Guide::horizontal("no difference", 0.0)]);
    [
        panel(ALPHA, "α, normalized covariances"),
        panel(ALPHA.variant("raw"), "α, raw second moments"),
        change,
    ]
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let tables = by_activation(&data.table);
    let of_one = tables.iter().flat_map(|(name, table)| {
        let differences = ["centered", "raw"].map(|variant| {
            let table = difference(variant).markdown(table);
            format!("{variant} minus normalized:\n\n{table}")
        });
        let text = "Difference of alpha in the same network, mean over seeds [its 95 % interval].";
        let title = format!("{name}: how much the choice matters");
        let differences = Section::tables(title, [(text, differences.join("\n"))]);
        let title = format!("{name}: alpha");
        let alpha = Section::group(title, "", ALPHA.alpha_sections(table));
        [differences, alpha]
    });
    of_one.collect()
}

/// Synthetic rows of both activations. **Not data.**
fn rows() -> Vec<Row> {
    let relu = gamma_rows().into_iter().map(|row| Row {
        activation: "relu".to_owned(),
        ..row
    });
    gamma_rows().into_iter().chain(relu).collect()
}

#[cfg(test)]
mod tests;
