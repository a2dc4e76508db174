//! The claims of crh-clock. The paper varies weight decay at equal steps; all bounds are ours.

use super::networks::{Networks, trained};
use crate::claims::or_none;
use crate::table::{STATIONARY, above_null, is_stationary};
use crate::{Bound, Claim, Estimate, Tag};

/// The largest spread of alpha over weight decays that still counts as none: a fifth of its range, as in crh-sweeps.
const SAME: f64 = 0.2;
/// Alpha at which a layer counts as aligned, as in crh-gamma.
const ALIGNED: f64 = 0.9;
/// The first of the deep layers.
const DEEP: u32 = 3;
/// The largest part of the whole at which curves are compared: before it they have hardly risen.
const EARLIEST: f64 = 0.1;

pub(super) fn claims(tasks: &[Networks<'_>]) -> Vec<Claim> {
    let mut claims = vec![long_enough(tasks)];
    claims.extend(on_one_clock(tasks));
    claims.push(aligned(tasks));
    let at_end = tasks.iter().flat_map(|networks| {
        let layers = networks.layers().into_iter();
        let last = networks.last().unwrap_or(f64::NAN);
        layers.map(move |layer| {
            (
                networks.case(format!("layer {layer}")),
                networks.at(layer, last),
            )
        })
    });
    claims.push(above_null(&at_end.collect::<Vec<_>>()));
    claims
}

fn long_enough(tasks: &[Networks<'_>]) -> Claim {
    let parts = tasks.iter().flat_map(|networks| {
        let decays = networks.weight_decays.iter();
        decays.map(|gamma| {
            let rows = networks.alpha(1).weight_decay(*gamma).at_last_step();
            let (rows, seeds) = (rows.rows(), rows.seeds().len());
            let times = trained(&rows).map(|times| match is_stationary(times) {
                true => times.max(STATIONARY),
                false => times,
            });
            let times = times.map(|times| Estimate::without_interval(times, seeds));
            (networks.case(format!("gamma {gamma:.1e}")), times)
        })
    });
    Tag::Derived
        .claim(
            "trained-long-enough",
            "every weight decay trained for at least three decay times",
        )
        .by_value(
            "decay times, learning rate x gamma x steps / (1 - momentum)",
            Bound::AtLeast(STATIONARY),
        )
        .parts(parts)
        .soundness()
}

/// A case for each layer and each of the times at which curves are compared.
fn cases<'t>(
    tasks: &'t [Networks<'t>],
    layers: impl Fn(u32) -> bool,
    of: fn(&Networks<'t>, u32, f64) -> Option<Estimate>,
) -> Vec<(String, Option<Estimate>)> {
    let mut cases = Vec::new();
    for networks in tasks {
        let late = networks.last().unwrap_or(f64::NAN) * EARLIEST;
        let times = || networks.times.iter().filter(|times| **times > late);
        for layer in networks.layers().into_iter().filter(|layer| layers(*layer)) {
            cases.extend(times().map(|times| {
                let name = networks.case(format!("layer {layer}, {times:.2} decay times"));
                (name, of(networks, layer, *times))
            }));
        }
    }
    cases
}

fn on_one_clock(tasks: &[Networks<'_>]) -> [Claim; 2] {
    let deep = "at equal decay times the deep layers are aligned alike, whatever the weight decay";
    let early =
        "the first two layers align better at larger weight decay also at equal decay times";
    let range = tasks.iter().map(|networks| {
        let decays = &networks.weight_decays;
        let factor = decays.last().zip(decays.first());
        let factor = factor.map_or(0.0, |(last, first)| last / first);
        format!(
            "{}: {} weight decays over a factor of {factor:.0}",
            networks.name,
            decays.len()
        )
    });
    [
        Tag::Measured
            .claim("deep-layers-one-clock", deep)
            .by_interval("highest less lowest alpha over weight decays, layers 3 and later", Bound::AtMost(SAME))
            .parts(cases(tasks, |layer| layer >= DEEP, Networks::spread))
            .note("what the paper shows at equal steps, alpha that rises with weight decay, is then a matter of age in these layers")
            .with_notes(range),
        Tag::Measured
            .claim("early-layers-rise", early)
            .by_interval("slope of alpha per decade of weight decay, layers 1 and 2", Bound::Above(0.0))
            .parts(cases(tasks, |layer| layer < DEEP, Networks::rise)),
    ]
}

fn aligned(tasks: &[Networks<'_>]) -> Claim {
    let lowest = |networks: &Networks<'_>, gamma: f64| {
        let last = networks.last()?;
        let layers = networks.layers().into_iter().filter(|layer| *layer >= DEEP);
        let alpha =
            layers.filter_map(|layer| networks.at(layer, last).weight_decay(gamma).estimate());
        alpha.min_by(|a, b| a.value.total_cmp(&b.value))
    };
    let parts = tasks.iter().flat_map(|networks| {
        let decays = networks.weight_decays.iter();
        decays.map(move |gamma| {
            (
                networks.case(format!("gamma {gamma:.1e}")),
                lowest(networks, *gamma),
            )
        })
    });
    let first = tasks.iter().map(|networks| {
        let last = networks.last().unwrap_or(f64::NAN);
        let of = |layer| or_none(networks.at(layer, last).estimate());
        format!(
            "{}, mean over weight decays: layer 1 {}, layer 2 {}",
            networks.name,
            of(1),
            of(2)
        )
    });
    let ages = tasks.iter().filter_map(Networks::last);
    let youngest = ages.reduce(f64::min).filter(|times| !is_stationary(*times));
    let why =
        youngest.map(|times| format!("some networks trained for {times:.2} decay times only"));
    let statement = "after three decay times the deep layers are aligned at every weight decay";
    let quantity = "alpha after as many decay times as every network trained for, the lowest of layers 3 and later";
    Tag::Measured
        .claim("deep-layers-aligned", statement)
        .by_interval(quantity, Bound::Above(ALIGNED))
        .untested(why)
        .parts(parts)
        .with_notes(first)
}
