//! What only the report of univ-crh has: alpha of every map at the end, and when it rose.

use std::collections::BTreeSet;

use super::course::{Course, RELATIONS, Relation, rises, separation_epochs, separations, together};
use crate::claims::number;
use crate::claims::shown;
use crate::text::{decimals, markdown_table};
use crate::universality::PairData;
use crate::universality::picked::Picked;
use crate::{Estimate, Range, Section};

pub(super) fn sections(data: &PairData) -> Vec<Section> {
    vec![
        Section::new("When alignment rises", when(data)),
        Section::new("Alpha of every linear map at the end", by_map(data)),
    ]
}

fn when(data: &PairData) -> String {
    let n = data.seeds().len();
    let rows = data.settings().into_iter().flat_map(|setting| {
        RELATIONS.map(|relation| {
            let rise = |phase: usize| {
                let of =
                    |alpha: &Course, separation: &Course| Some(rises(alpha, separation)?[phase]);
                shown(
                    n,
                    together(data, &setting, relation, Range::Real, of),
                    decimals(3),
                )
            };
            vec![setting.clone(), relation.short(), rise(0), rise(1), rise(2)]
        })
    });
    let header = ["setting", "relation", "before", "during", "after"];
    let table = markdown_table(&header.map(str::to_owned), &rows.collect::<Vec<_>>());
    format!(
        "By how much alpha, mean over linear maps, rises before, during and after the separation: the time in which the \
         squared distance of the representations goes from 10 % to 90 % of its way. Mean over seeds [its 95 % interval].\n\n\
         {table}\n{}",
        epochs(data)
    )
}

/// When the separation of each setting begins and is done.
fn epochs(data: &PairData) -> String {
    let lines = data.settings().into_iter().map(|setting| {
        let ends = separations(data, &setting).into_values();
        let ends: Vec<(f64, f64)> = ends
            .filter_map(|separation| separation_epochs(&separation))
            .collect();
        let mean = |pick: fn(&(f64, f64)) -> f64| {
            let values: Vec<f64> = ends.iter().map(pick).collect();
            shown(
                data.seeds().len(),
                Estimate::mean(&values, Range::NonNegative),
                number,
            )
        };
        let (begins, done) = (mean(|ends| ends.0), mean(|ends| ends.1));
        format!("- {setting}: begins at epoch {begins}, is done at {done}.\n")
    });
    lines.collect()
}

fn by_map(data: &PairData) -> String {
    let tables = data.settings().into_iter().map(|setting| {
        let ends = RELATIONS.map(|relation| at_end(data, &setting, relation));
        let rows = ends.iter().flat_map(|picked| picked.rows());
        let maps: BTreeSet<u32> = rows.map(|row| row.layer).collect();
        let rows: Vec<Vec<String>> = maps
            .into_iter()
            .map(|map| {
                let mut row = vec![map.to_string()];
                row.extend(ends.iter().map(|picked| cell(data, picked, map)));
                row
            })
            .collect();
        let mut header = vec!["linear map".to_owned()];
        header.extend(RELATIONS.map(Relation::short));
        format!("{setting}:\n\n{}", markdown_table(&header, &rows))
    });
    format!(
        "Mean over seeds [its 95 % interval]; * where the mean is not above the mean 95 % null quantile.\n\n{}",
        tables.collect::<Vec<_>>().join("\n")
    )
}

fn at_end<'t>(data: &'t PairData, setting: &str, relation: Relation) -> Picked<'t> {
    relation.of(&Picked::of(data).setting(setting)).at_end()
}

fn cell(data: &PairData, picked: &Picked<'_>, map: u32) -> String {
    let picked = picked.clone().filter(|row| row.layer == map);
    let estimate = picked.estimate(Range::Correlation);
    let nulls: Vec<f64> = picked.per_seed(|row| row.null_q95).into_values().collect();
    let null = Estimate::mean(&nulls, Range::Real);
    let lost = estimate
        .zip(null)
        .is_some_and(|(alpha, null)| alpha.value <= null.value);
    let text = shown(data.seeds().len(), estimate, decimals(2));
    if lost { format!("{text} *") } else { text }
}
