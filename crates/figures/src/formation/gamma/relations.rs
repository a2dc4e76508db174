//! What else is measured of the networks of F-gamma: all six relations of every linear map, power laws, phases, and the
//! balance of noise and decay where it was measured.
//!
//! The paper's picture shows one relation, RGA of hidden layers. The hypothesis is about six (FOUND), so that all are drawn,
//! with null level and un-normalised twin. Tables of power laws, phases and balance are those of `pah-exponents`,
//! `pah-phases` and `crh-balance`. The headline relation, RGA on side a, has claims of its own.

use crate::claims::measures::trend;
use crate::figure::{Along, Data, View, measured};
use crate::formation::relations::{JUDGED, RELATIONS, Relation, relation_sections};
use crate::formation::{CLOCK, balance, exponents, phases};
use crate::table::{Select, Table, exceeds_null};
use crate::{Bound, Claim, Estimate, Range, Section, Tag};

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

pub(super) fn defined(data: &Data<'_>) -> Claim {
    let mut headline: Vec<_> = all(&data.table).collect();
    headline.extend(exponents::headline(data));
    headline.extend(phases::headline(data));
    measured(
        "relations-measured",
        "the six relations are defined, exponents and phases defined or refused, wherever they were measured",
        headline,
        &data.table,
    )
}

pub(super) fn claims(table: &Table<'_>) -> [Claim; 4] {
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

pub(super) fn sections(data: &Data<'_>) -> Vec<Section> {
    let mut sections = vec![
        six(&data.table),
        Section::group(
            "Power laws",
            "Which power of one matrix of a linear map another one is.",
            (exponents::FIGURE.sections)(data),
        ),
        Section::group(
            "Phases of the linear maps",
            "Which row of the table of phases each linear map is in.",
            (phases::FIGURE.sections)(data),
        ),
    ];
    let balance = data.table.select().statistic("residual_i");
    if !balance.rows().is_empty() {
        sections.push(Section::group(
            "Noise and regularisation",
            "The assumptions and equations of the paper's Theorem 1.",
            (balance::FIGURE.sections)(data),
        ));
    }
    sections
}

fn six(table: &Table<'_>) -> Section {
    let mut tables = relation_sections(table, Along::WEIGHT_DECAY);
    tables.extend(RELATIONS.map(|relation| {
        let title = format!("{}, map by map", relation.title());
        Section::new(title, view(relation).markdown(table))
    }));
    let text = "Linear map i leads to hidden layer i, the last one is the readout; side a is the input of a map, side b its output, so \
                that RGA on side a of map i + 1 is the alpha of layer i above. Numbers are means over the maps first, then map by map, at \
                the end of training. An output side of one number has no correlation and no row.\n";
    Section::group("The six relations", text, tables)
}
