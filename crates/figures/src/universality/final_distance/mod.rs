//! univ-final-distance: the final distance of representations against the closed form, over distances of inputs and targets.
//!
//! Each point is a network of its own on another pair. Its closed form starts from that network's initial distances; the
//! ratio of rates, \\(\eta_h/\eta_y\\), is the mean over fresh networks of the setting on the default pair (FOUND), so that
//! nothing is fitted to the points.

mod claims;
mod plot;
mod sections;

use crate::chart::Chart;
use crate::claims::measures::slope;
use crate::universality::two_points::{CONVERGED, Fits, default_data};
use crate::universality::{Coverage, FitRow, PairData, PairFigure, PairTable, PairTables};
use crate::{Claim, Section};

/// The figure. It uses fit rows of other pairs than the default one, with `h_inf` from the setting's ratio.
#[derive(Debug, Clone, Copy)]
pub struct FinalDistance;

impl PairFigure for FinalDistance {
    fn id(&self) -> &'static str {
        "univ-final-distance"
    }

    fn main_table(&self) -> PairTable {
        PairTable::Fits
    }

    fn select(&self, tables: &PairTables) -> PairTables {
        let uses = |fit: &&FitRow| fit.dynamics == "original" && !default_data(fit.dx2, fit.dy2);
        PairTables {
            fits: tables.fits.iter().filter(uses).cloned().collect(),
            ..PairTables::default()
        }
    }

    fn coverage(&self, data: &PairData) -> Vec<Coverage> {
        let fits = data.tables.fits.iter();
        let predicted = fits.filter(|fit| fit.h_inf.is_some() || fit.refusal.is_some());
        vec![Coverage {
            name: "closed form of every pair, or why there is none".to_owned(),
            measured: predicted.count(),
            of: data.runs.len(),
        }]
    }

    fn claims(&self, data: &PairData) -> Vec<Claim> {
        claims::claims(&Fits::new(&data.tables.fits))
    }

    fn chart(&self, data: &PairData) -> Chart {
        plot::chart(data)
    }

    fn sections(&self, data: &PairData) -> Vec<Section> {
        sections::sections(&Fits::new(&data.tables.fits))
    }
}

/// Closed form and measured final distance of the pairs that converged.
fn points(fits: &[&FitRow]) -> Vec<(f64, f64)> {
    let converged = fits.iter().filter(|fit| fit.loss_end <= CONVERGED);
    converged
        .filter_map(|fit| Some((fit.h_inf?, fit.h_end)))
        .collect()
}

/// The power of the distance of targets with which the final distance grows, inputs held fixed: the common slope of
/// logarithms within each distance of inputs. `None` with fewer than two targets apart.
fn exponent(fits: &[&FitRow]) -> Option<f64> {
    let usable = |fit: &&&FitRow| fit.loss_end <= CONVERGED && fit.dy2 > 0.0 && fit.h_end > 0.0;
    let points: Vec<(f64, f64, f64)> = fits
        .iter()
        .filter(usable)
        .map(|fit| (fit.dx2, fit.dy2.ln() / 2.0, fit.h_end.ln()))
        .collect();
    let centred = points.iter().map(|point| {
        let same = || points.iter().filter(|other| other.0 == point.0);
        let n = same().count() as f64;
        let mean = |number: fn(&(f64, f64, f64)) -> f64| same().map(number).sum::<f64>() / n;
        (point.1 - mean(|p| p.1), point.2 - mean(|p| p.2))
    });
    let (x, y): (Vec<f64>, Vec<f64>) = centred.unzip();
    slope(&x, &y)
}

#[cfg(test)]
mod tests;
