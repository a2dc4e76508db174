//! univ-universality: every architecture on one plot, after rescaling by its two fitted constants. Not in the paper.
//!
//! With small initial distances the theory has one solution for all architectures and data (DERIVED). Let
//! \\(\tau = \eta_y h_\infty (t - t_{1/2})\\), with \\(t_{1/2}\\) where \\(y\\) passes \\(dy^2/2\\). From the first integral
//! \\(y = (\eta_y / \eta_h dx^2)\\, h^2\\) and \\(h' = -\eta_h dx^2 w\\) follow
//!
//! \\[ \frac{h}{h_\infty} = \sigma(\tau + \operatorname{arsinh} 1), \qquad \frac{y}{dy^2} = \frac{h^2}{h_\infty^2},
//! \qquad \frac{w}{dy^2/4} = 4 \left( \frac{h^2}{h_\infty^2} - \frac{h}{h_\infty} \right), \\]
//!
//! a logistic curve \\(\sigma\\) and two functions of it. What is left of a network is how far it departs from them.

mod claims;
mod plot;
mod rescaled;

use super::curves::short;
use super::two_points::{courses_and_fits, trajectories};
use super::{CheckedTables, TableKind, TablesFigure, synthetic};
use crate::claims::shown;
use crate::text::decimals;
use crate::{Range, Section};
use rescaled::{Rescaled, Runs};

/// It uses the same rows as `univ-trajectories`.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-universality",
    main_table: TableKind::Trajectories,
    select: |tables| trajectories(tables, "notebook"),
    coverage: courses_and_fits,
    claims: |data| claims::claims(&Runs::of(data)),
    chart: |data| plot::chart(data, &Runs::of(data)),
    sections,
    made_up: synthetic::two_points,
};

fn sections(data: &CheckedTables) -> Vec<Section> {
    let runs = Runs::of(data);
    let mean =
        |name: &str, number: fn(&Rescaled<'_>) -> Option<f64>, text: &dyn Fn(f64) -> String| {
            let mean = runs.mean(name, Range::NonNegative, number);
            shown(runs.fits.of(name).len(), mean, text)
        };
    let in_epochs = |run: &Rescaled<'_>| Some(run.network.rise()? / run.rate);
    vec![Section::of_columns(
        "Architecture by architecture",
        "Mean over seeds [its 95 % interval]; - where the theory has no fit. The rise is that of ‖dy‖² from 0.1 to 0.9 of its \
         target: 3.69 of scaled time in the limit. Epochs are those of this mode.",
        runs.fits.settings(),
        &[
            ("setting", &|name| (*name).to_owned()),
            ("scaled time per epoch", &|name| {
                mean(name, |run| Some(run.rate), &short)
            }),
            ("rise in epochs", &|name| {
                mean(name, in_epochs, &decimals(0))
            }),
            ("rise in scaled time", &|name| {
                mean(name, |run| run.network.rise(), &decimals(2))
            }),
            ("residual of the network", &|name| {
                mean(name, |run| run.network.residual(), &decimals(3))
            }),
            ("residual of its theory", &|name| {
                mean(name, |run| run.theory.residual(), &decimals(3))
            }),
        ],
    )]
}

#[cfg(test)]
mod tests;
