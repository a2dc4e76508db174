//! Held-out losses beside those of the best constant prediction: which networks have learned anything.

use std::collections::{BTreeMap, BTreeSet};

use super::{Network, Row, Table};
use crate::claims::shown;
use crate::table::base::{Factor, Level};
use crate::text::markdown_table;
use crate::{Estimate, Range, Section, Setting};

/// The statistic of a network's loss on held-out samples; layer 0, no side, no variant.
pub const TEST_LOSS: &str = "test_loss";
/// That of the constant prediction that suits these samples best.
pub const CONSTANT_LOSS: &str = "test_loss_constant";
/// The setting that holds its mean over networks of a task, where no row has the network's own.
const SETTING: &str = "loss of the best constant prediction";
/// Whether a row is one of the two losses.
pub fn is_loss(row: &Row) -> bool {
    [TEST_LOSS, CONSTANT_LOSS].contains(&row.statistic.as_str())
}

/// The losses of one network at its last measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// On held-out samples.
    pub test: f64,
    /// That of the best constant prediction, where it is known.
    pub constant: Option<f64>,
}

impl Loss {
    /// Whether the network predicts better than a constant does; `None` where the constant's loss is not known.
    pub fn has_learned(&self) -> Option<bool> {
        Some(self.test < self.constant?)
    }
}

/// The last losses of the networks of a table.
#[derive(Debug, Clone, Default)]
pub struct Losses<'a>(BTreeMap<Network<'a>, (&'a Row, Loss)>);

impl<'a> Losses<'a> {
    /// The losses in `table`; a constant's loss without a row of its own is that of its task in `settings`.
    pub fn new(table: &Table<'a>, settings: &[Setting]) -> Self {
        let at_end = |statistic| {
            let rows = table.rows(Some(statistic)).into_iter();
            rows.filter(|row| table.last_step(&row.network()) == Some(row.step))
        };
        let own = at_end(CONSTANT_LOSS).map(|row| (row.network(), row.value));
        let own: BTreeMap<Network<'_>, Option<f64>> = own.collect();
        let of_tasks = of_tasks(table, settings);
        let losses = at_end(TEST_LOSS).filter_map(|row| {
            let of_task = || of_tasks.get(row.task.as_str()).copied();
            let constant = own.get(&row.network()).copied().flatten().or_else(of_task);
            let test = row.value?;
            Some((row.network(), (row, Loss { test, constant })))
        });
        Self(losses.collect())
    }

    /// Those of one network.
    pub fn of(&self, network: &Network<'_>) -> Option<Loss> {
        // As a map whose keys live no longer than the one that is looked up.
        let losses: &BTreeMap<Network<'_>, (&Row, Loss)> = &self.0;
        losses.get(network).map(|(_, loss)| *loss)
    }
}

/// The mean losses of constants that the settings tell: in the order of the tasks' names, if there are as many.
fn of_tasks<'a>(table: &Table<'a>, settings: &[Setting]) -> BTreeMap<&'a str, f64> {
    let setting = settings.iter().find(|setting| setting.name == SETTING);
    let values = setting.map_or("", |setting| setting.value.as_str());
    let values = values.split(", ").filter_map(|value| value.parse().ok());
    let values: Vec<f64> = values.collect();
    let tasks = table.tasks();
    match tasks.len() == values.len() {
        true => tasks.into_iter().zip(values).collect(),
        false => BTreeMap::new(),
    }
}

/// What networks of one setting, all seeds, have in common.
type Point<'a> = (&'a str, Vec<Level<'a>>);

/// A table with a row for each setting that the networks differ in, seeds apart.
pub(crate) fn section(losses: &Losses<'_>, seeds: usize) -> Section {
    let mut points: BTreeMap<Point<'_>, Vec<Loss>> = BTreeMap::new();
    for (row, loss) in losses.0.values() {
        let levels = Factor::ALL.map(|factor| factor.level(row)).to_vec();
        points.entry((&row.task, levels)).or_default().push(*loss);
    }
    let is_swept = |factor: &Factor| {
        let levels = points.keys().map(|point| point.1[*factor as usize]);
        levels.collect::<BTreeSet<_>>().len() > 1
    };
    let swept: Vec<Factor> = Factor::ALL.into_iter().filter(is_swept).collect();
    let tasks: BTreeSet<&str> = points.keys().map(|point| point.0).collect();
    let names = swept.iter().map(|factor| factor.name().to_owned());
    let mut names: Vec<String> = names.collect();
    if tasks.len() > 1 || names.is_empty() {
        names.insert(0, "task".to_owned());
    }
    let rows = points.iter().map(|((task, levels), losses)| {
        let cells = swept.iter().map(|factor| levels[*factor as usize].text());
        let mut cells: Vec<String> = cells.collect();
        if cells.len() < names.len() {
            cells.insert(0, (*task).to_owned());
        }
        (cells, losses.clone())
    });
    let title = "Held-out loss beside that of the best constant prediction";
    Section::new(title, body(&names, &rows.collect::<Vec<_>>(), seeds))
}

/// The text of that section: `names` head the first columns of each row.
fn body(names: &[String], rows: &[(Vec<String>, Vec<Loss>)], seeds: usize) -> String {
    if rows.is_empty() {
        return "Not measured.\n".to_owned();
    }
    let better = "better than a constant";
    let columns = ["test loss", "best constant", "ratio", better];
    let header = [names.to_vec(), columns.map(str::to_owned).to_vec()].concat();
    let rows = rows.iter().map(|(cells, losses)| {
        let mean = |of: &dyn Fn(&Loss) -> Option<f64>| {
            let values: Vec<f64> = losses.iter().filter_map(of).collect();
            shown(seeds, Estimate::mean(&values, Range::NonNegative), digits)
        };
        let judged: Vec<bool> = losses.iter().filter_map(Loss::has_learned).collect();
        let learned = judged.iter().filter(|learned| **learned).count();
        let learned = match judged.len() {
            0 => "not known".to_owned(),
            n => format!("{learned} of {n}"),
        };
        let own = [
            mean(&|loss| Some(loss.test)),
            mean(&|loss| loss.constant),
            mean(&|loss| Some(loss.test / loss.constant.filter(|constant| *constant > 0.0)?)),
            learned,
        ];
        [cells.clone(), own.to_vec()].concat()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    format!(
        "Loss on held-out samples at the end of training, without the decay term, mean over seeds [its 95 % interval]. A network \
         whose loss is no lower than a constant's is untrained or collapsed: its alphas say nothing about what it has \
         learned.\n\n{}",
        markdown_table(&header, &rows)
    )
}

/// Four decimals tell losses of regression apart; powers of ten where they would show nothing.
fn digits(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:.2e}")
    } else {
        format!("{value:.4}")
    }
}
