//! The figures that this project reproduces.

use serde::Serialize;

use crate::{FigureError, Preset};

/// What a command needs to know of a figure before it runs: all of it is static.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FigureInfo {
    /// The name on the command line and of the results folder, such as `crh-gamma`.
    pub id: &'static str,
    /// What is drawn, in one line.
    pub title: &'static str,
    /// The paper that shows it.
    pub paper: &'static str,
    /// The figure in that paper. Figure numbers differ between its versions, so figures go by name.
    pub paper_figure: &'static str,
    /// The data set that must be on the machine (`cargo xtask fetch-data NAME`), if any.
    pub needs_data: Option<&'static str>,
    /// The presets that it has.
    pub presets: &'static [Preset],
}

const CRH: &str = "Formation of Representations in Neural Networks (arXiv 2410.03006)";
const ALIGN: &str = "When Representations Align: Universality in Representation Learning Dynamics (arXiv 2402.09142)";
const F_GAMMA: &str = "F-gamma: alpha of cov(g, g) and cov(h, h) against weight decay, layers 1-5";

static REGISTRY: &[FigureInfo] = &[
    FigureInfo {
        id: "crh-gamma",
        title: "alignment of gradients and representations against weight decay, teacher task",
        paper: CRH,
        paper_figure: F_GAMMA,
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-gamma-mnist",
        title: "alignment of gradients and representations against weight decay, MNIST",
        paper: CRH,
        paper_figure: F_GAMMA,
        needs_data: Some("mnist"),
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-gamma-digits",
        title: "alignment of gradients and representations against weight decay, embedded 8x8 digits",
        paper: CRH,
        paper_figure: F_GAMMA,
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-width",
        title: "alignment of gradients and representations against width",
        paper: CRH,
        paper_figure: "F-width: alpha of cov(g, g) and cov(h, h) against width, layers 1-5",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-rank",
        title: "rank deficiency against misalignment 1 - alpha, coloured by weight decay",
        paper: CRH,
        paper_figure: "F-rank: rank deficiency against 1 - alpha, colour = weight decay",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-training",
        title: "all six alignments of every linear map over training",
        paper: CRH,
        paper_figure: "six relations per layer over training, as in F-res1, of the fully connected experiment",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-raw",
        title: "alignment of raw, centered and normalized moments against weight decay",
        paper: CRH,
        paper_figure: "F-raw: un-normalised versions, named in a footnote, content unknown",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-cross",
        title: "alignment of the cross term cov(g, h) with the weights over training",
        paper: CRH,
        paper_figure: "F-C.7: cov(g, h) against WW^T over training, of the fully connected experiment",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-sweeps",
        title: "alignment against depth, learning rate, batch size, activation, initial scale and label noise",
        paper: CRH,
        paper_figure: "F-other: further hyper-parameter sweeps of the fully connected experiment, content unknown",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "crh-balance",
        title: "stationarity, self-averaging, balance equations, predicted constants and the power of gamma",
        paper: CRH,
        paper_figure: "Theorem 1 and its assumptions, which the paper does not measure",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "pah-exponents",
        title: "which power of one matrix of a layer another one is, over weight decay",
        paper: CRH,
        paper_figure: "F-llm: eigenvalues of three transformer layers with exponents 3, 2, 1; here fully connected",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "pah-phases",
        title: "the row of the phase table that each layer is in, over weight decay",
        paper: CRH,
        paper_figure: "T1: the table of phases, which the paper lists and does not measure",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "nc-equivalence",
        title: "the six relations of the readout beside neural collapse, over training",
        paper: CRH,
        paper_figure: "Theorem 3: neural collapse and the hypothesis are equivalent at the last layer",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "nfa-equivariance",
        title: "weights against gradients and against the neural feature ansatz, under a transform of the output",
        paper: CRH,
        paper_figure: "Section 6.4: the ansatz as a special case, and its invariance",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-trajectories",
        title: "distances of two points over training, every architecture, beside the theory with two fitted constants",
        paper: ALIGN,
        paper_figure: "F2: two-point trajectories, network solid, theory dashed",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-loss",
        title: "training loss of two points, every architecture, beside the theory",
        paper: ALIGN,
        paper_figure: "F3: loss curves of two points",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-depth",
        title: "which layer the theory fits: error and rates of every hidden layer",
        paper: ALIGN,
        paper_figure: "F4: fit error and rates over depth, default network",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-final-distance",
        title: "final distance against the closed form, over distances of inputs and targets",
        paper: ALIGN,
        paper_figure: "F5: final distance scatter",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-gain",
        title: "from rich to lazy: final distance over the scale of the initial weights",
        paper: ALIGN,
        paper_figure: "F5 and the trajectories of the gain settings; as one plot not in the paper",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-xor",
        title: "distances of the four inputs of XOR, experiment beside theory",
        paper: ALIGN,
        paper_figure: "F6: XOR distance matrices",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-mnist-trajectories",
        title: "distances of two training images of MNIST over training",
        paper: ALIGN,
        paper_figure: "F7: MNIST trajectories",
        needs_data: Some("mnist"),
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-mnist-structure",
        title: "distances of a hundred training images of MNIST, experiment beside theory",
        paper: ALIGN,
        paper_figure: "F8: MNIST distance matrices",
        needs_data: Some("mnist"),
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-orthogonal",
        title: "which position a context task keeps, from large to small initial weights",
        paper: ALIGN,
        paper_figure: "F9: embeddings of the context task",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-alternative",
        title: "wrong dynamics, one term altered at a time, fitted to the default network",
        paper: ALIGN,
        paper_figure: "F10: alternative dynamics",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-universality",
        title: "all architectures on one plot, rescaled by their two fitted constants",
        paper: ALIGN,
        paper_figure: "not in the paper: its claim of universality as one plot",
        needs_data: None,
        presets: &Preset::ALL,
    },
    FigureInfo {
        id: "univ-crh",
        title: "the six alignments of the canonical representation hypothesis along two-point trajectories",
        paper: ALIGN,
        paper_figure: "not in the paper: both theories on one network",
        needs_data: None,
        presets: &Preset::ALL,
    },
];

/// All figures, in the order in which `reproduce-figure all` makes them.
pub fn registry() -> &'static [FigureInfo] {
    REGISTRY
}

/// The figure with this id.
///
/// # Errors
///
/// [`FigureError::UnknownFigure`], naming the nearest ids.
pub fn find(id: &str) -> Result<&'static FigureInfo, FigureError> {
    registry()
        .iter()
        .find(|figure| figure.id == id)
        .ok_or_else(|| FigureError::UnknownFigure {
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
