//! What only the report of pah-exponents has: a table for each pair.

use super::claims::counted;
use super::fits::{Fit, Fits, Fitted, trusted_exponent};
use crate::Section;
use crate::claims::measures::mean;
use crate::claims::shown;
use crate::table::by_weight_decay_and_map;
use crate::text::decimals;

pub(super) fn sections(tasks: &[Fits<'_>]) -> Vec<Section> {
    let counts = tasks
        .iter()
        .map(|fits| format!("{}: {}", fits.base.task(), counted(fits)));
    let how = Section::new(
        "How to read the tables",
        format!(
            "Each cell: mean over seeds of the trusted exponents [its 95 % interval over seeds] (number of trusted fits where not all \
             are). Then, over all fits: mean R², mean commutator residual, mean width of the 95 % interval over eigenpairs, and mean \
             AIC difference (above 0: the power law is better).\n\nOf all layers, weight decays and seeds:\n\n- {}.\n",
            counts.collect::<Vec<_>>().join(".\n- ")
        ),
    );
    let tables = tasks.iter().flat_map(|fits| {
        fits.pairs.iter().map(|fitted| {
            let title = format!("{}: {}", fits.base.task(), fitted.pair.name);
            Section::new(title, table(fits, fitted))
        })
    });
    std::iter::once(how).chain(tables).collect()
}

fn table(fits: &Fits<'_>, fitted: &Fitted<'_>) -> String {
    by_weight_decay_and_map(&fits.gammas, &fits.layers, |gamma, layer| {
        let here = fitted.at(gamma).filter(|fit| fit.layer == layer);
        cell(&here.collect::<Vec<Fit>>(), fits.seeds.len())
    })
}

fn cell(fits: &[Fit], seeds: usize) -> String {
    if fits.is_empty() {
        return "refused".to_owned();
    }
    let exponent = shown(seeds, trusted_exponent(fits), decimals(2));
    let number = |of: &dyn Fn(&Fit) -> Option<f64>, digits: usize| {
        let mean = mean(fits.iter().filter_map(of));
        mean.map_or("-".to_owned(), decimals(digits))
    };
    format!(
        "{exponent}; R² {}, comm. {}, width {}, ΔAIC {}",
        number(&|fit| Some(fit.r2), 2),
        number(&|fit| Some(fit.commutator), 2),
        number(&|fit| fit.interval.map(|(low, high)| high - low), 2),
        number(&|fit| fit.delta_aic, 0),
    )
}
