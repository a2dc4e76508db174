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
use super::two_points::trajectories;
use super::{CheckedTables, Tables, TablesFigure};
use crate::chart::Chart;
use crate::claims::shown;
use crate::text::decimals;
use crate::{Claim, Range, Section};
use rescaled::{Rescaled, Runs};

/// The figure. It uses the same rows as `univ-trajectories`.
#[derive(Debug, Clone, Copy)]
pub struct Universality;

impl TablesFigure for Universality {
    fn id(&self) -> &'static str {
        "univ-universality"
    }

    fn select(&self, tables: &Tables) -> Tables {
        trajectories(tables, "notebook")
    }

    fn claims(&self, data: &CheckedTables) -> Vec<Claim> {
        claims::claims(&Runs::of(data))
    }

    fn chart(&self, data: &CheckedTables) -> Chart {
        plot::chart(data, &Runs::of(data))
    }

    fn sections(&self, data: &CheckedTables) -> Vec<Section> {
        let runs = Runs::of(data);
        let rows = runs.fits.settings().into_iter().map(|setting| {
            let seeds = runs.fits.of(setting).len();
            let of = |number: fn(&Rescaled<'_>) -> Option<f64>| {
                runs.mean(setting, Range::NonNegative, number)
            };
            vec![
                setting.to_owned(),
                shown(seeds, of(|run| Some(run.rate)), short),
                shown(
                    seeds,
                    of(|run| Some(run.network.rise()? / run.rate)),
                    decimals(0),
                ),
                shown(seeds, of(|run| run.network.rise()), decimals(2)),
                shown(seeds, of(|run| run.network.residual()), decimals(3)),
                shown(seeds, of(|run| run.theory.residual()), decimals(3)),
            ]
        });
        vec![Section::table(
            "Architecture by architecture",
            "Mean over seeds [its 95 % interval]; - where the theory has no fit. The rise is that of ‖dy‖² from 0.1 to 0.9 of its \
             target: 3.69 of scaled time in the limit. Epochs are those of this mode.",
            [
                "setting",
                "scaled units an epoch",
                "rise in epochs",
                "rise in scaled time",
                "residual of the network",
                "residual of its theory",
            ],
            rows,
        )]
    }
}

#[cfg(test)]
mod tests;
