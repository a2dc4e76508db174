//! What only the report of nc-equivalence has: a table a quantity, for each task.

use super::readout::{COLLAPSE, RELATIONS, Readout, step};
use crate::table::{Column, Grid, Select, Table};
use crate::{Range, Section};

pub(super) fn sections(readouts: &[Readout<'_>], table: &Table<'_>) -> Vec<Section> {
    let mut sections = Vec::new();
    for readout in readouts {
        let task = readout.task;
        let grid = |columns: Vec<Column<'_>>| OVER_STEPS.to_markdown(table, &columns);
        sections.push(Section::new(
            format!("{task}: neural collapse and its conditions"),
            grid(collapse(readout)),
        ));
        let accuracy = Column {
            name: "test accuracy".to_owned(),
            select: readout.select("test_accuracy"),
        };
        sections.push(Section::new(
            format!("{task}: does it solve its task?"),
            grid(vec![accuracy]),
        ));
        let kinds: [(&str, &str, &str, bool); 6] = [
            ("alpha", "alpha", "normalized", false),
            (
                "null level of alpha (95 % quantile of random rotations)",
                "alpha",
                "normalized",
                true,
            ),
            (
                "alpha over off-diagonal entries",
                "offdiagonal",
                "normalized",
                false,
            ),
            ("calibrated alpha", "calibrated", "normalized", false),
            ("alpha of raw second moments", "alpha", "raw", false),
            ("alpha of centered covariances", "alpha", "centered", false),
        ];
        for (title, prefix, variant, null) in kinds {
            let columns = RELATIONS.iter().map(|relation| {
                let statistic = relation.statistic.replacen("alpha", prefix, 1);
                let select = readout
                    .select(&statistic)
                    .side(relation.side)
                    .variant(variant);
                let select = if null {
                    select.quantity(|row| row.null_q95)
                } else {
                    select
                };
                Column {
                    name: relation.name.to_owned(),
                    select,
                }
            });
            sections.push(Section::new(
                format!("{task}: {title}"),
                grid(columns.collect()),
            ));
        }
    }
    sections
}

const OVER_STEPS: Grid<'static> = Grid {
    x_name: "step",
    x: step,
    x_text: |step| format!("{step:.0}"),
    decimals: 3,
};

fn collapse<'t>(readout: &Readout<'t>) -> Vec<Column<'t>> {
    let column = |name: &str, select: Select<'t>| Column {
        name: name.to_owned(),
        select,
    };
    let measures = COLLAPSE.iter().map(|part| {
        let select = readout.select(part.statistic).range(Range::NonNegative);
        column(part.name, select)
    });
    let quasi = readout
        .select("quasi_interpolation")
        .range(Range::NonNegative);
    let conditions = [
        column("quasi-interpolation", quasi),
        column("isotropy", readout.select("isotropy")),
    ];
    measures.chain(conditions).collect()
}
