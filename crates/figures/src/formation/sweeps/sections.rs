//! What only the report of crh-sweeps has: the effects, and every variant at every point.

use super::points::{Group, Point, RELATIONS, Sweep};
use crate::Section;
use crate::claims::shown;
use crate::table::null_level;
use crate::text::{decimals, markdown_table};

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

fn words(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
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
    markdown_table(&words(&header), &rows.collect::<Vec<_>>())
}

fn variants(sweeps: &[Sweep<'_>], seeds: usize) -> String {
    let mut text = "Mean over seeds [its 95 % interval] of the mean over a group's layers. Null: the 95 % quantile of random \
                    rotations. Calibrated: 0 at the null's mean, 1 at perfect alignment.\n"
        .to_owned();
    for group in Group::BOTH {
        let points = sweeps.iter().flat_map(Sweep::points);
        let rows: Vec<Vec<String>> = points
            .map(|point| variants_row(&point, group, seeds))
            .collect();
        let header = [
            "point",
            "alpha",
            "null",
            "off-diagonal",
            "calibrated",
            "centered",
            "raw",
        ];
        let grid = markdown_table(&words(&header), &rows);
        text.push_str(&format!("\n{}:\n\n{grid}", group.name()));
    }
    text
}

fn variants_row(point: &Point<'_, '_>, group: Group, seeds: usize) -> Vec<String> {
    let alpha = |variant| point.alpha(variant, group);
    let other = |statistic: &str| alpha("normalized").statistic(statistic).estimate();
    let numbers = [
        alpha("normalized").estimate(),
        null_level(&alpha("normalized")),
        other("offdiagonal_rga"),
        other("calibrated_rga"),
        alpha("centered").estimate(),
        alpha("raw").estimate(),
    ];
    let mut cells = vec![point.name()];
    cells.extend(numbers.map(|number| shown(seeds, number, decimals(3))));
    cells
}

fn relations(sweeps: &[Sweep<'_>], seeds: usize) -> String {
    let points = sweeps.iter().flat_map(Sweep::points);
    let rows = points.map(|point| {
        let alphas = RELATIONS.map(|(side, relation)| {
            let alpha = point.sweep.relation(side, relation, Group::Deep);
            let alpha = point.of(alpha.variant("normalized"));
            shown(seeds, alpha.estimate(), decimals(3))
        });
        [vec![point.name()], alphas.to_vec()].concat()
    });
    let mut header = vec!["point".to_owned()];
    header.extend(RELATIONS.map(|(side, relation)| format!("{} {side}", relation.to_uppercase())));
    markdown_table(&header, &rows.collect::<Vec<_>>())
}
