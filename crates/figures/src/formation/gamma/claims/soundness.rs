//! The claim that alpha was measured everywhere.

use super::{layer_name, our_layer};
use crate::formation::gamma::Table;
use crate::formation::gamma::table::LAYERS;
use crate::{Bound, Claim, Criterion, Estimate, Range, Tag};

pub(super) fn measured_everywhere(table: &Table) -> Claim {
    let criterion =
        Criterion::by_value("share of (gamma, seed) with an alpha", Bound::AtLeast(1.0));
    let parts = LAYERS.map(|layer| {
        let share = |seed| {
            let (gammas, _) = our_layer(table, layer, seed);
            Some(gammas.len() as f64 / table.gammas().len() as f64)
        };
        let ours = Estimate::mean(&table.over_seeds(share), Range::Share);
        criterion.part(layer_name(layer), None, ours)
    });
    let statement = "alpha is defined in every layer at every gamma";
    Claim::new(
        "measured-everywhere",
        Tag::Ours,
        statement,
        criterion,
        parts.into(),
    )
}
