//! The picture of nfa-equivariance: three alphas for each map, what a transform changes, and the normalized twin.

use super::maps::{KINDS, Maps, NONE};
use crate::chart::{Axis, Chart, Guide, Line, Panel};
use crate::figure::{Along, Curve, Spacing, qualitative};

/// Linear maps, by their places on an axis.
pub(super) const MAP: Along = Along {
    name: "map",
    of: |row| f64::from(row.layer) - 1.0,
    text: |place| (place + 1.0).to_string(),
    scale: Spacing::Places,
    ..Along::MAP
};

/// What is measured of normalized and centered moments: statistic, variant, title.
const TWINS: [(&str, &str, &str); 3] = [
    ("alpha_gwa", "normalized", "α(WᵀW, G_a), normalized"),
    ("alpha_gwa", "centered", "α(WᵀW, G_a), centered"),
    (
        "offdiagonal_gwa",
        "normalized",
        "α(WᵀW, G_a), normalized, off-diagonal entries",
    ),
];

pub(super) fn chart(maps: &Maps<'_>, subtitle: String) -> Chart {
    let alphas = KINDS.map(|kind| {
        let alphas = qualitative(maps.by_transform(kind.statistic));
        of_transforms(maps, kind.name, &alphas)
    });
    let changes = KINDS.map(|kind| {
        let transforms = maps.transforms.iter();
        let mut changes = qualitative(transforms.map(|name| (*name, maps.change(kind, name))));
        // Colours are those of all transforms.
        changes.retain(|curve| curve.name != NONE);
        of_changes(maps, &format!("change of {}", kind.name), &changes)
    });
    let twins = TWINS.map(|(statistic, variant, title)| {
        let alphas = maps.by_transform(statistic);
        let alphas = alphas.map(|(name, alpha)| (name, alpha.variant(variant)));
        of_transforms(maps, title, &qualitative(alphas))
    });
    let panels = alphas.into_iter().chain(changes).chain(twins);
    Chart::new("Weights, gradients and the neural feature ansatz under a transform of the output", subtitle)
        .key("transform of the output")
        .note("First row: raw second moments. Second row: what the transform changes, seed by seed. An AGOP has no normalized form.")
        .note("diag: outputs are f′ = Z f with a fixed diagonal map Z of condition number 100, and the loss sees Z⁻¹ f′. α is Pearson's over all entries.")
        .row_height(270.0)
        .tiles(3, panels.chain(of_coordinates(maps)).collect())
}

/// Maps are not joined: there is nothing between them.
fn apart(panel: Panel) -> Panel {
    let panel = panel.dodged();
    panel.each_series(|series| series.line(Line::Apart))
}

fn of_transforms(maps: &Maps<'_>, title: &str, alphas: &[Curve<'_>]) -> Panel {
    apart(MAP.panel_of_seeds(maps.table, title, Axis::correlation(), alphas))
}

fn of_changes(maps: &Maps<'_>, title: &str, changes: &[Curve<'_>]) -> Panel {
    let y = Axis::linear("").reaching([-0.1, 0.1]);
    apart(MAP.panel(maps.table, title, y, changes)).guides([Guide::horizontal("no change", 0.0)])
}

/// What the coordinates of the output change of each kind in one and the same network, where that was measured.
fn of_coordinates(maps: &Maps<'_>) -> Option<Panel> {
    let changes = KINDS.into_iter().enumerate().map(|(k, kind)| {
        let name = kind.name.replace("NFA: ", "").replace("GWA: ", "");
        // Transforms have the first colours.
        let change = maps.change_of_coordinates(kind);
        Curve {
            shape: k + 2,
            ..Curve::qualitative(format!("change of {name}"), k + 3, change)
        }
    });
    let mut changes: Vec<_> = changes.collect();
    changes.retain(|curve| !curve.select.numbers().is_empty());
    let title = "one and the same network: what f′ = Z f changes";
    (!changes.is_empty()).then(|| of_changes(maps, title, &changes).with_legend())
}
