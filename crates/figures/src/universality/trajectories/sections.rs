//! The tables of univ-trajectories.

use crate::claims::shown;
use crate::text::markdown_table;
use crate::universality::authors::{Measured, measured};
use crate::universality::drawn::short;
use crate::universality::settings;
use crate::universality::two_points::{CONVERGED, Fits, Number, at_table_rate, rms_error};
use crate::{Range, Section};

type Theirs = fn(&Measured) -> Option<f64>;

/// Column, number, and the same of the authors' code.
const COLUMNS: [(&str, Number, Theirs); 6] = [
    ("initial ‖dh‖²", |fit| Some(fit.h0), |_| None),
    ("final ‖dh‖²", |fit| Some(fit.h_end), |run| Some(run.h_end)),
    ("closed form", |fit| fit.h_inf, |run| Some(run.h_inf)),
    (
        "eta_h",
        |fit| at_table_rate(fit, fit.eta_h),
        |run| Some(run.eta_h),
    ),
    (
        "eta_y",
        |fit| at_table_rate(fit, fit.eta_y),
        |run| Some(run.eta_y),
    ),
    ("RMS error", rms_error, |run| Some(run.rms_error())),
];

pub(super) fn sections(fits: &Fits<'_>) -> Vec<Section> {
    vec![
        Section::new("Fits", format!("{TEXT}\n\n{}", table(fits))),
        Section::new("Where the theory was refused", refusals(fits)),
    ]
}

const TEXT: &str = "Mean over seeds [its 95 % interval]; below it, in italics, one run of the authors' code (seed 0). Rates are \
    per epoch at the table's learning rate, of h' = -eta_h dx² w. The RMS error is over the three curves together. Converged: the loss ends below 0.001.";

fn table(fits: &Fits<'_>) -> String {
    let mut header = vec![
        "setting".to_owned(),
        "what it is".to_owned(),
        "seeds fitted".to_owned(),
        "converged".to_owned(),
    ];
    header.extend(COLUMNS.map(|column| column.0.to_owned()));
    let rows = fits.settings().into_iter().map(|setting| {
        let runs = fits.of(setting);
        let fitted = runs.iter().filter(|fit| fit.fit_ok).count();
        let converged = runs.iter().filter(|fit| fit.loss_end < CONVERGED).count();
        let words = settings::find(setting).map_or(String::new(), |row| row.words.to_owned());
        let mut cells = vec![
            setting.to_owned(),
            words,
            format!("{fitted} of {}", runs.len()),
            format!("{converged} of {}", runs.len()),
        ];
        cells.extend(COLUMNS.map(|(_, number, theirs)| {
            let ours = shown(
                runs.len(),
                fits.mean(setting, Range::NonNegative, number),
                short,
            );
            match measured(setting).and_then(theirs) {
                Some(value) => format!("{ours}<br>*{}*", short(value)),
                None => ours,
            }
        }));
        cells
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
}

fn refusals(fits: &Fits<'_>) -> String {
    let refused = fits.settings().into_iter().flat_map(|setting| {
        let refused = fits.of(setting).iter().filter(|fit| !fit.fit_ok);
        refused.map(move |fit| {
            let reason = fit.refusal.as_deref().unwrap_or("no reason was recorded");
            format!("- {setting}, seed {}: {reason}.\n", fit.seed)
        })
    });
    let text: String = refused.collect();
    if text.is_empty() {
        "Nowhere.\n".to_owned()
    } else {
        text
    }
}
