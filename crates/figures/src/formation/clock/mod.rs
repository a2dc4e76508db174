//! crh-clock: alpha against decay times, and against weight decay at equal decay times.
//!
//! At equal steps the weight decays of F-gamma differ in age too: its networks trained for 0.12 to 20 decay times
//! \\((1-\mu)/(\eta\gamma)\\). Which of the two the paper varied is UNKNOWN. Here every weight decay trains for the same number
//! of decay times, and is measured at the same fractions of it.

mod claims;
mod networks;
mod plot;
mod synthetic;

use crate::Section;
use crate::figure::{Along, Data, SweepFigure, View, measured_everywhere};
use crate::table::{Column, alpha_sections};
use networks::Networks;

/// The figure `crh-clock`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-clock",
    uses: |row| ALPHA.uses(row),
    soundness: |data| measured_everywhere(data, ALPHA.named(&data.table), Vec::new()),
    claims: |data| claims::claims(&Networks::of_tasks(&data.table)),
    chart: plot::chart,
    sections,
    made_up: || synthetic::rows().into(),
};

/// Post-activations, as in F-gamma.
const ALPHA: View = View::of_layers("alpha_rga", Along::DECAY_TIMES);

fn sections(data: &Data<'_>) -> Vec<Section> {
    let tasks = Networks::of_tasks(&data.table);
    let mut sections = vec![spreads(&tasks), courses(&tasks)];
    sections.extend(alpha_sections(
        &data.table,
        &Along::WEIGHT_DECAY.grid(),
        |of| {
            let columns = tasks.iter().flat_map(|networks| {
                let layers = networks.layers().into_iter();
                layers.map(|layer| Column {
                    name: networks.case(format!("layer {layer}")),
                    select: networks.of(of("rga").side("a").layer(layer + 1).at_last_step()),
                })
            });
            columns.collect()
        },
    ));
    sections
}

fn spreads(tasks: &[Networks<'_>]) -> Section {
    let spread = "Highest less lowest alpha over weight decays at equal decay times, in each seed; mean over seeds [its 95 % interval]. \
                  0 says that weight decay acts through time alone.";
    let rise = "Slope of alpha per decade of weight decay, at equal decay times:";
    let grids = |of: &dyn Fn(&Networks<'_>) -> String| {
        let grids = tasks
            .iter()
            .map(|networks| format!("\n{}:\n\n{}", networks.name, of(networks)));
        grids.collect::<String>()
    };
    let tables = [
        (
            spread,
            grids(&|networks| {
                networks.at_equal_times(|layer, times| networks.spread(layer, times))
            }),
        ),
        (
            rise,
            grids(&|networks| networks.at_equal_times(|layer, times| networks.rise(layer, times))),
        ),
    ];
    Section::tables("Do the curves of different weight decays agree?", tables)
}

fn courses(tasks: &[Networks<'_>]) -> Section {
    let grids = tasks.iter().flat_map(|networks| {
        let layers = networks.layers().into_iter();
        layers.map(|layer| {
            let name = networks.case(format!("layer {layer}"));
            (format!("{name}:"), networks.course(layer))
        })
    });
    Section::tables("Alpha at equal decay times", grids)
}

#[cfg(test)]
mod tests;
