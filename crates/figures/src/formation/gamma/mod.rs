//! F-gamma: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against weight decay gamma.
//!
//! The paper shows one run of a fully connected network. Here every point has seeds, an interval and a null level beside
//! it, and the paper's digitised values drawn over it. The six relations of the same networks stand below, their power laws
//! and phases in the report.

mod claims;
mod digitised;
mod relations;
mod synthetic;

pub use digitised::{PAPER, PAPER_ALPHA, PAPER_GAMMAS};

use super::relations::relation_panels;
use super::{balance, exponents, phases, rank, training};
use crate::Section;
use crate::chart::{Axis, Chart, Panel, Place, Reference};
use crate::figure::{Along, Data, Lines, SweepFigure, View, measured};
use crate::table::Table;

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

/// The figure of the teacher task: the last step of networks of different weight decays. It alone is held against the
/// digitised values; those of other tasks judge power laws and phases here, which have figures of their own for the teacher.
pub const TEACHER: SweepFigure = SweepFigure {
    id: Task::Teacher.id(),
    uses: |row| {
        let mut views = VIEWS.iter();
        let mut others = OTHERS.iter();
        views.any(|view| view.uses(row)) || others.any(|figure| (figure.uses)(row))
    },
    soundness: |data| {
        let statement = "alpha is defined in every layer at every gamma";
        let alpha = ALPHA.named(&data.table);
        let alpha = measured("measured-everywhere", statement, alpha, &data.table);
        vec![alpha, relations::defined(data)]
    },
    claims: |data| {
        let mut claims = claims::claims(&data.table).to_vec();
        claims.extend(relations::claims(&data.table));
        claims.extend(claims::beside_paper(&data.table));
        claims
    },
    chart: |data| chart(data, PAPER.markers(&data.table, Along::WEIGHT_DECAY)),
    sections: |data| {
        let mut sections = sections(data);
        let text = "The values of the paper's picture, digitised.";
        let paper = [(text, PAPER.markdown(Along::WEIGHT_DECAY))];
        sections.insert(1, Section::tables("Alpha in the paper", paper));
        sections
    },
    made_up: || synthetic::rows().into(),
};

/// The figure of MNIST.
pub const MNIST: SweepFigure = SweepFigure {
    id: Task::Mnist.id(),
    claims: |data| {
        let mut claims = claims::of_curve(&data.table);
        claims.extend(claims::claims(&data.table));
        claims.extend(relations::claims(&data.table));
        claims.extend((exponents::FIGURE.claims)(data));
        claims.extend((phases::FIGURE.claims)(data));
        claims
    },
    chart: |data| chart(data, Vec::new()),
    sections,
    ..TEACHER
};

/// The figure of the digits.
pub const DIGITS: SweepFigure = SweepFigure {
    id: Task::Digits.id(),
    ..MNIST
};

/// The figures whose rows are used too.
const OTHERS: [SweepFigure; 4] = [
    training::FIGURE,
    exponents::FIGURE,
    phases::FIGURE,
    balance::FIGURE,
];

/// Normalized (FOUND) and post-activation, which of the two positions comes nearer to the digitised values (MEASURED; the
/// paper does not say).
const ALPHA: View = View::of_layers("alpha_rga", Along::WEIGHT_DECAY);
const PRE_ACTIVATIONS: View = ALPHA.side("b").lines(Lines::INTO_LAYERS);
const OFF_DIAGONAL: View = ALPHA.statistic("offdiagonal_rga");
const COSINE: View = ALPHA.statistic("cosine_rga");
const RANK: View = rank::OWN_MAP;
const EFFECTIVE_RANK_H: View = ALPHA.statistic("effective_rank_h").variant("raw");
const EFFECTIVE_RANK_G: View = EFFECTIVE_RANK_H.statistic("effective_rank_g");

const VIEWS: [View; 5] = [ALPHA, COSINE, RANK, EFFECTIVE_RANK_H, EFFECTIVE_RANK_G];

fn small_panels(table: &Table<'_>) -> [Panel; 3] {
    let panel = |view: View, title: &str| view.panel_of_seeds(table, title);
    let widths = table.select().distinct(Along::WIDTH.of);
    [
        panel(ALPHA.variant("raw"), "α, raw second moments"),
        panel(OFF_DIAGONAL, "α, off-diagonal entries only"),
        panel(
            RANK,
            &format!("numerical rank of W (σ > {} σ₁)", rank::THRESHOLD),
        )
        .y(Axis::linear("").reaching([0.0]).reaching(widths)),
    ]
}

fn chart(data: &Data<'_>, paper: Vec<Reference>) -> Chart {
    let table = &data.table;
    let title = "α between cov(g, g) and cov(h, h): normalized, post-activations";
    let main = ALPHA.panel_of_seeds(table, title).reference(paper);
    let mut panels = vec![(main, Place::at(0, 0).over(4, 3))];
    let small = (0..).zip(small_panels(table));
    panels.extend(small.map(|(row, panel)| (panel, Place::at(4, row).over(2, 1))));
    panels.extend(relation_panels(3, |relation, variant, title| {
        let view = relation.view(Along::WEIGHT_DECAY).variant(variant);
        let panel = match variant {
            "raw" => view.panel(table, title).dodged(),
            _ => view.panel_of_seeds(table, title),
        };
        // The second key tells the lines of maps.
        panel.each_series(|series| series.named(""))
    }));
    Chart::new(
        "Alignment of gradients and representations against weight decay",
        data.subtitle("F-gamma of arXiv 2410.03006"),
    )
    .key(ALPHA.lines.key)
    .second_key(Lines::MAPS.key, Lines::MAPS.samples(table))
    .note("Below: the six relations of linear map i, which leads from hidden layer i − 1 (side a) to i (side b); smallest panels: raw second moments.")
    .row_height(212.0)
    .placed(6, panels)
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let mut sections = ALPHA.alpha_sections(&data.table);
    sections.extend(QUESTIONS.map(|(title, text, decimals, view)| {
        Section::tables(title, [(text, view.markdown_to(decimals, &data.table))])
    }));
    sections.extend(relations::sections(data));
    sections
}

/// What a sceptic asks beyond what every alpha is asked: title, text, decimals of the answer.
const QUESTIONS: [(&str, &str, usize, View); 5] = [
    (
        "Numerical rank of W",
        "Singular values above a tenth of the largest, as in crh-rank, of the map that makes the layer.",
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
