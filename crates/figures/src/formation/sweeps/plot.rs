//! The picture of crh-sweeps: a panel for each sweep, its raw twin below.

use super::points::{Group, Sweep};
use crate::chart::{Axis, Chart, Guide, Line, Panel, Place, Series, palette};
use crate::table::base::Factor;
use crate::table::null_points;

/// Rows of the grid that a panel and its twin take.
const MAIN: usize = 3;
const TWIN: usize = 2;

pub(super) fn chart(sweeps: &[Sweep<'_>], subtitle: String) -> Chart {
    let mut panels = Vec::new();
    for (k, sweep) in sweeps.iter().enumerate() {
        let (column, top) = (k % 3, k / 3 * (MAIN + TWIN));
        let place = |row, rows| Place {
            column,
            row,
            columns: 1,
            rows,
        };
        panels.push((panel(sweep), place(top, MAIN)));
        panels.push((raw_twin(sweep), place(top + MAIN, TWIN)));
    }
    let title = "Alignment of gradients and representations against six other settings";
    let chart = Chart::new(title, subtitle)
        .key("alpha, mean over")
        .row_height(92.0)
        .placed(3, panels);
    match sweeps.first() {
        Some(sweep) => chart.note(format!("Base point: {}.", sweep.base.in_words())),
        None => chart,
    }
}

fn panel(sweep: &Sweep<'_>) -> Panel {
    let title = format!("α, normalized, against {}", sweep.factor.name());
    curves(sweep, title, "normalized")
}

fn raw_twin(sweep: &Sweep<'_>) -> Panel {
    curves(sweep, "α, raw second moments".to_owned(), "raw")
}

fn curves(sweep: &Sweep<'_>, title: String, variant: &'static str) -> Panel {
    // Words have no order that a line could follow.
    let line = if sweep.factor == Factor::Activation {
        Line::Apart
    } else {
        Line::Joined
    };
    let series = Group::BOTH.map(|group| {
        let alpha = sweep.alpha(variant, group);
        let place = if group == Group::First { 0 } else { 3 };
        Series::new(
            group.name(),
            palette::layer(place, 5),
            alpha.by_x(|row| sweep.x(row)),
        )
        .marker(palette::marker(place))
        .line(line)
        .seeds(alpha.seed_lines(|row| sweep.x(row)).into_values())
    });
    let base = sweep.base_point().and_then(|base| {
        let mut rows = base.alpha(variant, Group::Deep).rows().into_iter();
        rows.next()
            .map(|row| Guide::vertical("base point", sweep.x(row)))
    });
    let y = Axis::correlation();
    let alphas = Group::BOTH.map(|group| sweep.alpha(variant, group));
    Panel::new(title, axis(sweep), y)
        .series(series)
        .null(null_points(&alphas, |row| sweep.x(row)))
        .guides(base)
}

fn axis(sweep: &Sweep<'_>) -> Axis {
    let name = sweep.factor.name();
    let values = || sweep.levels.iter().filter_map(|level| level.value());
    match sweep.factor {
        Factor::LearningRate | Factor::Batch | Factor::InitScale => {
            Axis::log(name).ticks_at(values())
        }
        Factor::Activation => Axis::categories(name, sweep.levels.iter().map(|level| level.text())),
        _ => Axis::linear(name).ticks_at(values()),
    }
}
