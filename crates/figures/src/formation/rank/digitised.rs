//! The paper's own points of F-rank, read from its picture.

use crate::claims::measures::mean;

/// The weight decays: the first six points of `logspace(-6, -2, 10)` (INFERRED from the legend).
pub const PAPER_GAMMAS: [f64; 6] = [1.0e-6, 2.783e-6, 7.743e-6, 2.154e-5, 5.995e-5, 1.668e-4];

/// 1 - alpha of five layers at each weight decay, DIGITISED; the same numbers as `reference/crh/f_rank.csv`. Which point is
/// which layer is not drawn.
const MISALIGNMENTS: [[f64; 5]; 6] = [
    [0.1423, 0.2003, 0.2015, 0.3225, 0.1784],
    [0.1440, 0.1637, 0.1339, 0.3225, 0.1414],
    [0.1042, 0.1476, 0.1192, 0.2837, 0.1163],
    [0.0763, 0.1688, 0.0986, 0.0816, 0.2961],
    [0.0425, 0.0407, 0.0356, 0.0300, 0.2263],
    [0.0067, 0.0079, 0.0274, 0.0279, 0.1943],
];

/// The rank deficiency of the same points, rounded to the 0.01 that a width of 100 resolves.
const DEFICIENCIES: [[f64; 5]; 6] = [
    [0.26, 0.21, 0.13, 0.05, 0.03],
    [0.29, 0.21, 0.12, 0.06, 0.03],
    [0.32, 0.24, 0.15, 0.05, 0.04],
    [0.39, 0.33, 0.20, 0.06, 0.06],
    [0.71, 0.69, 0.52, 0.15, 0.05],
    [0.90, 0.90, 0.90, 0.65, 0.04],
];

/// 1 - alpha and the rank deficiency of five layers at each weight decay.
pub const PAPER_POINTS: [[(f64, f64); 5]; 6] = {
    let mut points = [[(0.0, 0.0); 5]; 6];
    let mut k = 0;
    while k < 30 {
        let (gamma, layer) = (k / 5, k % 5);
        points[gamma][layer] = (MISALIGNMENTS[gamma][layer], DEFICIENCIES[gamma][layer]);
        k += 1;
    }
    points
};

/// Spearman's rho of the paper's 30 points.
pub const PAPER_RHO: f64 = -0.69;

/// Spearman's rho of the five points of each weight decay, mean over the six.
pub fn paper_rho_within() -> f64 {
    let rhos = PAPER_POINTS.into_iter().filter_map(|points| {
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        crate::spearman(&x, &y)
    });
    mean(rhos).unwrap_or(0.0)
}

/// The paper's rank deficiency at each weight decay, mean over layers.
pub fn paper_deficiencies() -> Vec<(f64, f64)> {
    means(|(_, deficiency)| deficiency)
}

/// The paper's 1 - alpha at each weight decay, geometric mean over layers.
pub(super) fn paper_misalignments() -> Vec<(f64, f64)> {
    let logs = means(|(misalignment, _)| super::log(misalignment));
    logs.into_iter()
        .map(|(gamma, log)| (gamma, log.exp()))
        .collect()
}

fn means(of: impl Fn((f64, f64)) -> f64) -> Vec<(f64, f64)> {
    let points = PAPER_GAMMAS.into_iter().zip(PAPER_POINTS);
    points
        .filter_map(|(gamma, points)| Some((gamma, mean(points.map(&of))?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_the_committed_file() {
        let text = include_str!("../../../reference/crh/f_rank.csv");
        let lines = text.lines();
        let lines = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        let theirs = lines.map(|line| {
            let row: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            (row[1], row[4], row[7])
        });
        let ours = PAPER_GAMMAS.into_iter().zip(PAPER_POINTS);
        let ours = ours.flat_map(|(gamma, points)| points.map(|(x, y)| (gamma, x, y)));
        assert!(ours.eq(theirs));
        for (k, gamma) in PAPER_GAMMAS.into_iter().enumerate() {
            assert!((10f64.powf(-6.0 + 4.0 / 9.0 * k as f64) / gamma - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn the_papers_summaries_are_those_of_the_points() {
        let (x, y): (Vec<f64>, Vec<f64>) = PAPER_POINTS.into_iter().flatten().unzip();
        assert!((crate::spearman(&x, &y).unwrap() - PAPER_RHO).abs() < 0.005);
        assert!((paper_rho_within() + 0.326).abs() < 5e-4);
        let deficiencies = [0.136, 0.142, 0.160, 0.208, 0.424, 0.678];
        let misalignments = [0.201, 0.170, 0.143, 0.125, 0.053, 0.024];
        let summaries = [paper_deficiencies(), paper_misalignments()].concat();
        for (point, value) in summaries.iter().zip([deficiencies, misalignments].concat()) {
            assert!((point.1 - value).abs() < 6e-4, "{point:?} {value}");
        }
    }
}
