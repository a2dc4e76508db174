//! What only the report of pah-exponents has: a table for each pair.

use super::claims::counted;
use super::fits::{Fit, Fits, PAIRS, trusted_exponent};
use crate::Section;
use crate::claims::measures::mean;
use crate::claims::shown;
use crate::text::{decimals, markdown_table};

pub(super) fn sections(tasks: &[Fits]) -> Vec<Section> {
    let counts = tasks
        .iter()
        .map(|fits| format!("{}: {}", fits.task, counted(fits)));
    let mut sections = vec![Section::new(
        "How to read the tables",
        format!(
            "Each cell: mean over seeds of the trusted exponents [its 95 % interval over seeds] (number of trusted fits where not all \
             are). Then, over all fits: mean R², mean commutator residual, mean width of the 95 % interval over eigenpairs, and mean \
             AIC difference (above 0: the power law is better).\n\nOf all layers, weight decays and seeds:\n\n- {}.\n",
            counts.collect::<Vec<_>>().join(".\n- ")
        ),
    )];
    for fits in tasks {
        let tables = (0..)
            .zip(&PAIRS)
            .map(|(k, pair)| Section::new(format!("{}: {}", fits.task, pair.name), table(fits, k)));
        sections.extend(tables);
    }
    sections
}

fn table(fits: &Fits, k: usize) -> String {
    let mut header = vec!["gamma".to_owned()];
    header.extend(fits.layers.iter().map(|layer| format!("map {layer}")));
    let rows = fits.gammas.iter().map(|&gamma| {
        let cells = fits.layers.iter().map(|&layer| {
            let of_cell = fits
                .of(k)
                .iter()
                .filter(|fit| (fit.gamma, fit.layer) == (gamma, layer));
            cell(&of_cell.copied().collect::<Vec<Fit>>(), fits.seeds.len())
        });
        [vec![format!("{gamma:.3e}")], cells.collect()].concat()
    });
    markdown_table(&header, &rows.collect::<Vec<_>>())
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
