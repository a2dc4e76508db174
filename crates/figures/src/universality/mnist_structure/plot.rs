//! The picture of univ-mnist-structure.

use super::items::Items;
use crate::chart::{Axis, Chart, Heat, Panel, Place, Places};
use crate::claims::measures::mean;
use crate::text::plural;
use crate::universality::CheckedTables;
use crate::universality::distance_matrices::{Pairs, against_theory, beside, largest, symmetric};

/// Names of the two kinds of pairs.
const KINDS: [&str; 2] = ["two different digits", "one digit"];

pub(super) fn chart(items: &Items<'_>, data: &CheckedTables) -> Chart {
    let [network, theory] = [&items.mean(), &items.theory].map(|pairs| items.normalized(pairs));
    // A few images far from all others would leave the rest in the dark.
    let mut shown: Vec<f64> = network.values().chain(theory.values()).copied().collect();
    shown.sort_by(f64::total_cmp);
    let end = shown.get(shown.len() * 98 / 100).copied().unwrap_or(0.0);
    let trained = map(items, "mean over trained networks", &network, end);
    let predicted = map(items, "theory", &theory, end);
    let panels = vec![
        (trained, Place::at(0, 0).over(4, 1)),
        (predicted, Place::at(4, 0).over(4, 1)),
        (scatter(items), Place::at(8, 0).over(3, 1)),
    ];
    Chart::new(
        "Squared distances of training images of MNIST in a hidden layer",
        data.subtitle("F8 of arXiv 2402.09142"),
    )
    .note("Each matrix is divided by its own mean over pairs of different digits: the theory has no common unit with the network.")
    .note("Colours end at the 98th percentile of both matrices; what is beyond has the last colour.")
    .note("Images are sorted by digit. The theory is that of the authors' code: one number for each pair of digits.")
    .note(format!("Scatter: a point for each pair of digits, mean over their images and over {}.", plural(items.networks.len(), "network")))
    .row_height(345.0)
    .placed(11, panels)
}

/// Digits at the middle of their blocks.
fn names(items: &Items<'_>) -> Places {
    let blocks = items.distinct().into_iter().filter_map(|digit| {
        let of_digit = items.digits.iter().enumerate();
        let of_digit = of_digit.filter(|(_, other)| **other == digit);
        let middle = mean(of_digit.map(|(k, _)| k as f64))?;
        Some((middle, digit.to_owned()))
    });
    blocks.collect()
}

fn map(items: &Items<'_>, title: &str, pairs: &Pairs, end: f64) -> Panel {
    let heat = Heat::new(symmetric(items.len(), pairs), (0.0, end));
    Panel::heat(title, heat, ("digit", names(items)), ("", names(items)))
}

fn scatter(items: &Items<'_>) -> Panel {
    let (network, theory) = (items.means(&items.mean()), items.means(&items.theory));
    let kinds = [false, true].map(|same| {
        let points = beside(&theory, &network, |(a, b)| (a == b) == same);
        (KINDS[usize::from(same)], points)
    });
    let ends = [0.0, largest(network.values().chain(theory.values()))];
    let axis = |label| Axis::linear(label).reaching(ends);
    let title = "network against theory, by digits";
    against_theory(title, (axis("theory"), axis("")), kinds)
}
