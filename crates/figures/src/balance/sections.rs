//! What only the report of crh-balance has: one table a quantity.

use super::view::{MATRICES, RESIDUALS, SELF_AVERAGING, Slope, View};
use crate::Section;
use crate::report::{decimals, markdown_table, shown};
use crate::sweep::{Column, Grid, Select};

pub(super) fn sections(view: &View<'_>) -> Vec<Section> {
    let by_statistic = |statistics: &[(&str, &str)]| {
        let columns = statistics.iter().map(|(statistic, name)| Column {
            name: (*name).to_owned(),
            select: view.hidden(statistic),
        });
        over_gamma(view, columns.collect())
    };
    let by_layer = |statistic: &str| {
        let columns = view.layers().into_iter().map(|layer| Column {
            name: format!("layer {layer}"),
            select: view.hidden(statistic).layer(layer),
        });
        over_gamma(view, columns.collect())
    };
    let mean = "Mean over the hidden layers' maps and over seeds [its 95 % interval].";
    vec![
        Section::new(
            "Is training stationary?",
            format!(
                "Relative change since the previous measurement, at the largest gamma. {mean}\n\n{}\nAt the end of training, over gamma:\n\n{}",
                stationarity(view),
                by_statistic(&MATRICES)
            ),
        ),
        Section::new(
            "Does the mean update vanish?",
            format!(
                "Residual of E[g_b h_aᵀ] = γ W, relative to γ W. {mean}\n\n{}",
                by_statistic(&[("mean_stationarity", "residual")])
            ),
        ),
        Section::new(
            "Do norms self-average?",
            format!(
                "Coefficients of variation over samples, and relative errors of what self-averaging replaces. {mean}\n\n{}",
                by_statistic(&SELF_AVERAGING)
            ),
        ),
        Section::new(
            "Do noise and decay balance?",
            format!(
                "Residuals of the balance equations, relative to their right sides. {mean}\n\n{}",
                by_statistic(&RESIDUALS)
            ),
        ),
        Section::new(
            "The predicted constants",
            format!(
                "Best multiple over the predicted one; 1 is the theory.\n\nH_b = s_a Z_b:\n\n{}\nG_a = s_g Z_a:\n\n{}\nWhat the best multiple leaves, relative. {mean}\n\n{}",
                by_layer("constant_h_b"),
                by_layer("constant_g_a"),
                by_statistic(&[
                    ("constant_h_b_residual", "H_b against Z_b"),
                    ("constant_g_a_residual", "G_a against Z_a"),
                ])
            ),
        ),
        Section::new("Which power of gamma?", slopes(view)),
    ]
}

fn over_gamma(view: &View<'_>, columns: Vec<Column<'_>>) -> String {
    let grid = Grid {
        x_name: "gamma",
        x: |row| row.gamma,
        x_text: gamma,
        decimals: 3,
    };
    grid.to_markdown(view.table, &columns)
}

fn gamma(value: f64) -> String {
    format!("{value:.3e}")
}

fn stationarity(view: &View<'_>) -> String {
    let columns = MATRICES.map(|(statistic, name)| Column {
        name: name.to_owned(),
        select: view
            .hidden_in_training(statistic)
            .gamma(view.largest_gamma()),
    });
    let grid = Grid {
        x_name: "step",
        x: |row| row.step as f64,
        x_text: |step| format!("{step:.0}"),
        decimals: 3,
    };
    grid.to_markdown(view.table, &columns)
}

fn slopes(view: &View<'_>) -> String {
    let seeds = view.table.seeds().len();
    let rows = view.layers().into_iter().map(|layer| {
        let slope = |against| shown(seeds, view.slope(against, layer), decimals(2));
        vec![
            layer.to_string(),
            slope(Slope::Gamma),
            slope(Slope::LearningRate),
        ]
    });
    let header = ["layer", "against log gamma", "against log learning rate"].map(str::to_owned);
    let ratio = |select: Select<'_>| {
        let at = select.by_x(|row| row.gamma);
        let cells = at
            .iter()
            .map(|(_, ratio)| shown(seeds, Some(*ratio), |value| format!("{value:.2e}")));
        cells.collect::<Vec<String>>()
    };
    let ratios = view.layers().into_iter().map(|layer| {
        [
            vec![layer.to_string()],
            ratio(view.trace_ratio(Slope::Gamma, layer)),
        ]
        .concat()
    });
    let mut gammas = vec!["layer".to_owned()];
    gammas.extend(view.trace_gammas().into_iter().map(gamma));
    format!(
        "Slope of log(tr G_b / tr Z_b), fitted by least squares for each seed. The paper's equations say 2 against log gamma (FOUND); a \
         balance dominated by noise says 1, and -1 against log learning rate (DERIVED).\n\n{}\ntr G_b / tr Z_b over gamma:\n\n{}",
        markdown_table(&header, &rows.collect::<Vec<_>>()),
        markdown_table(&gammas, &ratios.collect::<Vec<_>>())
    )
}
