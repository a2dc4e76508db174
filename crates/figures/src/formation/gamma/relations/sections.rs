//! The six relations, power laws, phases and balance in the report of F-gamma.

use super::{Relations, gamma};
use crate::Section;
use crate::figure::SweepFigure;
use crate::formation::balance::Balance;
use crate::formation::exponents::Exponents;
use crate::formation::phases::Phases;
use crate::formation::relations::RELATIONS;
use crate::table::{Column, Grid, alpha_sections};

pub(in crate::formation::gamma) fn sections(relations: &Relations<'_>) -> Vec<Section> {
    let data = &relations.data;
    let mut sections = vec![
        six(relations),
        Section::group(
            "Power laws",
            "Which power of one matrix of a linear map another one is.",
            Exponents.sections(data),
        ),
        Section::group(
            "Phases of the linear maps",
            "Which row of the table of phases each linear map is in.",
            Phases.sections(data),
        ),
    ];
    if relations.has_balance() {
        sections.push(Section::group(
            "Noise and regularisation",
            "The assumptions and equations of the paper's Theorem 1.",
            Balance.sections(data),
        ));
    }
    sections
}

fn six(relations: &Relations<'_>) -> Section {
    let grid = Grid {
        x_name: "gamma",
        x: gamma,
        x_text: |gamma| format!("{gamma:.3e}"),
        decimals: 3,
    };
    let mut tables = alpha_sections(relations.table(), &grid, |of| {
        let columns = RELATIONS.map(|relation| Column {
            name: relation.short(),
            select: of(relation.name()).side(relation.side),
        });
        columns.into()
    });
    let by_map = RELATIONS.map(|relation| {
        let columns = relations.maps().map(|map| Column {
            name: format!("map {map}"),
            select: relations.alpha(relation, "normalized").layer(map),
        });
        let body = grid.to_markdown(relations.table(), &columns.collect::<Vec<_>>());
        Section::new(format!("{}, map by map", relation.title), body)
    });
    tables.extend(by_map);
    let text = "Linear map i leads to hidden layer i, the last one is the readout; side a is the input of a map, side b its output, so \
                that RGA on side a of map i + 1 is the alpha of layer i above. Numbers are means over the maps first, then map by map, at \
                the end of training; all are in `relations.csv`. An output side of one number has no correlation and no row.\n";
    Section::group("The six relations", text, tables)
}
