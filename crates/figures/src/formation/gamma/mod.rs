//! F-gamma: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against weight decay gamma.
//!
//! The paper shows one run of a fully connected network. Here every point has seeds, an interval and a null level beside
//! it, and the paper's digitised values drawn over it. The six relations of the same networks stand below, their power laws
//! and phases in the report.

mod claims;
mod digitised;
mod relations;
#[doc(hidden)]
pub mod synthetic;

pub use digitised::{PAPER, PAPER_ALPHA, PAPER_GAMMAS, PAPER_RANK_CORRELATION};

use super::balance::Balance;
use super::exponents::Exponents;
use super::phases::Phases;
use super::relations::relation_panels;
use super::training::Training;
use crate::chart::{Axis, Chart, Panel, Place, Series};
use crate::figure::{Along, Data, Lines, SweepFigure, View, measured};
use crate::table::{Row, Table};
use crate::{Claim, Section};

/// Hidden layers of the figure.
pub const LAYERS: [u32; 5] = [1, 2, 3, 4, 5];

/// What the networks are trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The sine teacher with a scalar output: the task that comes nearest to the digitised values (MEASURED).
    Teacher,
    /// MNIST, cross-entropy.
    Mnist,
    /// The embedded 8x8 digits, cross-entropy.
    Digits,
}

impl Task {
    /// The id of its figure in the registry.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Teacher => "crh-gamma",
            Self::Mnist => "crh-gamma-mnist",
            Self::Digits => "crh-gamma-digits",
        }
    }
}

/// The figure of a task: the last step of networks of different weight decays.
#[derive(Debug, Clone, Copy)]
pub struct Gamma {
    /// What the networks were trained on. Only the teacher task is held against the digitised values; the others judge
    /// power laws and phases here, which have figures of their own for the teacher task.
    pub task: Task,
}

/// Normalized (FOUND) and post-activation, which of the two positions comes nearer to the digitised values (MEASURED; the
/// paper does not say).
const ALPHA: View = View::of_layers("alpha_rga", Along::WEIGHT_DECAY);
const PRE_ACTIVATIONS: View = ALPHA.side("b").lines(Lines::IntoLayers);
const COSINE: View = ALPHA.statistic("cosine_rga");
const RANK: View = View::of_weights("numerical_rank_w", Along::WEIGHT_DECAY);
const EFFECTIVE_RANK_H: View = ALPHA.statistic("effective_rank_h").variant("raw");
const EFFECTIVE_RANK_G: View = EFFECTIVE_RANK_H.statistic("effective_rank_g");

impl Gamma {
    fn has_paper(self) -> bool {
        self.task == Task::Teacher
    }

    fn main_panel(self, table: &Table<'_>) -> Panel {
        let title = "α between cov(g, g) and cov(h, h): normalized, post-activations";
        let panel = ALPHA.panel_of_seeds(table, title);
        let largest = table
            .select()
            .distinct(Along::WEIGHT_DECAY.of)
            .last()
            .copied();
        let markers = PAPER.markers(table.depth() as usize, largest.unwrap_or(0.0));
        panel.reference(markers.into_iter().filter(|_| self.has_paper()))
    }
}

fn small_panels(table: &Table<'_>) -> [Panel; 3] {
    let panel = |view: View, title: &str| view.panel_of_seeds(table, title);
    let widths = table.select().distinct(Along::WIDTH.of);
    [
        panel(ALPHA.variant("raw"), "α, raw second moments"),
        panel(
            ALPHA.statistic("offdiagonal_rga"),
            "α, off-diagonal entries only",
        ),
        panel(RANK, "numerical rank of W (σ > 0.01 σ₁)")
            .y(Axis::linear("").reaching([0.0]).reaching(widths)),
    ]
}

impl SweepFigure for Gamma {
    fn id(&self) -> &'static str {
        self.task.id()
    }

    fn views(&self) -> Vec<View> {
        vec![ALPHA, COSINE, RANK, EFFECTIVE_RANK_H, EFFECTIVE_RANK_G]
    }

    fn uses(&self, row: &Row) -> bool {
        let figures: [&dyn SweepFigure; 4] = [&Training, &Exponents, &Phases, &Balance];
        self.views().iter().any(|view| view.uses(row))
            || figures.iter().any(|figure| figure.uses(row))
    }

    fn soundness(&self, data: &Data<'_>) -> Vec<Claim> {
        let statement = "alpha is defined in every layer at every gamma";
        let alpha = ALPHA.named(&data.table);
        vec![
            measured("measured-everywhere", statement, alpha, &data.table),
            relations::defined(data),
        ]
    }

    fn claims(&self, data: &Data<'_>) -> Vec<Claim> {
        let mut claims = claims::claims(&data.table);
        if self.has_paper() {
            claims.extend(claims::beside_paper(&data.table));
        }
        claims.extend(relations::claims(&data.table));
        if !self.has_paper() {
            claims.extend(Exponents.claims(data));
            claims.extend(Phases.claims(data));
        }
        claims
    }

    fn chart(&self, data: &Data<'_>) -> Chart {
        let table = &data.table;
        let place = |column, row, columns, rows| Place {
            column,
            row,
            columns,
            rows,
        };
        let mut panels = vec![(self.main_panel(table), place(0, 0, 4, 3))];
        let small = (0..).zip(small_panels(table));
        panels.extend(small.map(|(row, panel)| (panel, place(4, row, 2, 1))));
        // The second key tells the lines of maps.
        let unnamed = |series: Series| Series {
            label: String::new(),
            ..series
        };
        panels.extend(relation_panels(3, |relation, variant, title| {
            let view = relation.view(Along::WEIGHT_DECAY).variant(variant);
            let panel = match variant {
                "raw" => view.panel(table, title).dodged(),
                _ => view.panel_of_seeds(table, title),
            };
            panel.each_series(unnamed)
        }));
        Chart::new(
            "Alignment of gradients and representations against weight decay",
            data.subtitle("F-gamma of arXiv 2410.03006"),
        )
        .key(ALPHA.lines.key())
        .second_key(Lines::Maps.key(), Lines::Maps.samples(table))
        .note("Below: the six relations of linear map i, which leads from hidden layer i − 1 (side a) to i (side b); smallest panels: raw second moments.")
        .row_height(212.0)
        .placed(6, panels)
    }

    fn sections(&self, data: &Data<'_>) -> Vec<Section> {
        let table = &data.table;
        let mut sections = ALPHA.alpha_sections(table);
        if self.has_paper() {
            let text = "The values of the paper's picture, digitised.";
            let paper = PAPER.markdown(Along::WEIGHT_DECAY);
            let section = Section::new("Alpha in the paper", format!("{text}\n\n{paper}"));
            sections.insert(1, section);
        }
        sections.extend(QUESTIONS.map(|(title, text, decimals, view)| {
            let answer = view.markdown_to(decimals, table);
            Section::new(title, format!("{text}\n\n{answer}"))
        }));
        sections.extend(relations::sections(data));
        sections
    }
}

/// What a sceptic asks beyond what every alpha is asked: title, text, decimals of the answer.
const QUESTIONS: [(&str, &str, usize, View); 5] = [
    (
        "Numerical rank of W",
        "Singular values above 0.01 of the largest, of the map that makes the layer.",
        1,
        RANK,
    ),
    (
        "Pre- or post-activation?",
        "The paper does not say. Alpha of pre-activations, normalized.",
        3,
        PRE_ACTIVATIONS,
    ),
    (
        "Which normaliser has alpha?",
        "The paper does not say. The un-centred cosine of the same matrices, which would fit the words too.",
        3,
        COSINE,
    ),
    (
        "Is the network collapsed? Effective rank of h",
        "Where both matrices have effective rank 1, alpha says no more than that their two directions agree. Exponential of the \
         entropy of the spectrum of the raw second moment.",
        2,
        EFFECTIVE_RANK_H,
    ),
    (
        "Is the network collapsed? Effective rank of g",
        "The same of g.",
        2,
        EFFECTIVE_RANK_G,
    ),
];

#[cfg(test)]
mod tests;
