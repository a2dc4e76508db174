//! crh-relations: all six relations of every linear map of the networks of F-gamma.
//!
//! The paper's picture shows one relation, RGA of hidden layers. The hypothesis is about six (FOUND), so that all are drawn,
//! with null level and un-normalised twin. The picture's relation, RGA on side a, has claims of its own in `crh-gamma`.

use crate::chart::Chart;
use crate::claims::measures::trend;
use crate::figure::{Along, Data, Lines, SweepFigure, View, measured_everywhere};
use crate::formation::CLOCK;
use crate::formation::relations::{
    JUDGED, RELATIONS, Relation, has, relation_panels, relation_sections,
};
use crate::table::{Select, Table, exceeds_null};
use crate::{Bound, Claim, Estimate, Range, Section, Tag};

/// The figure `crh-relations`: the last step of networks of different weight decays.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-relations",
    uses: has,
    soundness: |data| measured_everywhere(data, all(&data.table).collect(), Vec::new()),
    claims: |data| claims(&data.table).to_vec(),
    chart,
    sections: |data| six(&data.table),
    made_up: || super::synthetic::rows().into(),
};

/// What the paper's ResNet exceeds in all six relations (FOUND).
const HIGH: f64 = 0.7;

fn view(relation: Relation) -> View {
    relation.view(Along::WEIGHT_DECAY)
}

/// What claims on its size judge.
fn judged(relation: Relation) -> View {
    relation.judged(Along::WEIGHT_DECAY)
}

fn all<'t>(table: &'t Table<'t>) -> impl Iterator<Item = (String, Select<'t>)> {
    let six = RELATIONS.into_iter();
    six.map(|relation| (relation.short(), view(relation).all(table)))
}

/// A case for each relation but the headline's, the first.
fn others(
    ours: impl Fn(Relation) -> Option<Estimate>,
) -> impl Iterator<Item = (String, Option<Estimate>)> {
    let others = RELATIONS.into_iter().skip(1);
    others.map(move |relation| (relation.short(), ours(relation)))
}

fn chart(data: &Data<'_>) -> Chart {
    let table = &data.table;
    let panels = relation_panels(|relation, variant, title| {
        let view = view(relation).variant(variant);
        match variant {
            "raw" => view.panel(table, title).dodged(),
            _ => view.panel_of_seeds(table, title),
        }
    });
    Chart::new(
        "The six relations of every linear map against weight decay",
        data.subtitle("networks of F-gamma of arXiv 2410.03006, which shows RGA a"),
    )
    .key(Lines::MAPS.key)
    .note("Linear map i leads from hidden layer i − 1 (side a) to i (side b); the last is the readout. Smallest panels: raw second moments.")
    .row_height(240.0)
    .placed(6, panels)
}

fn claims(table: &Table<'_>) -> [Claim; 4] {
    [
        rise(table),
        high(table),
        exceeds_null(
            "relations-above-null",
            "the other relations too are more than two spectra, or the weight that two matrices share, alone would give",
            &all(table).skip(1).collect::<Vec<_>>(),
        ),
        raw_agrees(table),
    ]
}

fn rise(table: &Table<'_>) -> Claim {
    let rho = |of: Relation| judged(of).mean_of_lines(table, Range::Correlation, trend);
    Tag::Found
        .claim("relations-rise", "the other relations too are better aligned at larger gamma")
        .by_interval("Spearman's rho(gamma, alpha), mean over linear maps", Bound::Above(0.5))
        .parts(others(rho))
        .note("that larger gamma aligns better is FOUND; the paper's picture shows RGA alone, the bound is ours")
        .note(CLOCK)
        .note(JUDGED)
}

fn high(table: &Table<'_>) -> Claim {
    let gammas = table.select().distinct(Along::WEIGHT_DECAY.of);
    let largest = gammas.last().copied().unwrap_or(f64::NAN);
    let parts = RELATIONS.map(|relation| {
        let judged = judged(relation).all(table).weight_decay(largest);
        (relation.short(), judged.estimate())
    });
    let lowest = RELATIONS.map(|relation| {
        let lowest = view(relation).lowest(table, |alpha| alpha.weight_decay(largest));
        format!("{} {lowest}", relation.short())
    });
    let statement = "at the largest gamma all six relations are high";
    let quantity = "alpha at the largest gamma, mean over linear maps";
    Tag::Found
        .claim("relations-high", statement)
        .by_interval(quantity, Bound::Above(HIGH))
        .parts(parts)
        .note("the paper's text says so of the last layers of a ResNet")
        .note(JUDGED)
        .note(format!(
            "alpha of the lowest map of each: {}",
            lowest.join(", ")
        ))
}

fn raw_agrees(table: &Table<'_>) -> Claim {
    let rho = |of: Relation| view(of).rank_correlation(view(of).variant("raw"), table);
    let statement = "raw second moments order maps and weight decays as normalized ones do";
    let quantity = "Spearman's rho(normalized alpha, raw alpha), linear maps and gammas pooled";
    Tag::Ours
        .claim("relations-raw", statement)
        .by_interval(quantity, Bound::Above(0.8))
        .parts(others(rho))
}

fn six(table: &Table<'_>) -> Vec<Section> {
    let text = "Linear map i leads to hidden layer i, the last one is the readout; side a is the input of a map, side b its output, so \
                that RGA on side a of map i + 1 is the alpha of layer i in crh-gamma. Numbers are means over the maps first, then map by \
                map, at the end of training. An output side of one number has no correlation and no row.\n";
    let mut sections = vec![Section::new("What the tables show", text)];
    sections.extend(relation_sections(table, Along::WEIGHT_DECAY));
    sections.extend(RELATIONS.map(|relation| {
        let title = format!("{}, map by map", relation.title());
        Section::new(title, view(relation).markdown(table))
    }));
    sections
}
