//! The picture of univ-crh: for each setting the separation, the six alignments below it on the same axis, and six maps of
//! alpha over epochs and linear maps.

use std::collections::{BTreeMap, BTreeSet};

use super::course::{RELATIONS, Relation};
use crate::chart::{
    Axis, Chart, Form, Guide, Heat, Interval, Line, Panel, Place, Places, Series, palette,
};
use crate::claims::measures::mean;
use crate::universality::picked::Picked;
use crate::universality::two_points::{courses, line};
use crate::universality::{Moment, PairData};
use crate::{Estimate, Range};

/// Columns of the grid: four for the curves, three for each heat map.
const COLUMNS: usize = 13;

pub(super) fn chart(data: &PairData) -> Chart {
    let mut panels = Vec::new();
    for (block, setting) in data.settings().iter().enumerate() {
        let place = |column, row, columns| Place {
            column,
            row: 2 * block + row,
            columns,
            rows: 1,
        };
        let last = last_epoch(data, setting);
        panels.push((separation(data, setting, last), place(0, 0, 4)));
        panels.push((alignments(data, setting, last), place(0, 1, 4)));
        for (k, relation) in RELATIONS.into_iter().enumerate() {
            panels.push((map(data, setting, relation), place(4 + k % 3 * 3, k / 3, 3)));
        }
    }
    Chart::new(
        "The six alignments of every linear map while two points separate",
        data.subtitle("not in the paper: arXiv 2410.03006 on networks of arXiv 2402.09142"),
    )
    .note("Curves: mean over seeds; lower left: α, mean over linear maps, side a solid (input of the map), side b dashed (output).")
    .note("Colours: α of raw second moments from 0 (and below) to 0.5 (and above), mean over seeds. Across: epochs; up: linear map, the readout at the top.")
    .note("Null: highest 95 % quantile of α with one matrix rotated at random, of any map, side and relation. Two inputs give moments of rank two at most.")
    .row_height(216.0)
    .placed(COLUMNS, panels)
}

fn last_epoch(data: &PairData, setting: &str) -> f64 {
    let moments = data.tables.moments.iter();
    let moments = moments.filter(|row| row.setting == setting);
    let values = data.tables.values.iter();
    let values = values.filter(|row| row.setting == setting);
    let epochs = moments
        .map(|row| row.epoch)
        .chain(values.map(|row| row.epoch));
    epochs.max().unwrap_or(1) as f64
}

/// The mean of lines at the epochs that they share.
fn mean_line(lines: &[Vec<(f64, f64)>]) -> Vec<(f64, Estimate)> {
    let mut cells: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for &(epoch, value) in lines.iter().flatten() {
        cells.entry(epoch as u64).or_default().push(value);
    }
    let whole = cells.into_iter();
    let whole = whole.filter(|(_, values)| values.len() == lines.len());
    whole
        .filter_map(|(epoch, values)| Some((epoch as f64, Estimate::mean(&values, Range::Real)?)))
        .collect()
}

fn separation(data: &PairData, setting: &str, last: f64) -> Panel {
    type Share = fn(&Moment, &Moment) -> Option<f64>;
    let shares: [(&str, &str, Share); 2] = [
        (
            "‖dh‖² over its last value",
            palette::DISTANCE_H,
            |m, end| (end.h2 > 0.0).then(|| m.h2 / end.h2),
        ),
        (
            "‖dy‖² over the targets'",
            palette::DISTANCE_Y,
            |m, _| (m.dy2 > 0.0).then(|| m.y2 / m.dy2),
        ),
    ];
    let courses = courses(&data.tables.moments);
    let of_setting: Vec<_> = courses
        .iter()
        .filter(|((name, _), _)| *name == setting)
        .map(|(_, course)| course)
        .collect();
    let series = shares.map(|(name, color, share)| {
        let lines = of_setting.iter().filter_map(|course| {
            let end = course.last()?;
            Some(line(course, |m| share(m, end)))
        });
        let lines: Vec<_> = lines.collect();
        Series::new(name, color, mean_line(&lines))
            .marker(None)
            .interval(Interval::Hidden)
            .seeds(lines)
    });
    let x = Axis::linear("epoch").within(0.0, last);
    let y = Axis::linear("").reaching([0.0, 1.0]);
    Panel::new(format!("{setting}: separation of the two points"), x, y).series(series)
}

fn alignments(data: &PairData, setting: &str, last: f64) -> Panel {
    let picked = Picked::of(data).setting(setting);
    let series = RELATIONS.into_iter().enumerate().map(|(k, relation)| {
        let lines: Vec<_> = relation.of(&picked).seed_lines().into_values().collect();
        let dashes = if k < 3 { Line::Joined } else { Line::Dashed };
        Series::new(
            relation.short(),
            palette::qualitative(k % 3),
            mean_line(&lines),
        )
        .marker(None)
        .interval(Interval::Hidden)
        .line(dashes)
        .seeds(lines)
    });
    let nulls = picked.rows().iter().filter_map(|row| row.null_q95);
    let guide = nulls
        .reduce(f64::max)
        .map(|null| Guide::horizontal("null", null));
    let x = Axis::linear("epoch").within(0.0, last);
    let y = Axis::linear("").reaching([0.0, 1.0]);
    Panel::new(format!("{setting}: α, mean over linear maps"), x, y)
        .series(series)
        .guides(guide)
}

fn map(data: &PairData, setting: &str, relation: Relation) -> Panel {
    let picked = relation.of(&Picked::of(data).setting(setting));
    let mut cells: BTreeMap<(u32, u64), Vec<f64>> = BTreeMap::new();
    for row in picked.rows() {
        let cell = cells.entry((row.layer, row.epoch)).or_default();
        cell.extend(row.value);
    }
    let epochs: BTreeSet<u64> = cells.keys().map(|key| key.1).collect();
    let epochs: Vec<u64> = epochs.into_iter().collect();
    let maps: BTreeSet<u32> = cells.keys().map(|key| key.0).collect();
    let maps: Vec<u32> = maps.into_iter().rev().collect();
    let entry = |map: u32, epoch: u64| mean(cells.get(&(map, epoch))?.iter().copied());
    let rows = maps
        .iter()
        .map(|&map| epochs.iter().map(|&epoch| entry(map, epoch)).collect());
    // Half the range of α: hardly any map but those next to a vector comes near 1.
    let heat = Heat::new(rows.collect(), (0.0, 0.5)).form(Form::Filling);
    let title = format!("{setting}, {}, side {}", relation.name, relation.side);
    Panel::heat(
        title,
        heat,
        ("epoch", some(&epochs, 3)),
        ("", some(&maps, 5)),
    )
}

/// About `n` of the names, evenly spread, both ends among them.
fn some<T: ToString>(names: &[T], n: usize) -> Places {
    let last = names.len().saturating_sub(1);
    let places: BTreeSet<usize> = (0..n)
        .map(|k| (last * k + (n - 1) / 2) / (n - 1).max(1))
        .filter(|&place| place <= last && !names.is_empty())
        .collect();
    let places = places.into_iter();
    places
        .map(|place| (place as f64, names[place].to_string()))
        .collect()
}
