//! univ-half-rate: the learning rates of the settings table, and half of them over twice the epochs.
//!
//! The authors' notebooks of trajectories halve the rate and double the epochs; that of depth takes the table as it is (FOUND).
//! Where training follows the gradient flow, both are one curve over learning rate times epochs (DERIVED), and rates per epoch
//! are halved.

mod claims;
mod synthetic;

use super::curves::{CURVES, RunsOfSetting};
use super::two_points::{Fits, Number, courses_and_fits, default_data};
use super::{CheckedTables, TableKind, Tables, TablesFigure, settings};
use crate::chart::{Axis, Chart, Line, Panel, Series};
use crate::{Range, Section};

/// It uses trajectories and fits of both modes, on the default pair.
pub(crate) static FIGURE: TablesFigure = TablesFigure {
    id: "univ-half-rate",
    main_table: TableKind::Trajectories,
    select,
    coverage: courses_and_fits,
    claims: |data| claims::claims(&Modes::of(data)),
    chart,
    sections,
    made_up: synthetic::tables,
};

fn select(tables: &Tables) -> Tables {
    let tracked = |setting: &str, layer| settings::find(setting).is_some_and(|s| s.layer == layer);
    tables.on_two_points(
        |fit| {
            let default = default_data(fit.dx2, fit.dy2) && fit.dynamics == "original";
            default && tracked(&fit.setting, fit.layer)
        },
        |row| default_data(row.dx2, row.dy2) && tracked(&row.setting, row.layer),
    )
}

/// The runs at the table's rate, and those at half of it with epochs counted as the table's.
pub(super) struct Modes {
    pub table: Tables,
    pub half: Tables,
}

impl Modes {
    fn of(data: &CheckedTables) -> Self {
        let of = |mode: &str| {
            let (fits, points) = (data.tables.fits.iter(), data.tables.trajectories.iter());
            Tables {
                fits: fits.filter(|fit| fit.mode == mode).cloned().collect(),
                trajectories: points.filter(|row| row.mode == mode).cloned().collect(),
                ..Tables::default()
            }
        };
        let mut half = of("notebook");
        half.trajectories.iter_mut().for_each(|row| row.epoch /= 2);
        Self {
            table: of("table"),
            half,
        }
    }

    /// Fits at the table's rate, and at half of it.
    pub(super) fn fits(&self) -> [Fits<'_>; 2] {
        [&self.table, &self.half].map(|tables| Fits::new(&tables.fits))
    }
}

fn chart(data: &CheckedTables) -> Chart {
    let modes = Modes::of(data);
    let settings = modes.fits()[0].settings().into_iter();
    let panels = settings.map(|setting| panel(&modes, setting));
    Chart::new(
        "The table's learning rates, and half of them over twice the epochs",
        data.subtitle("settings table of arXiv 2402.09142"),
    )
    .key("vertical axes")
    .note("Two epochs at half the rate count as one. Solid: the table's rate; dashed: half of it, from the same initial weights. Strong lines: the seed with the median fit error; thin lines: the others.")
    .row_height(280.0)
    .tiles(3, panels.collect())
}

fn panel(modes: &Modes, setting: &str) -> Panel {
    let [table, half] = modes.fits();
    // The seed that stands out is the same: that of the table's rate, where the setting has fits at it.
    let fits = if table.of(setting).is_empty() {
        half
    } else {
        table
    };
    let [full, halved] = [&modes.table, &modes.half].map(|tables| {
        let runs = RunsOfSetting::of(setting, &tables.trajectories, &fits);
        CURVES.map(|curve| curve.of_network(&runs, Some))
    });
    let halved = halved.into_iter().zip(CURVES).map(|(series, curve)| {
        let name = format!("{}, half the rate", series.label);
        let color = curve.theory_color.to_owned();
        Series { color, ..series }.named(name).line(Line::Dashed)
    });
    let y = Axis::linear("").reaching([0.0]);
    Panel::new(setting, Axis::linear("epoch of the table"), y)
        .series(full.into_iter().chain(halved))
}

fn sections(data: &CheckedTables) -> Vec<Section> {
    let modes = Modes::of(data);
    let [table, half] = modes.fits();
    let both = |setting: &str, number: Number| {
        let [full, halved] =
            [&table, &half].map(|fits| fits.shown(setting, Range::NonNegative, number));
        format!("{full}<br>{halved}")
    };
    let h_end: Number = |fit| Some(fit.h_end);
    vec![Section::of_columns(
        "At both learning rates",
        "Mean over seeds [its 95 % interval]: above at the table's rate, below at half of it. Rates are per epoch of each.",
        table.settings(),
        &[
            ("setting", &|setting| (*setting).to_owned()),
            ("final ‖dh‖²", &|setting| both(setting, h_end)),
            ("eta_h", &|setting| both(setting, |fit| fit.eta_h)),
            ("eta_y", &|setting| both(setting, |fit| fit.eta_y)),
            ("eta_h / eta_y", &|setting| both(setting, claims::ratio)),
            ("sum of squared errors", &|setting| {
                both(setting, |fit| fit.sse)
            }),
        ],
    )]
}

#[cfg(test)]
mod tests;
