//! The picture of univ-alternative.

use super::{DYNAMICS, ratios};
use crate::Estimate;
use crate::chart::picture::Marker;
use crate::chart::{Axis, Chart, Guide, Line, Panel, Series, palette};
use crate::universality::authors::ALTERED;
use crate::universality::drawn::plain;
use crate::universality::two_points::{Fits, courses, line};
use crate::universality::{Moment, PairData};

pub(super) fn chart(data: &PairData) -> Chart {
    let originals = data
        .tables
        .fits
        .iter()
        .filter(|fit| fit.dynamics == "original");
    let seed = Fits::new(originals).representative("default");
    let mut panels: Vec<Panel> = DYNAMICS
        .map(|(name, words)| panel(data, name, words, seed))
        .into();
    panels.push(errors(data));
    Chart::new(
        "Wrong dynamics, fitted to the default network",
        data.subtitle("F10 of arXiv 2402.09142"),
    )
    .note("Solid: network, the seed of the median error; dashed: the dynamics of the panel's title, with two constants fitted to this seed.")
    .row_height(270.0)
    .tiles(3, panels)
}

type Quantity = fn(&Moment) -> Option<f64>;

const CURVES: [(&str, &str, &str, Quantity, Quantity); 3] = [
    (
        "‖dh‖²",
        palette::DISTANCE_H,
        palette::THEORY_H,
        |m| Some(m.h2),
        |m| m.h2_theory,
    ),
    (
        "‖dy‖²",
        palette::DISTANCE_Y,
        palette::THEORY_Y,
        |m| Some(m.y2),
        |m| m.y2_theory,
    ),
    (
        "w",
        palette::ALIGNMENT_W,
        palette::THEORY_W,
        |m| Some(m.w),
        |m| m.w_theory,
    ),
];

fn panel(data: &PairData, dynamics: &str, words: &str, seed: Option<u64>) -> Panel {
    let courses = courses(&data.tables.moments);
    let of = |setting: &str| {
        let found = courses
            .iter()
            .find(|((name, s), _)| *name == setting && Some(*s) == seed);
        found.map_or(&[] as &[&Moment], |(_, course)| course.as_slice())
    };
    let altered = match dynamics {
        "original" => of("default"),
        name => of(&format!("default/{name}")),
    };
    // The network is the same in every panel.
    let network = if of("default").is_empty() {
        altered
    } else {
        of("default")
    };
    let mut series: Vec<Series> = CURVES
        .into_iter()
        .map(|(name, color, _, quantity, _)| plain(name, color, line(network, quantity)))
        .collect();
    for (name, _, color, _, theory) in CURVES {
        series
            .push(plain(format!("fitted {name}"), color, line(altered, theory)).line(Line::Dashed));
    }
    Panel::new(
        words,
        Axis::linear("epoch"),
        Axis::linear("").reaching([-0.15, 0.5]),
    )
    .series(series)
}

fn errors(data: &PairData) -> Panel {
    let names = DYNAMICS[1..].iter().map(|row| row.1.to_owned());
    let points = DYNAMICS[1..].iter().enumerate().filter_map(|(k, row)| {
        Some((
            k as f64,
            Estimate::geometric(&ratios(&data.tables.fits, row.0))?,
        ))
    });
    let seeds = DYNAMICS[1..].iter().enumerate().flat_map(|(k, row)| {
        let ratios = ratios(&data.tables.fits, row.0);
        ratios.into_iter().map(move |ratio| (k as f64, ratio))
    });
    let ours = Series::new("error over the original's", palette::qualitative(0), points)
        .line(Line::Apart)
        .seeds([seeds.collect()]);
    let theirs = ALTERED
        .into_iter()
        .enumerate()
        .map(|(k, row)| (k as f64 + 0.18, row.1));
    let theirs =
        Series::scatter("authors’ code, one run", "#2b2b2b", theirs).marker(Marker::Square);
    Panel::new(
        "squared error over the original's",
        Axis::categories("", names),
        Axis::log("").reaching([1.0, 10.0]),
    )
    .series([ours, theirs])
    .guides([Guide::horizontal("as the original", 1.0)])
}
