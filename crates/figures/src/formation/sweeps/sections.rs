//! What only the report of crh-sweeps has: the effects, and every variant at every point.

use super::points::{Group, Point, Sweep};
use crate::claims::shown;
use crate::formation::relations::RELATIONS;
use crate::table::Row;
use crate::text::{crossed, decimals, markdown_table};
use crate::{Estimate, Section};

pub(super) fn sections(sweeps: &[Sweep<'_>], seeds: usize) -> Vec<Section> {
    let base = sweeps
        .first()
        .map_or(String::new(), |sweep| sweep.base.in_words());
    vec![
        Section::new(
            "Effects",
            format!(
                "The base point is {base}. Change of alpha (normalized, post-activations, mean over a group's layers) from the first \
                 to the last point of each sweep, seed by seed, and Spearman's rho over the sweep for layers 3 and later. For the \
                 activation: from the base point to the one that differs most.\n\n{}",
                effects(sweeps, seeds)
            ),
        ),
        Section::new("Alpha at every point", variants(sweeps, seeds)),
        Section::new(
            "All six relations",
            format!(
                "Alpha, normalized, mean over layers 3 and later. Side a: post-activations, inputs of the next map. Side b: \
                 pre-activations, outputs of the layer's own map; there RWA is trivially high where the inputs are white.\n\n{}",
                relations(sweeps, seeds)
            ),
        ),
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
    let header = [
        "sweep",
        "from",
        "to",
        "layers 3 and later",
        "layer 1",
        "rho",
    ];
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
