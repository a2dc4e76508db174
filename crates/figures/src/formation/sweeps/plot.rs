//! The picture of crh-sweeps: a panel for each sweep at the end of training, below it the same after an eighth.

use super::points::{Group, Sweep};
use crate::chart::{Axis, Chart, Guide, Line, Panel, Place, Series, palette};
use crate::table::base::Factor;
use crate::table::null_points;

/// Rows of the grid that a panel and its twin take.
const MAIN: usize = 3;
const TWIN: usize = 2;

pub(super) fn chart(early: &[Sweep<'_>], sweeps: &[Sweep<'_>], subtitle: String) -> Chart {
    let panels = early
        .iter()
        .zip(sweeps)
        .enumerate()
        .flat_map(|(k, (early, sweep))| {
            let (column, top) = (k % 3, k / 3 * (MAIN + TWIN));
            let title = format!("α, normalized, against {}", sweep.factor.name());
            let main = panel(sweep, &title, "normalized");
            let twin = panel(
                early,
                "the same after an eighth of the training",
                "normalized",
            );
            [
                (main, Place::at(column, top).over(1, MAIN)),
                (twin, Place::at(column, top + MAIN).over(1, TWIN)),
            ]
        });
    let title = "Alignment of gradients and representations against six other settings";
    let chart = Chart::new(title, subtitle)
        .key("alpha, mean over")
        .row_height(92.0)
        .placed(3, panels.collect());
    sweeps.first().map_or(chart.clone(), |sweep| {
        chart.note(format!("Base point: {}.", sweep.base.in_words()))
    })
}

fn panel(sweep: &Sweep<'_>, title: &str, variant: &'static str) -> Panel {
    // Words have no order that a line could follow.
    let line = match sweep.factor {
        Factor::Activation => Line::Apart,
        _ => Line::Joined,
    };
    let alphas = Group::BOTH.map(|group| sweep.alpha(variant, group));
    let series = Group::BOTH.iter().zip(&alphas).map(|(group, alpha)| {
        let place = if *group == Group::First { 0 } else { 3 };
        let points = alpha.by_x(|row| sweep.x(row));
        Series::new(group.name(), palette::layer(place, 5), points)
            .marker(palette::marker(place))
            .line(line)
            .seeds(alpha.seed_lines(|row| sweep.x(row)).into_values())
    });
    let base = sweep.base_point().and_then(|base| {
        let rows = base.alpha(variant, Group::Deep).rows();
        let row = rows.first()?;
        Some(Guide::vertical("base point", sweep.x(row)))
    });
    Panel::new(title, axis(sweep), Axis::correlation())
        .series(series)
        .null(null_points(&alphas, |row| sweep.x(row)))
        .guides(base)
}

fn axis(sweep: &Sweep<'_>) -> Axis {
    let name = sweep.factor.name();
    let values = sweep.levels.iter().filter_map(|level| level.value());
    match sweep.factor {
        Factor::LearningRate | Factor::Batch | Factor::InitScale => {
            Axis::log(name).ticks_at(values)
        }
        Factor::Activation => Axis::categories(name, sweep.levels.iter().map(|level| level.text())),
        _ => Axis::linear(name).ticks_at(values),
    }
}
