//! What `cell.json` says of a network.

use formant_data::Targets;
use formant_train::Loss;
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::member::IdentityErrors;

/// What `cell.json` says of a network, beyond what it says of every cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// Checked at the last measurement.
    pub identities: IdentityErrors,
    /// Accuracy on held-out samples at the end, for classes.
    pub test_accuracy: Option<f64>,
    /// Loss on held-out samples of the constant prediction that suits them best.
    pub constant_loss: f64,
    /// Seconds of the ensemble's time that were measurements.
    pub measuring_s: f64,
}

/// The smallest mean loss that one prediction for all samples can have.
pub fn constant_loss(loss: Loss, targets: &Targets, outputs: usize) -> f64 {
    match targets {
        Targets::Values(values) => {
            let values = values.mapv(f64::from);
            let variance = |column: ArrayView1<'_, f64>| {
                let n = column.len() as f64;
                let mean = column.iter().sum::<f64>() / n;
                column.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / n
            };
            let spread: f64 = values.columns().into_iter().map(variance).sum();
            match loss {
                Loss::MeanSquaredError => spread / outputs as f64,
                Loss::HalfMeanSquaredError => 0.5 * spread / outputs as f64,
                Loss::SquaredError | Loss::CrossEntropy => spread,
            }
        }
        Targets::Classes(classes) => {
            let mut counts = vec![0.0; outputs];
            for class in classes {
                counts[*class as usize] += 1.0;
            }
            let shares = counts.into_iter().map(|count| count / classes.len() as f64);
            let present = shares.filter(|share: &f64| *share > 0.0);
            present.map(|share| -share * share.ln()).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_best_constant_is_the_mean_or_the_class_frequencies() {
        let values = Targets::Values(array![[1.0, 0.0], [3.0, 0.0]]);
        assert_eq!(constant_loss(Loss::SquaredError, &values, 2), 1.0);
        assert_eq!(constant_loss(Loss::MeanSquaredError, &values, 2), 0.5);
        let classes = Targets::Classes(vec![0, 1, 0, 1]);
        let found = constant_loss(Loss::CrossEntropy, &classes, 3);
        assert!((found - 2f64.ln()).abs() < 1e-12);
    }
}
