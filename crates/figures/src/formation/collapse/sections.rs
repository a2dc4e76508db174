//! What only the report of nc-equivalence has: a table a quantity, for each task.

use super::readout::{Readout, STEP};
use crate::Section;
use crate::table::Select;

pub(super) fn sections(readouts: &[Readout<'_>]) -> Vec<Section> {
    readouts.iter().flat_map(of_task).collect()
}

fn of_task(readout: &Readout<'_>) -> Vec<Section> {
    fn section<'t, N: Into<String>>(
        readout: &Readout<'t>,
        title: &str,
        columns: impl IntoIterator<Item = (N, Select<'t>)>,
    ) -> Section {
        let title = format!("{}: {title}", readout.base.task());
        Section::new(title, STEP.markdown(readout.base.table, columns))
    }
    let conditions = [
        ("quasi-interpolation", "quasi_interpolation"),
        ("isotropy", "isotropy"),
    ];
    let conditions = conditions.map(|(name, statistic)| (name, readout.select(statistic)));
    let collapse = readout.collapse().into_iter().chain(conditions);
    let accuracy = [("test accuracy", readout.select("test_accuracy"))];
    let null = "null level of alpha (95 % quantile of random rotations)";
    let nulls = readout
        .alphas()
        .map(|(name, alpha)| (name, alpha.quantity(|row| row.null_q95)));
    let relations =
        |title, kind, variant| section(readout, title, readout.relations(kind, variant));
    vec![
        section(readout, "neural collapse and its conditions", collapse),
        section(readout, "does it solve its task?", accuracy),
        relations("alpha", "alpha", "normalized"),
        section(readout, null, nulls),
        relations(
            "alpha over off-diagonal entries",
            "offdiagonal",
            "normalized",
        ),
        relations("calibrated alpha", "calibrated", "normalized"),
        relations("alpha of raw second moments", "alpha", "raw"),
        relations("alpha of centered covariances", "alpha", "centered"),
    ]
}
