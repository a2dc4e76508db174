//! The picture of univ-crh: for each setting the separation, the six alignments below it on the same axis, and six maps of
//! alpha over epochs and linear maps.

use std::collections::{BTreeMap, BTreeSet};

use super::alphas;
use crate::chart::{
    Axis, Chart, Form, Guide, Heat, Interval, Line, Panel, Place, Places, Series, palette,
};
use crate::claims::measures::mean;
use crate::table::{RELATIONS, Relation};
use crate::universality::two_points::{courses_of, line};
use crate::universality::values::Values;
use crate::universality::{CheckedTables, TrajectoryPoint};
use crate::{Estimate, Range};

/// Columns of the grid: four for the curves, three for each heat map.
const COLUMNS: usize = 13;

pub(super) fn chart(data: &CheckedTables) -> Chart {
    let mut panels = Vec::new();
    for (block, setting) in data.settings().iter().enumerate() {
        let top = 2 * block;
        let last = last_epoch(data, setting);
        panels.extend([
            (
                separation(data, setting, last),
                Place::at(0, top).over(4, 1),
            ),
            (
                alignments(data, setting, last),
                Place::at(0, top + 1).over(4, 1),
            ),
        ]);
        panels.extend(RELATIONS.into_iter().enumerate().map(|(k, relation)| {
            let place = Place::at(4 + k % 3 * 3, top + k / 3).over(3, 1);
            (map(data, setting, relation), place)
        }));
    }
    Chart::new(
        "The six alignments of every linear map while two points separate",
        data.subtitle("not in the paper: arXiv 2410.03006 on networks of arXiv 2402.09142"),
    )
    .note("Curves: mean over seeds. Below each separation: α, mean over linear maps, of side a (the map's input) solid and of side b (its output) dashed.")
    .note("Colours: α of raw second moments, mean over seeds, on a logarithmic scale that ends at 0.01 (and below) and at 1. Across: measured epochs; up: linear map, the readout at the top. Grey: a side of one neuron, which has no α.")
    .note("Null: highest 95 % quantile of α with one matrix rotated at random, over maps, sides and relations. Two inputs give moments of rank two at most, so that chance alone gives little.")
    .row_height(216.0)
    .placed(COLUMNS, panels)
}

fn last_epoch(data: &CheckedTables, setting: &str) -> f64 {
    let points = data.tables.trajectories.iter();
    let points = points.filter(|row| row.setting == setting);
    let values = Values::of(data).setting(setting);
    let epochs = points.map(|row| row.epoch);
    let epochs = epochs.chain(values.rows().iter().map(|row| row.epoch));
    epochs.max().unwrap_or(1) as f64
}

/// The mean of the lines of seeds at the epochs that they share, and the lines.
fn mean_line(name: &str, color: &str, lines: Vec<Vec<(f64, f64)>>) -> Series {
    let mut cells: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for &(epoch, value) in lines.iter().flatten() {
        cells.entry(epoch as u64).or_default().push(value);
    }
    let shared = cells.into_iter();
    let shared = shared.filter(|(_, values)| values.len() == lines.len());
    let means = shared
        .filter_map(|(epoch, values)| Some((epoch as f64, Estimate::mean(&values, Range::Real)?)));
    Series::new(name, color, means)
        .marker(None)
        .interval(Interval::Hidden)
        .seeds(lines)
}

/// A panel of numbers over all epochs of a setting.
fn over_epochs(title: String, last: f64, y: Axis) -> Panel {
    Panel::new(title, Axis::linear("epoch").within(0.0, last), y)
}

/// Values of α at the ends of colours and of the axis: most are far below 1.
const ENDS: (f64, f64) = (0.01, 1.0);

type Share = fn(&TrajectoryPoint, &TrajectoryPoint) -> Option<f64>;

/// What shows how far two points are apart: its name, its colour, and what it is of a point and the last one.
const SEPARATIONS: [(&str, &str, Share); 2] = [
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

fn separation(data: &CheckedTables, setting: &str, last: f64) -> Panel {
    let courses = courses_of(&data.tables.trajectories, setting);
    let series = SEPARATIONS.map(|(name, color, share)| {
        let lines = courses.values().filter_map(|course| {
            let end = course.last()?;
            Some(line(course, |m| share(m, end)))
        });
        mean_line(name, color, lines.collect())
    });
    let title = format!("{setting}: separation of the two points");
    over_epochs(title, last, Axis::linear("").reaching([0.0, 1.0])).series(series)
}

fn alignments(data: &CheckedTables, setting: &str, last: f64) -> Panel {
    let series = RELATIONS.into_iter().enumerate().map(|(k, relation)| {
        let lines = alphas(data, setting, relation).seed_lines().into_values();
        let dashes = if k < 3 { Line::Joined } else { Line::Dashed };
        let color = palette::qualitative(k % 3);
        mean_line(&relation.short(), color, lines.collect()).line(dashes)
    });
    let values = Values::of(data).setting(setting);
    let nulls = values.rows().iter().filter_map(|row| row.null_q95);
    let guide = nulls
        .reduce(f64::max)
        .map(|null| Guide::horizontal("null", null));
    let title = format!("{setting}: α, mean over linear maps");
    over_epochs(title, last, Axis::log("").reaching([ENDS.0, ENDS.1]))
        .series(series)
        .guides(guide)
}

fn map(data: &CheckedTables, setting: &str, relation: Relation) -> Panel {
    let alphas = alphas(data, setting, relation);
    let mut cells: BTreeMap<(u32, u64), Vec<f64>> = BTreeMap::new();
    for row in alphas.rows() {
        let cell = cells.entry((row.layer, row.epoch)).or_default();
        cell.extend(row.value);
    }
    let maps: Vec<u32> = alphas.each_layer().rev().collect();
    let epochs: BTreeSet<u64> = alphas.rows().iter().map(|row| row.epoch).collect();
    let epochs: Vec<u64> = epochs.into_iter().collect();
    let entry = |map, epoch| mean(cells.get(&(map, epoch))?.iter().copied());
    let row = |&map| epochs.iter().map(|&epoch| entry(map, epoch)).collect();
    let heat = Heat::new(maps.iter().map(row).collect(), ENDS)
        .form(Form::Filling)
        .scale(Axis::log(""));
    let title = format!("{setting}, {}", relation.raw_title());
    let (across, down) = (some(&epochs, 3), some(&maps, 5));
    Panel::heat(title, heat, ("epoch", across), ("", down))
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
