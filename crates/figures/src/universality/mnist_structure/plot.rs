//! The picture of univ-mnist-structure.

use super::items::Items;
use crate::chart::{Axis, Chart, Heat, Line, Panel, Place, Places, Series, palette};
use crate::claims::measures::mean;
use crate::universality::CheckedTables;
use crate::universality::distance_matrices::{Pairs, against_theory, beside, largest, symmetric};
use crate::{Estimate, Range};

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
        (trained, Place::at(0, 0).over(1, 3)),
        (predicted, Place::at(1, 0).over(1, 3)),
        (scatter(items), Place::at(0, 3).over(1, 2)),
        (digits(items), Place::at(1, 3).over(1, 2)),
    ];
    Chart::new(
        "Squared distances of training images of MNIST in a hidden layer",
        data.subtitle("F8 of arXiv 2402.09142"),
    )
    .note("Each matrix is divided by its own mean over pairs of different digits: the theory has no common unit with the network.")
    .note("Colours end at the 98th percentile of both matrices; what is beyond has the last colour.")
    .note("Images are sorted by digit. The theory is that of the authors' code: one number for each pair of digits.")
    .row_height(165.0)
    .placed(2, panels)
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
    let title = "network against theory, mean over the images of two digits";
    against_theory(title, (axis("theory"), axis("")), kinds)
}

/// For each digit how far its images are from one another and from other digits, in each network.
fn digits(items: &Items<'_>) -> Panel {
    let names = items.distinct();
    let networks = items.networks.iter();
    let matrices: Vec<_> = networks.map(|pairs| items.means(pairs)).collect();
    let estimate = |digit: &str, same: bool| {
        let numbers = matrices.iter().filter_map(|cells| {
            let of_digit = cells.iter().filter(|((a, b), _)| match same {
                true => *a == digit && *b == digit,
                false => (*a == digit) != (*b == digit),
            });
            mean(of_digit.map(|(_, distance)| *distance))
        });
        Estimate::mean(&numbers.collect::<Vec<f64>>(), Range::NonNegative)
    };
    let series = [false, true].map(|same| {
        let k = usize::from(same);
        let digits = names.iter().enumerate();
        let points = digits.filter_map(|(x, digit)| Some((x as f64, estimate(digit, same)?)));
        Series::new(KINDS[k], palette::qualitative(k), points)
            .marker(palette::marker(k))
            .line(Line::Apart)
    });
    let x = Axis::categories("digit", names.iter().map(|&name| name.to_owned()));
    let title = "mean squared distance of a digit's images, to its own and to other digits";
    Panel::new(title, x, Axis::linear("").reaching([0.0])).series(series)
}
