//! The picture of univ-mnist-structure.

use super::matrix::{Items, Pairs, Which};
use crate::chart::{
    Axis, Chart, Guide, Heat, Interval, Line, Panel, Place, Places, Series, palette,
};
use crate::claims::measures::mean;
use crate::universality::PairData;
use crate::{Estimate, Marker, Range};

pub(super) fn chart(items: &Items<'_>, data: &PairData) -> Chart {
    let (network, theory) = (
        items.normalized(&items.mean()),
        items.normalized(&items.theory),
    );
    // A few images far from all others would leave the rest in the dark.
    let mut shown: Vec<f64> = network.values().chain(theory.values()).copied().collect();
    shown.sort_by(f64::total_cmp);
    let end = shown.get(shown.len() * 98 / 100).copied().unwrap_or(0.0);
    let place = |column, row, rows| Place {
        column,
        row,
        columns: 1,
        rows,
    };
    let panels = vec![
        (
            map(items, "mean over trained networks", &network, end),
            place(0, 0, 3),
        ),
        (map(items, "theory", &theory, end), place(1, 0, 3)),
        (scatter(items, &network, &theory), place(0, 3, 2)),
        (digits(items), place(1, 3, 2)),
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
    let n = items.len();
    let mut rows = vec![vec![None; n]; n];
    for (&(i, j), &distance) in pairs {
        (rows[i][j], rows[j][i]) = (Some(distance), Some(distance));
    }
    for (k, row) in rows.iter_mut().enumerate() {
        row[k] = Some(0.0);
    }
    let heat = Heat::new(rows, (0.0, end));
    Panel::heat(title, heat, ("digit", names(items)), ("", names(items)))
}

fn scatter(items: &Items<'_>, network: &Pairs, theory: &Pairs) -> Panel {
    let (network, theory) = (items.by_digits(network), items.by_digits(theory));
    let of = |name: &str, k: usize, same: bool| {
        let pairs = network.iter().filter(|((a, b), _)| (a == b) == same);
        let points = pairs.filter_map(|(pair, network)| Some((*theory.get(pair)?, *network)));
        Series::scatter(name, palette::qualitative(k), points.collect::<Vec<_>>())
            .marker([Marker::Circle, Marker::Square][k])
            .line(Line::Apart)
    };
    let series = [
        of("two different digits", 0, false),
        of("one digit", 1, true),
    ];
    let title = "network against theory, mean over the images of two digits";
    let largest = network.values().chain(theory.values());
    let ends = [0.0, largest.fold(0.0, |a: f64, &b| a.max(b))];
    Panel::new(
        title,
        Axis::linear("theory").reaching(ends),
        Axis::linear("").reaching(ends),
    )
    .series(series)
    .guides([Guide::diagonal("network = theory")])
}

/// For each digit how far its images are from one another and from other digits, in each network.
fn digits(items: &Items<'_>) -> Panel {
    let names = items.distinct();
    let matrices: Vec<_> = items
        .each()
        .map(|pairs| items.by_digits(&items.normalized(pairs)))
        .collect();
    let of = |which: Which| {
        let points = names.iter().enumerate().filter_map(|(k, digit)| {
            let numbers = matrices.iter().filter_map(|cells| {
                let cells = cells.iter().filter(|((a, b), _)| match which {
                    Which::Same => a == digit && b == digit,
                    _ => (a == digit) != (b == digit),
                });
                mean(cells.map(|(_, distance)| *distance))
            });
            let numbers: Vec<f64> = numbers.collect();
            Some((k as f64, Estimate::mean(&numbers, Range::NonNegative)?))
        });
        points.collect::<Vec<_>>()
    };
    let series = [(Which::Different, 0), (Which::Same, 1)].map(|(which, k)| {
        let name = ["two different digits", "one digit"][k];
        Series::new(name, palette::qualitative(k), of(which))
            .marker([Marker::Circle, Marker::Square][k])
            .line(Line::Apart)
            .interval(Interval::Bars)
    });
    let x = Axis::categories("digit", names.iter().map(|&name| name.to_owned()));
    let title = "mean squared distance of a digit's images, to its own and to other digits";
    Panel::new(title, x, Axis::linear("").reaching([0.0])).series(series)
}
