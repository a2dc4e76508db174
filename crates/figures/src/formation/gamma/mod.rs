//! F-gamma: alpha between cov(g, g) and cov(h, h) of layers 1 to 5 against weight decay gamma.
//!
//! The paper shows one run of a fully connected network. Here every point has seeds, an interval and a null level beside
//! it, and the paper's digitised values drawn over it. The six relations of the same networks are `crh-relations`.

mod claims;
mod digitised;
mod relations;
mod synthetic;

pub use digitised::{PAPER, PAPER_ALPHA, PAPER_GAMMAS};
pub use relations::FIGURE as RELATIONS;

use super::{exponents, phases, rank};
use crate::Section;
use crate::chart::{Chart, Reference};
use crate::figure::{Along, Data, Lines, SweepFigure, View, measured, measured_everywhere};

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
/// digitised values. Those of other tasks judge the six relations, power laws and phases too, which have figures of their
/// own for the teacher.
pub const TEACHER: SweepFigure = SweepFigure {
    id: Task::Teacher.id(),
    uses: |row| VIEWS.iter().any(|view| view.uses(row)),
    soundness: |data| measured_everywhere(data, ALPHA.named(&data.table), Vec::new()),
    claims: |data| {
        let mut claims = claims::claims(&data.table).to_vec();
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
    uses: |row| (TEACHER.uses)(row) || OTHERS.iter().any(|figure| (figure.uses)(row)),
    soundness: |data| {
        let mut checks = (TEACHER.soundness)(data);
        let mut others = exponents::headline(data);
        others.extend(phases::headline(data));
        let statement =
            "exponents and phases have a value, or a reason for none, wherever they were measured";
        checks.push(measured("fits-measured", statement, others, &data.table));
        checks
    },
    claims: |data| {
        let mut claims = claims::of_curve(&data.table);
        claims.extend(claims::claims(&data.table));
        let others = OTHERS.iter();
        claims.extend(others.flat_map(|figure| (figure.claims)(data)));
        claims
    },
    chart: |data| chart(data, Vec::new()),
    sections: |data| {
        let others = OTHERS.iter().zip(TITLES);
        let others = others
            .map(|(figure, (title, text))| Section::group(title, text, (figure.sections)(data)));
        sections(data).into_iter().chain(others).collect()
    },
    ..TEACHER
};

/// The figure of the digits.
pub const DIGITS: SweepFigure = SweepFigure {
    id: Task::Digits.id(),
    ..MNIST
};

/// The figures whose claims and tables are those of other tasks too.
const OTHERS: [SweepFigure; 3] = [RELATIONS, exponents::FIGURE, phases::FIGURE];

/// What their tables are called, and what they show.
const TITLES: [(&str, &str); 3] = [
    (
        "The six relations",
        "Alpha of all six relations of every linear map.",
    ),
    (
        "Power laws",
        "Which power of one matrix of a linear map another one is.",
    ),
    (
        "Phases of the linear maps",
        "Which row of the table of phases each linear map is in.",
    ),
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

fn chart(data: &Data<'_>, paper: Vec<Reference>) -> Chart {
    let panel = |view: View, title| view.panel_of_seeds(&data.table, title);
    let main = "α between cov(g, g) and cov(h, h): normalized, post-activations";
    let small = vec![
        panel(ALPHA.variant("raw"), "α, raw second moments"),
        panel(OFF_DIAGONAL, "α, off-diagonal entries only"),
    ];
    Chart::new(
        "Alignment of gradients and representations against weight decay",
        data.subtitle("F-gamma of arXiv 2410.03006"),
    )
    .key(ALPHA.lines.key)
    .headline(panel(ALPHA, main).reference(paper), small)
}

fn sections(data: &Data<'_>) -> Vec<Section> {
    let mut sections = ALPHA.alpha_sections(&data.table);
    sections.extend(QUESTIONS.map(|(title, text, decimals, view)| {
        Section::tables(title, [(text, view.markdown_to(decimals, &data.table))])
    }));
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
