//! crh-predictions: values of the paper's pictures that no setting was chosen by, predicted by our networks and by rules that
//! know nothing of networks.
//!
//! The settings that the paper's traces leave open were chosen by its values of F-gamma, so that agreement with those is no
//! evidence. Of ten candidates the first, third and fifth weight decay alone choose the same (MEASURED, see the page of the
//! search); the second and fourth are then a prediction, and so is F-width, by which nothing was chosen.

mod claims;
mod rivals;
#[cfg(test)]
mod tests;

use super::gamma::{self, PAPER_GAMMAS};
use super::width;
use crate::Section;
use crate::chart::{Axis, Chart, Interval, Panel, Series, palette};
use crate::claims::{or_none, rmse};
use crate::figure::{
    Along, Compared, Data, Paper, SweepFigure, View, distance, measured_everywhere,
};
use crate::table::{Row, Table};
use crate::text::markdown_table;
use crate::{Estimate, Range};
use rivals::RIVALS;

/// The figure `crh-predictions`.
pub const FIGURE: SweepFigure = SweepFigure {
    id: "crh-predictions",
    uses: |row| ALPHA.uses(row),
    soundness: |data| measured_everywhere(data, ALPHA.named(&data.table), Vec::new()),
    claims: |data| claims::claims(&Prediction::all(&data.table)),
    chart,
    sections,
    made_up: || made_up().into(),
};

const ALPHA: View = View::of_layers("alpha_rga", Along::WEIGHT_DECAY);
/// Weight decay of F-width (INFERRED).
const WIDTH_DECAY: f64 = 2e-5;
/// The places of F-gamma's weight decays, from 0, that a prediction may see.
const SEEN: [usize; 3] = [0, 2, 4];

/// Values of one picture, predicted.
struct Prediction<'t> {
    name: &'static str,
    table: Table<'t>,
    along: Along,
    paper: Paper,
    /// The paper's values of the setting that are predicted.
    places: Vec<f64>,
    /// Whether the rules may see all of F-gamma.
    sees_all: bool,
}

impl<'t> Prediction<'t> {
    fn all(table: &Table<'t>) -> [Self; 2] {
        [Self::of_gamma(table), Self::of_width(table)]
    }

    fn of_gamma(table: &Table<'t>) -> Self {
        let places = (0..PAPER_GAMMAS.len()).filter(|place| !SEEN.contains(place));
        Self {
            name: "weight decays 2 and 4",
            table: table.of_networks(|row| gamma::PAPER.place(row.weight_decay).is_some()),
            along: Along::WEIGHT_DECAY,
            paper: gamma::PAPER,
            places: places.map(|place| PAPER_GAMMAS[place]).collect(),
            sees_all: false,
        }
    }

    fn of_width(table: &Table<'t>) -> Self {
        let table = table.of_networks(|row| row.weight_decay == WIDTH_DECAY);
        let run = table.select().distinct(Along::WIDTH.of).into_iter();
        Self {
            name: "widths",
            places: run
                .filter(|width| width::PAPER.place(*width).is_some())
                .collect(),
            table,
            along: Along::WIDTH,
            paper: width::PAPER,
            sees_all: true,
        }
    }

    fn view(&self) -> View {
        ALPHA.along(self.along)
    }

    /// Our seeds beside the predicted values.
    fn ours(&self) -> Compared {
        self.paper.beside(self.view(), &self.table, |select| {
            select.filter(|row| self.places.iter().any(|x| near((self.along.of)(row), *x)))
        })
    }

    /// The RMSE of each rule on the same values.
    fn rivals(&self) -> Vec<(&'static str, Option<f64>)> {
        let rules = RIVALS.iter().map(|rival| {
            let errors = self.values().filter_map(|(layer, x, paper)| {
                // F-width is at one weight decay, of which F-gamma tells as much of every width.
                let gamma = if self.sees_all { WIDTH_DECAY } else { x };
                Some((rival.predict)(&self.seen(layer), gamma.log10())? - paper)
            });
            (rival.name, rmse(&errors.collect::<Vec<_>>()))
        });
        rules.collect()
    }

    /// Layer, setting and value of everything that is predicted.
    fn values(&self) -> impl Iterator<Item = (u32, f64, f64)> {
        let layers = 1..=5u32;
        layers.flat_map(move |layer| {
            let places = self.places.iter();
            places.filter_map(move |&x| Some((layer, x, self.paper.at(x, layer)?)))
        })
    }

    /// What a rule may see of a layer of F-gamma.
    fn seen(&self, layer: u32) -> Vec<(f64, f64)> {
        let line = gamma::PAPER.line(layer).into_iter().enumerate();
        let line = line.filter(|(place, _)| self.sees_all || SEEN.contains(place));
        line.map(|(_, (gamma, alpha))| (gamma.log10(), alpha))
            .collect()
    }

    /// How far the values are from their own means over the setting, layer by layer: no rule that knows nothing of the
    /// setting comes nearer.
    fn scatter(&self) -> Option<f64> {
        let errors = (1..=5).flat_map(|layer| {
            let values = self.values().filter(move |value| value.0 == layer);
            let values: Vec<f64> = values.map(|value| value.2).collect();
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            values.into_iter().map(move |value| value - mean)
        });
        rmse(&errors.collect::<Vec<_>>())
    }

    /// Ours with the prediction intervals of one new run, beside the paper's values.
    fn panel(&self, title: &str) -> Panel {
        let n = self.table.depth() as usize;
        let lines = self.view().each(&self.table).enumerate();
        let series = lines.map(|(k, (layer, select))| {
            let points = select.seeds_by_x(self.along.of).into_iter();
            let points = points.filter_map(|(x, seeds)| {
                Some((x, Estimate::of_new_run(&seeds, Range::Correlation)?))
            });
            Series::new(layer.to_string(), palette::layer(k, n), points)
                .marker(palette::marker(k))
                .interval(Interval::NewRun)
        });
        let series: Vec<Series> = series.collect();
        let y = Axis::linear("").reaching([0.0, 1.0]);
        Panel::new(title, self.along.axis(&self.table), y)
            .series(series)
            .dodged()
            .reference(self.paper.markers(&self.table, self.along))
    }
}

fn near(x: f64, other: f64) -> bool {
    (x / other - 1.0).abs() < 0.01
}

fn chart(data: &Data<'_>) -> Chart {
    let [gamma, width] = Prediction::all(&data.table);
    let panels = vec![
        gamma.panel("α against weight decay; 2 and 4 are predicted"),
        width.panel("α against width at γ = 2e-5; all are predicted"),
        errors(&[gamma, width]),
    ];
    Chart::new(
        "Values that no setting was chosen by, predicted",
        data.subtitle("F-gamma and F-width of arXiv 2410.03006"),
    )
    .key(ALPHA.lines.key)
    .note("RMSE: over the predicted values. A rule sees the paper's values at weight decays 1, 3 and 5, for widths all five.")
    .row_height(400.0)
    .tiles(3, panels)
}

fn errors(predictions: &[Prediction<'_>]) -> Panel {
    let names = ["ours", "constant", "logistic", "line"].map(str::to_owned);
    let series = predictions.iter().enumerate().map(|(k, prediction)| {
        let rivals = prediction.rivals().into_iter().map(|rival| rival.1);
        let all = [prediction.ours().rmse()].into_iter().chain(rivals);
        let points = (0..).zip(all);
        let points = points.filter_map(|(x, rmse): (i32, _)| Some((f64::from(x), rmse?)));
        Series::scatter(prediction.name, palette::qualitative(k), points).marker(palette::marker(k))
    });
    let x = Axis::categories("", names);
    let y = Axis::linear("").reaching([0.0]);
    Panel::new("RMSE of predicted values", x, y).series(series.collect::<Vec<_>>())
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let predictions = Prediction::all(&data.table);
    let rows = predictions.iter().flat_map(|prediction| {
        let ours = ("our networks", prediction.ours().rmse());
        let scatter = (
            "their own mean over the setting, a layer (fitted)",
            prediction.scatter(),
        );
        let all = [vec![ours], prediction.rivals(), vec![scatter]]
            .concat()
            .into_iter();
        all.map(|(name, rmse)| vec![prediction.name.to_owned(), name.to_owned(), distance(rmse)])
    });
    let header = ["predicted", "by", "RMSE"];
    let errors = markdown_table(&header, &rows.collect::<Vec<_>>());
    let values = predictions.iter().map(|prediction| {
        let rows = prediction.values().map(|(layer, x, paper)| {
            let select = prediction.view().line(&prediction.table, layer);
            let select = select.filter(move |row| near((prediction.along.of)(row), x));
            let seeds = select.per_seed().into_values().collect::<Vec<f64>>();
            let ours = Estimate::of_new_run(&seeds, Range::Correlation);
            let ours = or_none(ours);
            vec![
                (prediction.along.text)(x),
                layer.to_string(),
                format!("*{paper:.3}*"),
                ours,
            ]
        });
        let header = [
            prediction.along.name,
            "layer",
            "paper",
            "ours [95 % of a new run] (seeds)",
        ];
        let table = markdown_table(&header, &rows.collect::<Vec<_>>());
        Section::new(format!("Predicted: {}", prediction.name), table)
    });
    let errors = Section::new("Distances", errors);
    std::iter::once(errors).chain(values).collect()
}

/// Synthetic networks of both pictures. **Not data.**
fn made_up() -> Vec<Row> {
    let widths = (width::FIGURE.made_up)().rows;
    super::synthetic::gamma_rows()
        .into_iter()
        .chain(widths)
        .collect()
}
