//! The six alignments of the canonical representation hypothesis along the trajectories of two points: both theories on one
//! network. Ours; neither paper shows it.
//!
//! Alignments are those of raw second moments of every linear map, 1 the first and the last the readout; side a is its
//! input, side b its output. With two inputs such a moment has rank two at most, so that unrelated matrices of a wide layer
//! hardly align at all: a value above the null level says little, and an alignment near one says that two planes agree. A
//! side with one neuron has no alignment.

mod claims;
mod plot;
mod separation;
mod synthetic;

use std::collections::BTreeSet;

use crate::claims::{number, shown};
use crate::table::{RELATIONS, Relation};
use crate::text::{crossed, decimals};
use crate::universality::two_points::{courses, trajectories};
use crate::universality::values::{Values, over_seeds};
use crate::universality::{CheckedTables, Coverage, TableKind, Tables, TablesFigure, only};
use crate::{Estimate, Range, Section};
use separation::{rises, separation_epochs, separations, together};

/// It uses values of `alpha_rga`, `alpha_rwa` and `alpha_gwa`, sides a and b, of each linear map at several epochs, and the
/// trajectories of the same settings.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-crh",
    main_table: TableKind::Values,
    select,
    coverage,
    claims: claims::claims,
    chart: plot::chart,
    sections,
    made_up: synthetic::tables,
};

/// The alphas of a relation in the networks of a setting.
fn alphas<'t>(data: &'t CheckedTables, setting: &str, relation: Relation) -> Values<'t> {
    Values::of(data).setting(setting).relation(relation)
}

fn select(tables: &Tables) -> Tables {
    let statistics = RELATIONS.map(Relation::plain_statistic);
    let values = only(&tables.values, |row| {
        statistics.contains(&row.metric.as_str())
    });
    let settings: BTreeSet<&str> = values.iter().map(|row| row.setting.as_str()).collect();
    let mut trajectories = trajectories(tables, "table").trajectories;
    trajectories.retain(|row| settings.contains(row.setting.as_str()));
    Tables {
        trajectories,
        values,
        ..Tables::default()
    }
}

fn coverage(data: &CheckedTables) -> Vec<Coverage> {
    let runs = courses(&data.tables.trajectories).len();
    let of_relations = RELATIONS.map(|relation| {
        let values = Values::of(data).relation(relation);
        values.coverage(relation.short(), data)
    });
    let trajectories = data.coverage("trajectories", runs);
    [trajectories].into_iter().chain(of_relations).collect()
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let by_map = data.settings().into_iter().map(|setting| {
        let table = by_map(data, &setting);
        format!("{setting}:\n\n{table}")
    });
    let text = "Mean over seeds [its 95 % interval]; * where the mean is not above the mean 95 % null quantile.";
    let by_map = format!("{text}\n\n{}", by_map.collect::<Vec<_>>().join("\n"));
    vec![
        when(data),
        Section::new("Alpha of every linear map at the end", by_map),
    ]
}

fn when(data: &CheckedTables) -> Section {
    let n = data.seeds().len();
    let settings = data.settings();
    let each = settings.iter();
    let rows = each.flat_map(|setting| RELATIONS.map(|relation| (setting, relation)));
    let rise = |&(setting, relation): &(&String, Relation), phase: usize| {
        let rise = together(data, setting, relation, Range::Real, |alpha, separation| {
            Some(rises(alpha, separation)?[phase])
        });
        shown(n, rise, decimals(3))
    };
    let text = "By how much alpha, mean over linear maps, rises before, during and after the separation: the time in which the \
                squared distance of the representations goes from 10 % to 90 % of its way. Mean over seeds [its 95 % interval].";
    let mut section = Section::of_columns(
        "When alignment rises",
        text,
        rows,
        &[
            ("setting", &|row| row.0.clone()),
            ("relation", &|row| row.1.short()),
            ("before", &|row| rise(row, 0)),
            ("during", &|row| rise(row, 1)),
            ("after", &|row| rise(row, 2)),
        ],
    );
    // When the separation of each setting begins and is done.
    let epochs = settings.iter().map(|setting| {
        let ends = separations(data, setting).into_values();
        let ends = ends.filter_map(|separation| separation_epochs(&separation));
        let (begins, done): (Vec<f64>, Vec<f64>) = ends.unzip();
        let [begins, done] = [begins, done]
            .map(|epochs| shown(n, Estimate::mean(&epochs, Range::NonNegative), number));
        format!("- {setting}: begins at epoch {begins}, is done at {done}.\n")
    });
    section.body += &format!("\n{}", epochs.collect::<String>());
    section
}

fn by_map(data: &CheckedTables, setting: &str) -> String {
    let n = data.seeds().len();
    let ends = RELATIONS.map(|relation| {
        let alphas = alphas(data, setting, relation).at_end();
        (relation.short(), alphas)
    });
    let maps: BTreeSet<u32> = ends.iter().flat_map(|end| end.1.each_layer()).collect();
    let maps = maps.into_iter().map(|map| (map.to_string(), map));
    crossed("linear map", maps, &ends, |&map, alphas| {
        let alphas = alphas.clone().layer(map);
        let alpha = alphas.estimate(Range::Correlation);
        let null = over_seeds(&alphas.per_seed(|row| row.null_q95), Range::Real);
        let both = alpha.zip(null);
        let lost = both.is_some_and(|(alpha, null)| alpha.value <= null.value);
        let text = shown(n, alpha, decimals(2));
        if lost { format!("{text} *") } else { text }
    })
}

#[cfg(test)]
mod tests;
