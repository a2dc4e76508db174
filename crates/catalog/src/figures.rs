//! The figures that this project reproduces.

use serde::Serialize;

use crate::{CatalogError, DataSet, Preset};

/// What a command needs to know of a figure before it runs: all of it is static.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FigureInfo {
    /// The name on the command line and of the results folder, such as `crh-gamma`.
    pub id: &'static str,
    /// What is drawn, in one line.
    pub title: &'static str,
    /// What it asks, in a sentence.
    pub question: &'static str,
    /// The paper that shows it.
    pub paper: &'static str,
    /// The figure in that paper. Figure numbers differ between its versions, so figures go by name.
    pub paper_figure: &'static str,
    /// The data set that must be on the machine (`cargo xtask fetch-data NAME`), if any.
    pub needs_data: Option<DataSet>,
    /// The presets that it has.
    pub presets: &'static [Preset],
}

const CRH: &str = "Formation of Representations in Neural Networks (arXiv 2410.03006)";
const ALIGN: &str = "When Representations Align: Universality in Representation Learning Dynamics (arXiv 2402.09142)";
const F_GAMMA: &str = "F-gamma: alpha of cov(g, g) and cov(h, h) against weight decay, layers 1-5";

/// A figure of the first paper, with all presets and no data.
const fn formation(
    id: &'static str,
    title: &'static str,
    paper_figure: &'static str,
) -> FigureInfo {
    FigureInfo {
        id,
        title,
        question: "",
        paper: CRH,
        paper_figure,
        needs_data: None,
        presets: &Preset::ALL,
    }
}

/// A figure of the second paper, with all presets and no data.
const fn universality(
    id: &'static str,
    title: &'static str,
    paper_figure: &'static str,
) -> FigureInfo {
    FigureInfo {
        paper: ALIGN,
        ..formation(id, title, paper_figure)
    }
}

impl FigureInfo {
    const fn asks(self, question: &'static str) -> Self {
        Self { question, ..self }
    }

    const fn needs(self, set: DataSet) -> Self {
        Self {
            needs_data: Some(set),
            ..self
        }
    }
}

static REGISTRY: &[FigureInfo] = &[
    formation(
        "crh-gamma",
        "alignment of gradients and representations against weight decay, teacher task",
        F_GAMMA,
    )
    .asks("Does the alignment of neuron gradients with representations rise with weight decay, and in which layers first?"),
    formation(
        "crh-gamma-mnist",
        "alignment of gradients and representations against weight decay, MNIST",
        F_GAMMA,
    )
    .asks("Does that alignment rise with weight decay in classifiers of MNIST too?")
    .needs(DataSet::Mnist),
    formation(
        "crh-gamma-digits",
        "alignment of gradients and representations against weight decay, embedded 8x8 digits",
        F_GAMMA,
    )
    .asks("Does that alignment rise with weight decay in classifiers of small images too?"),
    formation(
        "crh-relations",
        "all six relations of every linear map against weight decay",
        "F-gamma, of which the paper draws one relation",
    )
    .asks("Do all six relations of the hypothesis rise with weight decay, in every linear map, and above what the shared weight alone gives?"),
    formation(
        "crh-clock",
        "alignment of gradients and representations against decay times, and against weight decay at equal decay times",
        "F-gamma on the clock of weight decay, which the paper does not draw",
    )
    .asks("Is it weight decay that aligns a layer, or the number of decay times that it has been trained for?"),
    formation(
        "crh-width",
        "alignment of gradients and representations against width",
        "F-width: alpha of cov(g, g) and cov(h, h) against width, layers 1-5",
    )
    .asks("Does alignment depend on the width of a network?"),
    formation(
        "crh-predictions",
        "values of F-gamma and F-width that no setting was chosen by, predicted by networks and by simple rules",
        "F-gamma and F-width, of which the settings were chosen by three weight decays",
    )
    .asks("Do networks whose settings were chosen by some of the paper's values predict the others, better than rules that know nothing of networks?"),
    formation(
        "crh-rank",
        "rank deficiency against misalignment 1 - alpha, coloured by weight decay",
        "F-rank: rank deficiency against 1 - alpha, colour = weight decay",
    )
    .asks("Do layers that are better aligned have weights of lower rank?"),
    formation(
        "crh-training",
        "all six alignments of every linear map over training",
        "six relations per layer over training, as in F-res1, of the fully connected experiment",
    )
    .asks("Which of the six relations appear in the course of training, and in which order?"),
    formation(
        "crh-raw",
        "alignment of raw, centered and normalized moments against weight decay",
        "F-raw: un-normalised versions, named in a footnote, content unknown",
    )
    .asks("Does it matter whether moments are raw, centered, or of samples at unit norm?"),
    formation(
        "crh-cross",
        "alignment of the cross term cov(g, h) with the weights over training",
        "F-C.7: cov(g, h) against WW^T over training, of the fully connected experiment",
    )
    .asks("Does the cross moment of gradients and representations align with the weights, as the theory says of its mean?"),
    formation(
        "crh-sweeps",
        "alignment against depth, learning rate, batch size, activation, initial scale and label noise",
        "F-other: further hyper-parameter sweeps of the fully connected experiment, content unknown",
    )
    .asks("Which settings of a network and its training does alignment depend on?"),
    formation(
        "crh-balance",
        "stationarity, self-averaging, balance equations, predicted constants and the power of gamma",
        "Theorem 1 and its assumptions, which the paper does not measure",
    )
    .asks("Do trained networks reach the balance of gradient noise and weight decay that the theory starts from?"),
    formation(
        "pah-exponents",
        "which power of one matrix of a layer another one is, over weight decay",
        "F-llm: eigenvalues of three transformer layers with exponents 3, 2, 1; here fully connected",
    )
    .asks("Which power of one matrix of a layer is another one, where they are not proportional?"),
    formation(
        "pah-fits",
        "how far the exponents of pah-exponents are those of power laws",
        "F-llm, whose fits the paper makes by eye",
    )
    .asks("Where matrices of a layer have an exponent, is it that of a power law?"),
    formation(
        "pah-phases",
        "the row of the phase table that each layer is in, over weight decay",
        "T1: the table of phases, which the paper lists and does not measure",
    )
    .asks("Which row of the theory's table of phases is each layer in?"),
    formation(
        "nc-equivalence",
        "the six relations of the readout beside neural collapse, over training",
        "Theorem 3: neural collapse and the hypothesis are equivalent at the last layer",
    )
    .asks("Does the readout of a classifier align as it collapses, and only then?"),
    formation(
        "nfa-equivariance",
        "weights against gradients and against the neural feature ansatz, under a transform of the output",
        "Section 6.4: the ansatz as a special case, and its invariance",
    )
    .asks("Is the neural feature ansatz as robust as the relations of gradients and weights when outputs are stretched?"),
    universality(
        "univ-trajectories",
        "distances of two points over training, every architecture, beside the theory with two fitted constants",
        "F2: two-point trajectories, network solid, theory dashed",
    )
    .asks("Do two constants describe how the representations of two points move, whatever the architecture?"),
    universality(
        "univ-loss",
        "training loss of two points, every architecture, beside the theory",
        "F3: loss curves of two points",
    )
    .asks("Does the theory that follows two points also predict their training loss?"),
    universality(
        "univ-depth",
        "which layer the theory fits: error and rates of every hidden layer",
        "F4: fit error and rates over depth, default network",
    )
    .asks("Which layer of a deep network does the theory describe?"),
    universality(
        "univ-final-distance",
        "final distance against the closed form, over distances of inputs and targets",
        "F5: final distance scatter",
    )
    .asks("Does the theory predict how far apart two points end up, over distances of inputs and of targets?"),
    universality(
        "univ-discontinuous",
        "networks whose activation jumps at 0, beside ReLU networks and the theory",
        "F11: discontinuous activation, content unknown",
    )
    .asks("Does the theory fail, as it should, for an activation that is not continuous?"),
    universality(
        "univ-gain",
        "from rich to lazy: final distance over the scale of the initial weights",
        "F5 and the trajectories of the gain settings; as one plot not in the paper",
    )
    .asks("Where does learning change from rich to lazy as the initial weights grow?"),
    universality(
        "univ-xor",
        "distances of the four inputs of XOR, experiment beside theory",
        "F6: XOR distance matrices",
    )
    .asks("Does the theory of two points predict all distances of the four inputs of XOR?"),
    universality(
        "univ-mnist-trajectories",
        "distances of two training images of MNIST over training",
        "F7: MNIST trajectories",
    )
    .asks("Does the theory describe two training images among many?")
    .needs(DataSet::Mnist),
    universality(
        "univ-mnist-structure",
        "distances of a hundred training images of MNIST, experiment beside theory",
        "F8: MNIST distance matrices",
    )
    .asks("Does the theory predict the distances of a hundred images from their pixels and labels alone?")
    .needs(DataSet::Mnist),
    universality(
        "univ-orthogonal",
        "which position a context task keeps, from large to small initial weights",
        "F9: embeddings of the context task",
    )
    .asks("Which position does a network that is told what is relevant keep, from large to small initial weights?"),
    universality(
        "univ-alternative",
        "wrong dynamics, one term altered at a time, fitted to the default network",
        "F10: alternative dynamics",
    )
    .asks("Do theories with one term altered fit as well, so that the fit says nothing?"),
    universality(
        "univ-universality",
        "all architectures on one plot, rescaled by their two fitted constants",
        "not in the paper: its claim of universality as one plot",
    )
    .asks("Do all architectures lie on one curve once each is rescaled by its two constants?"),
    universality(
        "univ-half-rate",
        "the settings table at its learning rates and at half of them over twice the epochs",
        "F2 at the notebooks' half rate, beside the table's",
    )
    .asks("Do half the learning rates over twice the epochs, as in the notebooks of the authors, give the same results?"),
    universality(
        "univ-crh",
        "the six alignments of the canonical representation hypothesis along two-point trajectories",
        "not in the paper: both theories on one network",
    )
    .asks("Do the relations of the first paper hold along the two-point trajectories of the second?"),
];

/// All figures, in the order in which `reproduce-figure all` makes them.
pub fn registry() -> &'static [FigureInfo] {
    REGISTRY
}

/// The figure with this id.
///
/// # Errors
///
/// [`CatalogError::UnknownFigure`], naming the nearest ids.
pub fn find(id: &str) -> Result<&'static FigureInfo, CatalogError> {
    registry()
        .iter()
        .find(|figure| figure.id == id)
        .ok_or_else(|| CatalogError::UnknownFigure {
            id: id.to_owned(),
            hint: hint(id),
        })
}

/// Names up to three ids that look like `id`, or all of them when none does.
fn hint(id: &str) -> String {
    const SIMILAR: f64 = 0.75;
    let mut ranked: Vec<(f64, &str)> = registry()
        .iter()
        .map(|figure| (strsim::jaro_winkler(id, figure.id), figure.id))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (prefix, near): (&str, Vec<&str>) = if ranked.iter().any(|&(score, _)| score >= SIMILAR) {
        let near = ranked.iter().filter(|&&(score, _)| score >= SIMILAR);
        ("did you mean ", near.take(3).map(|&(_, id)| id).collect())
    } else {
        (
            "known figures are ",
            registry().iter().map(|f| f.id).collect(),
        )
    };
    format!("{prefix}`{}`", near.join("`, `"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_id_is_unique_a_folder_name_and_found() {
        let ids: BTreeSet<_> = registry().iter().map(|figure| figure.id).collect();
        assert_eq!(ids.len(), registry().len());
        for figure in registry() {
            assert!(
                figure
                    .id
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{} would be a poor folder name",
                figure.id
            );
            assert_eq!(find(figure.id).unwrap().id, figure.id);
            assert!(!figure.presets.is_empty());
            assert!(figure.question.ends_with('?'), "{}", figure.id);
        }
    }

    #[test]
    fn a_misspelt_id_suggests_the_nearest_first() {
        let error = find("crh-gama-mnist").unwrap_err().to_string();
        assert!(error.contains("did you mean `crh-gamma-mnist`"), "{error}");
    }

    #[test]
    fn a_strange_id_lists_all() {
        let error = find("zzz").unwrap_err().to_string();
        for figure in registry() {
            assert!(error.contains(figure.id), "{error}");
        }
    }
}
