//! crh-sweeps: alpha against depth, learning rate, batch size, activation, initial scale and label noise.
//!
//! That the paper sweeps other settings of its fully connected experiment is FOUND; which ones and what they show is
//! UNKNOWN. Here every sweep starts from one base point and varies one setting, at equal decay times, and is summed up by two numbers: alpha of
//! hidden layer 1, and the mean of alpha over layers 3 and later (the last one where a network has fewer).

mod claims;
mod plot;
mod points;
mod synthetic;

use crate::claims::shown;
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere};
use crate::formation::relations::{self, RELATIONS};
use crate::table::Row;
use crate::text::{crossed, decimals, markdown_table};
use crate::{Estimate, Section};
use points::{Age, Group, Point, Sweep};

/// The figure `crh-sweeps`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-sweeps",
    uses: relations::has,
    soundness: |data| {
        let alpha = View::of_layers("alpha_rga", Along::MAP).all(&data.table);
        let headline = vec![("alpha of every layer".to_owned(), alpha)];
        measured_everywhere(data, headline, Vec::new())
    },
    claims: |data| {
        let [early, end] = [Age::Early, Age::End].map(|age| Sweep::all(&data.table, age));
        claims::claims(&early, &end)
    },
    chart: |data| {
        let subtitle = data.subtitle("F-other of arXiv 2410.03006");
        let [early, end] = [Age::Early, Age::End].map(|age| Sweep::all(&data.table, age));
        plot::chart(&early, &end, subtitle)
    },
    sections,
    made_up: || synthetic::rows().into(),
};

fn sections(data: &Data<'_>) -> Vec<Section> {
    let [early, sweeps] = [Age::Early, Age::End].map(|age| Sweep::all(&data.table, age));
    let seeds = data.table.seeds().len();
    let base = sweeps[0].base.in_words();
    let effects = format!(
        "The base point is {base}. Change of alpha (normalized, post-activations, mean over a group's layers) from the first \
         to the last point of each sweep, seed by seed, and Spearman's rho over the sweep for layers 3 and later. For the \
         activation: from the base point to the one that differs most. Networks are of one age, in decay times: at the end of \
         training, and after an eighth of it, when alpha is not at its ceiling.\n\nAt the end:\n\n{}\nAfter an eighth:\n\n{}",
        effects(&sweeps, seeds),
        effects(&early, seeds)
    );
    let relations = format!(
        "Alpha, normalized, mean over layers 3 and later. Side a: post-activations, inputs of the next map. Side b: \
         pre-activations, outputs of the layer's own map; there RWA is trivially high where the inputs are white.\n\n{}",
        relations(&sweeps, seeds)
    );
    vec![
        Section::new("Effects", effects),
        Section::new("Alpha at every point", variants(&sweeps, seeds)),
        Section::new("All six relations", relations),
    ]
}

fn effects(sweeps: &[Sweep<'_>], seeds: usize) -> String {
    let rows = sweeps.iter().filter_map(|sweep| {
        let (from, to) = sweep.ends()?;
        let effect = |group| shown(seeds, to.minus(&from, group), decimals(3));
        Some(vec![
            sweep.factor.name().to_owned(),
            from.level.text(),
            to.level.text(),
            effect(Group::Deep),
            effect(Group::First),
            shown(seeds, sweep.rho(Group::Deep), decimals(2)),
        ])
    });
    let [deep, first] = [Group::Deep, Group::First].map(Group::name);
    let header = ["sweep", "from", "to", deep, first, "rho"];
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

/// A row for every point.
fn at_points<'s, 't, C>(
    sweeps: &'s [Sweep<'t>],
    seeds: usize,
    columns: &[(String, C)],
    ours: impl Fn(&Point<'s, 't>, &C) -> Option<Estimate>,
) -> String {
    let points = sweeps.iter().flat_map(Sweep::points);
    let points = points.map(|point| (point.name(), point));
    crossed("point", points, columns, |point, column| {
        shown(seeds, ours(point, column), decimals(3))
    })
}

fn variants(sweeps: &[Sweep<'_>], seeds: usize) -> String {
    let value: fn(&Row) -> Option<f64> = |row| row.value;
    let columns = [
        ("alpha", "alpha_rga", "normalized", value),
        ("null", "alpha_rga", "normalized", |row| row.null_q95),
        ("off-diagonal", "offdiagonal_rga", "normalized", value),
        ("calibrated", "calibrated_rga", "normalized", value),
        ("centered", "alpha_rga", "centered", value),
        ("raw", "alpha_rga", "raw", value),
    ];
    let columns = columns.map(|column| (column.0.to_owned(), column));
    let tables = Group::BOTH.map(|group| {
        let grid = at_points(sweeps, seeds, &columns, |point, column| {
            let (_, statistic, variant, number) = *column;
            let alpha = point.alpha(variant, group).statistic(statistic);
            alpha.quantity(number).estimate()
        });
        format!("\n{}:\n\n{grid}", group.name())
    });
    format!(
        "Mean over seeds [its 95 % interval] of the mean over a group's layers. Null: the 95 % quantile of random rotations. \
         Calibrated: 0 at the null's mean, 1 at perfect alignment.\n{}",
        tables.concat()
    )
}

fn relations(sweeps: &[Sweep<'_>], seeds: usize) -> String {
    let columns = RELATIONS.map(|relation| (relation.short(), relation));
    at_points(sweeps, seeds, &columns, |point, relation| {
        let layers = point.of(point.sweep.layers(Group::Deep));
        let alpha = relation.of("alpha", layers).variant("normalized");
        alpha.estimate()
    })
}

#[cfg(test)]
mod tests;
