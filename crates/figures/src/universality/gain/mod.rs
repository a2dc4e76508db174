//! univ-gain: from rich to lazy, over the scale of the initial weights.
//!
//! Settings that differ in nothing but gain and learning rate. In the rich limit the final distance is
//! \\(A_{low} = \sqrt{\eta_h/\eta_y}\\,\lVert dx\rVert\lVert dy^*\rVert\\), set by the data; in the lazy one \\(A_{high} \approx
//! h_0\\), set by the initial weights (DERIVED from the closed form).

mod claims;
mod plot;

use crate::chart::Chart;
use crate::claims::shown;
use crate::text::markdown_table;
use crate::universality::drawn::short;
use crate::universality::settings::{TWO_POINTS, TwoPoints};
use crate::universality::two_points::{CONVERGED, Fits, Number, trajectories};
use crate::universality::{Coverage, FitRow, Moment, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Range, Section};

/// The figure. It uses fits and moments of `default` and of the gain settings.
#[derive(Debug, Clone, Copy)]
pub struct Gain;

/// The settings, from the smallest gain.
fn gains() -> Vec<&'static TwoPoints> {
    let of_sweep =
        |setting: &&TwoPoints| setting.name == "default" || setting.name.starts_with("gain_");
    let mut gains: Vec<&TwoPoints> = TWO_POINTS.iter().filter(of_sweep).collect();
    gains.sort_by(|a, b| a.gain.total_cmp(&b.gain));
    gains
}

/// Final over initial distance of a run that converged.
fn growth(fit: &FitRow) -> Option<f64> {
    (fit.loss_end <= CONVERGED && fit.h0 > 0.0).then(|| fit.h_end / fit.h0)
}

impl PairFigure for Gain {
    fn id(&self) -> &'static str {
        "univ-gain"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Fits
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let all = trajectories(tables, "table");
        let swept = |name: &str| gains().iter().any(|setting| setting.name == name);
        let fits: Vec<FitRow> = all
            .fits
            .into_iter()
            .filter(|fit| swept(&fit.setting))
            .collect();
        let moments: Vec<Moment> = all
            .moments
            .into_iter()
            .filter(|row| swept(&row.setting))
            .collect();
        PairTables {
            fits,
            moments,
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        crate::universality::trajectories::courses_and_fits(data)
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(&Fits::new(&data.tables.fits))
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        let fits = Fits::new(&data.tables.fits);
        let columns: [(&str, Number); 7] = [
            ("initial ‖dh‖²", |fit| Some(fit.h0)),
            ("final ‖dh‖²", |fit| Some(fit.h_end)),
            ("final / initial", |fit| Some(fit.h_end / fit.h0)),
            ("A_low", |fit| fit.a_low),
            ("A_high", |fit| fit.a_high),
            ("closed form", |fit| fit.h_inf),
            ("final loss", |fit| Some(fit.loss_end)),
        ];
        let mut header = vec!["gain".to_owned()];
        header.extend(columns.map(|column| column.0.to_owned()));
        let measured = gains()
            .into_iter()
            .filter(|setting| !fits.of(setting.name).is_empty());
        let rows = measured.map(|setting| {
            let seeds = fits.of(setting.name).len();
            let mut cells = vec![setting.gain.to_string()];
            cells.extend(columns.map(|(_, number)| {
                shown(seeds, fits.mean(setting.name, Range::Real, number), short)
            }));
            cells
        });
        let table = markdown_table(&header, &rows.collect::<Vec<_>>());
        let text = "Mean over seeds [its 95 % interval]; (n) where only n seeds have a value, - where the theory has no fit.";
        vec![Section::new(
            "From rich to lazy",
            format!("{text}\n\n{table}"),
        )]
    }
}

#[cfg(test)]
mod tests;
